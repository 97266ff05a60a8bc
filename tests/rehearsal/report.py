"""The checks as tables: a row for each thing that was deployed, a column for each thing that somebody asks of it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rehearsal.checks import Check
from tests.sandbox.terminal import Column, Terminal, table


def show(terminal: Terminal, checks: Sequence[Check]) -> None:
    """What is wrong is marked, with what was asked for behind it."""
    terminal.heading("What is deployed, as asked for (x: not)")
    aspects = list(dict.fromkeys(check.aspect for check in checks))
    cells = {(check.subject, check.aspect): check for check in checks}
    rows = [
        [subject, *(_cell(cells.get((subject, aspect))) for aspect in aspects)]
        for subject in dict.fromkeys(check.subject for check in checks)
    ]
    head = [Column("", flexible=False), *(Column(aspect, flexible=True) for aspect in aspects)]
    terminal.lines(list(table(head, rows, 1000)))


def _cell(check: Check | None) -> str:
    if check is None:
        return ""
    return check.found if check.good else f"x {check.found} (not {check.asked})"
