"""A change of a mailbox, told by Gmail, becomes a look into it."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import IngestionJob, SyncMailboxJob

if TYPE_CHECKING:
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.sync_slots import SyncSlots
    from chalicelib.adapters.users import Users
    from chalicelib.domain.runs import RunKind
    from chalicelib.services.ingestion.ingest_mail import IngestMail

_log = logging.getLogger(__name__)
#: Rent first: it is what gets announced.
_KINDS: tuple[RunKind, ...] = ("rental_latest", "retail")


@dataclass(frozen=True, slots=True)
class BookSync:
    """Puts a sync on the queue unless one that covers the signal is booked already."""

    queue: IngestionQueue
    slots: SyncSlots

    def __call__(self, job: SyncMailboxJob) -> bool:
        """Whether the job was enqueued. Raises ``DependencyFailure``; the same job may then be booked again."""
        wait = self.slots.book(job.user_id, job.booking)
        if wait is None:
            return False
        self.queue.send([job], math.ceil(wait))
        self.slots.confirm(job.user_id, job.booking)
        return True


@dataclass(frozen=True, slots=True)
class ReceiveGmailPush:
    """Only says that something changed: what is new, the ingestion finds out itself.

    So a message that comes twice, late or out of order costs a look at most, and nothing in it has to be believed.
    """

    users: Users
    book: BookSync

    def __call__(self, gmail_address: str, message_id: str) -> int:
        """Has everybody synced who connected the address and has no sync coming; answers how many people.

        An address that nobody connected is fine. Raises ``DependencyFailure``: then the message has to come again.
        """
        people = self.users.ids_with_gmail_address(gmail_address)
        booked = sum(self.book(SyncMailboxJob(user_id=user_id, signal=message_id)) for user_id in people)
        _log.info("a change of a mailbox made %d syncs", booked)
        return booked


@dataclass(frozen=True, slots=True)
class SyncMailbox:
    """Works on what a push put on the queue."""

    runs: Runs
    ingest_mail: IngestMail
    book: BookSync

    def __call__(self, job: SyncMailboxJob, work_seconds: float) -> None:
        """Looks for every kind of mail, one after the other, since two runs of a user never work at the same time.

        While another run works, the look is put off rather than left to that run, which may have looked before the
        change; however many pushes come meanwhile, one sync waits.
        """
        if self.runs.is_somebodys_turn(job.user_id):
            self.book(job.put_off())
            return
        for kind in _KINDS:
            self.ingest_mail.work_on(IngestionJob(user_id=job.user_id, kind=kind), work_seconds / len(_KINDS))
