"""From an inbox to records."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.services.documents.ask_model_once import AskModelOnce
    from chalicelib.services.documents.document_outcomes import DocumentOutcomes
    from chalicelib.services.documents.finish_run import FinishRun
    from chalicelib.services.documents.hand_over_document import HandOverDocument
    from chalicelib.services.documents.parse_rental_document import ParseRentalDocument
    from chalicelib.services.documents.parse_retail_document import ParseRetailDocument
    from chalicelib.services.ingestion.backfill_retail import BackfillRetail
    from chalicelib.services.ingestion.ingest_mail import IngestMail
    from chalicelib.services.ingestion.ingest_rental import IngestRental
    from chalicelib.services.ingestion.ingest_retail import IngestRetail
    from chalicelib.services.ingestion.ingestion_windows import IngestionWindows
    from chalicelib.services.ingestion.mend_documents import MendDocuments, ParseDocument
    from chalicelib.services.notifications.notify_new_invoice import NotifyNewInvoice
from chalicelib.container.people import People


class Ingestion(People):
    """From an inbox to records."""

    @cached_property
    def finish_run(self) -> FinishRun:
        from chalicelib.services.documents.finish_run import FinishRun

        return FinishRun(self.runs, self.announce, self.queue)

    @cached_property
    def ingestion_windows(self) -> IngestionWindows:
        from chalicelib.services.ingestion.ingestion_windows import IngestionWindows

        return IngestionWindows(self.settings.time_zone)

    @cached_property
    def ingest_mail(self) -> IngestMail:
        from chalicelib.services.ingestion.find_messages import FindMessages
        from chalicelib.services.ingestion.ingest_mail import IngestMail
        from chalicelib.services.ingestion.store_messages import StoreMessages

        store = StoreMessages(
            users=self.users,
            ledger=self.ledger,
            runs=self.runs,
            files=self.files,
            dynamodb=self.dynamodb,
            historical_after=timedelta(days=self.settings.historical_after_days),
        )
        return IngestMail(
            users=self.users,
            connections=self.gmail_connections,
            runs=self.runs,
            find=FindMessages(self.vendors, self.runs, store),
            store=store,
            mend=self.mend_documents,
            notify=self.notify_new_invoice,
            queue=self.queue,
            finish_run=self.finish_run,
            windows=self.ingestion_windows,
            work_seconds=self.settings.ingestion_work_seconds,
            answer_seconds=self.settings.ingestion_answer_seconds,
        )

    @cached_property
    def ingest_rental(self) -> IngestRental:
        from chalicelib.services.ingestion.ingest_rental import IngestRental

        return IngestRental(self.ingest_mail, self.rental_invoices, self.ingestion_windows)

    @cached_property
    def ingest_retail(self) -> IngestRetail:
        from chalicelib.services.ingestion.ingest_retail import IngestRetail

        return IngestRetail(self.ingest_mail, self.ingestion_windows)

    @cached_property
    def document_outcomes(self) -> DocumentOutcomes:
        from chalicelib.services.documents.document_outcomes import DocumentOutcomes

        return DocumentOutcomes(self.users, self.ledger, self.runs, self.files, self.dynamodb)

    @cached_property
    def ask_model_once(self) -> AskModelOnce:
        from chalicelib.adapters.extraction_cache import ExtractionCache
        from chalicelib.adapters.gemini import Gemini
        from chalicelib.services.documents.ask_model_once import AskModelOnce

        gemini = Gemini(self.app_secrets, self.settings, attempts=self.settings.gemini_attempts)
        return AskModelOnce(gemini, ExtractionCache(self.dynamodb))

    @cached_property
    def parse_retail_document(self) -> ParseRetailDocument:
        from chalicelib.services.documents.extract_with_model import ExtractWithModel
        from chalicelib.services.documents.parse_retail_document import ParseRetailDocument
        from chalicelib.services.documents.read_retail_document import ReadRetailDocument
        from chalicelib.services.documents.record_purchase import RecordPurchase

        return ParseRetailDocument(
            files=self.files,
            outcomes=self.document_outcomes,
            record_purchase=RecordPurchase(self.users, self.ledger, self.retail_invoices, self.document_outcomes),
            finish_run=self.finish_run,
            read=ReadRetailDocument(ExtractWithModel(self.ask_model_once), self.vendors),
            time_zone=self.settings.time_zone,
        )

    @cached_property
    def parse_rental_document(self) -> ParseRentalDocument:
        from chalicelib.parsing.pdf.isolation import parse_rental_notice_isolated
        from chalicelib.services.documents.parse_rental_document import ParseRentalDocument
        from chalicelib.services.documents.read_rental_notice import ReadRentalNotice

        return ParseRentalDocument(
            files=self.files,
            invoices=self.rental_invoices,
            outcomes=self.document_outcomes,
            finish_run=self.finish_run,
            read_notice=ReadRentalNotice(parse_rental_notice_isolated, self.ask_model_once),
            time_zone=self.settings.time_zone,
        )

    def parse_pdf(self, key: str) -> None:
        """Hands a PDF to the container function, or parses it here when none is configured."""
        if self.settings.parse_invoice_container:
            self.hand_over_document(key)
        else:
            self.parse_document(key)

    @cached_property
    def hand_over_document(self) -> HandOverDocument:
        from chalicelib.services.documents.hand_over_document import HandOverDocument

        return HandOverDocument(self.parser_container, self.queue)

    @cached_property
    def parse_document(self) -> ParseDocument:
        """Parses an object by what its key says that it is."""
        from chalicelib.services.ingestion.mend_documents import ParseDocument

        return ParseDocument(
            self.parse_rental_document,
            self.parse_retail_document,
            self.document_outcomes,
            self.finish_run,
            self.queue,
        )

    @cached_property
    def mend_documents(self) -> MendDocuments:
        from chalicelib.services.ingestion.mend_documents import MendDocuments

        return MendDocuments(self.ledger, self.files, self.document_outcomes, self.finish_run, self.queue)

    @cached_property
    def backfill_retail(self) -> BackfillRetail:
        from chalicelib.services.ingestion.backfill_retail import BackfillRetail

        return BackfillRetail(self.ingest_mail, self.runs, self.ingestion_windows)

    @cached_property
    def notify_new_invoice(self) -> NotifyNewInvoice:
        from chalicelib.services.notifications.notify_new_invoice import NotifyNewInvoice

        return NotifyNewInvoice(self.rental_invoices, self.announce, self.queue)
