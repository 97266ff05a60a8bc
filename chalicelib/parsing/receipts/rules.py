"""Reads receipts by labels and formats alone: no markup, no model, the same answer every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.categories import guess_category
from chalicelib.parsing.receipts.charges import Charge, read_charges
from chalicelib.parsing.receipts.dates import PurchaseDates, read_purchase_dates
from chalicelib.parsing.receipts.details import Reading, details_of
from chalicelib.parsing.receipts.evidence import Evidence, evidence_of
from chalicelib.parsing.receipts.intent import Clues, Intent, judge, sounds_like_purchase
from chalicelib.parsing.receipts.labels import Kind
from chalicelib.parsing.receipts.line_items import LineItem, read_line_items
from chalicelib.parsing.receipts.totals import Total, adds_up, choose_total
from chalicelib.parsing.receipts.vendor_names import vendor_name
from chalicelib.parsing.values.identifiers import Identifier, read_identifiers
from chalicelib.parsing.visible.characters import readable
from chalicelib.parsing.visible.text import VisibleText

_LONGEST_SUBJECT = 500
_LONGEST_SENDER = 200
_LEAST_IDENTIFIER_SCORE = 2.0
_CERTAIN_IDENTIFIER_SCORE = 3.0
_TOTALS = (Kind.TOTAL, Kind.PAID, Kind.DUE, Kind.REFUND)


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a document, before anything is concluded."""

    evidence: Evidence
    charges: list[Charge]
    items: list[LineItem]
    identifiers: list[Identifier]


def extract_by_rules(seen: VisibleText, mail: MailContext) -> Extraction:
    """What a document says, by rules alone; never raises, and invents nothing: ``None`` means not stated.

    ``is_purchase`` false comes with a reason and without values. ``review_reasons`` name every doubt: total_missing,
    total_ambiguous, total_unlabelled, total_uncertain, total_zero, negative_total, refund_uncertain,
    partly_paid_by_credit, items_do_not_add_up, currency_missing, date_uncertain, category_uncertain,
    vendor_uncertain, purchase_uncertain, document_truncated, text_reordered.
    """
    mail = msgspec.structs.replace(
        mail,
        subject=readable(mail.subject[:_LONGEST_SUBJECT]),
        sender_name=readable(mail.sender_name[:_LONGEST_SENDER]),
    )
    facts = _read(seen, mail)
    intent = judge(seen, mail, _clues(facts, seen))
    if not intent.is_purchase:
        return Extraction(method="rules", is_purchase=False, ignored_reason=intent.ignored_reason, confidence=0.8)
    if not intent.is_refund and _is_labelled_refund(facts.charges):
        intent = msgspec.structs.replace(intent, is_refund=True)
    return _conclude(seen, mail, facts, intent)


def _read(seen: VisibleText, mail: MailContext) -> _Facts:
    evidence = evidence_of(seen, mail)
    charges = read_charges(seen.lines, decimal_hint=evidence.decimal)
    identifiers = read_identifiers(seen.lines, mail.subject)
    return _Facts(
        evidence=evidence,
        charges=charges,
        items=read_line_items(seen.lines, charges, decimal_hint=evidence.decimal),
        identifiers=[found for found in identifiers if found.score >= _LEAST_IDENTIFIER_SCORE],
    )


def _clues(facts: _Facts, seen: VisibleText) -> Clues:
    """A weak word ("Summa") is a total's label where the bill adds up to it."""
    labelled = any(charge.kind in _TOTALS and not charge.is_prose for charge in facts.charges)
    summed = any(
        charge.kind is Kind.WEAK_TOTAL and adds_up(charge.amount.value, facts.charges, facts.items)
        for charge in facts.charges
        if charge.amount.looks_like_money and not charge.is_prose
    )
    dates = read_purchase_dates(seen.lines, day_first=True)
    return Clues(
        has_total=labelled or summed,
        has_order_id=any(found.score >= _CERTAIN_IDENTIFIER_SCORE for found in facts.identifiers),
        has_amounts=any(charge.amount.mark for charge in facts.charges),
        has_due_date=dates.due is not None,
        has_date=dates.is_labelled,
        has_stated_amount=choose_total(facts.charges, facts.items).value is not None,
    )


def sounds_like_receipt(seen: VisibleText, mail: MailContext) -> bool:
    """Whether a subject and a preview speak of a purchase: enough to ask about a sender, not to store anything."""
    return sounds_like_purchase(seen, mail, _clues(_read(seen, mail), seen)).is_purchase


