"""Gmail's quota for one user, kept where every function sees it: 6,000 units in any 60 seconds.

Units are those of the Gmail API's "Usage limits" page: messages.get 20, messages.list 5, history.list 2, getProfile 1.
The spending of the last minute is one small item in RateLimits, changed under a revision, so that parallel workers of
one user cannot both spend the same units.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from chalicelib.adapters.dynamodb import DynamoDB, Item
from chalicelib.errors import Conflict, DependencyThrottled

TABLE = "RateLimits"
UNITS_PER_MINUTE = 6_000
#: A second more than the minute: our clock and Google's need not agree.
_WINDOW_SECONDS = 61.0
_ATTEMPTS = 8

UNITS = {"messages.get": 20, "messages.list": 5, "history.list": 2, "getProfile": 1, "watch": 100, "stop": 50}


class GmailQuota:
    """Hands out units. ``clock`` is seconds since the epoch."""

    def __init__(self, dynamodb: DynamoDB, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._clock = clock

    def take(self, user_id: str, units: int) -> float:
        """Spends units, or answers after how many seconds there will be enough of them (0 means: spent)."""
        key = _key(user_id)
        for _attempt in range(_ATTEMPTS):
            item = self._dynamodb.get(TABLE, key) or {}
            now = self._clock()
            spent = [
                (float(moment), int(amount))
                for moment, amount in item.get("spent", [])
                if float(moment) > now - _WINDOW_SECONDS
            ]
            wait = _wait(spent, units, now)
            if wait > 0:
                return wait
            if self._write(key, item, [*spent, (now, units)], now):
                return 0.0
        raise DependencyThrottled("gmail", "quota", "quota_contended", 1.0)

    def forget(self, user_id: str) -> None:
        """Erases what is kept of a user."""
        self._dynamodb.delete(TABLE, _key(user_id))

    def _write(self, key: Item, before: Item, spent: list[tuple[float, int]], now: float) -> bool:
        revision = int(before.get("revision", 0))
        try:
            self._dynamodb.update(
                TABLE,
                {"LimitKey": key["LimitKey"]},
                "SET spent = :spent, revision = :next, expires_at = :expires",
                {
                    ":spent": [[Decimal(f"{moment:.3f}"), amount] for moment, amount in spent],
                    ":next": revision + 1,
                    ":before": revision,
                    ":expires": int(now) + 3600,
                },
                condition="attribute_not_exists(revision) OR revision = :before",
            )
        except Conflict:
            return False
        return True


def _key(user_id: str) -> Item:
    return {"LimitKey": f"gmail#{user_id}"}


def _wait(spent: list[tuple[float, int]], units: int, now: float) -> float:
    """Seconds until enough of the minute's spending has run out."""
    excess = sum(amount for _, amount in spent) + units - UNITS_PER_MINUTE
    if excess <= 0:
        return 0.0
    for moment, amount in sorted(spent):
        excess -= amount
        if excess <= 0:
            return max(0.05, moment + _WINDOW_SECONDS - now)
    return _WINDOW_SECONDS
