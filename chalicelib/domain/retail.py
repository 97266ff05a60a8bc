"""Retail invoices as they are kept, and when two documents are the same purchase."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.domain.categories import CATEGORIES, Details
from chalicelib.domain.invoices import Extraction, ExtractionMethod

PaymentStatus = Literal["paid", "unpaid", "refunded", "cancelled"]

#: Subscribers are billed again and again under one customer or contract number.
_RECURRING = frozenset({"subscriptions", "utility"})
#: A confirmation and its receipt are closer together than two bills of a month.
_SHORTEST_PERIOD = timedelta(days=20)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One document that an invoice was read from."""

    document_id: str
    message_id: str
    s3_key: str
    filename: str
    mail_date: datetime
    method: ExtractionMethod


class ExtractionNote(msgspec.Struct, frozen=True, kw_only=True):
    """How an invoice's values were read: the method, the model if one was asked, and a confidence of 0 to 1."""

    method: ExtractionMethod
    model: str | None = None
    confidence: float = 0.0


class RetailInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """One row of RetailInvoices. ``user_sub_type`` and ``invoice_date`` (YYYY-MM-DD as text) key its indexes.

    ``total_amount`` is exact and ``None`` when no document states it. ``dated_by_mail`` tells that no document states
    a date, so that the mail's stands in. ``revision`` counts changes, so that two of them cannot undo each other.
    ``corrected`` tells that a person changed what was read: no document overrules them.
    """

    user_id: str = msgspec.field(name="UserID")
    invoice_id: str = msgspec.field(name="InvoiceID")
    user_sub_type: str = msgspec.field(name="UserID_SubType")
    sub_type: str
    vendor_name: str
    invoice_date: date
    created_at: datetime
    updated_at: datetime
    extraction: ExtractionNote
    vendor_id: str | None = None
    total_amount: Decimal | None = None
    currency: str | None = None
    order_id: str | None = None
    due_date: date | None = None
    payment_status: str | None = None
    dated_by_mail: bool = False
    needs_review: bool = False
    review_reasons: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    s3_path: str | None = None
    run_id: str = ""
    revision: int = 0
    corrected: bool = False

    def moved_to(self, sub_type: str) -> RetailInvoice:
        """The same invoice in another category."""
        return msgspec.structs.replace(self, sub_type=sub_type, user_sub_type=user_sub_type(self.user_id, sub_type))


def user_sub_type(user_id: str, sub_type: str) -> str:
    """The hash key of ``sub_type-invoice_date-index``.

    >>> user_sub_type("user_abc123", "food-delivery")
    'user_abc123_food-delivery'
    """
    return f"{user_id}_{sub_type}"


def retail_invoice_id(user_id: str, document_id: str) -> str:
    """The invoice that a document becomes. Detail tables are keyed by it alone, so it differs between users who
    share a Google account."""
    return "retail_" + hashlib.sha256(f"{user_id}\n{document_id}".encode()).hexdigest()[:32]


def empty_details(sub_type: str) -> Details:
    """Details of a category with nothing known."""
    return CATEGORIES[sub_type].details()


class PurchaseMarks(msgspec.Struct, frozen=True):
    """What two documents of one purchase share. Each mark is a claim in the ledger; ``None`` marks nothing.

    ``order``: vendor and order number, of a purchase or of a refund. ``amount``: vendor, total, currency and day.
    ``messages``: one mail each, whose body and attachments show the same purchase.
    """

    order: str | None
    amount: str | None
    messages: tuple[str, ...]

    def all(self) -> list[str]:
        """The marks that exist, strongest first."""
        return [mark for mark in (self.order, *self.messages, self.amount) if mark]


def _mark(*parts: str) -> str:
    return "purchase_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _plain(text: str | None) -> str:
    return "".join(character for character in (text or "").casefold() if character.isalnum())


def purchase_marks(invoice: RetailInvoice) -> PurchaseMarks:
    """The marks of an invoice, from what its documents state."""
    vendor, order_id = _plain(invoice.vendor_id or invoice.vendor_name), _plain(invoice.order_id)
    order = _mark("refund" if _is_refund(invoice) else "order", vendor, order_id) if order_id else None
    amount = None
    if invoice.total_amount is not None:
        total = str(invoice.total_amount.normalize())
        amount = _mark("amount", vendor, total, invoice.currency or "", invoice.invoice_date.isoformat())
    message_ids = dict.fromkeys(source.message_id for source in invoice.sources if source.message_id)
    return PurchaseMarks(order, amount, tuple(_mark("message", message_id) for message_id in message_ids))


def _is_refund(invoice: RetailInvoice) -> bool:
    return invoice.total_amount is not None and invoice.total_amount < 0


