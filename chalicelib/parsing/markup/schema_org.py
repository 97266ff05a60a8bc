"""schema.org markup of a mail to an extraction: exact and free, the first method of the chain.

Which items count: Order, Invoice and the reservation types, wherever they stand (ReservationPackage, EmailMessage and
unknown containers are looked into). ParcelDelivery, offers, promotions and actions are no purchases; a mail whose
only markup is a ParcelDelivery is a shipping notice.

The vendor is whom the markup names as seller, then the vendor that the mail matched, then the sender's name unless that
is a word like "Reservations", then the place that was booked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.details import category_of, details_of
from chalicelib.parsing.markup.items import Item, Markup
from chalicelib.parsing.markup.merging import merge
from chalicelib.parsing.markup.orders import read_invoice, read_order
from chalicelib.parsing.markup.purchases import Purchase
from chalicelib.parsing.markup.reading import read_markup
from chalicelib.parsing.markup.reservations import read_reservation, reservation_type
from chalicelib.parsing.markup.stage import reason_to_ignore
from chalicelib.parsing.markup.values import money, type_names
from chalicelib.parsing.values.amounts import find_amounts
from chalicelib.parsing.values.currencies import resolve_currency
from chalicelib.parsing.values.names import clean_name
from chalicelib.parsing.visible.text import VisibleText, visible_text

_NOT_LOOKED_INTO = frozenset(
    {"parceldelivery", "discountoffer", "promotioncard", "product", "offer", "event", "person", "organization"}
)
_MAX_PURCHASES = 100
_GENERIC_SENDER = re.compile(
    r"(?:(?:no|do.?not).?reply|info|reservations?|bookings?|bokningar?|bokning|orders?|order|sales|support|kundservice"
    r"|customer (?:service|support|care)|service|kundtjänst|tickets?|biljetter|confirmation|notifications?|mail|shop"
    r"|sender|billing|receipts?|kvitto|faktura)",
    re.IGNORECASE,
)


def extract_by_markup(html: str, mail: MailContext) -> Extraction | None:
    """What the mail's markup says, or ``None`` when it marks up no purchase and no parcel. Never raises.

    Values are as stated and still have to be grounded (``chalicelib.parsing.grounding.grounding``).
    """
    markup = read_markup(html)
    purchases, parcels = _collect(markup)
    if not purchases:
        return _ignored("shipping_notice") if parcels else None
    seen = visible_text(html)
    purchase = merge(purchases, _printed_in(seen.text))
    reason = reason_to_ignore(purchase, mail.subject, has_parcel=parcels)
    return _extraction(purchase, mail, markup, seen, reason)


def _ignored(reason: str) -> Extraction:
    return Extraction(method="schema.org", is_purchase=False, ignored_reason=reason, confidence=0.9)


def _collect(markup: Markup) -> tuple[list[Purchase], bool]:
    """All purchases of the markup in document order, and whether a parcel's delivery is marked up by itself."""
    found: list[Purchase] = []
    parcels = False
    pending = list(reversed(markup.items))
    while pending and len(found) < _MAX_PURCHASES:
        item = pending.pop()
        types = type_names(item)
        parcels = parcels or "parceldelivery" in types
        own = _read(item)
        found.extend(own)
        if not own and not types & _NOT_LOOKED_INTO:
            pending.extend(reversed([v for vs in item.properties.values() for v in vs if isinstance(v, Item)]))
    return found, parcels


def _read(item: Item) -> list[Purchase]:
    types = type_names(item)
    if "order" in types:
        return [read_order(item), *_reservations_sold(item)]
    if "invoice" in types:
        return [read_invoice(item)]
    nested = [child for child in item.properties.get("subreservation", ()) if isinstance(child, Item)]
    if nested or "reservationpackage" in types:
        return _read_package(item, nested)
    return [read_reservation(item)] if reservation_type(item) else []


