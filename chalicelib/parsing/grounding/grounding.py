"""The last check of every method (markup, Gemini, rules): what a record states must stand in its document.

Amounts, dates, currencies, order numbers and names that occur neither in the visible text nor in the markup are
dropped, and a review reason says so; nothing is ever put in their place. Texts are made safe (``names``), totals are
checked against their lines (``total_check``), and dates against the mail's.

Precedence where markup and visible text differ: a markup total that is exactly 100 times more or less than a printed
amount is a slip of units (öre for kronor), and the printed amount is taken. Else the markup's total is kept, since it
is the exact value of one field while a text holds many amounts. Either way the record is flagged
``total_differs_from_text`` and its confidence falls below one half, so that the chain may ask the next method.

Review reasons are stable words: ``<field>_not_in_source``, ``<field>_implausible``, ``<field>_unsafe`` and those named
in the functions below.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.invoices import Extraction
from chalicelib.domain.money import is_plausible
from chalicelib.parsing.grounding.details import ground_details
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.grounding.total_check import explains_total
from chalicelib.parsing.grounding.values import GroundedValues

#: Where a method starts when it does not judge itself.
_METHOD_CONFIDENCE = {"schema.org": 0.95, "e-invoice": 0.97, "gemini": 0.85, "rules": 0.75, "manual": 1.0}
#: Methods that read what a person does not see, so that what a person does see is held against it.
_FOR_MACHINES = frozenset({"schema.org", "e-invoice"})
_SEVERE = frozenset(
    {
        "total_differs_from_text",
        "currency_differs_from_text",
        "total_amount_not_in_source",
        "total_amount_implausible",
        "markup_states_several_totals",
        "total_may_be_for_a_part",
        "instruction_like_text",
    }
)
_DAYS_AHEAD = 2
_DAYS_BACK = 400
_DAYS_TO_PAY = 731


def ground(extraction: Extraction, source: SourceText) -> Extraction:
    """The extraction with everything unsupported taken out, its reasons added, and its confidence computed.

    Grounding twice changes nothing but the confidence, which only falls.
    """
    values = GroundedValues(source, list(extraction.review_reasons))
    category = extraction.category if extraction.category in CATEGORIES else None
    total = values.amount(extraction.total_amount, "total_amount")
    if extraction.method in _FOR_MACHINES and total is not None:
        total = _in_printed_units(total, values)
    grounded = msgspec.structs.replace(
        extraction,
        category=category,
        vendor_name=values.name(extraction.vendor_name, "vendor_name", limit=120),
        total_amount=total,
        currency=_currency(extraction.currency, values),
        invoice_date=values.day(extraction.invoice_date, "invoice_date"),
        due_date=values.day(extraction.due_date, "due_date"),
        order_id=values.identifier(extraction.order_id, "order_id"),
        payment_status=values.label(extraction.payment_status, "payment_status"),
        ignored_reason=values.label(extraction.ignored_reason, "ignored_reason"),
    )
    details = extraction.details
    if details is not None and category is not None and not isinstance(details, CATEGORIES[category].details):
        values.flag("details_of_other_category")
        details = None
    grounded = msgspec.structs.replace(grounded, details=ground_details(details, values) if details else None)
    _check(grounded, values)
    reasons = tuple(dict.fromkeys(values.reasons))
    return msgspec.structs.replace(grounded, review_reasons=reasons, confidence=_confidence(extraction, reasons))


def _currency(code: str | None, values: GroundedValues) -> str | None:
    if code is None:
        return None
    if len(code) == 3 and code.isascii() and code.isalpha() and code.isupper() and values.source.has_currency(code):
        return code
    values.flag("currency_not_in_source")
    return None


def _check(extraction: Extraction, values: GroundedValues) -> None:
    """What can be said about the whole: flags only, nothing is changed."""
    if values.source.reorders_text:
        values.flag("text_direction_tricks")
    if not extraction.is_purchase:
        return
    _check_dates(extraction, values)
    total = extraction.total_amount
    if total is None:
        values.flag("total_missing")
        return
    if extraction.currency is None:
        values.flag("currency_missing")
    if extraction.method in _FOR_MACHINES:
        _check_against_text(total, extraction.currency, values)
    printed = [found.value for found in values.source.printed if found.looks_like_money]
    if explains_total(extraction.details, total, extraction.currency, printed) is False:
        values.flag("items_do_not_add_up")


def _in_printed_units(total: Decimal, values: GroundedValues) -> Decimal:
    """The total, or the hundredth or hundredfold of it that a person sees instead; flagged as a difference."""
    source = values.source
    if not source.prints_money or source.prints_amount(total):
        return total
    for other in (total / 100, total * 100):
        if other and is_plausible(other) and source.prints_amount(other):
            values.flag("total_differs_from_text")
            return other.quantize(Decimal("0.01"))
    return total


def _check_against_text(total: Decimal, currency: str | None, values: GroundedValues) -> None:
    """Markup is invisible: where the text shows money, the total has to be among it, in the same currency."""
    if values.source.prints_money and not values.source.prints_amount(total):
        values.flag("total_differs_from_text")
        return
    printed = {a.currency for a in values.source.printed if abs(a.value) == abs(total) and a.currency}
    if printed and currency and currency not in printed:
        values.flag("currency_differs_from_text")


def _check_dates(extraction: Extraction, values: GroundedValues) -> None:
    bought, due = extraction.invoice_date, extraction.due_date
    sent = values.source.mail.date.date() if values.source.mail.date else None
    if bought and sent and (bought - sent).days > _DAYS_AHEAD:
        values.flag("invoice_date_in_future")
    if bought and sent and (sent - bought).days > _DAYS_BACK:
        values.flag("invoice_date_long_before_mail")
    start: date | None = bought or sent
    if due and start and not -_DAYS_BACK <= (due - start).days <= _DAYS_TO_PAY:
        values.flag("due_date_implausible")


def _confidence(extraction: Extraction, reasons: tuple[str, ...]) -> float:
    """From the method's own, halved by each severe reason, lowered by every other; at least 0.05, two decimals."""
    confidence = extraction.confidence or _METHOD_CONFIDENCE[extraction.method]
    if not 0 <= confidence <= 1:
        confidence = _METHOD_CONFIDENCE[extraction.method]
    for reason in reasons:
        confidence *= 0.5 if reason in _SEVERE else 0.85
    return round(max(confidence, 0.05), 2)
