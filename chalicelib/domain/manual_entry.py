"""Retail invoices that people enter and change themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from chalicelib.domain.categories import CATEGORIES, Details
from chalicelib.domain.days import Day, checked_day
from chalicelib.domain.money import is_plausible
from chalicelib.domain.retail import RetailInvoice
from chalicelib.errors import ValidationFailed

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ShortText = Annotated[str, msgspec.Meta(max_length=100)]
#: Documented as ``_check_values`` and ``checked_day`` check them.
Amount = Annotated[Decimal, msgspec.Meta(description="At most 10,000,000, with at most four decimals.")]
Currency = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": "^[A-Za-z]{3}$"}, description="ISO 4217.")]
SubType = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(CATEGORIES)})]
PAYMENT_STATUSES = ("paid", "unpaid", "refunded", "cancelled")
#: A receipt has fewer lines; a record of DynamoDB holds 400 KB, which more lines of few letters could exceed.
MOST_ROWS = 500
_LISTS = frozenset({"items", "travel_details", "passengers"})
Status = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(PAYMENT_STATUSES)})]
_CURRENCY = re.compile(r"[A-Za-z]{3}")


def _check_texts(**texts: str | None) -> None:
    for field, text in texts.items():
        if text is not None and (not text.isprintable() or (field == "vendor_name" and not text.strip())):
            raise ValidationFailed(field, "must be printable text")


def _check_values(amount: Decimal | None, currency: str | None, sub_type: str | None, status: str | None) -> None:
    if amount is not None and not is_plausible(amount):
        raise ValidationFailed("total_amount", "must be an amount of money")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise ValidationFailed("currency", "must be a code of ISO 4217, such as SEK")
    if sub_type is not None and sub_type not in CATEGORIES:
        raise ValidationFailed("sub_type", f"must be one of {', '.join(CATEGORIES)}")
    if status is not None and status not in PAYMENT_STATUSES:
        raise ValidationFailed("payment_status", f"must be one of {', '.join(PAYMENT_STATUSES)}")


def _typed_details(sub_type: str, stated: dict[str, Any]) -> Details:
    """Details as their category defines them. Raises ``ValidationFailed`` naming the field inside."""
    try:
        details = msgspec.convert(stated, CATEGORIES[sub_type].details, strict=False)
    except msgspec.ValidationError as exc:
        problem, _, path = str(exc).partition(" - at `$.")
        raise ValidationFailed(f"details.{path.rstrip('`')}" if path else "details", problem.replace("`", "")) from exc
    if any(len(getattr(details, name)) > MOST_ROWS for name in _LISTS & set(details.__struct_fields__)):
        raise ValidationFailed("details", f"must not list more than {MOST_ROWS} items")
    for amount in _amounts(msgspec.to_builtins(details, builtin_types=(Decimal,))):
        if not is_plausible(amount):
            raise ValidationFailed("details", "must hold amounts of money and quantities")
    return details


def _amounts(plain: Any) -> list[Decimal]:
    if isinstance(plain, Decimal | int):
        return [Decimal(plain)]
    inner = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list | tuple) else ()
    return [amount for value in inner for amount in _amounts(value)]


class ManualInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/invoices/retail``; ``details`` are those of the category."""

    sub_type: SubType
    vendor_name: Name
    total_amount: Amount
    currency: Currency
    invoice_date: Day
    order_id: ShortText | None = None
    payment_status: Status | None = None
    due_date: Day | None = None
    details: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        _check_values(self.total_amount, self.currency, self.sub_type, self.payment_status)
        _check_texts(vendor_name=self.vendor_name, order_id=self.order_id)
        checked_day("invoice_date", self.invoice_date)
        if self.due_date is not None:
            checked_day("due_date", self.due_date)
        self.typed_details()

    @property
    def day(self) -> date:
        """The invoice date."""
        return checked_day("invoice_date", self.invoice_date)

    @property
    def due_day(self) -> date | None:
        """The due date, if there is one."""
        return checked_day("due_date", self.due_date) if self.due_date else None

    def typed_details(self) -> Details:
        """The details in their category's shape, complete."""
        return _typed_details(self.sub_type, self.details or {})


class InvoiceChange(msgspec.Struct, frozen=True, kw_only=True):
    """``PATCH /v1/invoices/{invoice_type}/{invoice_id}``: fields that are absent stay as they are.

    A rental invoice takes ``payment_status`` only. Details that are given replace their namesakes.
    """

    sub_type: SubType | None = None
    vendor_name: Name | None = None
    total_amount: Amount | None = None
    currency: Currency | None = None
    invoice_date: Day | None = None
    order_id: ShortText | None = None
    payment_status: Status | None = None
    due_date: Day | None = None
    details: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        _check_values(self.total_amount, self.currency, self.sub_type, self.payment_status)
        _check_texts(vendor_name=self.vendor_name, order_id=self.order_id)
        for field, text in (("invoice_date", self.invoice_date), ("due_date", self.due_date)):
            if text is not None:
                checked_day(field, text)

    def applied_to(self, invoice: RetailInvoice) -> RetailInvoice:
        """The invoice with these changes. A person who corrected it has reviewed it."""
        stated: dict[str, Any] = {
            "vendor_name": self.vendor_name,
            "total_amount": self.total_amount,
            "currency": self.currency.upper() if self.currency else None,
            "order_id": self.order_id,
            "payment_status": self.payment_status,
            "invoice_date": checked_day("invoice_date", self.invoice_date) if self.invoice_date else None,
            "due_date": checked_day("due_date", self.due_date) if self.due_date else None,
        }
        changes = {name: value for name, value in stated.items() if value is not None}
        corrected = set(changes) - {"payment_status"} or self.details is not None or self.sub_type is not None
        if corrected:
            changes |= {"needs_review": False, "review_reasons": (), "corrected": True}
        if self.invoice_date is not None:
            changes["dated_by_mail"] = False
        changed = msgspec.structs.replace(
            invoice, updated_at=datetime.now(UTC), revision=invoice.revision + 1, **changes
        )
        return changed.moved_to(self.sub_type) if self.sub_type else changed

    def typed_details(self, sub_type: str, kept: Details) -> Details:
        """``kept`` with the given details in place of their namesakes."""
        plain = msgspec.to_builtins(kept, builtin_types=(Decimal,))
        plain.pop("sub_type", None)
        return _typed_details(sub_type, {**plain, **(self.details or {})})
