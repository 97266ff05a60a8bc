"""Finds what a rental notice states once: total, due date, reference, payee, VAT. Labels lead to values by position.

A value stands behind its label in the same cell, in the cells to its right, or in the cell below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Generic, TypeVar

from chalicelib.parsing.pdf.words import Cell, PageText
from chalicelib.parsing.rental.amounts import find_amounts, parse_amount
from chalicelib.parsing.rental.bankgiro import (
    SlipLine,
    find_bankgiro,
    find_plusgiro,
    find_slip_reference,
    parse_slip_line,
)
from chalicelib.parsing.rental.dates import parse_date
from chalicelib.parsing.rental.labels import Field, LabelHit, charge_kind, find_labels

T = TypeVar("T")

#: How far below its label a value may stand, in heights of the label.
REACH_BELOW: Final = 3.2

_LETTERS = re.compile(r"[a-zåäö]{2,}", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(?:kr|sek|kronor)\b", re.IGNORECASE)
_REST_SAYS_NOTHING = re.compile(
    r"^[\s:.,()*–-]*(?:(?:kr|sek|kronor|inkl\.?|moms|nr|nummer)[\s:.,()*–-]*)*$", re.IGNORECASE
)
_REFERENCE = re.compile(r"^[\s:.#()]*(?P<digits>\d(?:[ ]?\d){1,24})(?![ ]?\d)(?![-/,.]\d)")
_DATE_THEN_MONEY = re.compile(r"^.{0,24}?\d[^:]{3,24}:\s*(?P<money>\S.*(?:kr|sek|,\d\d|:-))\s*$", re.IGNORECASE)
_VAT_BASE = re.compile(r"^\s*(?:på|av|à|underlag)\b", re.IGNORECASE)
_COMPANY = re.compile(
    r"(?<![\w-])(?:AB|HB|KB|Aktiebolag|Handelsbolag|Kommanditbolag|Fastigheter|Bostäder|Stiftelsen?|Brf|"
    r"Bostadsrättsförening(?:en)?|Ek\.? ?för\.?|Hyresbostäder)(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value, where it was found, and whether it stood beside (not below) its label."""

    value: T
    field: Field
    page: int
    beside: bool


@dataclass(frozen=True, slots=True)
class Slip:
    """What the payment slip's machine-readable line says, and on which page."""

    line: SlipLine
    page: int


def labelled(
    pages: Sequence[PageText],
    fields: Iterable[Field],
    read: Callable[[str], T | None],
    read_cell: Callable[[str], T | None] | None = None,
) -> list[Reading[T]]:
    """All values of type ``T`` that labels of these fields lead to, in reading order.

    ``read`` gets the text behind a label, ``read_cell`` (if it is to be stricter) that of a cell beside or below it. Of
    several cells beside a label the last counts: the total of a row that also has net amounts and VAT.
    """
    wanted = frozenset(fields)
    readings = []
    for page in pages:
        for cell in page.cells:
            if "#" in cell.text:
                continue
            for hit in find_labels(cell):
                if hit.field in wanted and (reading := _read(page, hit, read, read_cell or read)) is not None:
                    readings.append(reading)
    return readings


def _read(
    page: PageText, hit: LabelHit, read: Callable[[str], T | None], read_cell: Callable[[str], T | None]
) -> Reading[T] | None:
    if (value := read(hit.rest)) is not None:
        return Reading(value, hit.field, page.number, beside=True)
    if not _ends_cell(hit):
        return None
    for cell in page.right_of(hit.cell):
        if next(find_labels(cell), None) is not None or (found := read_cell(cell.text)) is None:
            if value is not None or _LETTERS.search(cell.text):
                break
            continue
        value = found
    if value is not None:
        return Reading(value, hit.field, page.number, beside=True)
    if not _REST_SAYS_NOTHING.match(hit.rest):
        return None
    below = value_cell_below(page, hit.cell)
    if below is not None and (value := read_cell(below.text)) is not None:
        return Reading(value, hit.field, page.number, beside=False)
    return None


def _ends_cell(hit: LabelHit) -> bool:
    return hit.cell.text.endswith(hit.rest)


def value_cell_below(page: PageText, label: Cell) -> Cell | None:
    """The nearest cell in the label's column, if it is near and is no label itself."""
    under = page.below(label, REACH_BELOW * label.size)
    if not under:
        return None
    nearest = under[0]
    is_label = charge_kind(nearest.text) is not None or next(find_labels(nearest), None) is not None
    return None if is_label else nearest


def read_total(text: str) -> Decimal | None:
    """The last amount of a text; words may stand in front ("för april 2025"), or behind an amount that comes first.

    >>> str(read_total(" för april 2025: 8 432,00 kr")), read_total(" till bankgiro 991-2346")
    ('8432.00', None)
    >>> str(read_total(": 8 432 kr inkl. moms")), read_total(" efter den 5 debiteras ränta")
    ('8432', None)
    """
    spans = list(find_amounts(text))
    if not spans:
        return None
    if not _LETTERS.search(_CURRENCY.sub(" ", text[spans[0].end :])):
        return spans[-1].value
    return None if _LETTERS.search(_CURRENCY.sub(" ", text[: spans[0].start])) else spans[0].value


def read_total_cell(text: str) -> Decimal | None:
    """The last amount of a cell of amounts, or an amount marked as such that begins a cell.

    >>> str(read_total_cell("8 432,00 kr inkl. moms")), read_total_cell("123 45 Exempelby"), read_total_cell("lgh 4")
    ('8432.00', None, None)
    """
    spans = list(find_amounts(text))
    if not spans or _LETTERS.search(_CURRENCY.sub(" ", text[: spans[0].start])):
        return None
    if not _LETTERS.search(_CURRENCY.sub(" ", text[spans[-1].end :])):
        return spans[-1].value
    return spans[0].value if re.search(r"[,:]\d\d|:-|kr|sek", text[: spans[0].end], re.IGNORECASE) else None


