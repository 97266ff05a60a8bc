"""A thread that looks at one event source, quickly while it is busy, lazily while it is not."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod

from tests.sandbox.calls import Call, Parameters

_BUSY_DELAY = 0.03
_IDLE_DELAY = 0.4
_ASLEEP_DELAY = 1.0
_FALLS_ASLEEP_AFTER = 60.0

_log = logging.getLogger(__name__)


class Poller(ABC):
    """Calls `poll` again and again until stopped.

    The pause grows from 30 ms to 400 ms while nothing comes, and to a second after a quiet minute (moto keeps every
    shard iterator that it ever gave out, so a sandbox left open over night should ask seldom). `kick` ends a pause.
    """

    def __init__(self, name: str) -> None:
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._looking = threading.Lock()
        self._paused = False
        self._last_found = time.monotonic()
        self._found_nothing_since = 0.0
        self._delay = _BUSY_DELAY
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    @abstractmethod
    def poll(self) -> int:
        """Looks once; returns how many events it found."""

    @abstractmethod
    def is_fed_by(self, call: Call, parameters: Parameters) -> bool:
        """Whether there may be something to find after this call."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._wake.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def kick(self) -> None:
        self._wake.set()

    def set_paused(self, paused: bool) -> None:
        """Returns when no look is under way; not to be called from within one."""
        with self._looking:
            self._paused = paused
        self.kick()

    def found_nothing_since(self, moment: float) -> bool:
        """Whether a look that began at or after `moment` (monotonic clock) found nothing."""
        return self._found_nothing_since >= moment

    def found_since(self, moment: float) -> bool:
        """Whether a look that ended at or after `moment` (monotonic clock) found something."""
        return self._last_found >= moment

    def pause_for(self, seconds: float) -> None:
        """Waits, but no longer than until the end."""
        self._stopped.wait(seconds)

    @property
    def stopping(self) -> bool:
        return self._stopped.is_set()

    def _loop(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            with self._looking:
                if not self._paused:
                    self._look()
            self._wake.wait(self._delay)

    def _look(self) -> None:
        began = time.monotonic()
        try:
            found = self.poll()
        except Exception:  # noqa: BLE001
            # The end of a service's thread: the endpoint may be restarting, a message may be nobody's. Keep asking.
            if not self._stopped.is_set():
                _log.exception("%s could not look", self._thread.name)
            self._delay = _ASLEEP_DELAY
            return
        if found:
            self._last_found = time.monotonic()
            self._delay = _BUSY_DELAY
            self._wake.set()
            return
        self._found_nothing_since = began
        asleep = time.monotonic() - self._last_found > _FALLS_ASLEEP_AFTER
        self._delay = _ASLEEP_DELAY if asleep else min(_IDLE_DELAY, self._delay * 1.5)
