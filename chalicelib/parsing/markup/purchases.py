"""What markup says about one purchase, before it becomes a record of a category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from chalicelib.domain.categories import Leg
from chalicelib.parsing.markup.values import Money

#: How far a purchase has come. "moving" covers the notices that follow a confirmation: shipped, to be picked up.
Stage = Literal["confirmed", "moving", "delivered", "cancelled", "returned", "open", "problem"]
#: What was bought: an order, a bill, a journey or stay, an admission, a table.
Kind = Literal["order", "invoice", "travel", "event", "restaurant"]


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line: ``price`` as stated, which may be the unit's or the line's."""

    name: str
    price: Decimal | None = None
    currency: str | None = None
    quantity: Decimal = Decimal(1)
    brand: str | None = None
    description: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order, invoice or reservation as marked up. ``None`` and empty mean not stated.

    ``total_from_items`` is set when the total is the sum of all lines because no total is stated.
    ``seller`` was named as the party that sells; ``subject`` is what was booked (a hotel, an event), which names the
    vendor only when nothing better does.
    """

    kind: Kind
    stage: Stage = "confirmed"
    total: Money | None = None
    total_from_items: bool = False
    currency: str | None = None
    invoice_date: date | None = None
    due_date: date | None = None
    numbers: tuple[str, ...] = ()
    seller: str | None = None
    subject: str | None = None
    payment_status: str | None = None
    payment_method: str | None = None
    discount: Decimal | None = None
    promo_code: str | None = None
    tax: Decimal | None = None
    delivery_fee: Decimal | None = None
    lines: tuple[LineItem, ...] = ()
    transport_type: str | None = None
    carrier: str | None = None
    legs: tuple[Leg, ...] = ()
    travellers: tuple[str, ...] = ()
    location: str | None = None
    description: str | None = None
    period: tuple[str, str] | None = None
    reasons: tuple[str, ...] = ()
