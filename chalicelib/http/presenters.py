"""Domain values as the data of an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import UNSET

from chalicelib.domain.documents import Document
from chalicelib.domain.invoices import ChargeKind
from chalicelib.domain.listing import Page
from chalicelib.domain.money import whole_units
from chalicelib.domain.rental import RentalInvoice
from chalicelib.domain.runs import Run
from chalicelib.domain.users import Device, User
from chalicelib.http import answers

if TYPE_CHECKING:
    from chalicelib.domain.exports import Export
    from chalicelib.domain.vendor_suggestions import VendorSuggestion
    from chalicelib.services.accounts.accounts import Session
    from chalicelib.services.gmail.gmail_connection import Connected


def session(opened: Session) -> answers.Session:
    """Sign-up, login and refresh."""
    return answers.Session(
        username=opened.user.name,
        access_token=opened.access_token,
        token_type="Bearer",  # noqa: S106 - a scheme's name
        expires_in=opened.expires_in,
        refresh_token=opened.refresh_token,
    )


def profile(user: User) -> answers.Profile:
    """``GET /v1/user/me``."""
    return answers.Profile(
        name=user.name,
        email=user.email,
        created_on=user.created_at.date(),
        gmail_account_connected=user.gmail_status == "connected",
        gmail_status=user.gmail_status,
        gmail_email=user.gmail_email,
    )


def device(registered: Device) -> answers.Device:
    """``POST /v1/user/devices``."""
    return answers.Device(device_id=registered.device_id, platform=registered.platform)


def export(asked_for: Export, url: str | None = None) -> answers.Export:
    """``POST /v1/user/me/export`` and ``GET /v1/user/me/exports/{export_id}``."""
    return answers.Export(
        export_id=asked_for.export_id,
        state=asked_for.state,
        requested_at=asked_for.requested_at,
        available_until=datetime.fromtimestamp(asked_for.expires_at, UTC),
        url=url,
    )


def connection(connected: Connected) -> answers.GmailConnected:
    """``POST /v1/auth/gmail/store-tokens``."""
    return answers.GmailConnected(
        google_email=connected.google_email,
        scope=" ".join(connected.scopes),
        account_switch=connected.account_switch,
        message="Gmail account switched" if connected.account_switch else "Gmail account connected",
    )


def ingestion(run: Run) -> answers.Ingestion:
    """The count, and where to ask on when it is still running."""
    if run.state != "running":
        return answers.Ingestion(invoice_count=run.new_invoices)
    return answers.Ingestion(invoice_count=run.new_invoices, run_id=run.run_id, status="running")


def run_progress(run: Run) -> answers.IngestionRun:
    """``GET /v1/ingestions/{run_id}``."""
    return answers.IngestionRun(
        run_id=run.run_id,
        kind=run.kind,
        status=run.state,
        invoice_count=run.invoices,
        total_emails_found=run.messages,
        documents=run.documents,
        done=run.finished,
        percent=run.percent,
        errors=run.errors,
        started=run.started_at,
        finished=run.finished_at,
    )


def _whole(invoice: RentalInvoice, kind: ChargeKind) -> int:
    return whole_units(invoice.notice().amount_of(kind))


def rental_invoice(invoice: RentalInvoice) -> answers.RentalInvoice:
    """One rental invoice; whole kronor for the app, exact amounts beside them."""
    return answers.RentalInvoice(
        invoice_id=invoice.invoice_id,
        shown_filename=invoice.filename,
        ocr=invoice.reference or "",
        shown_due_date=invoice.due_date.strftime("%d-%m-%Y") if invoice.due_date else "",
        due_date_month=invoice.due_date_month,
        due_date_year=invoice.due_date_year,
        rent=_whole(invoice, "rent"),
        electricity=_whole(invoice, "electricity"),
        cold_water=_whole(invoice, "cold_water"),
        hot_water=_whole(invoice, "hot_water"),
        whole_total=invoice.whole_total,
        whole_vat=whole_units(invoice.vat),
        due_date=invoice.due_date,
        total_amount=invoice.total,
        vat=invoice.vat,
        currency=invoice.currency,
        charges=invoice.charges,
        payee=invoice.payee,
        landlord=invoice.landlord,
        vendor_name=invoice.vendor_name,
        payment_status=invoice.payment_status,
        needs_review=invoice.needs_review,
        review_reasons=invoice.review_reasons,
        mail_date=invoice.mail_date,
    )


def rental_invoice_with_file(invoice: RentalInvoice, file_url: str) -> answers.RentalInvoiceWithFile:
    """One rental invoice with a link to its file."""
    shown = rental_invoice(invoice)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return answers.RentalInvoiceWithFile(**fields, file_url=file_url)


def rental_list(page: Page[RentalInvoice]) -> answers.RentalInvoiceList:
    """Invoices by the year they are due, newest first."""
    by_year: dict[str, list[answers.RentalInvoice]] = defaultdict(list)
    for invoice in page.items:
        by_year[invoice.due_date_year].append(rental_invoice(invoice))
    return answers.RentalInvoiceList(
        invoice_count=len(page.items), invoices=by_year, next_cursor=page.next_cursor or UNSET
    )


def document(row: Document) -> answers.Document:
    """One document of the ledger."""
    return answers.Document(
        document_id=row.document_id,
        type=row.kind,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        vendor_name=row.vendor_name,
        sender=row.sender,
        subject=row.subject,
        filename=row.filename,
        mail_date=row.mail_date,
        updated_at=row.updated_at,
        invoice_id=row.invoice_id,
        method=row.method,
    )


def document_list(page: Page[Document]) -> answers.DocumentList:
    """``GET /v1/documents``."""
    documents = [document(row) for row in page.items]
    return answers.DocumentList(documents=documents, next_cursor=page.next_cursor or UNSET)


def vendor_suggestion(row: VendorSuggestion) -> answers.VendorSuggestion:
    """One sender that may be a vendor."""
    return answers.VendorSuggestion(
        suggestion_id=row.suggestion_id,
        state=row.state,
        sender_domain=row.domain,
        name=row.vendor_name,
        category=row.sub_type,
        receipts=row.receipts,
        confidence=row.confidence,
        why=row.why,
        looks_like=row.looks_like,
        first_seen=row.first_seen,
        updated_at=row.updated_at,
    )


def vendor_suggestions(rows: Iterable[VendorSuggestion]) -> answers.VendorSuggestionList:
    """``GET /v1/vendors/suggestions``."""
    return answers.VendorSuggestionList(suggestions=[vendor_suggestion(row) for row in rows])
