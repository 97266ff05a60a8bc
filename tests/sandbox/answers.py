"""Answers of the REST API and the admin port, as far as the demo reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class Charge(msgspec.Struct):
    kind: str
    label: str
    amount: Decimal


class RentalInvoice(msgspec.Struct):
    """A rental invoice as the app decodes it, and the exact fields beside."""

    invoice_id: str = msgspec.field(name="InvoiceID")
    filename: str = msgspec.field(name="Filename")
    reference: str = msgspec.field(name="OCR")
    rent: int = msgspec.field(name="Hyra")
    electricity: int = msgspec.field(name="El")
    cold_water: int = msgspec.field(name="Kallvatten")
    hot_water: int = msgspec.field(name="Varmvatten")
    vat: int = msgspec.field(name="Moms")
    total: int = msgspec.field(name="Total Amount")
    charges: tuple[Charge, ...]
    due_date: date | None = None
    total_amount: Decimal | None = None
    payee: str | None = None
    vendor_name: str | None = None
    needs_review: bool = False

    @property
    def other(self) -> Decimal:
        """What the app's columns do not show."""
        return sum((charge.amount for charge in self.charges if charge.kind == "other"), Decimal(0))


class RetailInvoice(msgspec.Struct):
    """A retail invoice of a list."""

    invoice_id: str = msgspec.field(name="InvoiceID")
    vendor_name: str
    total_amount: Decimal
    sub_type: str
    invoice_date: date
    currency: str | None = None
    vendor_id: str | None = None
    order_id: str | None = None
    total_amount_known: bool = True
    needs_review: bool = False


class Invoices(msgspec.Struct, rename="camel"):
    """``GET /v1/invoices/rental``: by year, newest first."""

    invoice_count: int
    invoices: dict[str, list[RentalInvoice]]

    def all(self) -> list[RentalInvoice]:
        return [invoice for group in self.invoices.values() for invoice in group]


class Purchases(msgspec.Struct, rename="camel"):
    """``GET /v1/invoices/retail``: by category, newest first."""

    invoice_count: int
    invoices: dict[str, list[RetailInvoice]]

    def all(self) -> list[RetailInvoice]:
        return [invoice for group in self.invoices.values() for invoice in group]


class Document(msgspec.Struct):
    """A row of ``GET /v1/documents``."""

    type: str
    state: str
    reason: str | None = None
    sender: str | None = None
    subject: str | None = None
    filename: str | None = None


class DocumentPage(msgspec.Struct, rename="camel"):
    documents: list[Document]
    next_cursor: str | None = None


class Notification(msgspec.Struct):
    """What SNS would have delivered."""

    protocol: str
    endpoint: str
    message: str
    user_id: str | None = None

    @property
    def text(self) -> str:
        """What a person reads: a push's alert, or the mail's text."""
        if self.protocol != "application":
            return self.message
        alert = msgspec.json.decode(self.message, type=_Push).aps.alert
        return alert.body


class _Alert(msgspec.Struct):
    body: str


class _Aps(msgspec.Struct):
    alert: _Alert


class _Push(msgspec.Struct):
    aps: _Aps


class Envelope(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")


class Session(msgspec.Struct):
    username: str
    access_token: str
    expires_in: int


class Ingested(msgspec.Struct, rename="camel"):
    """The answer to an ingestion."""

    invoice_count: int
    run_id: str | None = None


class InvoiceFile(msgspec.Struct):
    """What ``GET /v1/invoices/rental/{id}`` adds to a list's row."""

    file_url: str
