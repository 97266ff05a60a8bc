"""Cells that stand side by side, as lines of text: one row a line, cells separated by a tab."""

from __future__ import annotations

import re

from chalicelib.parsing.values.amounts import find_amounts

_MARK_CELL = re.compile(r"[€$£]|kr\.?|SEK|NOK|DKK|EUR|USD|GBP|CAD|AUD|CHF|PLN", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[-−]?\d{1,3}(?:[ .,'\u00a0\u2009\u202f]?\d{3}){0,3}(?:[.,]\d{2})?")
_MOST_LINES_BESIDE_A_CELL = 12
_LONGEST_SIDE_CELL = 60


def rows_of(cells: list[list[str]]) -> list[str]:
    """Lines for one visual row, given the lines of each of its cells; a layout column keeps its lines together.

    >>> rows_of([["Total"], ["99 kr"]])
    ['Total\\t99 kr']
    >>> rows_of([["Subtotal", "Total"], ["10 kr", "12 kr"]])
    ['Subtotal\\t10 kr', 'Total\\t12 kr']
    >>> rows_of([["Film", "Renews in May"], ["$14.99"]])
    ['Film\\t$14.99', 'Renews in May']
    >>> rows_of([["Ship to", "Jane Doe"], ["Pay with", "Visa"]])
    ['Ship to', 'Jane Doe', 'Pay with', 'Visa']
    """
    filled = [cell for cell in cells if cell]
    if len(filled) <= 1:
        return filled[0] if filled else []
    if all(len(cell) == 1 for cell in filled):
        return ["\t".join(cell[0] for cell in filled)]
    if _are_parallel(filled):
        return ["\t".join(parts) for parts in zip(*filled, strict=True)]
    tall = [cell for cell in filled if len(cell) > 1]
    if len(tall) == 1 and len(tall[0]) <= 3 and all(is_value(line) for line in tall[0]):
        return ["\t".join(line for cell in filled for line in cell)]  # an old price above the new one
    if len(tall) == 1 and _stands_beside(tall[0], [cell[0] for cell in filled if len(cell) == 1]):
        return ["\t".join(cell[0] for cell in filled), *tall[0][1:]]
    return [line for cell in filled for line in cell]


def with_joined_marks(cells: list[str]) -> list[str]:
    """Cells of a row with a currency that has a cell of its own put beside its number.

    >>> with_joined_marks(["Total", "$", "219.99"]), with_joined_marks(["Totalt", "438,00", "kr"])
    (['Total', '$ 219.99'], ['Totalt', '438,00 kr'])
    """
    joined: list[str] = []
    for cell in cells:
        number_before = bool(joined) and _BARE_NUMBER.fullmatch(joined[-1])
        mark_before = bool(joined) and _MARK_CELL.fullmatch(joined[-1])
        if (number_before and _MARK_CELL.fullmatch(cell)) or (mark_before and _BARE_NUMBER.fullmatch(cell)):
            joined[-1] = f"{joined[-1]} {cell}"
        else:
            joined.append(cell)
    return joined


def is_value(line: str) -> bool:
    """Whether a line is an amount and nothing else.

    >>> is_value("1 249,00 kr"), is_value("-20,00"), is_value("Room 12"), is_value("2")
    (True, True, False, True)
    """
    if len(line) > 30 or not any(character.isdigit() for character in line):
        return False
    amounts = find_amounts(line)
    return len(amounts) == 1 and not re.search(r"\w", line[: amounts[0].start] + line[amounts[0].end :])


def _are_parallel(cells: list[list[str]]) -> bool:
    if len({len(cell) for cell in cells}) != 1 or any("\t" in line for cell in cells for line in cell):
        return False
    labels = all(line.endswith(":") for line in cells[0])
    return labels or all(is_value(line) for cell in cells[1:] for line in cell)


def _stands_beside(tall: list[str], others: list[str]) -> bool:
    return (
        len(tall) <= _MOST_LINES_BESIDE_A_CELL
        and not any("\t" in line for line in (*tall, *others))
        and all(len(line) <= _LONGEST_SIDE_CELL for line in others)
        and any(is_value(line) for line in others)
    )
