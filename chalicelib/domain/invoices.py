"""What a parsed document says: rental notices and retail extractions, before anybody owns them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.domain.categories import Details

ChargeKind = Literal["rent", "electricity", "cold_water", "hot_water", "other"]
ExtractionMethod = Literal["schema.org", "e-invoice", "gemini", "rules", "manual"]


class RentalCharge(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a rental notice; ``amount`` in kronor, negative for a deduction; ``label`` as printed."""

    kind: ChargeKind
    label: str
    amount: Decimal


class RentalNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What one rental notice ("hyresavi") states. ``None`` means not stated: nothing is ever inferred.

    ``reference`` is the OCR number (2 to 25 digits, mod-10 checked unless a reason says otherwise), ``payee`` the
    bankgiro or plusgiro number with its hyphen, ``total`` the amount to pay and ``vat`` the "Moms" amount, in kronor.
    ``review_reasons`` are stable snake_case words; an empty tuple means that every check held.
    """

    reference: str | None = None
    due_date: date | None = None
    total: Decimal | None = None
    vat: Decimal | None = None
    charges: tuple[RentalCharge, ...] = ()
    payee: str | None = None
    landlord: str | None = None
    currency: str = "SEK"
    review_reasons: tuple[str, ...] = ()

    def amount_of(self, kind: ChargeKind) -> Decimal | None:
        """The sum of the lines of one kind, or ``None`` when the notice has no such line."""
        amounts = [charge.amount for charge in self.charges if charge.kind == kind]
        return sum(amounts, Decimal(0)) if amounts else None


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """What one method read from one retail document. ``None`` means not stated.

    ``is_purchase`` is false for newsletters, shipping notices, carts, cancellations: ``ignored_reason`` then says
    which. ``total_amount`` is what the purchase cost in ``currency`` (ISO 4217), negative for a refund.
    ``confidence`` runs from 0 to 1; ``review_reasons`` are stable snake_case words.
    """

    method: ExtractionMethod
    is_purchase: bool
    category: str | None = None
    vendor_name: str | None = None
    total_amount: Decimal | None = None
    currency: str | None = None
    invoice_date: date | None = None
    order_id: str | None = None
    due_date: date | None = None
    payment_status: str | None = None
    details: Details | None = None
    model: str | None = None
    confidence: float = 0.0
    ignored_reason: str | None = None
    review_reasons: tuple[str, ...] = ()