def read_reference(text: str) -> str | None:
    """The digits a text begins with, 2 to 25 of them, possibly in groups; no amount, date or giro number.

    >>> read_reference(": 2044 0017 13"), read_reference("991-2346"), read_reference("1 2 3 kr")
    ('2044001713', None, '123')
    """
    match = _REFERENCE.match(text)
    if match is None:
        return None
    digits = match["digits"].replace(" ", "")
    return digits if len(digits) >= 4 or match["digits"] == text.strip(" :.#()") or " " in match["digits"] else None


def read_name(text: str) -> str | None:
    """A name of up to 80 characters, without the address that may follow it.

    >>> read_name(": Exempelby Kvarnen 7 AB, Box 12, 123 45 Exempelby"), read_name(":")
    ('Exempelby Kvarnen 7 AB', None)
    """
    name = " ".join(text.strip(" :.,*").partition(",")[0].split())
    return name[:80] if re.search(r"[A-Za-zÅÄÖåäö]{2}", name) else None


def find_slips(pages: Sequence[PageText]) -> list[Slip]:
    """The machine-readable lines of payment slips, complete or not."""
    slips = []
    for page in pages:
        for line in page.lines:
            text = " ".join(cell.text for cell in line)
            if "#" in text and (slip := parse_slip_line(" ".join(text.split()))) is not None:
                slips.append(Slip(slip, page.number))
    return slips


def slip_references(pages: Sequence[PageText]) -> list[Reading[str]]:
    """References of which only ``<OCR> #`` is legible."""
    readings = []
    for page in pages:
        for line in page.lines:
            text = " ".join(cell.text for cell in line)
            if "#" in text and (reference := find_slip_reference(" ".join(text.split()))) is not None:
                readings.append(Reading(reference, Field.OCR, page.number, beside=True))
    return readings


def totals(pages: Sequence[PageText]) -> list[Reading[Decimal]]:
    """Amounts to pay; ``Field.SUM`` marks the weaker labels ("Summa", "Total", "Belopp")."""
    return labelled(pages, (Field.TOTAL, Field.SUM), read_total, read_total_cell) + labelled(
        pages, (Field.DUE_DATE,), _read_total_after_date
    )


def _read_total_after_date(text: str) -> Decimal | None:
    """The amount in "Att betala senast 2025-01-31: 8 500 kr", which must be marked as money."""
    match = _DATE_THEN_MONEY.match(text)
    return parse_amount(match["money"]) if match and parse_date(text) else None


def due_dates(pages: Sequence[PageText]) -> list[Reading[date]]:
    return labelled(pages, (Field.DUE_DATE,), parse_date)


def issue_dates(pages: Sequence[PageText]) -> list[Reading[date]]:
    return labelled(pages, (Field.ISSUE_DATE,), parse_date)


def references(pages: Sequence[PageText]) -> list[Reading[str]]:
    """Printed references: OCR labels, then references, then invoice numbers, each in reading order."""
    order = (Field.OCR, Field.REFERENCE, Field.INVOICE_NUMBER)
    found = labelled(pages, order, read_reference)
    return sorted(found, key=lambda reading: order.index(reading.field))


def payees(pages: Sequence[PageText]) -> list[Reading[str]]:
    """Giro numbers behind their labels, bankgiro numbers first."""
    return labelled(pages, (Field.BANKGIRO,), find_bankgiro) + labelled(pages, (Field.PLUSGIRO,), find_plusgiro)


def vat_amounts(pages: Sequence[PageText]) -> list[Reading[Decimal]]:
    """VAT amounts. Below a column's header stands the first of several: then their sum row, or their sum."""
    readings = []
    for page in pages:
        for cell in page.cells:
            for hit in find_labels(cell):
                if hit.field is not Field.VAT:
                    continue
                reading = _read(page, hit, _read_vat, read_total_cell)
                if reading is not None and not reading.beside:
                    reading = Reading(_column_sum(list(_column(page, cell))), Field.VAT, page.number, beside=False)
                if reading is not None:
                    readings.append(reading)
    return readings


def _read_vat(text: str) -> Decimal | None:
    """The VAT behind its label; in "på 692,00: 173,00" the first amount is what it was charged on."""
    if _VAT_BASE.match(text) and len(list(find_amounts(text))) < 2:
        return None
    return read_total(text)


def _column(page: PageText, header: Cell) -> Iterator[Decimal]:
    """The amounts under a header as long as nothing else comes between them."""
    bottom, size = header.bottom, header.size
    for cell in page.below(header):
        amount = parse_amount(cell.text)
        if amount is None or cell.top - bottom > REACH_BELOW * size:
            return
        yield amount
        bottom = cell.bottom


def _column_sum(amounts: list[Decimal]) -> Decimal:
    if len(amounts) > 2 and amounts[-1] == sum(amounts[:-1]):
        return amounts[-1]
    return sum(amounts[1:], amounts[0])


def landlord(pages: Sequence[PageText]) -> str | None:
    """The payee's name as labelled, else the first company name at the top of a page."""
    found = labelled(pages, (Field.LANDLORD,), read_name)
    if found:
        return next((reading.value for reading in found if _COMPANY.search(reading.value)), found[0].value)
    tops = (cell.text for page in pages for line in page.lines[:15] for cell in line)
    return next((read_name(text) for text in tops if _COMPANY.search(text) and len(text) <= 60), None)
