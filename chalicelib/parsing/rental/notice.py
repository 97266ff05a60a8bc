"""A rental notice's PDF becomes a :class:`RentalNotice`.

Which field means what:

- ``charges``: every line with its own label and amount; "rent" is the recurring rent of the dwelling, whatever it is
  called. Corrections ("Retroaktiv hyra"), discounts, parking, broadband and fees are "other" (see
  ``rental_labels.charge_kind``).
- ``vat``: the "Moms" amount, whether it is a line of its own or contained in others; it is never among the charges.
- ``total``: what is to be paid. ``reference`` and ``payee``: as on the payment slip.

A document with several notices (a quarter's three, or a flat's and a garage's) yields the first one, flagged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from chalicelib.domain.invoices import RentalNotice
from chalicelib.errors import DocumentIgnored
from chalicelib.parsing.pdf.document import read_pages
from chalicelib.parsing.pdf.words import PageText
from chalicelib.parsing.rental import evidence, fields
from chalicelib.parsing.rental.bankgiro import ends_in_check_digit, is_reference
from chalicelib.parsing.rental.charges import Breakdown, Row, break_down, find_rows, likely_vat
from chalicelib.parsing.rental.dates import named_months
from chalicelib.parsing.rental.fields import Reading, Slip
from chalicelib.parsing.rental.labels import Field
from chalicelib.parsing.rental.review import ReviewReason

T = TypeVar("T")

#: A notice has a hundred cells or so; a quarter's three with meter readings have a thousand.
MOST_CELLS: Final = 6000
_LONGEST_TERM: Final = timedelta(days=130)


@dataclass(slots=True)
class _Review:
    """The reasons gathered while reading; in the order in which they arose, each once."""

    reasons: list[ReviewReason] = field(default_factory=list)

    def flag(self, reason: ReviewReason, when: bool = True) -> None:
        if when and reason not in self.reasons:
            self.reasons.append(reason)


def parse_rental_notice(pdf: bytes) -> RentalNotice:
    """Reads a rental notice. Run it on untrusted bytes through :mod:`chalicelib.parsing.pdf.isolation` only.

    Raises ``DocumentIgnored("not_a_rental_notice")`` for a readable document of another kind, and
    ``DocumentUnreadable`` as :func:`chalicelib.parsing.pdf.document.read_pages` does.
    """
    return notice_from_pages(read_pages(pdf))


def notice_from_pages(pages: Sequence[PageText]) -> RentalNotice:
    """Reads a rental notice from its pages' text; raises ``DocumentIgnored("not_a_rental_notice")``."""
    if sum(len(page.cells) for page in pages) > MOST_CELLS:
        raise DocumentIgnored("not_a_rental_notice")
    review = _Review()
    titled = evidence.has_title(pages)
    pages = _first_notice(pages, review)
    slips = fields.find_slips(pages)
    rows = find_rows(pages)
    vats = [reading.value for reading in fields.vat_amounts(pages)]
    total = _total(fields.totals(pages), slips, rows, vats, review)
    breakdown = break_down(rows, vats, total)
    reference = _reference(pages, slips, review)
    due_date = _due_date(pages, review)
    _require_rental_notice(pages, titled, breakdown, (total, reference, due_date))
    _check_breakdown(breakdown, vats, total, review)
    review.flag(ReviewReason.PAYMENT_REMINDER, evidence.is_reminder(pages))
    return RentalNotice(
        reference=reference,
        due_date=due_date,
        total=total,
        vat=breakdown.vat,
        charges=breakdown.charges,
        payee=_payee(pages, slips, review),
        landlord=fields.landlord(pages),
        review_reasons=tuple(review.reasons),
    )


def _require_rental_notice(
    pages: Sequence[PageText], titled: bool, breakdown: Breakdown, stated: tuple[object | None, ...]
) -> None:
    """A notice has a title or is about rent, says what to pay, and says when or by which reference."""
    total, reference, due_date = stated
    says_how = reference is not None or due_date is not None
    has_amount = total is not None or any(charge.kind == "rent" for charge in breakdown.charges)
    about_rent = evidence.rent_is_the_matter(pages, breakdown.charges, total if isinstance(total, Decimal) else None)
    if not (says_how and has_amount and (titled or about_rent)) or (not titled and evidence.has_other_title(pages)):
        raise DocumentIgnored("not_a_rental_notice")


def _first_notice(pages: Sequence[PageText], review: _Review) -> Sequence[PageText]:
    """The pages up to where a page with a reference and an amount to pay of its own begins."""
    first: str | None = None
    for number, page in enumerate(pages):
        on_slips = _distinct(slip.line.reference for slip in fields.find_slips([page]) if slip.line.holds)
        printed = (reading.value for reading in fields.references([page]) if reading.field is Field.OCR)
        valid = [reference for reference in _distinct([*on_slips, *printed]) if reference and is_reference(reference)]
        review.flag(ReviewReason.SEVERAL_NOTICES, len(on_slips) > 1)
        if first is not None and valid and first not in valid and fields.totals([page]):
            review.flag(ReviewReason.SEVERAL_NOTICES)
            return pages[:number]
        first = first or next(iter(valid), None)
    return pages


