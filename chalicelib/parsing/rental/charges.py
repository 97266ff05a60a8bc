"""Reads the lines of a rental notice's specification, and finds the reading of them that adds up to the total.

A line is a label with amounts beside it or one amount below it. Lines of unknown wording count when their amount stands
in the column of known ones. What cannot be told from the page alone (which of several columns is the line's amount,
whether VAT is a line of its own or contained in the others, whether a repeated line is a repetition) is decided by what
adds up to the total; when nothing does, the plainest reading is kept and the caller flags it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Final

from chalicelib.domain.invoices import ChargeKind, RentalCharge
from chalicelib.parsing.pdf.words import Cell, PageText
from chalicelib.parsing.rental.amounts import find_amounts, parse_amount
from chalicelib.parsing.rental.dates import mask_dates
from chalicelib.parsing.rental.fields import value_cell_below
from chalicelib.parsing.rental.labels import Field, charge_kind, find_labels, names_a_dwelling

#: Öresavrundning: totals are rounded to whole kronor, by half a krona at most (lag 1970:1029, 2 §, as of SFS 2009:283).
ROUNDING: Final = Decimal("0.5")
MOST_CHARGES: Final = 60
MOST_VAT_AMOUNTS: Final = 12
_LONGEST_LABEL: Final = 120
_ALIGNMENT: Final = 0.9
_NEIGHBOURHOOD: Final = 4.0

_LETTER = re.compile(r"[a-zåäö]", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(?:kr|sek|kronor|st|mån|m[23³²]|kwh|dagar|procent)\b|[%*:().,¤-]", re.IGNORECASE)
_BULLETS = " \t-–—•·*:;.,_"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a specification; ``amounts`` from left to right, more than one when the table has such columns."""

    page: int
    label: str
    kind: ChargeKind | None
    amounts: tuple[Decimal, ...]
    x0: float
    x1: float
    top: float
    size: float

    def in_column_of(self, other: Row) -> bool:
        """Whether the amounts are flush on either side."""
        reach = _ALIGNMENT * max(self.size, other.size)
        return abs(self.x1 - other.x1) <= reach or abs(self.x0 - other.x0) <= reach


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The charges and the VAT of one reading; ``adds_up`` is ``None`` when there is no total to compare with."""

    charges: tuple[RentalCharge, ...]
    vat: Decimal | None
    adds_up: bool | None


def find_rows(pages: Sequence[PageText]) -> list[Row]:
    """All lines that may be charges, in reading order: label cells with amounts beside, behind or below them."""
    rows = [row for page in pages for cell in page.cells if (row := _row(page, cell)) is not None]
    return rows[: 4 * MOST_CHARGES]


def _row(page: PageText, cell: Cell) -> Row | None:
    if "#" in cell.text or not _LETTER.search(cell.text) or _is_prose(cell.text):
        return None
    hits = [hit for hit in find_labels(cell) if hit.field is not Field.OTHER or cell.text.startswith(hit.label)]
    text = cell.text
    if hits:
        start = text.find(hits[0].label)
        if hits[0].field is not Field.VAT or not text[:start].strip(_BULLETS + "("):
            return None
        text = text[:start]
    kind = charge_kind(text)
    beside = list(_amount_cells(page, cell))
    if beside:
        amounts = tuple(span.value for other in beside for span in find_amounts(other.text))
        return _make_row(cell, text, kind, amounts, beside[-1])
    below = value_cell_below(page, cell) if kind is not None and len(text.split()) <= 6 else None
    amount = parse_amount(below.text) if below is not None else None
    if below is not None and amount is not None and abs(below.x0 - cell.x0) <= cell.size:
        return _make_row(cell, text, kind, (amount,), below)
    spans = list(find_amounts(text))
    if spans and not text[spans[-1].end :].strip(_BULLETS) and _LETTER.search(text[: spans[-1].start]):
        return _make_row(cell, text[: spans[-1].start], kind, (spans[-1].value,), cell)
    return _make_row(cell, text, kind, (amount,), below) if below is not None and amount is not None else None


def _is_prose(text: str) -> bool:
    """Sentences are no labels, whatever numbers they end in."""
    words = len(text.split())
    return len(text) > _LONGEST_LABEL or words > 14 or (words > 6 and re.search(r"[.!?] [A-ZÅÄÖ]", text) is not None)


def _make_row(cell: Cell, label: str, kind: ChargeKind | None, amounts: tuple[Decimal, ...], where: Cell) -> Row | None:
    label = " ".join(label.strip(_BULLETS).split())
    if not _LETTER.search(label):
        return None
    return Row(cell.page, label, kind, amounts, where.x0, where.x1, cell.top, cell.size)


def _amount_cells(page: PageText, label: Cell) -> Iterator[Cell]:
    """The cells right of a label that hold amounts; quantities and periods between them are passed over."""
    for cell in page.right_of(label):
        spans = list(find_amounts(cell.text))
        rest = cell.text
        for span in reversed(spans):
            rest = rest[: span.start] + " " + rest[span.end :]
        if _LETTER.search(_CURRENCY.sub(" ", rest)) and not _is_period(cell.text):
            return
        if spans:
            yield cell


def _is_period(text: str) -> bool:
    """A cell of a month, a date or a measured quantity, such as "april 2025" or "3,2 m3"."""
    return not _LETTER.search(_CURRENCY.sub(" ", mask_dates(text)))


def break_down(rows: Sequence[Row], vats: Sequence[Decimal], total: Decimal | None) -> Breakdown:
    """Chooses the reading of the rows that adds up to ``total``; ``vats`` are the VAT amounts printed.

    Readings are tried from the plainest on: VAT contained in the lines before VAT as a line of its own, the rent's
    block before all lines before lines without repetitions, amounts in the last column before those in others.
    """
    sets = _row_sets(rows)
    vats = list(dict.fromkeys(vats))[:MOST_VAT_AMOUNTS]
    vat = likely_vat(vats)
    plainest = _charges(max(sets, key=len), -1) if sets else ()
    if total is None or not plainest:
        return Breakdown(plainest, vat, None)
    additions: list[Decimal | None] = [None, *dict.fromkeys([*vats, sum(vats, Decimal(0))])]
    for added, chosen, column in product(additions, sets, (-1, 0, -2, 1)):
        charges = _charges(chosen, column)
        if charges and abs(sum((c.amount for c in charges), added or Decimal(0)) - total) <= rounding_of(total):
            return Breakdown(charges, vat if added is None else added, adds_up=True)
    return Breakdown(plainest, vat, adds_up=False)


def rounding_of(total: Decimal) -> Decimal:
    """How far the lines may miss a total: nothing, unless it is in whole kronor.

    >>> rounding_of(Decimal("8432.50")), rounding_of(Decimal("8432"))
    (Decimal('0'), Decimal('0.5'))
    """
    return ROUNDING if total == total.to_integral_value() else Decimal(0)


def likely_vat(vats: Sequence[Decimal]) -> Decimal | None:
    """The VAT of the notice: the only amount printed, or the one that the others add up to, or the first.

    >>> likely_vat([Decimal(89), Decimal(84), Decimal(173)]), likely_vat([])
    (Decimal('173'), None)
    """
    distinct = list(dict.fromkeys(vats))
    for amount in distinct:
        if len(distinct) > 1 and amount == sum(distinct) - amount:
            return amount
    return distinct[0] if distinct else None


def _row_sets(rows: Sequence[Row]) -> list[list[Row]]:
    """Which rows may be the specification: the rent's block, all known lines, then fewer."""
    known = [row for row in rows if row.kind is not None]
    if not known:
        dwellings = [row for row in rows if names_a_dwelling(row.label)]
        known = dwellings[:1]
    if not known:
        return []
    first = next((row for row in known if row.kind == "rent"), known[0])
    block = _grown([first], rows)
    near = _grown(known, rows)
    aligned = [row for row in rows if row.kind is not None or any(row.in_column_of(other) for other in known)]
    column = [row for row in known if sum(row.in_column_of(other) for other in known) * 2 > len(known)]
    candidates = (block, near, known, aligned, column)
    sets = [variant for rows_ in candidates for variant in (rows_, _once(rows_), _first_page_of(rows_))]
    return [list(unique) for unique in dict.fromkeys(tuple(rows_[:MOST_CHARGES]) for rows_ in sets if rows_)]


