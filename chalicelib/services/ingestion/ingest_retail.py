"""Retail ingestion as people ask for it: since the last time, or between two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.days import checked_day
from chalicelib.domain.mail import SearchWindow
from chalicelib.domain.runs import Run
from chalicelib.errors import InvalidRequest, ValidationFailed

if TYPE_CHECKING:
    from chalicelib.domain.users import User
    from chalicelib.services.ingestion.ingest_mail import IngestMail
    from chalicelib.services.ingestion.ingestion_windows import IngestionWindows


class RetailIngestion(NamedTuple):
    """A run, and the days that it searched (both included)."""

    run: Run
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class IngestRetail:
    """Starts retail runs for a request."""

    ingest: IngestMail
    windows: IngestionWindows

    def __call__(
        self, user: User, start_date: str | None, end_date: str | None, vendor_category: str | None
    ) -> RetailIngestion:
        """Both dates (YYYY-MM-DD) or none. Raises ``InvalidRequest`` and ``ValidationFailed``."""
        if vendor_category is not None and vendor_category not in CATEGORIES:
            raise ValidationFailed("vendor_category", f"must be one of {', '.join(CATEGORIES)}")
        run = self.ingest.for_request(user, "retail", self._window(start_date, end_date), vendor_category)
        return RetailIngestion(run, *self.windows.days(SearchWindow(run.after, run.before)))

    def _window(self, start_date: str | None, end_date: str | None) -> SearchWindow | None:
        if start_date is None and end_date is None:
            return None
        if start_date is None or end_date is None:
            raise InvalidRequest("start_date and end_date: give both or none")
        start, end = checked_day("start_date", start_date), checked_day("end_date", end_date)
        if start > end:
            raise ValidationFailed("start_date", "must not be after end_date")
        return self.windows.between(start, end)
