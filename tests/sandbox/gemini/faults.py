"""Faults on demand: the next calls fail, hang, or are answered as models answer on bad days."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

TARGET = "gemini.generateContent"
#: Beside HTTP statuses: the connection's faults, then the model's.
CONNECTION_FAULTS = ("timeout", "connection_reset")
ANSWER_FAULTS = (
    "malformed", "truncated", "cut_off", "fenced", "prose", "wrong_types", "invented", "empty", "blocked", "safety",
    "thoughts",
)  # fmt: skip


@dataclass(slots=True)
class Fault:
    error: str
    left: int
    delay: float
    retry_after: str


@dataclass(slots=True)
class Faults:
    """Thread-safe. Faults are used up in the order in which they were added."""

    _planned: deque[Fault] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    #: Every target there is.
    TARGETS = (TARGET,)

    def add(self, target: str, times: int, error: str, delay: float = 0, retry_after: int | str | None = None) -> None:
        """Lets each of the next `times` calls fail.

        `error`: an HTTP status ("429", "503"); "timeout" (no answer for `delay` or 60 seconds), "connection_reset";
        "malformed" (no JSON), "truncated" (ended by MAX_TOKENS), "cut_off" (the same without saying so), "fenced",
        "prose" (text around the JSON), "thoughts" (before it, as a part of their own), "wrong_types", "invented"
        (values that the mail does not hold), "empty" (no candidate), "blocked" (the prompt was), "safety" (the answer
        was); or "" to answer as usual after `delay` seconds. `retry_after` (seconds) is sent as Gemini does, in the
        error's RetryInfo. `ValueError` for an unknown target or error, or `times` below 1.
        """
        if target != TARGET:
            raise ValueError(f"unknown target: {target[:60]!r}; there is only {TARGET}")
        if times < 1:
            raise ValueError("times must be 1 or more")
        is_status = error.isdigit() and 400 <= int(error) <= 599
        if not is_status and error not in ("", *CONNECTION_FAULTS, *ANSWER_FAULTS):
            raise ValueError(f"unknown error: {error[:40]!r}")
        with self._lock:
            self._planned.append(Fault(error, times, delay, "" if retry_after is None else str(retry_after)))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def pending(self) -> dict[str, int]:
        """How many calls are still to fail."""
        with self._lock:
            return {TARGET: sum(fault.left for fault in self._planned)} if self._planned else {}

    def take(self) -> Fault | None:
        """Uses up one fault, if there is one."""
        with self._lock:
            if not self._planned:
                return None
            fault = self._planned[0]
            fault.left -= 1
            if fault.left == 0:
                self._planned.popleft()
            return fault
