"""Whether marked-up items are a purchase, or a later mail about one.

A confirmation is a purchase. The same order is often marked up again in the mails that follow it:

- OrderCancelled and cancelled reservations: no purchase ("cancelled"). OrderReturned: a refund if the markup states a
  negative price, else no purchase ("returned").
- OrderInTransit and OrderPickupAvailable: a shipping notice, unless the subject calls the mail a receipt or
  confirmation. OrderDelivered: a purchase if it has a price (food, downloads: delivered when bought) and the subject
  does not speak of shipping.
- Any stage: a subject that speaks of shipping and not of a receipt makes it a shipping notice.
- A boarding pass or check-in reminder without a price: no purchase ("ticket_without_purchase").
"""

from __future__ import annotations

import re

from chalicelib.parsing.markup.purchases import Purchase

_RECEIPT_SUBJECT = re.compile(
    r"kvitto|receipt|faktura|invoice|orderbekräft|order confirm|confirmation of|bokningsbekräft|bekräftelse|confirmed"
    r"|your order with|tack för din (?:beställning|order)|thank you for your (?:order|purchase)"
    r"|rechnung|quittung|bestellbestätigung",
    re.IGNORECASE,
)
_SHIPPING_SUBJECT = re.compile(
    r"shipp(?:ed|ing)|dispatched|on (?:its|the) way|out for delivery|delivered|has arrived|ready for (?:pick|collect)"
    r"|tracking|your (?:parcel|package)|skickad|skickats|på väg|leverera(?:d|ts)|utlämning|hämta ditt|ditt paket"
    r"|unterwegs|versandt|versendet|zugestellt",
    re.IGNORECASE,
)
_TICKET_SUBJECT = re.compile(
    r"boarding ?(?:pass|card|kort)|check.?in|checka in|incheckning|bordkarte|påminnelse|reminder", re.IGNORECASE
)


def reason_to_ignore(purchase: Purchase, subject: str, *, has_parcel: bool) -> str | None:
    """Why a mail with this subject is no purchase, or ``None`` when it is one.

    ``has_parcel`` tells that the mail marks up the delivery of a parcel by itself.
    """
    amount = purchase.total.amount if purchase.total else None
    if purchase.stage in ("cancelled", "returned"):
        return None if amount is not None and amount < 0 else purchase.stage
    if purchase.kind == "order" and _is_shipping_notice(purchase, subject, has_parcel):
        return "shipping_notice"
    if purchase.kind == "travel" and amount is None and _TICKET_SUBJECT.search(subject):
        return "ticket_without_purchase"
    return None


def _is_shipping_notice(purchase: Purchase, subject: str, has_parcel: bool) -> bool:
    if _RECEIPT_SUBJECT.search(subject):
        return purchase.total is None and purchase.stage in ("moving", "delivered")
    if _SHIPPING_SUBJECT.search(subject) or purchase.stage == "moving":
        return True
    return purchase.total is None and (purchase.stage == "delivered" or has_parcel)
