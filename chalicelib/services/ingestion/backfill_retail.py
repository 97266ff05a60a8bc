"""Historical retail mail, in bounded windows, in the background."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.days import checked_day
from chalicelib.domain.runs import Run
from chalicelib.errors import InvalidRequest, ValidationFailed

if TYPE_CHECKING:
    from chalicelib.adapters.runs import Runs
    from chalicelib.domain.users import User
    from chalicelib.services.ingestion.ingest_mail import IngestMail
    from chalicelib.services.ingestion.ingestion_windows import IngestionWindows

#: Gmail began in 2004; without a wish, a backfill goes back this many years.
_FIRST_YEAR = 2004
_USUAL_YEARS = 5
_MONTHS_PER_WINDOW = 3


@dataclass(frozen=True, slots=True)
class BackfillRetail:
    """Starts and cancels backfills."""

    ingest: IngestMail
    runs: Runs
    windows: IngestionWindows

    def start(self, user: User, start_year: int | None, end_date: str | None) -> Run:
        """A run over everything from the first of January of a year to a day (included), newest windows first.

        Raises ``ValidationFailed`` and ``GmailReauthRequired``.
        """
        end = checked_day("end_date", end_date) if end_date else self.windows.today()
        year = start_year if start_year is not None else end.year - _USUAL_YEARS
        if not _FIRST_YEAR <= year <= end.year:
            raise ValidationFailed("start_year", f"must be from {_FIRST_YEAR} to {end.year}")
        start = date(year, 1, 1)
        months = (end.year - start.year) * 12 + end.month
        count = -(-months // _MONTHS_PER_WINDOW)
        run = self.ingest.new_run(user, "retail_backfill", self.windows.between(start, end), windows=count)
        return self.ingest.in_background(run)

    def cancel(self, user: User, run_id: str) -> Run:
        """Stops a run after the batch in hand; what is stored stays. Raises ``NotFound`` and ``InvalidRequest``."""
        self.runs.get(user.user_id, run_id)
        if not self.runs.finish(user.user_id, run_id, "cancelled"):
            raise InvalidRequest("run_id: the ingestion has ended already")
        return self.runs.get(user.user_id, run_id)
