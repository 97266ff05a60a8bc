"""Keeping a batch of messages: each new document as a raw file and a ledger row, each message as a row that says so."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.documents import WHOLE_MESSAGE, Document, DocumentState, message_row_id
from chalicelib.domain.vendors import VendorConfig, match_vendors
from chalicelib.errors import (
    Conflict,
    DependencyFailure,
    DependencyThrottled,
    DocumentRejected,
    NotFound,
    PayPulseError,
    UserNotFound,
)
from chalicelib.parsing.mime import parse_mail
from chalicelib.services.ingestion.collect_documents import CollectDocuments, rental_documents, retail_documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.adapters.dynamodb import DynamoDB
    from chalicelib.adapters.gmail import FailedMessage, GmailMailbox, RawMessage
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.adapters.users import Users
    from chalicelib.domain.documents import DocumentKind
    from chalicelib.domain.mail import Email
    from chalicelib.domain.runs import Run
    from chalicelib.domain.users import User
    from chalicelib.services.ingestion.collect_documents import FoundDocument

_log = logging.getLogger(__name__)
#: A message that failed this often is left alone.
_MOST_ATTEMPTS = 5
#: A header may be as long as the mail, an item of DynamoDB may not.
_LONGEST_TEXT = 300

_COLLECT: dict[DocumentKind, CollectDocuments] = {"rental": rental_documents, "retail": retail_documents}


@dataclass(frozen=True, slots=True)
class StoreMessages:
    """Downloads messages and stores what is in them. Repeating it changes nothing."""

    users: Users
    ledger: Ledger
    runs: Runs
    files: InvoiceFiles
    dynamodb: DynamoDB
    historical_after: timedelta

    def unseen(self, user: User, kind: DocumentKind, message_ids: Sequence[str]) -> list[str]:
        """The messages that are not worked off, by key: those without a row, and those that failed a few times."""
        ids = {message_row_id(_account(user), message_id, kind): message_id for message_id in message_ids}
        rows = self.ledger.seen(user.user_id, list(ids))
        return [message_id for key, message_id in ids.items() if key not in rows or _worth_another_try(rows[key])]

    def __call__(
        self, user: User, run: Run, vendors: Sequence[VendorConfig], mailbox: GmailMailbox, message_ids: list[str]
    ) -> None:
        """Works off one batch. A message that fails is recorded with its reason, and costs the others nothing.

        So is one that kills its worker: where messages come one by one, each counts as failed until it is worked off.
        """
        rows = {each: _message_row(user, run, each, datetime.now(UTC)) for each in message_ids}
        before = self.ledger.seen(user.user_id, [row.document_id for row in rows.values()])
        attempts = {each: before[row.document_id].attempts for each, row in rows.items() if row.document_id in before}
        suspects = [_with_state(row, "failed", "worker_died") for row in rows.values() if run.messages_per_batch == 1]
        self._put_rows(user, [_with_attempts(row, attempts.get(row.message_id, 0) + 1) for row in suspects])
        done: list[Document] = []
        try:
            for message in mailbox.fetch(message_ids):
                row = self._store_message(user, run, vendors, message)
                done.append(_with_attempts(row, attempts.get(row.message_id, 0) + 1))
        except DependencyThrottled:
            # What came before Gmail wanted a longer pause need not be downloaded again, and the rest killed nobody.
            self._put_rows(user, [_with_attempts(row, attempts.get(row.message_id, 0)) for row in suspects])
            self._write_rows(user, run, done)
            raise
        self._write_rows(user, run, done)

    def _write_rows(self, user: User, run: Run, rows: Sequence[Document]) -> None:
        """In one transaction with the run's counters."""
        failed = sum(row.state == "failed" for row in rows)
        count = self.runs.count_action(run.user_id, run.run_id, messages=len(rows), failed_messages=failed)
        self._put_rows(user, rows, count)

    def _put_rows(self, user: User, rows: Sequence[Document], *also: dict[str, Any]) -> None:
        """In one transaction with the user's existence: no message row outlives its user."""
        if not rows:
            return
        check = self.users.existence_check(user.user_id)
        try:
            self.dynamodb.transact([check, *also, *(self.ledger.put_action(row) for row in rows)])
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def _store_message(
        self, user: User, run: Run, vendors: Sequence[VendorConfig], message: RawMessage | FailedMessage
    ) -> Document:
        received = getattr(message, "received", None) or datetime.now(UTC)
        row = _message_row(user, run, message.message_id, received)
        content = getattr(message, "content", None)
        if content is None:
            return _with_state(row, "failed", getattr(message, "reason", "unknown"))
        try:
            return self._store_email(vendors, parse_mail(content), row)
        except DocumentRejected as exc:
            return _with_state(row, "failed", exc.reason)
        except DependencyFailure as exc:
            reason = f"{exc.service}_{exc.reason}"
            self.runs.note_error(run.user_id, run.run_id, reason)
            return _with_state(row, "failed", reason)
        except PayPulseError:
            raise
        except Exception as exc:  # noqa: BLE001 - the boundary of one message: a bug of ours must not block the others
            _log.error("storing %s failed with %s", row.document_id, type(exc).__name__)
            return _with_state(row, "failed", "internal_error")

    def _store_email(self, vendors: Sequence[VendorConfig], email: Email, row: Document) -> Document:
        row = msgspec.structs.replace(
            row,
            sender=email.sender_address[:_LONGEST_TEXT],
            sender_name=email.sender_name[:_LONGEST_TEXT],
            subject=email.subject[:_LONGEST_TEXT],
        )
        matches = match_vendors(vendors, email.sender_address, email.subject)
        if not matches:
            return _with_state(row, "ignored", "no_vendor_matches")
        row = _of_vendor(row, matches[0])
        found = _COLLECT[row.kind](email, row)
        if not found:
            return _with_state(row, "ignored", "no_pdf_attachment" if row.kind == "rental" else "nothing_to_read")
        for document in found:
            self._store_document(row, document)
        return _with_state(row, "stored", "several_vendors_match" if len(matches) > 1 else None)

    def _store_document(self, row: Document, found: FoundDocument) -> None:
        """Ledger first, then S3: a file never arrives at the parser without its row."""
        document = self._claim(
            msgspec.structs.replace(
                row,
                document_id=found.document_id,
                part=found.part,
                filename=found.filename,
                state="found",
                historical=datetime.now(UTC) - row.mail_date > self.historical_after,
            )
        )
        if document is None:
            return
        try:
            self.files.put(found.s3_key, found.content, found.content_type, document)
        except DependencyFailure as exc:
            self._give_up(document, f"{exc.service}_{exc.reason}")
            raise
        self.ledger.mark_stored(document, found.s3_key, hashlib.sha256(found.content).hexdigest())

    def _claim(self, document: Document) -> Document | None:
        """The document's row, counted by a run; ``None`` when the document went further already."""
        for action in (self.ledger.claim_action, self.ledger.reopen_action):
            try:
                self.dynamodb.transact(
                    [
                        self.users.existence_check(document.user_id),
                        action(document),
                        self.runs.count_action(document.user_id, document.run_id, documents=1),
                    ]
                )
            except Conflict:
                continue
            return document
        try:
            known = self.ledger.get(document.user_id, document.document_id)
        except NotFound as exc:
            raise UserNotFound("The user does not exist") from exc
        return known if known.state in {"found", "stored"} else None

    def _give_up(self, document: Document, reason: str) -> None:
        """The file could not be kept: the run does not wait for it, and the next run claims it again."""
        finish = self.ledger.finish_action(document, "failed", reason=reason)
        count = self.runs.count_action(document.user_id, document.run_id, finished=1)
        try:
            self.dynamodb.transact([finish, count])
        except Conflict:
            _log.info("%s was finished by another run", document.document_id)


def _account(user: User) -> str:
    return user.gmail_account or ""


def _worth_another_try(row: Document) -> bool:
    return row.state == "failed" and row.attempts < _MOST_ATTEMPTS


def _message_row(user: User, run: Run, message_id: str, received: datetime) -> Document:
    account = _account(user)
    return Document(
        user_id=user.user_id,
        document_id=message_row_id(account, message_id, run.document_kind),
        kind=run.document_kind,
        account=account,
        message_id=message_id,
        part=WHOLE_MESSAGE,
        state="found",
        run_id=run.run_id,
        updated_at=datetime.now(UTC),
        mail_date=received,
    )


def _of_vendor(row: Document, vendor: VendorConfig) -> Document:
    return msgspec.structs.replace(
        row,
        vendor_id=vendor.vendor_id,
        vendor_name=vendor.vendor_name,
        sub_type=vendor.invoice_sub_type,
        language=vendor.hints.language if vendor.hints else None,
    )


def _with_attempts(row: Document, attempts: int) -> Document:
    return msgspec.structs.replace(row, attempts=attempts)


def _with_state(row: Document, state: DocumentState, reason: str | None) -> Document:
    return msgspec.structs.replace(row, state=state, reason=reason[:120] if reason else None)
