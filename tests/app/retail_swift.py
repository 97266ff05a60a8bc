"""Retail answers as the shipped app decodes them (SPEC section 4), and our own fields beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Extraction:
    method: str
    confidence: float
    model: str | None


@dataclass(frozen=True, kw_only=True)
class Invoice:
    invoice_id: str = field(metadata={"key": "InvoiceID"})
    invoice_date: str
    vendor_name: str
    total_amount: float
    currency: str | None
    sub_type: str
    vendor_id: str | None
    order_id: str | None
    due_date: str | None
    payment_status: str | None
    total_amount_known: bool
    dated_by_mail: bool
    needs_review: bool
    review_reasons: list[str]
    extraction: Extraction


@dataclass(frozen=True, kw_only=True)
class InvoiceList:
    """``groups`` are categories, or years when one category was asked for."""

    count: int = field(metadata={"key": "invoiceCount"})
    groups: dict[str, list[Invoice]] = field(metadata={"key": "invoices"})
    next_cursor: str | None = field(metadata={"key": "nextCursor"})

    @property
    def invoices(self) -> list[Invoice]:
        """All of them, in the order of the answer."""
        return [invoice for group in self.groups.values() for invoice in group]


@dataclass(frozen=True, kw_only=True)
class Source:
    filename: str
    mail_date: str
    method: str


@dataclass(frozen=True, kw_only=True)
class WholeInvoice(Invoice):
    sources: list[Source]
    file_url: str | None


@dataclass(frozen=True, kw_only=True)
class DateRange:
    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    count: int = field(metadata={"key": "invoiceCount"})
    mails: int = field(metadata={"key": "totalEmailsFound"})
    by_vendor: dict[str, int] = field(metadata={"key": "byVendor"})
    dates: DateRange = field(metadata={"key": "dateRange"})
    errors: list[str]
    run_id: str | None = field(metadata={"key": "runId"})
    status: str | None


@dataclass(frozen=True, kw_only=True)
class DeletedInvoice:
    invoice_id: str
    vendor_name: str
    sub_type: str
    invoice_date: str
    total_amount: float
    currency: str | None


@dataclass(frozen=True, kw_only=True)
class Deletion:
    invoice: DeletedInvoice = field(metadata={"key": "deleted_invoice"})


@dataclass(frozen=True, kw_only=True)
class Item:
    name: str
    price: float
    quantity: float


@dataclass(frozen=True, kw_only=True)
class Dish(Item):
    description: str | None


@dataclass(frozen=True, kw_only=True)
class Grocery(Item):
    unit: str | None
    category: str | None


@dataclass(frozen=True, kw_only=True)
class Piece:
    name: str
    price: float
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Garment(Piece):
    brand: str


@dataclass(frozen=True, kw_only=True)
class Leg:
    departure_location: str
    arrival_location: str
    departure_date: str | None
    arrival_date: str | None


@dataclass(frozen=True, kw_only=True)
class Passenger:
    name: str


@dataclass(frozen=True, kw_only=True)
class Details:
    invoice_id: str = field(metadata={"key": "InvoiceID"})


@dataclass(frozen=True, kw_only=True)
class FoodDelivery(Details):
    delivery_fee: float
    discount: float | None
    promo_code: str | None
    items: list[Dish]


@dataclass(frozen=True, kw_only=True)
class Clothing(Details):
    tax: float
    delivery_fee: float
    payment_method: str | None
    items: list[Garment]


@dataclass(frozen=True, kw_only=True)
class Technology(Details):
    tax: float
    delivery_fee: float
    payment_method: str | None
    notes: str | None
    description: str | None
    items: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Subscription(Details):
    payment_method: str | None
    duration: str | None
    invoice_number: str | None
    receipt_number: str | None


@dataclass(frozen=True, kw_only=True)
class Miscellaneous(Details):
    tax: float
    delivery_fee: float | None
    notes: str | None
    category: str | None
    description: str | None
    items: list[Item]


@dataclass(frozen=True, kw_only=True)
class Travel(Details):
    transport_type: str
    transport_company: str | None
    booking_reference: str
    travel_details: list[Leg]
    passengers: list[Passenger]


@dataclass(frozen=True, kw_only=True)
class GroceryReceipt(Details):
    store_name: str | None
    store_location: str | None
    items: list[Grocery]


@dataclass(frozen=True, kw_only=True)
class Utility(Details):
    utility_type: str | None
    provider: str | None
    usage_details: str | None
    billing_period_start: str | None
    billing_period_end: str | None


DETAILS: dict[str, type[Any]] = {
    "food-delivery": FoodDelivery,
    "clothing": Clothing,
    "technology": Technology,
    "subscriptions": Subscription,
    "grocery": GroceryReceipt,
    "utility": Utility,
    "miscellaneous": Miscellaneous,
    "travel": Travel,
}
