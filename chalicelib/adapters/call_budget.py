"""A number of paid calls a week, for all users together: a counter in RateLimits that moves only below its limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.errors import Conflict

TABLE = "RateLimits"
_KEPT_FOR = timedelta(days=15)


def _now() -> datetime:
    return datetime.now(UTC)


class WeeklyCallBudget:
    """``most`` calls an ISO week (in UTC), counted before each call; a call that fails has been counted too."""

    def __init__(self, dynamodb: DynamoDB, name: str, most: int, clock: Callable[[], datetime] = _now) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._most = most
        self._clock = clock

    def take(self) -> bool:
        """Whether one more call may be made."""
        now = self._clock()
        year, week, _ = now.isocalendar()
        if self._most <= 0:
            return False
        try:
            self._dynamodb.update(
                TABLE,
                {"LimitKey": f"{self._name}#{year}-W{week:02d}"},
                "SET expires_at = :expires ADD calls :one",
                {":expires": int((now + _KEPT_FOR).timestamp()), ":one": 1, ":most": self._most},
                condition="attribute_not_exists(calls) OR calls < :most",
            )
        except Conflict:
            return False
        return True
