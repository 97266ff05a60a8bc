"""What people are told: notices without a language, and their words in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from chalicelib.domain.notification_texts import MONTHS, NUMBERS, SENTENCES, SUBJECTS, UNKNOWN
from chalicelib.domain.preferences import Language
from chalicelib.domain.rental import RentalInvoice

#: A rent is compared with one that was due at most this many days before: last month's, holidays included.
_LAST_MONTH_DAYS = 45


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one person: ``subject`` is short and plain; ``data`` rides along in the push for the app."""

    subject: str
    text: str
    data: dict[str, str | int | None] = {}


class Money(NamedTuple):
    """An exact amount and its ISO 4217 code."""

    amount: Decimal
    currency: str = "SEK"


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of ``notification_texts.SENTENCES`` and what stands in it; ``None`` is a value that nobody knows."""

    key: str
    values: Mapping[str, Money | date | Sentence | str | int | None] = {}


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell somebody, in no language yet. ``kind`` names its subject, and its ``type`` in ``data``."""

    kind: str
    sentences: tuple[Sentence, ...]
    data: dict[str, str | int | None] = {}

    def in_language(self, language: Language) -> Announcement:
        """The notice as it is sent."""
        return Announcement(
            subject=SUBJECTS[language][self.kind],
            text=" ".join(_sentence_text(sentence, language) for sentence in self.sentences),
            data={"type": self.kind, **self.data},
        )


def _sentence_text(sentence: Sentence, language: Language) -> str:
    values = {name: _value_text(name, value, language) for name, value in sentence.values.items()}
    return SENTENCES[language][sentence.key].format(**values)


def _value_text(name: str, value: Money | date | Sentence | str | int | None, language: Language) -> str:
    match value:
        case None:
            return UNKNOWN[language][name]
        case Money(amount, currency):
            return amount_text(amount, language, currency)
        case Sentence():
            return _sentence_text(value, language)
        case date():
            return date_text(value, language)
        case _:
            return str(value)


def amount_text(amount: Decimal, language: Language = "en", currency: str = "SEK") -> str:
    """An amount with thousands separated, decimals only when there are any.

    >>> [amount_text(Decimal(text), "en") for text in ("10365.00", "10365.5", "-120.50")]
    ['SEK 10,365', 'SEK 10,365.50', 'SEK -120.50']
    >>> [amount_text(Decimal(text), "sv") for text in ("10365.00", "10365.5", "-120.50")]
    ['10 365 kr', '10 365,50 kr', '-120,50 kr']
    """
    numbers = NUMBERS[language]
    digits = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    spelled = digits.translate({ord(","): numbers.thousands, ord("."): numbers.decimals})
    return numbers.money.format(amount=spelled, currency=numbers.signs.get(currency, currency))


def date_text(day: date, language: Language = "en") -> str:
    """
    >>> date_text(date(2025, 3, 31), "en"), date_text(date(2025, 3, 1), "sv")
    ('31 March 2025', '1 mars 2025')
    """
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def _previous(invoice: RentalInvoice, others: Iterable[RentalInvoice]) -> RentalInvoice | None:
    """The invoice before this one from the same landlord, if it is about a month older."""
    if invoice.due_date is None:
        return None
    earlier = [
        other
        for other in others
        if other.invoice_id != invoice.invoice_id
        and other.vendor_id == invoice.vendor_id
        and other.due_date is not None
        and 0 < (invoice.due_date - other.due_date).days <= _LAST_MONTH_DAYS
    ]
    return max(earlier, key=lambda other: other.sort_key, default=None)


def _change(invoice: RentalInvoice, others: Iterable[RentalInvoice]) -> Iterable[Sentence]:
    previous = _previous(invoice, others)
    if previous is None or previous.total is None or invoice.total is None or previous.currency != invoice.currency:
        return
    change = invoice.total - previous.total
    if change == 0:
        yield Sentence("same_as_last_month")
    else:
        key = "more_than_last_month" if change > 0 else "less_than_last_month"
        yield Sentence(key, {"change": Money(abs(change), invoice.currency)})


def _total(invoice: RentalInvoice) -> Money | None:
    return Money(invoice.total, invoice.currency) if invoice.total is not None else None


def _invoice_data(invoice: RentalInvoice) -> dict[str, str | int | None]:
    return {
        "invoice_id": invoice.invoice_id,
        "total_amount": invoice.whole_total if invoice.total is not None else None,
        "due_date": invoice.due_date.isoformat() if invoice.due_date else None,
    }


def new_invoice(invoice: RentalInvoice, others: Iterable[RentalInvoice]) -> Notice:
    """Amount, due date, and the change against last month's rent when that is known."""
    due = Sentence("due", {"day": invoice.due_date}) if invoice.due_date else None
    stated = Sentence("new_invoice", {"landlord": invoice.vendor_name, "total": _total(invoice), "due": due})
    review = (Sentence("please_check"),) if invoice.needs_review else ()
    return Notice(
        kind="rental_invoice",
        sentences=(stated, *_change(invoice, others), *review),
        data=_invoice_data(invoice),
    )


def reminder(invoice: RentalInvoice, due: date, days: int) -> Notice:
    """An unpaid invoice is due in so many days, 0 being today."""
    key = {0: "due_today", 1: "due_tomorrow"}.get(days, "due_in_days")
    values = {"landlord": invoice.vendor_name, "total": _total(invoice), "count": days, "day": due}
    return Notice(kind="rental_reminder", sentences=(Sentence(key, values),), data=_invoice_data(invoice))


def imported(count: int) -> Notice:
    """One message for all the older invoices that a run imported."""
    sentence = Sentence("one_imported" if count == 1 else "many_imported", {"count": count})
    return Notice(kind="import_summary", sentences=(sentence,), data={"count": count})


def reconnect_gmail() -> Notice:
    """Google no longer honours the grant: said once, until the person connects again."""
    return Notice(kind="gmail_reauth_required", sentences=(Sentence("reconnect_gmail"),))
