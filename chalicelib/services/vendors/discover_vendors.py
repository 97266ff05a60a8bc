"""The weekly sweep for vendors that nobody configured, for people who asked for it.

It reads overviews of receipt-looking mail, never a body, and proposes senders; it records no invoice and configures
nothing. Repeating a sweep changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import DiscoverVendorsJob
from chalicelib.errors import DependencyFailure, GmailReauthRequired, UserNotFound
from chalicelib.parsing.model.sender_prompt import SenderVerdict, build_sender_prompt, read_sender_verdicts
from chalicelib.parsing.receipts.senders import Sender, questions, suggested, unknown_senders
from chalicelib.parsing.receipts.vocabulary.receipt_search import receipt_query

if TYPE_CHECKING:
    from chalicelib.adapters.call_budget import WeeklyCallBudget
    from chalicelib.adapters.gemini import Gemini
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.user_vendors import UserVendors
    from chalicelib.adapters.users import Users
    from chalicelib.adapters.vendors import Vendors
    from chalicelib.domain.users import User
    from chalicelib.domain.vendor_suggestions import MailOverview, VendorSuggestion
    from chalicelib.services.gmail.gmail_connection import GmailConnections

_log = logging.getLogger(__name__)
#: The first sweep looks back a month, the later ones a week and the day that a late schedule may cost.
_FIRST_LOOK, _LATER_LOOK = timedelta(days=28), timedelta(days=8)
#: 200 gets are 4,000 of the 6,000 quota units that Gmail grants a user in a minute.
_MOST_MESSAGES, _MESSAGES_PER_BATCH = 200, 50
#: A mailbox that yields more strangers than this is being flooded.
_MOST_SUGGESTIONS = 200


@dataclass(frozen=True, slots=True)
class DiscoverVendors:
    """Enqueueing one job a user, and working on one."""

    users: Users
    vendors: Vendors
    user_vendors: UserVendors
    connections: GmailConnections
    queue: IngestionQueue
    gemini: Gemini
    budget: WeeklyCallBudget

    def enqueue(self, day: date) -> int:
        """A job for each connected user who wants vendors discovered; the sweep is named after its day."""
        people = self.users.ids_who_discover_vendors()
        return self.queue.send(DiscoverVendorsJob(user_id=each, sweep=day.isoformat()) for each in people)

    def sweep(self, job: DiscoverVendorsJob) -> None:
        """Proposes what the mail of one user suggests. Raises ``DependencyFailure`` when AWS or Gmail failed."""
        try:
            user = self.users.get(job.user_id)
        except UserNotFound:
            return
        if not user.preferences.discover_vendors or user.gmail_status != "connected":
            return
        before = self.user_vendors.of_user(user.user_id)
        try:
            overviews = list(self._overviews(user, _FIRST_LOOK if not before else _LATER_LOOK))
        except GmailReauthRequired:
            self.connections.require_reauth(user.user_id)
            return
        self._propose(job, overviews, before)

    def _overviews(self, user: User, look_back: timedelta) -> Iterator[MailOverview]:
        mailbox = self.connections.open(user)
        query = receipt_query(int((datetime.now(UTC) - look_back).timestamp()))
        newest = list(islice((each for page in mailbox.search(query) for each in page), _MOST_MESSAGES))
        for start in range(0, len(newest), _MESSAGES_PER_BATCH):
            yield from mailbox.overviews(newest[start : start + _MESSAGES_PER_BATCH])

    def _propose(
        self, job: DiscoverVendorsJob, overviews: Sequence[MailOverview], before: Sequence[VendorSuggestion]
    ) -> None:
        known = self.vendors.all()
        decided = [row.as_vendor() for row in before if row.state != "proposed"]
        senders = unknown_senders(overviews, [*known, *decided])
        proposed = {row.domain for row in before}
        if len(proposed) >= _MOST_SUGGESTIONS:
            senders = [sender for sender in senders if sender.domain in proposed]
        verdicts = self._verdicts(senders)
        made = 0
        for number, sender in enumerate(senders, start=1):
            vendor = suggested(sender, verdicts.get(number), known)
            if vendor is not None:
                made += self.user_vendors.propose(job.user_id, vendor, job.sweep)
        _log.info("sweep of %s: %d mails, %d senders, %d proposals", job.user_id, len(overviews), len(senders), made)

    def _verdicts(self, senders: Sequence[Sender]) -> dict[int, SenderVerdict]:
        """What a model says of all senders, in one call; nothing without a key, calls left, or a usable answer."""
        try:
            if not senders or not self.gemini.is_available or not self.budget.take():
                return {}
            answer = self.gemini.extract(build_sender_prompt(questions(senders)))
            return read_sender_verdicts(answer, len(senders))
        except DependencyFailure as exc:
            _log.info("rules decide alone: %s", exc.reason)
            return {}