def is_same_purchase(known: RetailInvoice, other: RetailInvoice) -> bool:
    """Whether two invoices that share a mark really are one purchase.

    Different order numbers are different purchases, even at one price on one day; but a receipt's own number beside
    an order's, in one mail and with one total, is not a different order. A refund is not the purchase it refunds, nor
    another refund of it, and the bills of two months are two purchases whatever number they share.
    """
    both_stated = None not in {known.total_amount, other.total_amount}
    agree = both_stated and known.total_amount == other.total_amount
    if both_stated and not agree and (_is_refund(known) or _is_refund(other)):
        return False
    if {source.message_id for source in known.sources} & {source.message_id for source in other.sources} - {""}:
        return agree or not both_stated
    if known.sub_type in _RECURRING and abs(known.invoice_date - other.invoice_date) >= _SHORTEST_PERIOD:
        return False
    if _plain(known.order_id) and _plain(other.order_id):
        return _plain(known.order_id) == _plain(other.order_id)
    return agree and known.invoice_date == other.invoice_date


def better_first(known: RetailInvoice, other: RetailInvoice) -> tuple[RetailInvoice, RetailInvoice]:
    """Two readings of one purchase, the one to believe first, whichever came first.

    Better is what a person corrected, then the one with fewer reasons for review, then the higher confidence, then
    the earlier mail.
    """
    best, rest = sorted((known, other), key=_rank)
    return best, rest


def merged(known: RetailInvoice, other: RetailInvoice) -> RetailInvoice:
    """One invoice, under the id of ``known``: what the better reading states, filled up by the other."""
    best, rest = better_first(known, other)
    total, currency = _merged_total(best, rest)
    reasons = _merged_reasons(best, rest)
    dated = best if not best.dated_by_mail or rest.dated_by_mail else rest
    sources = {source.document_id: source for source in (*known.sources, *other.sources)}
    return msgspec.structs.replace(
        known,
        vendor_name=best.vendor_name,
        total_amount=total,
        currency=currency,
        order_id=best.order_id or rest.order_id,
        due_date=best.due_date or rest.due_date,
        payment_status=best.payment_status or rest.payment_status,
        invoice_date=dated.invoice_date,
        dated_by_mail=dated.dated_by_mail,
        extraction=best.extraction,
        review_reasons=reasons,
        needs_review=bool(reasons),
        sources=tuple(sorted(sources.values(), key=lambda source: (source.mail_date, source.document_id))),
        s3_path=best.s3_path or rest.s3_path,
        updated_at=max(known.updated_at, other.updated_at),
        revision=known.revision + 1,
    )


def _merged_total(best: RetailInvoice, rest: RetailInvoice) -> tuple[Decimal | None, str | None]:
    """A total goes with its own currency; another document's only beside the same total."""
    if best.total_amount is None:
        return rest.total_amount, rest.currency or best.currency
    agree = rest.total_amount in {None, best.total_amount}
    return best.total_amount, best.currency or (rest.currency if agree else None)


def _merged_reasons(best: RetailInvoice, rest: RetailInvoice) -> tuple[str, ...]:
    """The better reading's reasons that still hold, and what the two contradict each other in."""
    if best.corrected:
        return best.review_reasons
    total, currency = _merged_total(best, rest)
    reasons = dict.fromkeys(best.review_reasons)
    if total is not None:
        reasons.pop("total_missing", None)
    if currency is not None:
        reasons.pop("currency_missing", None)
    if best.total_amount is not None and rest.total_amount not in {None, best.total_amount}:
        reasons["sources_disagree_on_total"] = None
    elif best.currency and rest.currency and best.currency != rest.currency:
        reasons["sources_disagree_on_currency"] = None
    return tuple(reasons)


def _rank(invoice: RetailInvoice) -> tuple[bool, int, float, datetime, str]:
    first = invoice.sources[0] if invoice.sources else None
    return (
        not invoice.corrected,
        len(invoice.review_reasons),
        -invoice.extraction.confidence,
        first.mail_date if first else invoice.created_at,
        first.document_id if first else "",
    )


def reread(known: RetailInvoice, anew: RetailInvoice) -> RetailInvoice:
    """An invoice whose only document was read once more: the new values under the old identity and category."""
    return msgspec.structs.replace(
        anew,
        invoice_id=known.invoice_id,
        sub_type=known.sub_type,
        user_sub_type=known.user_sub_type,
        created_at=known.created_at,
        run_id=known.run_id,
        payment_status=known.payment_status or anew.payment_status,
        revision=known.revision + 1,
    )


def merged_details(best: Details, rest: Details) -> Details:
    """Details of one category filled up with what the other document adds; of two categories, the better one's."""
    if type(best) is not type(rest):
        return best
    blank = type(best)()
    changes = {
        field.name: getattr(rest, field.name)
        for field in msgspec.structs.fields(best)
        if getattr(best, field.name) == getattr(blank, field.name)
    }
    return msgspec.structs.replace(best, **changes)


def note_of(extraction: Extraction) -> ExtractionNote:
    """The part of an extraction that says how it was done."""
    return ExtractionNote(method=extraction.method, model=extraction.model, confidence=extraction.confidence)
