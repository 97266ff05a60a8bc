"""The ExtractionCache table: what a model answered about a document, and who is asking it right now.

One item a question. ``outcome`` is "asking" while somebody asks, under a lease that ends by itself when its holder
dies; "answered" with the answer's text; "unusable" with a reason, so that a question which the model does not answer
usefully is not paid for again. An item holds no user's name or id: its key is a hash that only who has the document can
compute. DynamoDB deletes expired items within days, not at once ("Using time to live"), so expiry is checked here.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Literal

import msgspec

from chalicelib.adapters.dynamodb import DynamoDB, from_plain
from chalicelib.errors import Conflict

TABLE = "ExtractionCache"
#: Seconds for which an outcome counts: long enough for retries, copies of a mail and repeated imports.
LIFETIME_SECONDS = 30 * 86_400
#: A DynamoDB item holds 400 KB.
_LONGEST_ANSWER_BYTES = 350_000

_FREE = "attribute_not_exists(ContentHash) OR expires_at < :now OR (outcome = :asking AND lease_until < :now)"
_OPEN = "attribute_not_exists(ContentHash) OR outcome = :asking"


class CachedOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a question ended: with an answer's text, or without one for a stable snake_case ``reason``."""

    outcome: Literal["answered", "unusable"]
    answer: str | None = None
    reason: str | None = None


class ExtractionCache:
    """Outcomes by question. ``clock`` tells epoch seconds."""

    def __init__(self, dynamodb: DynamoDB, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._clock = clock

    def find(self, question: str) -> CachedOutcome | None:
        """The outcome, or ``None`` when there is none yet or it has expired."""
        item = self._dynamodb.get(TABLE, {"ContentHash": question})
        if item is None or item["outcome"] == "asking" or item["expires_at"] < self._now:
            return None
        return from_plain(item, CachedOutcome)

    def claim(self, question: str, lease_seconds: float) -> str | None:
        """The right to ask, as the name of the lease; ``None`` when somebody else has it or an outcome is there."""
        lease = uuid.uuid4().hex
        now = self._now
        try:
            self._dynamodb.update(
                TABLE,
                {"ContentHash": question},
                "SET outcome = :asking, lease = :lease, lease_until = :until, expires_at = :expiry"
                " REMOVE answer, reason",
                {
                    ":asking": "asking",
                    ":lease": lease,
                    ":until": now + int(lease_seconds),
                    ":expiry": now + LIFETIME_SECONDS,
                    ":now": now,
                },
                condition=_FREE,
            )
        except Conflict:
            return None
        return lease

    def release(self, question: str, lease: str) -> None:
        """Gives the right back after a failure that may pass, so that nobody has to wait for the lease's end."""
        try:
            self._dynamodb.update(
                TABLE,
                {"ContentHash": question},
                "SET lease_until = :over",
                {":over": 0, ":lease": lease, ":asking": "asking"},
                condition="lease = :lease AND outcome = :asking",
            )
        except Conflict:
            return

    def keep(self, question: str, answer: str) -> None:
        """Remembers an answer, whoever holds the lease by now; the first outcome stays."""
        if len(answer.encode()) > _LONGEST_ANSWER_BYTES:
            self.keep_unusable(question, "too_long")
        else:
            self._finish(question, {"outcome": "answered", "answer": answer})

    def keep_unusable(self, question: str, reason: str) -> None:
        """Remembers that the model has no usable answer."""
        self._finish(question, {"outcome": "unusable", "reason": reason})

    @property
    def _now(self) -> int:
        return int(self._clock())

    def _finish(self, question: str, outcome: dict[str, str]) -> None:
        assignments = ", ".join(f"{name} = :{name}" for name in outcome)
        values = {f":{name}": value for name, value in outcome.items()}
        try:
            self._dynamodb.update(
                TABLE,
                {"ContentHash": question},
                f"SET {assignments}, expires_at = :expiry REMOVE lease, lease_until",
                {**values, ":expiry": self._now + LIFETIME_SECONDS, ":asking": "asking"},
                condition=_OPEN,
            )
        except Conflict:
            return