def _grown(known: list[Row], rows: Sequence[Row]) -> list[Row]:
    """Known rows and those of unknown wording that stand in their column, close to them or to each other."""
    accepted = {id(row) for row in known}
    growing = list(known)
    while growing:
        row = growing.pop()
        for other in rows:
            if id(other) not in accepted and _continues(other, row):
                accepted.add(id(other))
                growing.append(other)
    return [row for row in rows if id(row) in accepted]


def _continues(row: Row, other: Row) -> bool:
    near = row.page == other.page and abs(row.top - other.top) <= _NEIGHBOURHOOD * other.size
    return near and row.in_column_of(other)


def _once(rows: list[Row]) -> list[Row]:
    """Without lines that repeat an earlier line's label and amounts."""
    return list({(row.label.casefold(), row.amounts): row for row in reversed(rows)}.values())[::-1]


def _first_page_of(rows: list[Row]) -> list[Row]:
    """The lines of the first page that has any: a later page may specify the same charges again in detail."""
    return [row for row in rows if row.page == rows[0].page] if rows else []


def _charges(rows: Sequence[Row], column: int) -> tuple[RentalCharge, ...]:
    """The charges when each line's amount is the one in this column (or the only one)."""
    charges = []
    has_rent = any(row.kind == "rent" for row in rows)
    for row in rows:
        index = column if -len(row.amounts) <= column < len(row.amounts) else -1
        kind = row.kind or "other"
        if not has_rent and kind == "other" and names_a_dwelling(row.label):
            kind = "rent"
        charges.append(RentalCharge(kind=kind, label=row.label, amount=row.amounts[index]))
    return tuple(charges)
