"""What a person sees while it happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TextIO


class Report:
    """Writes lines: a headline a step, what it does below, and how long it took. ``clock`` is seconds of any origin."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock

    def say(self, *lines: str) -> None:
        for line in lines:
            self._write(line)

    def step(self, number: int, of: int, name: str) -> None:
        self._write(f"[{number}/{of}] {name}")

    def detail(self, text: str) -> None:
        for line in text.splitlines():
            self._write(f"      {line}")

    def plan(self, changes: Iterable[str], *, dry_run: bool) -> None:
        for change in changes:
            self.detail(f"would {change}" if dry_run else change)

    def timed(self, work: Callable[[], None]) -> None:
        started = self._clock()
        work()
        self.detail(f"done in {self._clock() - started:.0f} s")

    def _write(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()
