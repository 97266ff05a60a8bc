"""Faults on demand: the next calls of an operation fail, wait, or lose their connection."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from tests.sandbox.google.errors import Failure
from tests.sandbox.google.quota import UNITS


@dataclass(slots=True)
class _Planned:
    failure: Failure
    left: int
    delay: float
    cleared: threading.Event


@dataclass(slots=True)
class Faults:
    """Thread-safe. Faults of one target are used up in the order in which they were added."""

    _planned: dict[str, deque[_Planned]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _cleared: threading.Event = field(default_factory=threading.Event)

    #: Every target there is: one per operation of the emulator.
    TARGETS = tuple(UNITS)

    def add(self, target: str, times: int, error: str, delay: float = 0, retry_after: int | str | None = None) -> None:
        """Lets each of the next `times` calls of `target` fail (also inside batches).

        `error`: an HTTP status ("429"), a reason ("rateLimitExceeded", "invalid_grant", ...), "connection_reset",
        or "" to answer as usual after `delay` seconds. `retry_after` becomes the Retry-After header.
        `ValueError` for an unknown target or error, or `times` below 1.
        """
        if target not in UNITS:
            raise ValueError(f"unknown target: {target[:60]!r}; one of {', '.join(UNITS)}")
        if times < 1:
            raise ValueError("times must be 1 or more")
        failure = Failure(error, target.startswith("oauth."), "" if retry_after is None else str(retry_after))
        with self._lock:
            self._planned.setdefault(target, deque()).append(_Planned(failure, times, delay, self._cleared))

    def clear(self) -> None:
        """Also ends the delays under way."""
        with self._lock:
            self._planned.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def pending(self) -> dict[str, int]:
        """How many calls of each target are still to fail."""
        with self._lock:
            return {target: sum(fault.left for fault in queue) for target, queue in self._planned.items() if queue}

    def strike(self, operation: str) -> None:
        """Uses up one fault of this operation, if there is one: waits, then raises what was asked for."""
        with self._lock:
            queue = self._planned.get(operation)
            if not queue:
                return
            fault = queue[0]
            fault.left -= 1
            if fault.left == 0:
                queue.popleft()
        if fault.delay > 0:
            fault.cleared.wait(fault.delay)
        fault.failure.raise_()
