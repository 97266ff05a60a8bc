"""From a raw retail document, HTML or PDF, to its record."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.categories import CATEGORIES, Details, converted_details
from chalicelib.domain.documents import FINAL_STATES, Document, ObjectKey
from chalicelib.domain.mail import MailContext
from chalicelib.domain.retail import RetailInvoice, Source, note_of, retail_invoice_id, user_sub_type
from chalicelib.errors import Conflict, DocumentIgnored, DocumentRejected, DocumentUnreadable, NotFound, PayPulseError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.domain.invoices import Extraction
    from chalicelib.services.documents.document_outcomes import DocumentOutcomes
    from chalicelib.services.documents.finish_run import FinishRun
    from chalicelib.services.documents.read_retail_document import ReadRetailDocument
    from chalicelib.services.documents.record_purchase import RecordPurchase

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParseRetailDocument:
    """Parses the object of one key."""

    files: InvoiceFiles
    outcomes: DocumentOutcomes
    record_purchase: RecordPurchase
    finish_run: FinishRun
    read: ReadRetailDocument
    time_zone: ZoneInfo

    def __call__(self, place: ObjectKey, key: str) -> None:
        """Raises only what is worth trying again (AWS or Gemini failed); everything else ends in the ledger."""
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
        # The key of a vendor without a category names one all the same; it means something in keys made by hand only.
        by_hand = not document.message_id and place.sub_type in CATEGORIES
        sub_type = document.sub_type or (place.sub_type if by_hand else None)
        try:
            if document.state not in FINAL_STATES:
                self._record(document, sub_type, key, file.content)
        except (Conflict, NotFound):
            self.outcomes.erase_if_orphaned(document, key)
        if document.run_id:
            self.finish_run(document.user_id, document.run_id)

    def _record(self, document: Document, sub_type: str | None, key: str, content: bytes) -> None:
        try:
            extraction = self.read(document, _context(document, sub_type), key, content)
            if not extraction.is_purchase:
                raise DocumentIgnored(extraction.ignored_reason or "not_a_purchase")
        except DocumentRejected as exc:
            self.outcomes.reject(document, exc, method="retail")
        except PayPulseError:
            raise
        except Exception as exc:  # noqa: BLE001 - the boundary of parsing: a bug of ours must not lose a document
            _log.error("parsing %s failed with %s", document.document_id, type(exc).__name__)
            self.outcomes.reject(document, DocumentUnreadable("internal_error"), method="retail")
        else:
            chosen = sub_type or extraction.category or "miscellaneous"
            invoice = self._invoice(document, chosen, key, extraction)
            self.record_purchase(document, invoice, _details(extraction, chosen))

    def _invoice(self, document: Document, sub_type: str, key: str, extraction: Extraction) -> RetailInvoice:
        now = datetime.now(UTC)
        day = extraction.invoice_date or self._mail_day(document)
        source = Source(
            document_id=document.document_id,
            message_id=document.message_id,
            s3_key=key,
            filename=document.filename or key.rpartition("/")[2],
            mail_date=document.mail_date,
            method=extraction.method,
        )
        return RetailInvoice(
            user_id=document.user_id,
            invoice_id=retail_invoice_id(document.user_id, document.document_id),
            user_sub_type=user_sub_type(document.user_id, sub_type),
            sub_type=sub_type,
            vendor_name=document.vendor_name or extraction.vendor_name or document.sender or "Unknown",
            vendor_id=document.vendor_id,
            invoice_date=day,
            dated_by_mail=extraction.invoice_date is None,
            created_at=now,
            updated_at=now,
            extraction=note_of(extraction),
            total_amount=extraction.total_amount,
            currency=extraction.currency,
            order_id=extraction.order_id,
            due_date=extraction.due_date,
            payment_status=extraction.payment_status,
            needs_review=bool(extraction.review_reasons),
            review_reasons=extraction.review_reasons,
            sources=(source,),
            s3_path=key,
            run_id=document.run_id,
        )

    def _mail_day(self, document: Document) -> date:
        return document.mail_date.astimezone(self.time_zone).date()


def _context(document: Document, sub_type: str | None) -> MailContext:
    return MailContext(
        subject=document.subject or "",
        sender_name=document.sender_name or "",
        sender_address=document.sender or "",
        date=document.mail_date if document.message_id else None,
        vendor_name=document.vendor_name,
        category=sub_type,
        language=document.language,
    )


def _details(extraction: Extraction, sub_type: str) -> Details:
    """The extraction's details in the shape of the category that the invoice is kept under."""
    if extraction.details is None:
        return CATEGORIES[sub_type].details()
    return converted_details(extraction.details, sub_type)
