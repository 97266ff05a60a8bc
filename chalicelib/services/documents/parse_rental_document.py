"""From a raw rental PDF to its record."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.documents import FINAL_STATES, Document, DocumentState, ObjectKey, rental_invoice_id
from chalicelib.domain.rental import RentalInvoice
from chalicelib.errors import Conflict, DocumentRejected, DocumentUnreadable, InvoiceNotFound, NotFound, PayPulseError
from chalicelib.parsing.rental.review import ReviewReason

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from chalicelib.adapters.dynamodb import Item
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.domain.invoices import RentalNotice
    from chalicelib.services.documents.document_outcomes import DocumentOutcomes
    from chalicelib.services.documents.finish_run import FinishRun

_log = logging.getLogger(__name__)
_METHOD = "rental_pdf"
#: An owner who marks an invoice as paid while its document is read once more, or its announcement, is in the way once.
_ATTEMPTS = 4
_METHOD_OF_SCANS = "gemini"


@dataclass(frozen=True, slots=True)
class ParseRentalDocument:
    """Parses the object of one key."""

    files: InvoiceFiles
    invoices: RentalInvoices
    outcomes: DocumentOutcomes
    finish_run: FinishRun
    read_notice: Callable[[bytes], RentalNotice]
    time_zone: ZoneInfo

    def __call__(self, place: ObjectKey, key: str) -> None:
        """Raises only what is worth trying again (AWS failed); everything else ends in the ledger."""
        try:
            file = self.files.get(key)
        except NotFound:
            gone = self.outcomes.end_without_file(place, key)
            if gone and gone.run_id:
                self.finish_run(gone.user_id, gone.run_id)
            return
        document = self.outcomes.document_of(place, key, file)
        if document is None:
            return
        try:
            if document.state not in FINAL_STATES:
                self._record(document, key, file.content)
        except Conflict:
            self.outcomes.erase_if_orphaned(document, key)
        if document.run_id:
            self.finish_run(document.user_id, document.run_id)

    def _record(self, document: Document, key: str, content: bytes) -> None:
        try:
            notice = self.read_notice(content)
        except DocumentRejected as exc:
            self.outcomes.reject(document, exc, method=_METHOD)
        except PayPulseError:
            raise
        except Exception as exc:  # noqa: BLE001 - the boundary of parsing: a bug of ours must not lose a document
            _log.error("parsing %s failed with %s", document.document_id, type(exc).__name__)
            self.outcomes.reject(document, DocumentUnreadable("internal_error"), method=_METHOD)
        else:
            self._store(document, key, notice)

    def _store(self, document: Document, key: str, notice: RentalNotice) -> None:
        """Raises ``Conflict`` when the document is finished, or its user gone, or its record changes all the time."""
        invoice = self._invoice(document, key, notice)
        for attempt in range(_ATTEMPTS):
            try:
                self._write_record(document, invoice)
            except Conflict:
                if attempt == _ATTEMPTS - 1 or self.outcomes.is_over(document):
                    raise
            else:
                return

    def _write_record(self, document: Document, invoice: RentalInvoice) -> None:
        state: DocumentState = "needs_review" if invoice.needs_review else "parsed"
        self.outcomes.record(
            document,
            state,
            [self._write(document, invoice)],
            method=_METHOD_OF_SCANS if ReviewReason.READ_BY_MODEL in invoice.review_reasons else _METHOD,
            reason=",".join(invoice.review_reasons),
            invoice_id=invoice.invoice_id,
            invoices=1,
        )

    def _write(self, document: Document, invoice: RentalInvoice) -> Item:
        """A new record; or, for a document that is parsed once more, the old one with what was read anew."""
        if document.invoice_id is None:
            return self.invoices.create_action(invoice)
        try:
            known = self.invoices.get(document.user_id, document.invoice_id)
        except InvoiceNotFound:
            return self.invoices.create_action(invoice)
        return self.invoices.replace_action(invoice, known)

    def _invoice(self, document: Document, key: str, notice: RentalNotice) -> RentalInvoice:
        filed_under = notice.due_date or document.mail_date.astimezone(self.time_zone).date()
        return RentalInvoice(
            user_id=document.user_id,
            invoice_id=rental_invoice_id(document.document_id),
            document_id=document.document_id,
            run_id=document.run_id,
            due_date_year=str(filed_under.year),
            due_date_month=str(filed_under.month),
            filename=document.filename or key.rpartition("/")[2],
            s3_key=key,
            mail_date=document.mail_date,
            created_at=datetime.now(UTC),
            vendor_id=document.vendor_id,
            vendor_name=document.vendor_name,
            sender=document.sender,
            due_date=notice.due_date,
            reference=notice.reference,
            payee=notice.payee,
            landlord=notice.landlord,
            currency=notice.currency,
            total=notice.total,
            vat=notice.vat,
            charges=notice.charges,
            historical=document.historical,
            needs_review=bool(notice.review_reasons),
            review_reasons=notice.review_reasons,
        )
