"""Steps, and how they are run one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from deploy.report import Report


class Step(Protocol):
    """One part of a deployment."""

    name: str

    def plan(self) -> list[str]:
        """What is left to do, a line each, beginning with a verb; empty when nothing is. Reads only."""

    def apply(self) -> None:
        """Does it. May be called again after it failed half-way."""


def run(steps: Iterable[Step], report: Report, *, dry_run: bool) -> int:
    """Runs steps in order, or says what they would do; returns how many had something to do."""
    todo = list(steps)
    busy = 0
    for number, step in enumerate(todo, 1):
        report.step(number, len(todo), step.name)
        changes = step.plan()
        if not changes:
            report.detail("nothing to do")
            continue
        busy += 1
        report.plan(changes, dry_run=dry_run)
        if not dry_run:
            report.timed(step.apply)
    return busy
