"""Rental ingestion as people ask for it: everything, or this month's notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.runs import Run

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.domain.users import User
    from chalicelib.services.ingestion.ingest_mail import IngestMail
    from chalicelib.services.ingestion.ingestion_windows import IngestionWindows

LatestOutcome = Literal["ingested", "had_it", "not_there_yet"]


@dataclass(frozen=True, slots=True)
class IngestRental:
    """Starts rental runs for a request."""

    ingest: IngestMail
    invoices: RentalInvoices
    windows: IngestionWindows

    def everything(self, user: User) -> Run:
        """All rental notices in the inbox, however old."""
        return self.ingest.for_request(user, "rental")

    def latest(self, user: User) -> LatestOutcome:
        """This month's notice: one whose mail came this month (or just before), or that is due this month."""
        if self.ingest.for_request(user, "rental_latest").new_invoices > 0:
            return "ingested"
        return "had_it" if self._has_this_month(user, self.windows.month_start()) else "not_there_yet"

    def _has_this_month(self, user: User, start: datetime) -> bool:
        today = self.windows.today()
        this_month = (str(today.year), str(today.month))
        return any(
            invoice.mail_date >= start or (invoice.due_date_year, invoice.due_date_month) == this_month
            for invoice in self.invoices.of_user(user.user_id)
        )
