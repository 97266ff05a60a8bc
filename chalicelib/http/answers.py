"""The data of each answer: one model for what is served, what is documented, and what the tests hold answers to.

Field names are those of the wire. A field that may be ``null`` is always there; only ``UNSET`` ones can be absent.
What the shipped app decodes (SPEC section 4) keeps its names and types; the rest are fields of our own.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.domain.documents import DocumentKind, DocumentState
from chalicelib.domain.exports import ExportState
from chalicelib.domain.invoices import RentalCharge
from chalicelib.domain.rental import PaymentStatus
from chalicelib.domain.runs import RunKind, RunState
from chalicelib.domain.users import GmailStatus
from chalicelib.domain.vendor_suggestions import SuggestionState

Cursor = Annotated[str, Meta(description="Give it back as `cursor` for the next page; absent on the last one.")]
WholeKronor = Annotated[int, Meta(description="Whole kronor, rounded half up; 0 when the notice has no such line.")]
FileUrl = Annotated[str, Meta(description="A link to the raw file that works for a few minutes.")]
ReviewReasons = Annotated[tuple[str, ...], Meta(description="Stable snake_case words; empty when every check held.")]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens of one session. ``expires_in`` is the access token's life in seconds; the refresh token works once."""

    username: str
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A person, and how their Gmail stands."""

    name: str
    email: str
    created_on: date
    gmail_account_connected: bool
    gmail_status: GmailStatus
    gmail_email: str | None


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that is registered for push."""

    device_id: str
    platform: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """An archive of everything that is kept of a person: their records as JSON and CSV, and every raw file."""

    export_id: str = field(name="exportId")
    state: ExportState
    requested_at: datetime = field(name="requestedAt")
    available_until: datetime = field(name="availableUntil")
    url: Annotated[str | None, Meta(description="A link to the ZIP that works for a few minutes, once it is ready.")]


class GmailConnected(msgspec.Struct, frozen=True, kw_only=True):
    """The Google account behind the tokens, as Google names it; ``scope`` is separated by spaces."""

    google_email: str
    scope: str
    account_switch: bool
    message: str


class Ingestion(msgspec.Struct, frozen=True, kw_only=True):
    """What an ingestion found; ``runId`` and ``status`` are there while it goes on in the background."""

    invoice_count: int = field(name="invoiceCount")
    run_id: str | UnsetType = field(name="runId", default=UNSET)
    status: Literal["running"] | UnsetType = UNSET


class IngestionRun(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of an ingestion: ``done`` of ``documents`` have been read; ``errors`` are stable words."""

    run_id: str = field(name="runId")
    kind: RunKind
    status: RunState
    invoice_count: int = field(name="invoiceCount")
    total_emails_found: int = field(name="totalEmailsFound")
    documents: int
    done: int
    percent: Annotated[int, Meta(ge=0, le=100)]
    errors: tuple[str, ...]
    started: datetime
    finished: datetime | None


class RentalInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """A rental invoice: whole kronor as the app shows them, exact amounts beside them."""

    invoice_id: str = field(name="InvoiceID")
    shown_filename: str = field(name="Filename")
    ocr: Annotated[str, Meta(description="The payment reference; empty when the notice states none.")] = field(
        name="OCR"
    )
    shown_due_date: Annotated[str, Meta(description="dd-MM-yyyy; empty when not stated.")] = field(name="Due Date")
    due_date_month: Annotated[str, Meta(description="1 to 12, without a zero in front.")]
    due_date_year: str
    rent: WholeKronor = field(name="Hyra")
    electricity: WholeKronor = field(name="El")
    cold_water: WholeKronor = field(name="Kallvatten")
    hot_water: WholeKronor = field(name="Varmvatten")
    whole_total: WholeKronor = field(name="Total Amount")
    whole_vat: WholeKronor = field(name="Moms")
    due_date: date | None
    total_amount: Decimal | None
    vat: Decimal | None
    currency: str
    charges: tuple[RentalCharge, ...]
    payee: Annotated[str | None, Meta(description="Bankgiro or plusgiro number.")]
    landlord: str | None
    vendor_name: str | None
    payment_status: PaymentStatus
    needs_review: bool
    review_reasons: ReviewReasons
    mail_date: datetime


class RentalInvoiceWithFile(RentalInvoice, frozen=True, kw_only=True):
    """A rental invoice, and where its raw file can be fetched."""

    file_url: FileUrl


class RentalInvoiceList(msgspec.Struct, frozen=True, kw_only=True):
    """Rental invoices by the year they are due, newest first."""

    invoice_count: int = field(name="invoiceCount")
    invoices: dict[str, list[RentalInvoice]]
    next_cursor: Cursor | UnsetType = field(name="nextCursor", default=UNSET)


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a person's inbox, and what became of it; ``reason`` is a stable snake_case word."""

    document_id: str
    type: DocumentKind
    state: DocumentState
    reason: str | None
    attempts: int
    vendor_name: str | None
    sender: str | None
    subject: str | None
    filename: str | None
    mail_date: datetime
    updated_at: datetime
    invoice_id: str | None
    method: str | None


class DocumentList(msgspec.Struct, frozen=True, kw_only=True):
    """One page of documents."""

    documents: list[Document]
    next_cursor: Cursor | UnsetType = field(name="nextCursor", default=UNSET)


class VendorSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A sender that may be a vendor: ``receipts`` counts its mails that look like receipts, ``why`` holds stable words.

    ``looks_like`` names a vendor that the sender resembles without being it.
    """

    suggestion_id: str
    state: SuggestionState
    sender_domain: str
    name: str
    category: str
    receipts: int
    confidence: Annotated[float, Meta(ge=0, le=1)]
    why: tuple[str, ...]
    looks_like: str | None
    first_seen: datetime
    updated_at: datetime


class VendorSuggestionList(msgspec.Struct, frozen=True, kw_only=True):
    """Suggestions in one state, surest first."""

    suggestions: list[VendorSuggestion]
