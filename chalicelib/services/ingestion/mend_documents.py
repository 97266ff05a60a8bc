"""Documents that something went wrong with: parsed again by themselves, or because their owner asks."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.documents import WHOLE_MESSAGE, Document, ObjectKey, message_row_id
from chalicelib.domain.jobs import RETRY_DELAYS, IngestionJob, ParseDocumentJob
from chalicelib.errors import (
    Conflict,
    DependencyFailure,
    DocumentUnreadable,
    GmailReauthRequired,
    InvalidRequest,
    NotFound,
)

if TYPE_CHECKING:
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.domain.users import User
    from chalicelib.services.documents.document_outcomes import DocumentOutcomes
    from chalicelib.services.documents.finish_run import FinishRun
    from chalicelib.services.documents.parse_rental_document import ParseRentalDocument
    from chalicelib.services.documents.parse_retail_document import ParseRetailDocument

_log = logging.getLogger(__name__)
#: A file that nobody parsed, or stored, for this long lost its event, or whoever was about to store it.
_LOST_AFTER = timedelta(minutes=20)
_MOST_MENDED = 100


@dataclass(frozen=True, slots=True)
class ParseDocument:
    """Parses the object of a key by what the key says that it is; what AWS fails is tried again, later and later."""

    rental: ParseRentalDocument
    retail: ParseRetailDocument
    outcomes: DocumentOutcomes
    finish_run: FinishRun
    queue: IngestionQueue

    def __call__(self, key: str, attempt: int = 0) -> None:
        """Raises ``DependencyFailure`` only when not even the queue takes the document, or its run cannot be ended:
        then the event comes again."""
        place = ObjectKey.parse(key)
        if place is None:
            _log.warning("an object that ingestion does not write was skipped")
            return
        parse = self.rental if place.kind == "rental" else self.retail
        try:
            parse(place, key)
        except DependencyFailure as exc:
            if attempt >= len(RETRY_DELAYS):
                document = self.outcomes.give_up(place, key, exc)
                if document and document.run_id:
                    self.finish_run(document.user_id, document.run_id)
                return
            _log.warning("parsing is tried again in %d s: %s", RETRY_DELAYS[attempt], exc)
            self.queue.send([ParseDocumentJob(key=key, attempt=attempt + 1)], RETRY_DELAYS[attempt])


@dataclass(frozen=True, slots=True)
class MendDocuments:
    """Finds documents to parse again."""

    ledger: Ledger
    files: InvoiceFiles
    outcomes: DocumentOutcomes
    finish_run: FinishRun
    queue: IngestionQueue

    def __call__(self, user_id: str) -> None:
        """Parses what was stored a while ago and never parsed: its event was lost, or failed for good.

        What was found and never stored ends as failed, for the next run to begin with again: its own waits for it.
        """
        before = datetime.now(UTC) - _LOST_AFTER
        lost = self.ledger.untouched_since(user_id, "stored", before, _MOST_MENDED)
        jobs = [ParseDocumentJob(key=document.s3_key) for document in lost if document.s3_key]
        if jobs:
            _log.warning("%d documents of %s were never parsed", len(jobs), user_id)
            self.queue.send(jobs)
        for document in self.ledger.untouched_since(user_id, "found", before, _MOST_MENDED):
            self._give_up(document)

    def _give_up(self, document: Document) -> None:
        try:
            self.outcomes.reject(document, DocumentUnreadable("never_stored"), method=document.kind)
        except Conflict:
            return
        if document.run_id:
            self.finish_run(document.user_id, document.run_id)

    def retry(self, user: User, document_id: str) -> Document:
        """Begins again with a document, whatever became of it.

        Raises ``NotFound``, ``InvalidRequest``, and ``GmailReauthRequired`` for a message that Gmail is needed for.
        """
        document = self.ledger.get(user.user_id, document_id)
        if document.part == WHOLE_MESSAGE:
            self._check_mailbox(user, document)
            again = self.ledger.begin_again(document)
            self._look_at_message(again)
            return again
        if document.s3_key is None or not self.files.exists(document.s3_key):
            return self._download_again(user, document)
        again = self.ledger.begin_again(document)
        self.queue.send([ParseDocumentJob(key=document.s3_key)])
        return again

    def _download_again(self, user: User, document: Document) -> Document:
        """The file was never kept, or was erased with its invoice: its mail has it still."""
        self._check_mailbox(user, document)
        again = self.ledger.begin_without_file(document)
        row = message_row_id(document.account, document.message_id, document.kind)
        with suppress(NotFound):
            self.ledger.begin_again(self.ledger.get(user.user_id, row))
        self._look_at_message(again)
        return again

    def _check_mailbox(self, user: User, document: Document) -> None:
        if not document.message_id:
            raise InvalidRequest("document_id: the file is gone, and did not come by mail")
        if user.gmail_status != "connected":
            raise GmailReauthRequired("Gmail is not connected")
        if document.account != user.gmail_account:
            raise InvalidRequest("document_id: the mail is in an account that is no longer connected")

    def _look_at_message(self, document: Document) -> None:
        """By a run for this message alone: those that look for new mail are past it."""
        job = IngestionJob(user_id=document.user_id, kind=document.kind, message_id=document.message_id)
        self.queue.send([job])
