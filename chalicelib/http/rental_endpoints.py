"""The endpoints below ``/v1/invoices/rental``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.errors import InvalidRequest
from chalicelib.http import presenters
from chalicelib.http.envelope import Reply

if TYPE_CHECKING:
    from chalicelib.http.api import Call
    from chalicelib.http.requests import RentalChange
    from chalicelib.services.accounts.admission import Admission
    from chalicelib.services.ingestion.ingest_rental import IngestRental
    from chalicelib.services.invoices.rental_invoices import RentalInvoiceList

_LATEST = {
    "ingested": Reply("This month's rental invoice was ingested", None, 201),
    "had_it": Reply("This month's rental invoice was ingested before", None, 200),
    "not_there_yet": Reply("", None, 204),
}


@dataclass(frozen=True, slots=True)
class RentalEndpoints:
    """What each method on rental invoices does."""

    invoices: RentalInvoiceList
    ingestion: IngestRental
    admission: Admission

    def list(self, call: Call[Any]) -> Reply:
        """``GET /v1/invoices/rental``."""
        page = self.invoices.list(call.user, call.query.filters())
        return Reply("Rental invoices", presenters.rental_list(page))

    def get(self, call: Call[Any]) -> Reply:
        """``GET /v1/invoices/rental/{invoice_id}``."""
        invoice, file_url = self.invoices.get(call.user, call.path["invoice_id"])
        return Reply("Rental invoice", presenters.rental_invoice_with_file(invoice, file_url))

    def change(self, call: Call[RentalChange]) -> Reply:
        """``PATCH /v1/invoices/rental/{invoice_id}``: only the payment status of a rent can be changed."""
        invoice = self.invoices.set_payment_status(call.user, call.path["invoice_id"], call.body.payment_status)
        return Reply("Rental invoice updated", presenters.rental_invoice(invoice))

    def ingest(self, call: Call[Any]) -> Reply:
        """``POST /v1/invoices/rental/ingest``."""
        self.admission.ingestion(call.user)
        return Reply("Rental invoices ingested", presenters.ingestion(self.ingestion.everything(call.user)))

    def ingest_latest(self, call: Call[Any]) -> Reply:
        """``POST /v1/invoices/rental/ingest/latest``: the app reads only the status."""
        self.admission.ingestion(call.user)
        return _LATEST[self.ingestion.latest(call.user)]

    def backfill(self, call: Call[Any]) -> Reply:
        """Rental ingestion looks at all mail as it is."""
        raise InvalidRequest("Rental invoices need no backfill: POST /v1/invoices/rental/ingest finds all of them")

    def create(self, call: Call[Any]) -> Reply:
        """Rents come from landlords only."""
        raise InvalidRequest("Rental invoices cannot be entered by hand")

    def delete(self, call: Call[Any]) -> Reply:
        """Rents stay."""
        raise InvalidRequest("Rental invoices cannot be deleted one by one")
