"""Waiting for what happens in other processes: for a condition, and never longer than agreed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_PAUSE = 0.2  # seconds between two looks


class NeverHappened(Exception):
    """One sentence: what was waited for, for how long, and what was there instead."""


def wait_for(
    what: str, look: Callable[[], T], good: Callable[[T], bool] = bool, within: float = 60.0, pause: float = _PAUSE
) -> T:
    """The first thing seen that is good; raises `NeverHappened` with the last one after so many seconds.

    >>> wait_for("an even number", iter([1, 3, 4]).__next__, lambda number: number % 2 == 0, pause=0)
    4
    """
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if good(seen):
            return seen
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what}: not within {within:.0f} seconds, last seen: {seen!r:.500}")
        time.sleep(pause)