def _reservations_sold(order: Item) -> list[Purchase]:
    """Orders may sell reservations: their legs belong to the order, their prices are its lines."""
    sold = [
        child
        for name in ("acceptedoffer", "ordereditem", "orderitem")
        for holder in order.properties.get(name, ())
        if isinstance(holder, Item)
        for inner in ("itemoffered", "ordereditem", "item")
        for child in holder.properties.get(inner, ())
        if isinstance(child, Item) and reservation_type(child)
    ]
    return [replace(read_reservation(child), numbers=(), total=None) for child in sold]


def _read_package(package: Item, nested: Sequence[Item]) -> list[Purchase]:
    """A ReservationPackage: one booking whose own price and number stand for those of its parts."""
    whole = read_reservation(package)
    parts = [read_reservation(child) for child in nested[:_MAX_PURCHASES] if reservation_type(child)]
    if not parts:
        return [whole] if whole.total or whole.numbers else []
    stated = money(package, "totalprice", "price") is not None
    joined = [
        replace(
            part,
            numbers=whole.numbers or part.numbers,
            total=None if stated else part.total,
            seller=whole.seller or part.seller,
            invoice_date=whole.invoice_date or part.invoice_date,
            stage=whole.stage if whole.stage != "confirmed" else part.stage,
            travellers=whole.travellers + part.travellers,
        )
        for part in parts
    ]
    return [replace(joined[0], total=whole.total, currency=whole.currency), *joined[1:]] if stated else joined


def _printed_in(text: str) -> Callable[[Decimal], bool]:
    amounts = {abs(found.value) for found in find_amounts(text) if found.looks_like_money}
    return lambda amount: abs(amount) in amounts


def _vendor(purchase: Purchase, mail: MailContext) -> str | None:
    if purchase.seller:
        return purchase.seller
    if mail.vendor_name:
        return mail.vendor_name
    sender = clean_name(mail.sender_name)
    generic = sender is None or "@" in sender or _GENERIC_SENDER.fullmatch(sender) is not None
    return purchase.subject if generic else sender


def _currency(purchase: Purchase, mail: MailContext, seen: VisibleText) -> str | None:
    """Stated with the total, else stated for the purchase, else what a bare sign means in this mail."""
    if purchase.total is not None and purchase.total.currency:
        return purchase.total.currency
    mark = (purchase.total.mark if purchase.total else None) or purchase.currency
    if purchase.total is None or not mark:
        return None
    domain = mail.sender_address.rpartition("@")[2]
    return resolve_currency(mark, text=seen.text, domain=domain, language=mail.language or seen.language)


def _extraction(
    purchase: Purchase, mail: MailContext, markup: Markup, seen: VisibleText, ignored_reason: str | None
) -> Extraction:
    category = category_of(purchase, (mail.subject, mail.sender_name), mail.category)
    total = purchase.total if ignored_reason is None else None
    vendor = _vendor(purchase, mail)
    return Extraction(
        method="schema.org",
        is_purchase=ignored_reason is None,
        category=category,
        vendor_name=vendor,
        total_amount=total.amount if total else None,
        currency=_currency(purchase, mail, seen) if total else None,
        invoice_date=purchase.invoice_date,
        order_id=purchase.numbers[0] if purchase.numbers else None,
        due_date=purchase.due_date,
        payment_status=purchase.payment_status,
        details=details_of(category, purchase),
        confidence=0.9 if markup.repaired_blocks else 0.95,
        ignored_reason=ignored_reason,
        review_reasons=_review_reasons(purchase),
    )


def _review_reasons(purchase: Purchase) -> tuple[str, ...]:
    found = list(purchase.reasons)
    if purchase.total_from_items:
        found.append("total_from_items")
    if purchase.total is not None and purchase.total.ambiguous:
        found.append("ambiguous_amount")
    if purchase.total is not None and purchase.total.amount == 0:
        found.append("nothing_to_pay")
    if purchase.stage == "problem":
        found.append("order_problem")
    if purchase.stage == "open":
        found.append("not_confirmed")
    return tuple(dict.fromkeys(found))