def read_labelled_dates(seen: VisibleText, mail: MailContext, currency: str | None) -> PurchaseDates:
    """The dates that labels name, for what another method left open; no purchase's date by its place alone."""
    day_first = evidence_of(seen, mail).day_first(currency)
    dates = read_purchase_dates(seen.lines, day_first=day_first, received=_day(mail))
    return dates if dates.is_labelled and dates.is_certain else msgspec.structs.replace(dates, purchase=None)


def _conclude(seen: VisibleText, mail: MailContext, facts: _Facts, intent: Intent) -> Extraction:
    total = choose_total(facts.charges, facts.items, is_refund=intent.is_refund)
    value = _signed(total.value, intent)
    currency = facts.evidence.currency_of(total, facts.charges)
    day_first = facts.evidence.day_first(currency)
    dates = read_purchase_dates(seen.lines, day_first=day_first, received=_day(mail))
    vendor = vendor_name(seen, mail)
    category, category_is_certain = guess_category(facts.evidence.text, mail, vendor)
    reading = _reading(seen, facts, vendor, day_first=day_first)
    doubts = {
        "currency_missing": value is not None and currency is None,
        "refund_uncertain": intent.is_refund and not _shows_refund(total, facts.charges),
        "negative_total": value is not None and value < 0 and not intent.is_refund,
        "date_uncertain": dates.purchase is not None and not dates.is_certain,
        "category_uncertain": not category_is_certain,
        "vendor_uncertain": vendor is not None and not (mail.vendor_name or mail.sender_name or mail.sender_address),
        "purchase_uncertain": not intent.is_certain,
        "document_truncated": seen.truncated,
        "text_reordered": seen.reorders_text,
    }
    reasons = (*total.reasons, *(reason for reason, holds in doubts.items() if holds))
    return Extraction(
        method="rules",
        is_purchase=True,
        category=category,
        vendor_name=vendor,
        total_amount=value,
        currency=currency,
        invoice_date=dates.purchase,
        order_id=reading.order_id,
        due_date=dates.due,
        payment_status=_payment_status(intent, dates, facts.charges),
        details=details_of(category, reading),
        confidence=_confidence(total, reasons),
        review_reasons=reasons,
    )


def _reading(seen: VisibleText, facts: _Facts, vendor: str | None, *, day_first: bool | None) -> Reading:
    return Reading(
        lines=seen.lines,
        charges=tuple(facts.charges),
        items=tuple(facts.items),
        identifiers=tuple(facts.identifiers),
        vendor=vendor,
        day_first=day_first,
        order_id=facts.identifiers[0].value if facts.identifiers else None,
    )


def _day(mail: MailContext) -> date | None:
    return mail.date.date() if mail.date else None


def _signed(value: Decimal | None, intent: Intent) -> Decimal | None:
    return -abs(value) if value is not None and intent.is_refund and value != 0 else value


def _is_labelled_refund(charges: Sequence[Charge]) -> bool:
    """Whether the only total of a document is that of a refund."""
    totals = {charge.kind for charge in charges if not charge.is_prose and charge.amount.looks_like_money}
    exact = any(charge.kind is Kind.REFUND and charge.is_exact for charge in charges)
    return exact and not totals & {Kind.TOTAL, Kind.PAID, Kind.DUE}


def _shows_refund(total: Total, charges: Sequence[Charge]) -> bool:
    """Whether amounts say so too: one that is negative, or one that is labelled a refund."""
    return (total.value is not None and total.value < 0) or any(charge.kind is Kind.REFUND for charge in charges)


def _payment_status(intent: Intent, dates: PurchaseDates, charges: Sequence[Charge]) -> str | None:
    if intent.is_refund:
        return "refunded"
    paid = any(charge.kind is Kind.PAID and charge.amount.value for charge in charges)
    if paid or intent.says_charged:
        return "paid"
    return "unpaid" if dates.due else None


def _confidence(total: Total, reasons: tuple[str, ...]) -> float:
    """From 0 to 1: what the total's label and the sums say, less for every doubt."""
    if total.value is None:
        return 0.2
    confidence = min(0.6 + 0.02 * total.score + (0.1 if total.adds_up else 0.0), 0.95)
    return round(max(confidence - 0.15 * len(reasons), 0.1), 2)
