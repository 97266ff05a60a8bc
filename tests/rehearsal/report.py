"""The checks as tables: a row for each thing that was deployed, a column for each thing that somebody asks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.rehearsal.checks import Check
from tests.sandbox.terminal import Column, Terminal, table

_NO_BOUND = 1_000  # columns: a cut ARN tells nothing


def show(terminal: Terminal, title: str, checks: Sequence[Check]) -> None:
    """A titled table."""
    terminal.heading(title)
    terminal.lines(list(lines(checks)))


def lines(checks: Sequence[Check]) -> Iterator[str]:
    """A title line and one line a subject; what is wrong is marked, with what was asked for behind it."""
    aspects = list(dict.fromkeys(check.aspect for check in checks))
    cells = {(check.subject, check.aspect): check for check in checks}
    rows = [
        [subject, *(_cell(cells.get((subject, aspect))) for aspect in aspects)]
        for subject in dict.fromkeys(check.subject for check in checks)
    ]
    return table([Column(""), *map(Column, aspects)], rows, _NO_BOUND)


def _cell(check: Check | None) -> str:
    if check is None:
        return ""
    return _short(check.found) if check.good else f"✗ {_short(check.found)} (not {_short(check.asked)})"


def _short(text: str) -> str:
    """Without what is the same in every ARN.

    >>> _short("events arn:aws:events:eu-north-1:123456789012:rule/a; s3 arn:aws:s3:::b of 123456789012")
    'events rule/a; s3 b of 123456789012'
    """
    return re.sub(r"arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d*:", "", text)
