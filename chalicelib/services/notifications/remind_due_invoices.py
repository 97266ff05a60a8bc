"""Reminding people of unpaid rent, once an invoice, as many days before it is due as each of them likes.

The daily schedule finds what is due and enqueues one job an invoice; the job reminds. A day on which the schedule did
not run is made up for by the next, since everything is reminded of that is due within a person's days, not on the last
of them only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import RemindJob
from chalicelib.domain.notifications import reminder
from chalicelib.domain.preferences import MOST_REMINDER_DAYS
from chalicelib.errors import DependencyFailure, InvoiceNotFound

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.adapters.users import Users
    from chalicelib.domain.rental import RentalInvoice
    from chalicelib.services.notifications.announce import Announce

#: People whose preferences are looked up with one call (DynamoDB API reference, BatchGetItem).
_PEOPLE_PER_CALL = 100


@dataclass(frozen=True, slots=True)
class RemindDueInvoices:
    """Finding what is due, and reminding of it. "Today" is the landlords' day, in ``time_zone``."""

    users: Users
    invoices: RentalInvoices
    announce: Announce
    queue: IngestionQueue
    time_zone: ZoneInfo

    def enqueue(self) -> int:
        """One job for each invoice that its owner is to be reminded of; answers how many."""
        today = self._today()
        due = self.invoices.unpaid_due_between(today, today + timedelta(days=MOST_REMINDER_DAYS))
        return self.queue.send(self._wished_for(due, today))

    def remind(self, job: RemindJob) -> None:
        """Reminds of one invoice, unless it was paid, deleted or reminded of meanwhile, or is overdue.

        Raises ``DependencyFailure`` when nothing could be sent; the next attempt may then.
        """
        try:
            invoice = self.invoices.get(job.user_id, job.invoice_id)
        except InvoiceNotFound:
            return
        if invoice.due_date is None or invoice.due_date < self._today():
            return
        if not self.invoices.claim_reminder(job.user_id, job.invoice_id):
            return
        try:
            self.announce(job.user_id, reminder(invoice, invoice.due_date, (invoice.due_date - self._today()).days))
        except DependencyFailure:
            self.invoices.return_reminder(job.user_id, job.invoice_id)
            raise

    def _today(self) -> date:
        return datetime.now(self.time_zone).date()

    def _wished_for(self, due: Iterable[RentalInvoice], today: date) -> Iterator[RemindJob]:
        waiting = iter(due)
        while some := list(islice(waiting, _PEOPLE_PER_CALL)):
            preferences = self.users.preferences_of({invoice.user_id for invoice in some})
            for invoice in some:
                wished = preferences.get(invoice.user_id)
                if wished and invoice.due_date and 0 < wished.reminder_days >= (invoice.due_date - today).days:
                    yield RemindJob(user_id=invoice.user_id, invoice_id=invoice.invoice_id)
