"""The checks as tables: a row for each thing that was deployed, a column for each thing that somebody asks of it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rehearsal.checks import Check
from tests.sandbox.terminal import Column, Terminal, table


def show(terminal: Terminal, title: str, checks: Sequence[Check]) -> None:
    """A table; what is wrong is marked, with what was asked for behind it."""
    terminal.heading(title)
    aspects = list(dict.fromkeys(check.aspect for check in checks))
    cells = {(check.subject, check.aspect): check for check in checks}
    rows = [
        [subject, *(_cell(cells.get((subject, aspect))) for aspect in aspects)]
        for subject in dict.fromkeys(check.subject for check in checks)
    ]
    terminal.lines(list(table([Column(""), *map(Column, aspects)], rows, 1000)))


def _cell(check: Check | None) -> str:
    if check is None:
        return ""
    return check.found if check.good else f"✗ {check.found} (not {check.asked})"
