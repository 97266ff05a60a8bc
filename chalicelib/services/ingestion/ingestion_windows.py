"""Which span of mail each kind of ingestion searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.mail import SearchWindow

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.runs import RunKind
    from chalicelib.domain.users import User

#: Landlords send notices well before the rent is due, now and then in the last days of the month before.
_EARLY_NOTICE = timedelta(days=7)
#: How far back retail mail is looked for the first time.
FIRST_RETAIL_FETCH = timedelta(days=30)
#: Mail may reach Gmail's search index late; the ledger knows what the overlap brings again.
_OVERLAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IngestionWindows:
    """Spans in the zone that "this month" and a bare date are meant in."""

    time_zone: ZoneInfo

    def month_start(self) -> datetime:
        """When this month began."""
        now = datetime.now(self.time_zone)
        return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def of(self, kind: RunKind, user: User) -> SearchWindow:
        """The span of a run without dates of its own."""
        if kind == "rental":
            return SearchWindow()
        if kind == "rental_latest":
            return SearchWindow(after=self.month_start() - _EARLY_NOTICE)
        since = user.last_retail_invoice_fetch
        now = datetime.now(UTC)
        return SearchWindow(after=since - _OVERLAP if since else now - FIRST_RETAIL_FETCH, before=now)

    def between(self, start: date, end: date) -> SearchWindow:
        """Whole days, both included."""
        return SearchWindow(self._midnight(start), self._midnight(end + timedelta(days=1)))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.time_zone).astimezone(UTC)

    def days(self, window: SearchWindow) -> tuple[date, date]:
        """The first and the last day that a window covers."""
        end = window.before or datetime.now(UTC)
        last = (end - timedelta(microseconds=1)).astimezone(self.time_zone).date()
        return (window.after or end).astimezone(self.time_zone).date(), last

    def today(self) -> date:
        """The day that it is there."""
        return datetime.now(self.time_zone).date()
