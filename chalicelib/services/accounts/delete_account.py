"""Deleting a person and everything that is theirs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.exports import export_prefix
from chalicelib.domain.jobs import RETRY_DELAYS, FinishDeletionJob
from chalicelib.errors import DependencyFailure

if TYPE_CHECKING:
    from chalicelib.adapters.departures import Departures
    from chalicelib.adapters.exports import Exports
    from chalicelib.adapters.gmail_quota import GmailQuota
    from chalicelib.adapters.google_oauth import GoogleOAuth
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.adapters.retail_invoices import RetailInvoices
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.adapters.s3_archives import Archives
    from chalicelib.adapters.secrets import GmailGrants
    from chalicelib.adapters.sessions import Sessions
    from chalicelib.adapters.sns import Announcer
    from chalicelib.adapters.sync_slots import SyncSlots
    from chalicelib.adapters.user_vendors import UserVendors
    from chalicelib.domain.users import User
    from chalicelib.services.gmail.gmail_connection import GmailConnections
    from chalicelib.services.notifications.email_subscriptions import EmailSubscriptions

_log = logging.getLogger(__name__)
#: Longer than a request may take: by then it has ended, one way or another.
_AFTER_THE_REQUEST = 30
#: Failed attempts, up to a quarter of an hour apart, before a person has to look: about half a day.
_MOST_ATTEMPTS = 50
#: How often Google is asked to take the grant back before we forget it without.
_MOST_REVOCATIONS = len(RETRY_DELAYS)


@dataclass(frozen=True, slots=True)
class DeleteAccount:
    """Removes a user from every place that knows them.

    First of all they are gone for everybody (see ``adapters.departures``), so that whatever is in flight writes nothing
    and a half-deleted account lets nobody in. What they had is erased page by page, in the request for as long as that
    may take, then by jobs. Each step can be done again, and a job is on the queue before the first of them: whatever
    dies, somebody goes on.
    """

    departures: Departures
    grants: GmailGrants
    oauth: GoogleOAuth
    connections: GmailConnections
    announcer: Announcer
    subscriptions: EmailSubscriptions
    sessions: Sessions
    rental_invoices: RentalInvoices
    retail_invoices: RetailInvoices
    ledger: Ledger
    runs: Runs
    files: InvoiceFiles
    archives: Archives
    slots: SyncSlots
    quota: GmailQuota
    user_vendors: UserVendors
    exports: Exports
    queue: IngestionQueue
    answer_seconds: float = 5.0

    def __call__(self, user: User) -> None:
        """Deletes, or begins to. Raises ``UserNotFound``, and ``DependencyFailure`` when it could not even begin."""
        self.queue.send([FinishDeletionJob(user_id=user.user_id)], _AFTER_THE_REQUEST)
        leaving = self.departures.begin(user.user_id)
        try:
            self._erase(user.user_id, leaving, self.answer_seconds, attempt=0)
        except DependencyFailure as exc:
            _log.warning("the deletion of %s goes on later: %s", user.user_id, exc)

    def finish(self, job: FinishDeletionJob, seconds: float) -> None:
        """A job from the queue: goes on; and after everything is done, erases what was being written meanwhile.

        Raises ``DependencyFailure`` when it has been tried too often.
        """
        if self.departures.has_not_begun(job.user_id):
            return
        try:
            done = self._erase(job.user_id, self.departures.find(job.user_id), seconds, job.attempt)
        except DependencyFailure as exc:
            if job.attempt >= _MOST_ATTEMPTS:
                raise
            _log.warning("the deletion of %s goes on later: %s", job.user_id, exc)
            delay = RETRY_DELAYS[min(job.attempt, len(RETRY_DELAYS) - 1)]
            self.queue.send([FinishDeletionJob(user_id=job.user_id, attempt=job.attempt + 1)], delay)
            return
        if not done:
            self.queue.send([FinishDeletionJob(user_id=job.user_id)])

    def _erase(self, user_id: str, leaving: User | None, seconds: float, attempt: int) -> bool:
        """False when there was not enough time. Raises ``DependencyFailure``: Google's after all the rest was done."""
        until = time.monotonic() + seconds
        not_revoked = self._leave_neighbours(leaving) if leaving else None
        if not self._erase_pages(user_id, until):
            return False
        if not_revoked and attempt < _MOST_REVOCATIONS:
            raise not_revoked
        self.grants.forget(user_id)
        if leaving:
            if leaving.email_subscription_arn:
                self.subscriptions.end_for_good(leaving.email_subscription_arn)
            self.departures.end(leaving)
        return True

    def _leave_neighbours(self, user: User) -> DependencyFailure | None:
        """Gives the grant back to Google, and ends push. Answers why Google did not take it, if so."""
        for device in user.devices.values():
            self.announcer.remove_device(device.endpoint_arn)
        grant = self.grants.find(user.user_id)
        if grant is None:
            return None
        self.connections.stop_watch(user)
        try:
            self.oauth.revoke(grant)
        except DependencyFailure as exc:
            return exc
        self.grants.forget(user.user_id)
        return None

    def _erase_pages(self, user_id: str, until: float) -> bool:
        """Every store in turn, until it has nothing left; false when time is up before."""
        for erase_page in self._stores(user_id):
            while erase_page():
                if time.monotonic() > until:
                    return False
        self.slots.forget(user_id)
        self.quota.forget(user_id)
        self.sessions.close_all(user_id)
        return True

    def _stores(self, user_id: str) -> Iterator[Callable[[], int]]:
        """For each store what deletes one page of it, and answers how much was on it."""
        yield lambda: self.files.delete_page(f"invoices/{user_id}/")
        yield lambda: self.archives.abort_page(export_prefix(user_id))
        yield lambda: self.files.delete_page(export_prefix(user_id))
        yield lambda: self.exports.delete_page(user_id)
        yield lambda: self.rental_invoices.delete_page(user_id)
        yield lambda: self.retail_invoices.delete_page(user_id)
        yield lambda: self.ledger.delete_page(user_id)
        yield lambda: self.runs.delete_page(user_id)
        yield lambda: self.user_vendors.delete_page(user_id)
