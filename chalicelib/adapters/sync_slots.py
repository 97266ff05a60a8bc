"""When a user's mailbox may be synced next: at most once an interval, and always once more after the last signal.

Gmail signals up to one change a second and user (Gmail API guide, "Push notifications", "Max notification rate"), each
delivered at least once and in any order. One item a user in RateLimits holds ``next_at``, from when on a signal finds
the way clear. The first signal is worked on at once; the next within the interval books the slot at its end; those
until then are covered, since the booked sync begins after them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from chalicelib.adapters.dynamodb import DynamoDB, Item
from chalicelib.errors import Conflict, DependencyThrottled

TABLE = "RateLimits"
_ATTEMPTS = 8
_KEPT_SECONDS = 3600


class SyncSlots:
    """One sync an interval and user. ``clock`` is seconds since the epoch."""

    def __init__(self, dynamodb: DynamoDB, interval: float, clock: Callable[[], float] = time.time) -> None:
        self._dynamodb = dynamodb
        self._interval = interval
        self._clock = clock

    def book(self, user_id: str, signal_id: str) -> float | None:
        """Seconds from now at which to sync for this signal; ``None`` when a sync that covers it is booked already.

        Whoever gets a time enqueues the sync and then calls ``confirm``. A signal that comes again because that did
        not happen gets its time again.
        """
        for _attempt in range(_ATTEMPTS):
            item = self._dynamodb.get(TABLE, _key(user_id))
            now = self._clock()
            free_at = max(now, float(item["next_at"]) if item else now)
            if item and free_at > now:
                if item["signal"] == signal_id:
                    return None if item["confirmed"] else max(0.0, free_at - self._interval - now)
                if free_at > now + self._interval:
                    return None
            if self._take(user_id, item, free_at + self._interval, signal_id):
                return free_at - now
        raise DependencyThrottled("dynamodb", "PutItem", "slots_contended", 1.0)

    def _take(self, user_id: str, before: Item | None, next_at: float, signal_id: str) -> bool:
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id),
                "SET next_at = :next, #signal = :signal, confirmed = :no, expires_at = :expires",
                {
                    ":next": Decimal(f"{next_at:.3f}"),
                    ":signal": signal_id,
                    ":no": False,
                    ":before": before["next_at"] if before else Decimal(0),
                    ":expires": int(next_at) + _KEPT_SECONDS,
                },
                names={"#signal": "signal"},
                condition="attribute_not_exists(next_at) OR next_at = :before",
            )
        except Conflict:
            return False
        return True

    def confirm(self, user_id: str, signal_id: str) -> None:
        """The sync that this signal booked is on the queue; nothing to do when another signal has booked since."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id),
                "SET confirmed = :yes",
                {":yes": True, ":signal": signal_id},
                names={"#signal": "signal"},
                condition="#signal = :signal",
            )
        except Conflict:
            return

    def forget(self, user_id: str) -> None:
        """Erases what is kept of a user."""
        self._dynamodb.delete(TABLE, _key(user_id))


def _key(user_id: str) -> dict[str, str]:
    return {"LimitKey": f"gmail-push#{user_id}"}
