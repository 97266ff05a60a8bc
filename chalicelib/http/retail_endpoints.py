"""The endpoints below ``/v1/invoices/retail``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.errors import InvalidRequest, InvoiceNotFound, NotFound
from chalicelib.http import retail_presenters as present
from chalicelib.http.envelope import Reply
from chalicelib.http.identifiers import check_identifiers

if TYPE_CHECKING:
    from chalicelib.domain.manual_entry import InvoiceChange, ManualInvoice
    from chalicelib.http.api import Call
    from chalicelib.http.queries import RetailQuery
    from chalicelib.http.requests import BackfillRequest, IngestRequest
    from chalicelib.services.accounts.admission import Admission
    from chalicelib.services.ingestion.backfill_retail import BackfillRetail
    from chalicelib.services.ingestion.ingest_retail import IngestRetail
    from chalicelib.services.invoices.retail_invoices import RetailInvoiceList


@dataclass(frozen=True, slots=True)
class RetailEndpoints:
    """What each method on retail invoices does."""

    invoices: RetailInvoiceList
    ingestion: IngestRetail
    backfills: BackfillRetail
    admission: Admission

    def list(self, call: Call[Any]) -> Reply:
        """``GET /v1/invoices/retail``: lists, counts, and the details of one invoice, as its parameters say."""
        query: RetailQuery = call.query
        if query.invoice_id is not None:
            return self._details(call, query.sub_type, query.invoice_id)
        if query.counts:
            return Reply("Retail invoice counts", present.counts(self.invoices.counts(call.user)))
        page = self.invoices.list(call.user, query.sub_type, query.filters())
        return Reply("Retail invoices", present.by_year(page) if query.sub_type else present.by_category(page))

    def _details(self, call: Call[Any], sub_type: str | None, invoice_id: str) -> Reply:
        if sub_type is None:
            raise InvalidRequest("invoice-id: needs subtype beside it")
        check_identifiers({"invoice_id": invoice_id})
        found = self.invoices.get(call.user, invoice_id)
        if found.invoice.sub_type != sub_type:
            raise InvoiceNotFound("The invoice does not exist in this category")
        return Reply("Retail invoice details", present.details(found))

    def get(self, call: Call[Any]) -> Reply:
        """``GET /v1/invoices/retail/{invoice_id}``."""
        found = self.invoices.get(call.user, call.path["invoice_id"])
        return Reply("Retail invoice", present.whole(found))

    def create(self, call: Call[ManualInvoice]) -> Reply:
        """``POST /v1/invoices/retail``."""
        return Reply("Retail invoice created", present.whole(self.invoices.enter(call.user, call.body)), 201)

    def change(self, call: Call[InvoiceChange]) -> Reply:
        """``PATCH /v1/invoices/retail/{invoice_id}``."""
        found = self.invoices.change(call.user, call.path["invoice_id"], call.body)
        return Reply("Retail invoice updated", present.whole(found))

    def delete(self, call: Call[Any]) -> Reply:
        """``DELETE /v1/invoices/retail/{invoice_id}``."""
        deleted = self.invoices.delete(call.user, call.path["invoice_id"])
        return Reply("Retail invoice deleted", present.deleted(deleted))

    def ingest(self, call: Call[IngestRequest]) -> Reply:
        """``POST /v1/invoices/retail/ingest``."""
        self.admission.ingestion(call.user)
        body = call.body
        ingested = self.ingestion(call.user, body.start_date, body.end_date, body.vendor_category)
        return Reply("Retail invoices ingested", present.ingestion(ingested))

    def backfill(self, call: Call[BackfillRequest]) -> Reply:
        """``POST /v1/invoices/retail/backfill``."""
        self.admission.ingestion(call.user)
        run = self.backfills.start(call.user, call.body.start_year, call.body.end_date)
        return Reply("Backfill started", present.backfill(run), 202)

    def ingest_latest(self, call: Call[Any]) -> Reply:
        """Only rents have one a month."""
        raise NotFound("Retail invoices are ingested by date, not one a month")
