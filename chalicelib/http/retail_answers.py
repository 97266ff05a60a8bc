"""The data of the retail answers. Those with details are made from the categories: a new one is one entry there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.domain.categories import CATEGORIES, Category
from chalicelib.domain.invoices import ExtractionMethod
from chalicelib.domain.retail import ExtractionNote
from chalicelib.http.answers import Cursor, FileUrl, Ingestion, ReviewReasons

SubType = Literal[
    "food-delivery", "clothing", "technology", "subscriptions", "grocery", "utility", "miscellaneous", "travel"
]


class RetailInvoiceBase(msgspec.Struct, frozen=True, kw_only=True):
    """What every retail invoice has, whatever its category."""

    invoice_id: str = field(name="InvoiceID")
    invoice_date: date
    vendor_name: str
    total_amount: Annotated[Decimal, Meta(description="0 when not known: see `total_amount_known`.")]
    currency: Annotated[str | None, Meta(description="ISO 4217.")]
    vendor_id: str | None
    order_id: str | None
    due_date: date | None
    payment_status: str | None
    total_amount_known: bool
    dated_by_mail: Annotated[bool, Meta(description="No document states a date: it is the mail's.")]
    needs_review: bool
    review_reasons: ReviewReasons
    extraction: ExtractionNote


class RetailInvoice(RetailInvoiceBase, frozen=True, kw_only=True):
    """A retail invoice as lists show it."""

    sub_type: SubType


class RetailInvoiceList(msgspec.Struct, frozen=True, kw_only=True):
    """Retail invoices by category, or of one category by year; newest first."""

    invoice_count: int = field(name="invoiceCount")
    invoices: dict[str, list[RetailInvoice]]
    next_cursor: Cursor | UnsetType = field(name="nextCursor", default=UNSET)


#: ``counts=true``: how many invoices each category holds, under the category's own name.
RetailCounts: type[msgspec.Struct] = msgspec.defstruct(
    "RetailCounts",
    [(category.table, int, field(name=sub_type)) for sub_type, category in CATEGORIES.items()],
    namespace={"__doc__": "How many invoices each category holds."},
    frozen=True,
    kw_only=True,
)


class RetailSource(msgspec.Struct, frozen=True, kw_only=True):
    """One document that an invoice was read from."""

    filename: str
    mail_date: datetime
    method: ExtractionMethod


class RetailInvoiceWithSources(RetailInvoiceBase, frozen=True, kw_only=True):
    """A retail invoice with everything but its category's details."""

    same_id: str = field(name="invoice_id")
    sources: tuple[RetailSource, ...]
    file_url: FileUrl | None


def _detail_fields(category: Category) -> list[tuple[str, Any]]:
    return [(each.name, each.type) for each in msgspec.structs.fields(category.details)]


def _details(category: Category) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        category.details.__name__,
        [*_detail_fields(category), ("invoice_id", str, field(name="InvoiceID"))],
        namespace={"__doc__": f"Details of the category {category.sub_type}."},
        frozen=True,
        kw_only=True,
    )


def _whole(category: Category) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        category.details.__name__.replace("Details", "Invoice"),
        _detail_fields(category),
        bases=(RetailInvoiceWithSources,),
        namespace={"__doc__": f"A whole invoice of the category {category.sub_type}."},
        tag=category.sub_type,
        tag_field="sub_type",
        frozen=True,
        kw_only=True,
    )


#: By category: the details alone, and the whole invoice with its details.
DETAILS = {sub_type: _details(category) for sub_type, category in CATEGORIES.items()}
WHOLE = {sub_type: _whole(category) for sub_type, category in CATEGORIES.items()}


def _with_details(sub_type: str) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        f"{DETAILS[sub_type].__name__}Answer",
        [("details", DETAILS[sub_type], field(name="invoiceDetails"))],
        namespace={"__doc__": f"One invoice's details; its category is {sub_type}."},
        frozen=True,
        kw_only=True,
    )


#: ``subtype=..&invoice-id=..``: the details of one invoice.
DETAIL_ANSWERS = {sub_type: _with_details(sub_type) for sub_type in CATEGORIES}


class DateRange(msgspec.Struct, frozen=True, kw_only=True):
    """The days that were searched, both included."""

    start: date
    end: date


class RetailIngestion(Ingestion, frozen=True, kw_only=True):
    """What a retail ingestion found; ``byVendor`` counts new invoices by vendor id, ``errors`` are stable words."""

    total_emails_found: int = field(name="totalEmailsFound")
    by_vendor: dict[str, int] = field(name="byVendor")
    date_range: DateRange = field(name="dateRange")
    errors: tuple[str, ...]


class Backfill(msgspec.Struct, frozen=True, kw_only=True):
    """A backfill that has begun: ask for its progress by ``runId``."""

    run_id: str = field(name="runId")
    batch_count: int = field(name="batchCount")


class InvoiceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The few fields by which a person knows an invoice again."""

    invoice_id: str
    vendor_name: str
    sub_type: SubType
    invoice_date: date
    total_amount: Decimal
    currency: str | None


class DeletedInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What was deleted."""

    deleted_invoice: InvoiceSummary
