"""What all parsing has in common: how a document ends, exactly once.

A document's final state, its run's counters and whatever record it became change in one transaction, whose conditions
refuse a second time and a user who is gone; so an event may come twice, late, or while its user is being deleted.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.documents import FINAL_STATES, Document, DocumentState, ObjectKey
from chalicelib.errors import (
    Conflict,
    DependencyFailure,
    DocumentIgnored,
    DocumentRejected,
    DocumentUnreadable,
    NotFound,
    UserNotFound,
)
from chalicelib.parsing.pdf.document import NO_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.adapters.dynamodb import DynamoDB, Item
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.s3 import InvoiceFiles, StoredFile
    from chalicelib.adapters.users import Users

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DocumentOutcomes:
    """Ends documents in the ledger, with the records that go along."""

    users: Users
    ledger: Ledger
    runs: Runs
    files: InvoiceFiles
    dynamodb: DynamoDB

    def document_of(self, place: ObjectKey, key: str, file: StoredFile) -> Document | None:
        """The ledger's row of a file, with its key; a new one if it was put into the bucket by hand.

        ``None`` when its user is gone; then the file goes too.
        """
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        document_id = file.document_id or f"document_{digest}"
        for _attempt in range(2):
            try:
                return msgspec.structs.replace(self.ledger.get(place.user_id, document_id), s3_key=key)
            except NotFound:
                self._adopt(place, key, document_id)
        self._erase_if_orphaned(place.user_id, key)
        return None

    def _adopt(self, place: ObjectKey, key: str, document_id: str) -> None:
        """Mail that nobody knows came just now."""
        now = datetime.now(UTC)
        document = Document(
            user_id=place.user_id,
            document_id=document_id,
            kind=place.kind,
            account="",
            message_id="",
            part="0",
            state="stored",
            run_id="",
            updated_at=now,
            mail_date=now,
            filename=key.rpartition("/")[2],
            s3_key=key,
        )
        try:
            self.dynamodb.transact([self.users.existence_check(place.user_id), self.ledger.claim_action(document)])
        except Conflict:
            _log.info("the object was adopted before, or has no user")

    def record(
        self,
        document: Document,
        state: DocumentState,
        actions: Sequence[Item] = (),
        *,
        method: str,
        reason: str | None = None,
        invoice_id: str | None = None,
        vendor: str | None = None,
        invoices: int = 0,
    ) -> None:
        """Ends a document together with ``actions``. Raises ``Conflict``: finished before, user gone, or an action's.

        ``invoices`` new records are counted for the run, and for ``vendor`` if one is given.
        """
        everything = [
            self.users.existence_check(document.user_id),
            self.ledger.finish_action(
                document,
                state,
                reason=reason[:200] if reason else None,
                invoice_id=invoice_id,
                method=method,
            ),
            *actions,
        ]
        if document.run_id:
            # Only rental invoices are announced, and those of a run's older mail in its summary.
            historical = invoices if document.historical and document.kind == "rental" else 0
            everything.append(
                self.runs.count_action(
                    document.user_id,
                    document.run_id,
                    vendor=vendor,
                    finished=1,
                    invoices=invoices,
                    historical=historical,
                )
            )
        self.dynamodb.transact(everything)

    def reject(self, document: Document, rejection: DocumentRejected, *, method: str) -> None:
        """Ends a document that yields no record, with the reason. Raises ``Conflict`` as ``record`` does."""
        self.record(document, _state_of(rejection), method=method, reason=rejection.reason)

    def is_over(self, document: Document) -> bool:
        """After a ``Conflict``: whether nothing is left to do for the document, or its user is gone."""
        try:
            self.users.get(document.user_id)
        except UserNotFound:
            return True
        return self.ledger.is_finished(document.user_id, document.document_id)

    def end_without_file(self, place: ObjectKey, key: str) -> Document | None:
        """Ends the document of a file that was erased before it was read; ``None`` when that went too, or has ended."""
        document = self.ledger.of_key(place.user_id, key)
        if document is None or document.state in FINAL_STATES:
            return None
        try:
            self.reject(document, DocumentUnreadable("file_gone"), method=place.kind)
        except Conflict:
            return None
        return document

    def give_up(self, place: ObjectKey, key: str, failure: DependencyFailure) -> Document | None:
        """Ends a document that AWS failed too often, so that its owner sees it and may begin again.

        Answers the document, also one that had ended before; ``None`` when it is gone, or was never ours.
        """
        document = self._document_of_failure(place, key)
        if document is None:
            return None
        try:
            rejection = DocumentUnreadable(f"{failure.service}_{failure.reason}")
            self.reject(document, rejection, method=place.kind)
        except Conflict:
            _log.info("%s was finished meanwhile", document.document_id)
        return document

    def _document_of_failure(self, place: ObjectKey, key: str) -> Document | None:
        """Also when it is the file that AWS does not give; ``None`` when it is gone, or was never ours."""
        try:
            return self.document_of(place, key, self.files.get(key))
        except NotFound:
            return None
        except DependencyFailure:
            document = self.ledger.of_key(place.user_id, key)
            return msgspec.structs.replace(document, s3_key=key) if document else None

    def erase_if_orphaned(self, document: Document, key: str) -> None:
        """After a ``Conflict``: nothing to do for a replay, but the file of a user who is gone goes too."""
        self._erase_if_orphaned(document.user_id, key)

    def _erase_if_orphaned(self, user_id: str, key: str) -> None:
        try:
            self.users.get(user_id)
        except UserNotFound:
            self.files.delete_all(key)
            _log.info("a file of a deleted user was erased")


def _state_of(rejection: DocumentRejected) -> DocumentState:
    """A scan is no failure: a person can read it (SPEC section 7)."""
    if isinstance(rejection, DocumentIgnored):
        return "ignored"
    return "needs_review" if rejection.reason == NO_TEXT else "failed"
