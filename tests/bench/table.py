"""Rows that a person reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, its value, and what that is beside something else ("1.4 x selectolax")."""

    what: str
    value: str
    beside: str = ""


def ratio(measured: float, other: float) -> str:
    """How many times ``other`` it is.

    >>> ratio(3, 2), ratio(300, 2), ratio(1, 0)
    ('1.5 x', '150 x', '- x')
    """
    if not other:
        return "- x"
    times = measured / other
    return f"{times:.2g} x" if times < 10 else f"{times:.0f} x"


def render(title: str, rows: Iterable[Row]) -> str:
    """One section, columns aligned."""
    found = list(rows)
    left, middle = max(len(row.what) for row in found), max(len(row.value) for row in found)
    lines = [f"  {row.what:<{left}}  {row.value:>{middle}}  {row.beside}".rstrip() for row in found]
    return "\n".join((title, *lines, ""))
