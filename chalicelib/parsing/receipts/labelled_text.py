"""Values that stand beside or below a label: payment methods, passengers, places, periods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LONGEST_VALUE = 120
_MOST_LINES = 400


def values_of(lines: Sequence[str], label: re.Pattern[str]) -> Iterator[str]:
    """Texts labelled so: behind the label on its line, in the next cell, below it in a column, or on the next line.

    ``label`` must match at the start of a cell.

    >>> list(values_of(["Betalsätt: Swish", "Resenär\\tEva Ek"], re.compile("betalsätt|resenär", re.I)))
    ['Swish', 'Eva Ek']
    """
    for index, line in enumerate(lines[:_MOST_LINES]):
        cells = line.split("\t")
        for column, cell in enumerate(cells):
            match = label.match(cell)
            if not match or (cell[match.end() :] and not re.match(r"\s*[:#\-–(]|\s", cell[match.end() :])):
                continue
            value = cell[match.end() :].lstrip(" :#-–\u00a0").strip()
            if not value and column + 1 < len(cells) and not label.match(cells[column + 1]):
                value = cells[column + 1]
            if not value and index + 1 < len(lines) and column == len(cells) - 1:
                below = lines[index + 1].split("\t")
                value = below[column] if len(below) == len(cells) else below[0]
            if value and len(value) <= _LONGEST_VALUE:
                yield value


def first_value(lines: Sequence[str], label: re.Pattern[str]) -> str | None:
    """The first such text, if any."""
    return next(values_of(lines, label), None)