def _total(
    readings: Sequence[Reading[Decimal]],
    slips: Sequence[Slip],
    rows: Sequence[Row],
    vats: Sequence[Decimal],
    review: _Review,
) -> Decimal | None:
    """The amount to pay: the valid slip's, else the labelled one, else what a slip says without a check digit."""
    labelled = _distinct(r.value for r in readings if r.field in (Field.TOTAL, Field.DUE_DATE) and r.beside)
    columns = _distinct(r.value for r in readings if r.field is Field.TOTAL and not r.beside)
    sums = _distinct(r.value for r in readings if r.field is Field.SUM and r.beside)
    headers = _distinct(r.value for r in readings if r.field is Field.SUM and not r.beside)
    candidates = labelled or [*columns, *sums] or headers
    from_slip = next((slip.line.amount for slip in slips if slip.line.holds), None)
    total = from_slip
    if total is None:
        total = next((value for value in candidates[:12] if break_down(rows, vats, value).adds_up), None)
    if total is None:
        total = next(iter(candidates), None)
    if total is None and slips:
        total = slips[0].line.amount
    line_amounts = {amount for row in rows for amount in row.amounts} if len(rows) > 1 else set()
    rivals = set(labelled) | {value for value in columns if value not in line_amounts}
    rivals |= {slip.line.amount for slip in slips}
    review.flag(ReviewReason.TOTAL_CONFLICT, any(value != total for value in rivals))
    review.flag(ReviewReason.TOTAL_MISSING, total is None)
    return total


def _reference(pages: Sequence[PageText], slips: Sequence[Slip], review: _Review) -> str | None:
    """The OCR number: the valid slip's, else the best labelled one. Only numbers labelled as OCR contradict it."""
    printed = fields.references(pages)
    by_field = {kind: _distinct(r.value for r in printed if r.field is kind) for kind in Field}
    on_slips = _distinct(slip.line.reference for slip in slips if slip.line.reference)
    on_slips = on_slips or _distinct(reading.value for reading in fields.slip_references(pages))
    certain = _distinct([*by_field[Field.OCR], *on_slips])
    for slip in slips:
        review.flag(ReviewReason.SLIP_CHECK_DIGIT, slip.line.is_complete and not slip.line.holds)
    reference = next((slip.line.reference for slip in slips if slip.line.holds), None)
    if reference is None:
        ranked = certain or by_field[Field.REFERENCE] or by_field[Field.INVOICE_NUMBER]
        reference = next((value for value in ranked if is_reference(value)), next(iter(ranked), None))
    review.flag(ReviewReason.REFERENCE_CONFLICT, any(value != reference for value in certain))
    review.flag(ReviewReason.REFERENCE_MISSING, reference is None and not evidence.mentions_autogiro(pages))
    review.flag(ReviewReason.REFERENCE_CHECK_DIGIT, reference is not None and not is_reference(reference))
    return reference


def _due_date(pages: Sequence[PageText], review: _Review) -> date | None:
    """The due date; the first one printed when there are several."""
    found = _distinct(reading.value for reading in fields.due_dates(pages))
    if not found:
        review.flag(ReviewReason.DUE_DATE_MISSING)
        return None
    due = found[0]
    review.flag(ReviewReason.DUE_DATE_CONFLICT, len(found) > 1)
    issued = [reading.value for reading in fields.issue_dates(pages)]
    months = [month for page in pages for cell in page.cells for month in named_months(cell.text)]
    too_early = any(due < day for day in issued)
    far_away = bool(issued or months) and all(abs(due - day) > _LONGEST_TERM for day in [*issued, *months])
    review.flag(ReviewReason.DUE_DATE_IMPLAUSIBLE, too_early or far_away)
    return due


def _payee(pages: Sequence[PageText], slips: Sequence[Slip], review: _Review) -> str | None:
    """The giro number to pay to: the valid slip's, else the labelled one, bankgiro before plusgiro."""
    printed = _distinct(reading.value for reading in fields.payees(pages))
    on_slips = _distinct(slip.line.payee for slip in slips if slip.line.payee)
    payee = next((slip.line.payee for slip in slips if slip.line.holds), None)
    payee = payee or next(iter(printed), None) or next(iter(on_slips), None)
    if payee is None:
        return None
    review.flag(ReviewReason.PAYEE_CHECK_DIGIT, not ends_in_check_digit(payee.replace("-", "")))
    review.flag(ReviewReason.PAYEE_CONFLICT, payee not in printed and bool(printed))
    review.flag(ReviewReason.PAYEE_CONFLICT, any(value != payee for value in on_slips))
    return payee


def _check_breakdown(breakdown: Breakdown, vats: Sequence[Decimal], total: Decimal | None, review: _Review) -> None:
    review.flag(ReviewReason.CHARGES_MISSING, not breakdown.charges)
    review.flag(ReviewReason.CHARGES_DO_NOT_ADD_UP, breakdown.adds_up is False)
    settled = breakdown.vat is None or len(set(vats)) == 1 or sum(set(vats)) in (breakdown.vat, 2 * breakdown.vat)
    review.flag(ReviewReason.VAT_CONFLICT, not settled and likely_vat(vats) == breakdown.vat)
    review.flag(
        ReviewReason.VAT_CONFLICT, breakdown.vat is not None and total is not None and breakdown.vat > abs(total)
    )


def _distinct(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
