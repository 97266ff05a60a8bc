"""Gmail's promise to tell us of new mail (``users.watch``): asked for, renewed, and given back.

A watch holds for a week at most (Gmail API guide, "Push notifications", "Renew mailbox watch"); what it tells comes to
``receive_gmail_push``. All of it is optional: without a topic nothing here does anything, and mail waits for the
schedules.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import RenewWatchJob
from chalicelib.errors import DependencyFailure, GmailReauthRequired, PayPulseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.users import Users
    from chalicelib.domain.users import User

_log = logging.getLogger(__name__)
#: A daily schedule then has two tries before a watch ends.
_RENEWED_BEFORE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class GmailWatches:
    """Watches of people's inboxes. ``topic`` is the Pub/Sub topic that Gmail publishes to; empty: there are none."""

    users: Users
    queue: IngestionQueue
    topic: str

    def request(self, user_id: str) -> None:
        """Has a watch set up soon. Never fails: what is missed here, the daily schedule makes up for."""
        if not self.topic:
            return
        try:
            self.queue.send([RenewWatchJob(user_id=user_id)])
        except DependencyFailure as exc:
            _log.warning("the watch of %s has to wait for the schedule: %s", user_id, exc)

    def enqueue_due(self) -> int:
        """One job for each connected user whose watch ends soon or was never set up; answers how many."""
        if not self.topic:
            return 0
        due = self.users.ids_with_watch_until(datetime.now(UTC) + _RENEWED_BEFORE)
        return self.queue.send(RenewWatchJob(user_id=user_id) for user_id in due)

    def renew(self, user: User, mailbox: GmailMailbox) -> None:
        """Sets up or prolongs a watch. Raises ``GmailReauthRequired`` and ``DependencyFailure``."""
        if not self.topic or user.gmail_email is None:
            return
        try:
            expires_at = mailbox.watch(self.topic)
        except GmailReauthRequired as exc:
            # Gmail answers 403 also when it may not publish to our topic, which is no reason to bother a person: an
            # account that is really lost refuses the cheapest of all calls too.
            mailbox.history_id()
            raise DependencyFailure("gmail", "watch", "forbidden") from exc
        if not self.users.keep_watch(user.user_id, user.gmail_email, expires_at):
            _log.info("%s let go of the account meanwhile", user.user_id)
            self.stop(user, lambda: mailbox)

    def stop(self, user: User, open_mailbox: Callable[[], GmailMailbox]) -> None:
        """Gives a watch back, if it can be done at once; one that is not stopped ends by itself within the week."""
        if not self.topic:
            return
        try:
            open_mailbox().stop_watching()
        except PayPulseError as exc:
            _log.info("the watch of %s ends by itself: %s", user.user_id, exc)
