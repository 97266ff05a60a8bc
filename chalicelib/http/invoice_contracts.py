"""The contracts of the paths with ``{invoice_type}``, by type. What a type does not offer is not in here."""

from __future__ import annotations

from chalicelib.domain.manual_entry import InvoiceChange, ManualInvoice
from chalicelib.errors import GmailReauthRequired, InvalidRequest, InvoiceNotFound, RateLimited
from chalicelib.http import answers, retail_answers
from chalicelib.http.contracts import Contract
from chalicelib.http.queries import ListQuery, RetailQuery
from chalicelib.http.requests import BackfillRequest, IngestRequest, RentalChange

_WHOLE = tuple(retail_answers.WHOLE.values())
_LISTS = (
    retail_answers.RetailInvoiceList,
    retail_answers.RetailCounts,
    *retail_answers.DETAIL_ANSWERS.values(),
)

LIST = {
    "rental": Contract("Lists rental invoices", {200: answers.RentalInvoiceList}, query=ListQuery),
    "retail": Contract(
        "Lists retail invoices, counts them, or shows one's details",
        {200: _LISTS},
        query=RetailQuery,
        errors=(InvoiceNotFound,),
    ),
}
GET = {
    "rental": Contract("Shows a rental invoice", {200: answers.RentalInvoiceWithFile}, errors=(InvoiceNotFound,)),
    "retail": Contract("Shows a retail invoice with its details", {200: _WHOLE}, errors=(InvoiceNotFound,)),
}
CHANGE = {
    "rental": Contract(
        "Marks a rental invoice paid or unpaid",
        {200: answers.RentalInvoice},
        body=RentalChange,
        errors=(InvoiceNotFound,),
    ),
    "retail": Contract(
        "Corrects a retail invoice; fields that are absent stay",
        {200: _WHOLE},
        body=InvoiceChange,
        errors=(InvoiceNotFound,),
    ),
}
DELETE = {
    "retail": Contract(
        "Deletes a retail invoice and its files", {200: retail_answers.DeletedInvoice}, errors=(InvoiceNotFound,)
    )
}
CREATE = {"retail": Contract("Enters a retail invoice by hand", {201: _WHOLE}, body=ManualInvoice)}
INGEST = {
    "rental": Contract(
        "Ingests all rental invoices of the inbox", {200: answers.Ingestion}, errors=(GmailReauthRequired, RateLimited)
    ),
    "retail": Contract(
        "Ingests retail invoices since the last time, or between two days",
        {200: retail_answers.RetailIngestion},
        body=IngestRequest,
        errors=(GmailReauthRequired, InvalidRequest, RateLimited),
    ),
}
INGEST_LATEST = {
    "rental": Contract(
        "Ingests this month's rental invoice: 201 now, 200 had it already, 204 not in the inbox yet",
        {200: None, 201: None, 204: None},
        errors=(GmailReauthRequired, RateLimited),
    )
}
BACKFILL = {
    "retail": Contract(
        "Ingests years of retail mail in the background",
        {202: retail_answers.Backfill},
        body=BackfillRequest,
        errors=(GmailReauthRequired, RateLimited),
    )
}
