"""What the API serves against what the sample mailbox states, down to the öre."""

from __future__ import annotations

from collections import Counter

from tests.sandbox.answers import Invoices, Purchases
from tests.sandbox.samples.mailbox import SampleMailbox
from tests.sandbox.samples.rent_notices import expected_notice


def mistakes(mailbox: SampleMailbox, rental: Invoices | None, purchases: Purchases | None) -> str:
    """What is missing or wrong, in words; empty when nothing is."""
    found: Counter[tuple[object, ...]] = Counter(
        (each.reference, each.due_date, each.total_amount) for each in (rental.all() if rental else [])
    )
    stated: Counter[tuple[object, ...]] = Counter(
        (notice.reference, notice.due_date, notice.total)
        for notice in (expected_notice(each.landlord.layout, each.notice) for each in mailbox.rent)
    )
    bought: Counter[tuple[object, ...]] = Counter(
        (each.sub_type, each.invoice_date, each.total_amount, each.currency, each.order_id)
        for each in (purchases.all() if purchases else [])
    )
    receipts: Counter[tuple[object, ...]] = Counter(
        (each.sub_type, each.receipt.day, each.total, each.receipt.currency, each.receipt.order_id)
        for each in mailbox.purchases
    )
    return "; ".join(
        filter(None, (_difference("rental invoices", found, stated), _difference("purchases", bought, receipts)))
    )


def _difference(what: str, found: Counter[tuple[object, ...]], stated: Counter[tuple[object, ...]]) -> str:
    missing, wrong = (stated - found).total(), (found - stated).total()
    return (
        f"of the sample's {stated.total()} {what} {missing} are missing, {wrong} are wrong" if missing or wrong else ""
    )
