"""Counters of what may be done only so often, in the table RateLimits.

One item a limit, subject and window of time, raised by one update an attempt. The subject (an e-mail address, a source
address, a user's id) is kept as a hash only, and DynamoDB removes the item some time after its window.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.domain.limits import Limit
from chalicelib.errors import RateLimited

TABLE = "RateLimits"


class RateLimits:
    """Counts attempts. ``clock`` is seconds since the epoch."""

    def __init__(self, dynamodb: DynamoDB, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._clock = clock

    def count(self, limit: Limit, *subject: str) -> None:
        """Counts one attempt of a subject. Raises ``RateLimited`` from the one on that is too many in its window."""
        if limit.most <= 0:
            return
        now = self._clock()
        window = int(now // limit.seconds)
        ends = (window + 1) * limit.seconds
        item = self._dynamodb.update(
            TABLE,
            {"LimitKey": f"{limit.name}#{_digest(subject)}#{window}"},
            "SET expires_at = :expires ADD attempts :one",
            {":expires": ends, ":one": 1},
        )
        if item["attempts"] > limit.most:
            raise RateLimited("Too many attempts. Please try again later.", retry_after=max(1, int(ends - now) + 1))


def _digest(subject: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(subject).encode("utf-8", "replace")).hexdigest()[:32]
