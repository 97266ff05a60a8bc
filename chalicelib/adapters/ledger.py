"""The IngestionLedger table: one row a document, and one a message whose documents are all stored.

The rows of messages carry no ``UserID_State`` unless they failed or were ignored, so ``state-index`` lists only what
a person can act on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.documents import FINAL_STATES, WHOLE_MESSAGE, Document, DocumentState
from chalicelib.errors import Conflict, NotFound

TABLE = "IngestionLedger"
_STATE_INDEX = "state-index"
#: Digits of a document's digest in its key, see ``domain.documents``.
_KEY_DIGEST = 16


def _key(user_id: str, document_id: str) -> dict[str, str]:
    return {"UserID": user_id, "DocumentID": document_id}


def _row(document: Document) -> Item:
    item = to_plain(document)
    if document.part != WHOLE_MESSAGE or document.state in {"failed", "ignored"}:
        item["UserID_State"] = f"{document.user_id}_{document.state}"
    return item


class Ledger:
    """What ingestion saw of each user's mail, and what became of it."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def seen(self, user_id: str, document_ids: Sequence[str]) -> dict[str, Document]:
        """The rows that exist among the ids, by id; 100 ids a call."""
        keys = [_key(user_id, document_id) for document_id in document_ids]
        wanted = "UserID,DocumentID,#k,account,message_id,#p,#s,run_id,updated_at,mail_date,attempts,reason"
        found = self._dynamodb.batch_get(
            TABLE, keys, projection=wanted, names={"#k": "kind", "#p": "part", "#s": "state"}
        )
        return {row.document_id: row for row in (from_plain(item, Document) for item in found)}

    def get(self, user_id: str, document_id: str) -> Document:
        """Raises ``NotFound``."""
        item = self._dynamodb.get(TABLE, _key(user_id, document_id))
        if item is None:
            raise NotFound("The document does not exist")
        return from_plain(item, Document)

    def claim_action(self, document: Document) -> Item:
        """For transactions: writes a row for a document that nobody has seen before."""
        return {
            "Put": {
                "TableName": TABLE,
                "Item": self._dynamodb.marshal(_row(document)),
                "ConditionExpression": "attribute_not_exists(DocumentID)",
            }
        }

    def reopen_action(self, document: Document) -> Item:
        """For transactions: begins again with a document whose file could never be kept."""
        return {
            "Put": {
                "TableName": TABLE,
                "Item": self._dynamodb.marshal(_row(document)),
                "ConditionExpression": "#s = :failed AND attribute_not_exists(s3_key)",
                "ExpressionAttributeNames": {"#s": "state"},
                "ExpressionAttributeValues": self._dynamodb.marshal({":failed": "failed"}),
            }
        }

    def put_action(self, document: Document) -> Item:
        """For transactions: writes a row as it is."""
        return {"Put": {"TableName": TABLE, "Item": self._dynamodb.marshal(_row(document))}}

    def mark_stored(self, document: Document, s3_key: str, content_hash: str) -> None:
        """The raw file is in S3. Says nothing about a document that went further in the meantime."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(document.user_id, document.document_id),
                "SET #s = :stored, UserID_State = :index, s3_key = :key, content_hash = :hash, updated_at = :now",
                {
                    ":stored": "stored",
                    ":index": f"{document.user_id}_stored",
                    ":key": s3_key,
                    ":hash": content_hash,
                    ":now": datetime.now(UTC).isoformat(),
                    ":found": "found",
                },
                names={"#s": "state"},
                condition="#s = :found",
            )
        except Conflict:
            return

    def untouched_since(self, user_id: str, state: DocumentState, before: datetime, most: int) -> list[Document]:
        """Documents that have been in a state since before that moment, oldest first."""
        items, _ = self._dynamodb.query_page(
            TABLE,
            "UserID_State = :state AND updated_at < :before",
            {":state": f"{user_id}_{state}", ":before": before.isoformat()},
            limit=most,
            index=_STATE_INDEX,
        )
        return [from_plain(item, Document) for item in items]

    def of_key(self, user_id: str, s3_key: str) -> Document | None:
        """The row of a file that ingestion wrote, by the digest in its key, for when the file cannot be read."""
        digest = s3_key.rpartition("/")[2].rpartition(".")[0].rpartition("_")[2]
        if len(digest) != _KEY_DIGEST:
            return None
        found = self._dynamodb.query(
            TABLE,
            "UserID = :user AND begins_with(DocumentID, :id)",
            {":user": user_id, ":id": f"document_{digest}"},
        )
        return next((from_plain(item, Document) for item in found), None)

    def begin_again(self, document: Document) -> Document:
        """Takes a document back to where its file is stored and nothing is known of it, counted by no run.

        What it became before (``invoice_id``) is kept, for the parser to replace. A message's row may fail some more.
        """
        state: DocumentState = "failed" if document.part == WHOLE_MESSAGE else "stored"
        reopened = msgspec.structs.replace(
            document, state=state, reason=None, attempts=0, run_id="", updated_at=datetime.now(UTC)
        )
        self._dynamodb.put(TABLE, _row(reopened), condition="attribute_exists(DocumentID)")
        return reopened

    def begin_without_file(self, document: Document) -> Document:
        """Takes a document back to where its file could not be kept: who finds its mail next stores it anew."""
        reopened = msgspec.structs.replace(
            document, state="failed", reason=None, attempts=0, run_id="", s3_key=None, updated_at=datetime.now(UTC)
        )
        self._dynamodb.put(TABLE, _row(reopened), condition="attribute_exists(DocumentID)")
        return reopened

    def finish_action(
        self,
        document: Document,
        state: DocumentState,
        *,
        reason: str | None = None,
        invoice_id: str | None = None,
        method: str | None = None,
    ) -> Item:
        """For transactions: moves a document to a final state, unless it is in one already (then: ``Conflict``)."""
        sets = {
            "state": state,
            "UserID_State": f"{document.user_id}_{state}",
            "updated_at": datetime.now(UTC).isoformat(),
            "s3_key": document.s3_key,
            "reason": reason,
            "invoice_id": invoice_id,
            "method": method,
        }
        kept = {name: value for name, value in sets.items() if value is not None}
        finals = {f":final{number}": final for number, final in enumerate(sorted(FINAL_STATES))}
        assignments = ", ".join(f"#{name} = :{name}" for name in kept)
        return {
            "Update": self._dynamodb.update_request(
                TABLE,
                _key(document.user_id, document.document_id),
                f"SET {assignments} ADD attempts :one",
                {**{f":{name}": value for name, value in kept.items()}, **finals, ":one": 1},
                names={f"#{name}": name for name in kept},
                condition=f"attribute_exists(DocumentID) AND NOT #state IN ({', '.join(finals)})",
            )
        }

    def is_finished(self, user_id: str, document_id: str) -> bool:
        """Whether a document is in a final state, or unknown: nothing is left to do for it."""
        item = self._dynamodb.get(TABLE, _key(user_id, document_id))
        return item is None or item["state"] in FINAL_STATES

    def claimed_by(self, user_id: str, marks: Sequence[str]) -> dict[str, str]:
        """Which of a purchase's marks lead to an invoice: mark to invoice id, in the order of the marks."""
        if not marks:
            return {}
        keys = [_key(user_id, mark) for mark in marks]
        found = self._dynamodb.batch_get(TABLE, keys, projection="DocumentID,#i", names={"#i": "invoice_id"})
        claims = {item["DocumentID"]: item["invoice_id"] for item in found}
        return {mark: claims[mark] for mark in marks if mark in claims}

    def mark_action(self, user_id: str, mark: str, invoice_id: str, *, instead_of: str | None = None) -> Item:
        """For transactions: claims a purchase's mark for an invoice; a mark that is taken is a ``Conflict``.

        ``instead_of`` is an invoice that is gone and did not give up the mark.
        """
        put: Item = {
            "TableName": TABLE,
            "Item": self._dynamodb.marshal({**_key(user_id, mark), "invoice_id": invoice_id}),
            "ConditionExpression": "attribute_not_exists(DocumentID)",
        }
        if instead_of is not None:
            put["ConditionExpression"] += " OR invoice_id = :gone"
            put["ExpressionAttributeValues"] = self._dynamodb.marshal({":gone": instead_of})
        return {"Put": put}

    def unmark_actions(self, user_id: str, marks: Sequence[str]) -> list[Item]:
        """For transactions: gives up marks, so that the purchase may be recorded anew."""
        keys = [self._dynamodb.marshal(_key(user_id, mark)) for mark in marks]
        return [{"Delete": {"TableName": TABLE, "Key": key}} for key in keys]

    def page(
        self, user_id: str, state: DocumentState | None, limit: int, start: Item | None
    ) -> tuple[list[Document], Item | None]:
        """One page of documents, newest change first when a state is asked for; and where the next page starts."""
        if state is None:
            condition, values, index = "UserID = :user", {":user": user_id}, None
        else:
            condition, values, index = "UserID_State = :state", {":state": f"{user_id}_{state}"}, _STATE_INDEX
        items, following = self._dynamodb.query_page(
            TABLE, condition, values, limit=limit, start=start, index=index, newest_first=state is not None
        )
        return [from_plain(item, Document) for item in items if "UserID_State" in item], following

    def delete_page(self, user_id: str) -> int:
        """Forgets a page of what one user has; answers how much that was."""
        return self._dynamodb.delete_page(TABLE, user_id, "DocumentID")
