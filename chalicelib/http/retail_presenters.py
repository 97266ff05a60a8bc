"""Retail invoices as the data of an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.listing import Page
from chalicelib.domain.retail import RetailInvoice
from chalicelib.http import retail_answers as answers

if TYPE_CHECKING:
    from chalicelib.domain.runs import Run
    from chalicelib.services.ingestion.ingest_retail import RetailIngestion
    from chalicelib.services.invoices.retail_invoices import DetailedInvoice


def _amount(invoice: RetailInvoice) -> Decimal:
    """The app requires a number; ``total_amount_known`` beside it tells an unknown total from a free purchase."""
    return invoice.total_amount if invoice.total_amount is not None else Decimal(0)


def _base(invoice: RetailInvoice) -> dict[str, Any]:
    return {
        "invoice_id": invoice.invoice_id,
        "invoice_date": invoice.invoice_date,
        "vendor_name": invoice.vendor_name,
        "total_amount": _amount(invoice),
        "currency": invoice.currency,
        "vendor_id": invoice.vendor_id,
        "order_id": invoice.order_id,
        "due_date": invoice.due_date,
        "payment_status": invoice.payment_status,
        "total_amount_known": invoice.total_amount is not None,
        "dated_by_mail": invoice.dated_by_mail,
        "needs_review": invoice.needs_review,
        "review_reasons": invoice.review_reasons,
        "extraction": invoice.extraction,
    }


def deleted(invoice: RetailInvoice) -> answers.DeletedInvoice:
    """``DELETE /v1/invoices/retail/{invoice_id}``."""
    summary = msgspec.convert(
        _base(invoice) | {"sub_type": invoice.sub_type}, answers.InvoiceSummary, builtin_types=(Decimal,)
    )
    return answers.DeletedInvoice(deleted_invoice=summary)


def retail_invoice(invoice: RetailInvoice) -> answers.RetailInvoice:
    """One invoice of a list."""
    return answers.RetailInvoice(**_base(invoice), sub_type=invoice.sub_type)  # type: ignore[arg-type]


def counts(by_category: Mapping[str, int]) -> msgspec.Struct:
    """``GET /v1/invoices/retail?counts=true``."""
    return answers.RetailCounts(**{CATEGORIES[sub_type].table: count for sub_type, count in by_category.items()})


def by_category(page: Page[RetailInvoice]) -> answers.RetailInvoiceList:
    """Every invoice under its category, newest first."""
    return _grouped(page, lambda invoice: invoice.sub_type)


def by_year(page: Page[RetailInvoice]) -> answers.RetailInvoiceList:
    """One category's invoices under their year, newest first."""
    return _grouped(page, lambda invoice: str(invoice.invoice_date.year))


def _grouped(page: Page[RetailInvoice], group: Callable[[RetailInvoice], str]) -> answers.RetailInvoiceList:
    groups: dict[str, list[answers.RetailInvoice]] = defaultdict(list)
    for invoice in page.items:
        groups[group(invoice)].append(retail_invoice(invoice))
    return answers.RetailInvoiceList(
        invoice_count=len(page.items), invoices=groups, next_cursor=page.next_cursor or UNSET
    )


def _detail_fields(found: DetailedInvoice) -> dict[str, Any]:
    return {name: getattr(found.details, name) for name in found.details.__struct_fields__}


def details(found: DetailedInvoice) -> msgspec.Struct:
    """The category's detail fields, and the invoice's id."""
    sub_type, invoice_id = found.invoice.sub_type, found.invoice.invoice_id
    shown = answers.DETAILS[sub_type](**_detail_fields(found), invoice_id=invoice_id)
    return answers.DETAIL_ANSWERS[sub_type](details=shown)


def whole(found: DetailedInvoice) -> msgspec.Struct:
    """Base and details merged."""
    sources = tuple(
        answers.RetailSource(filename=source.filename, mail_date=source.mail_date, method=source.method)
        for source in found.invoice.sources
    )
    return answers.WHOLE[found.invoice.sub_type](
        **_detail_fields(found),
        **_base(found.invoice),
        same_id=found.invoice.invoice_id,
        sources=sources,
        file_url=found.file_url,
    )


def ingestion(ingested: RetailIngestion) -> answers.RetailIngestion:
    """``POST /v1/invoices/retail/ingest``."""
    run = ingested.run
    running = run.state == "running"
    return answers.RetailIngestion(
        invoice_count=run.new_invoices,
        run_id=run.run_id if running else UNSET,
        status="running" if running else UNSET,
        total_emails_found=run.messages,
        by_vendor=run.by_vendor,
        date_range=answers.DateRange(start=ingested.start, end=ingested.end),
        errors=run.errors,
    )


def backfill(run: Run) -> answers.Backfill:
    """``POST /v1/invoices/retail/backfill``."""
    return answers.Backfill(run_id=run.run_id, batch_count=run.windows)
