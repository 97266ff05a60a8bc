"""Ingestion runs: look through one user's inbox, keep every new document, until the inbox is worked off.

Safe to repeat, to interrupt anywhere, and to run twice at once. Each message has a row of its own that is written only
when all of its documents are stored; until then the next run downloads it again and meets the same document ids, keys
and conditions. Parsing is not done here: S3 tells the parser of each file.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.gmail import SyncPoint
from chalicelib.domain.jobs import RETRY_DELAYS, IngestionJob
from chalicelib.domain.mail import SearchWindow
from chalicelib.domain.runs import Run, RunKind, new_run_id
from chalicelib.domain.vendors import fingerprint
from chalicelib.errors import (
    DependencyFailure,
    DependencyThrottled,
    GmailReauthRequired,
    NotFound,
    PayPulseError,
)

if TYPE_CHECKING:
    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.users import Users
    from chalicelib.domain.users import User
    from chalicelib.services.documents.finish_run import FinishRun
    from chalicelib.services.gmail.gmail_connection import GmailConnections
    from chalicelib.services.ingestion.find_messages import FindMessages
    from chalicelib.services.ingestion.ingestion_windows import IngestionWindows
    from chalicelib.services.ingestion.mend_documents import MendDocuments
    from chalicelib.services.ingestion.store_messages import StoreMessages
    from chalicelib.services.notifications.notify_new_invoice import NotifyNewInvoice

_log = logging.getLogger(__name__)
#: A worker that has not renewed its lease for this long has died.
_LEASE_SECONDS = 120
#: A run whose workers die goes on a few times: the cause may be in the run.
_MOST_CRASHES = 3
_POLL_SECONDS = 0.2
#: A run whose turn it is not, or whose user has no quota left, asks again after so many seconds.
_TURN_SECONDS = 30
_STRANDED_AFTER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class IngestMail:
    """Starts runs, works on them until a deadline, and hands the rest to the queue.

    A request's run works for ``work_seconds``, then waits for the parser until ``answer_seconds`` are over.
    """

    users: Users
    connections: GmailConnections
    runs: Runs
    find: FindMessages
    store: StoreMessages
    mend: MendDocuments
    notify: NotifyNewInvoice
    queue: IngestionQueue
    finish_run: FinishRun
    windows: IngestionWindows
    work_seconds: float
    answer_seconds: float

    def for_request(
        self, user: User, kind: RunKind, window: SearchWindow | None = None, vendor_category: str | None = None
    ) -> Run:
        """A run as far as it gets while its requester waits; the user's running one, if there is one.

        Raises ``GmailReauthRequired``, and ``DependencyFailure`` when AWS or Gmail failed; what is stored stays.
        """
        answer_by = time.monotonic() + self.answer_seconds
        run = self._start(user, self.new_run(user, kind, window, vendor_category), self.work_seconds)
        while run.fetched and run.state == "running" and time.monotonic() < answer_by:
            time.sleep(_POLL_SECONDS)
            run = self.runs.get(run.user_id, run.run_id)
        return run

    def enqueue_everyone(self, kind: RunKind) -> int:
        """One job for each user with a connected Gmail, ten a call, never all of them in memory."""
        return self.queue.send(IngestionJob(user_id=user_id, kind=kind) for user_id in self.users.ids_with_gmail())

    def work_on(self, job: IngestionJob, work_seconds: float) -> None:
        """A job from the queue. What only its owner can mend is recorded, not tried again."""
        try:
            user = self.users.get(job.user_id)
            if job.run_id is None:
                run = self.new_run(user, job.kind, message_id=job.message_id)
                self._start(user, run, work_seconds, job.attempt)
            else:
                self._go_on(user, job.run_id, work_seconds, job.attempt)
        except (GmailReauthRequired, NotFound):
            _log.info("a job of %s has nothing to work on", job.user_id)

    def new_run(
        self,
        user: User,
        kind: RunKind,
        window: SearchWindow | None = None,
        vendor_category: str | None = None,
        *,
        windows: int = 1,
        message_id: str | None = None,
    ) -> Run:
        """A run that is not kept yet. Raises ``GmailReauthRequired``."""
        if user.gmail_status != "connected":
            raise GmailReauthRequired("Gmail is not connected")
        span = window or self.windows.of(kind, user)
        now = datetime.now(UTC)
        return Run(
            user_id=user.user_id,
            run_id=new_run_id(),
            kind=kind,
            state="running",
            started_at=now,
            updated_at=now,
            after=span.after,
            before=span.before,
            incremental=window is None and vendor_category is None and message_id is None,
            vendor_category=vendor_category,
            windows=windows,
            message_id=message_id,
        )

    def in_background(self, run: Run) -> Run:
        """Keeps a run and leaves all of its work to the queue; answers the one that does the same already, if any."""
        for known in self.runs.unsettled(run.user_id):
            if known.state == "running" and not known.fetched and known.covers(run):
                self._hand_over(known, 0)
                return known
        self.runs.create(run, self.users.existence_check(run.user_id))
        self._hand_over(run, 0)
        return run

    def _start(self, user: User, run: Run, work_seconds: float, attempt: int | None = None) -> Run:
        """Works on a new run, or on one that does the same and that nobody works on; else leaves it to its worker.

        ``attempt`` is how often the run failed before, on the queue; ``None`` while a person waits for the answer.
        """
        known = self._mended(user, run)
        if known is not None:
            return self._take_over(user, known, work_seconds, attempt)
        worker, exists = uuid.uuid4().hex, self.users.existence_check(user.user_id)
        turn = self.runs.begin(run, worker, _LEASE_SECONDS, exists)
        if turn.is_ours:
            return self._work(user, run, worker, work_seconds, attempt)
        holder = self.runs.get(user.user_id, turn.run_id)
        if holder.state == "running" and not holder.fetched and holder.covers(run):
            return holder
        self.runs.create(run, exists)
        self._hand_over(run, _TURN_SECONDS)
        return run

    def _mended(self, user: User, run: Run) -> Run | None:
        """Ends, and tells of, what earlier runs left behind; answers an unfinished one that does the same as this."""
        self.mend(user.user_id)
        self.notify.mend(user.user_id)
        found = None
        for known in self.runs.unsettled(user.user_id):
            if known.state != "running" or known.fetched:
                self.finish_run(known.user_id, known.run_id)
            elif found is None and known.covers(run):
                found = known
            elif _is_stranded(known):
                self._hand_over(known, _TURN_SECONDS)
        return found

    def _go_on(self, user: User, run_id: str, work_seconds: float, attempt: int) -> None:
        run = self.runs.get(user.user_id, run_id)
        if run.state != "running" or run.fetched:
            self.finish_run(user.user_id, run_id)
        else:
            self._take_over(user, run, work_seconds, attempt)

    def _take_over(self, user: User, run: Run, work_seconds: float, attempt: int | None) -> Run:
        """Works on a run that was begun before. While another worker has the turn, the queue looks after it later."""
        if attempt is None and not _is_due(run):
            return run
        worker, crashed = uuid.uuid4().hex, self.runs.worker_died(user.user_id, run.run_id)
        if not self.runs.take_turn(user.user_id, run.run_id, worker, _LEASE_SECONDS).is_ours:
            self._hand_over(run, _TURN_SECONDS, attempt=attempt or 0)
            return run
        if crashed:
            run = self.runs.note_crash(user.user_id, run.run_id)
        if run.crashes > _MOST_CRASHES:
            self._fail(run, worker, "abandoned")
            return self.runs.get(user.user_id, run.run_id)
        return self._work(user, run, worker, work_seconds, attempt)

    def _work(self, user: User, run: Run, worker: str, work_seconds: float, attempt: int | None) -> Run:
        """Stores what the run finds, until there is no more or time is up."""
        deadline = time.monotonic() + work_seconds
        try:
            if self._store_all(user, run, worker, deadline):
                self._conclude(user, run, worker)
        except GmailReauthRequired:
            self._fail(run, worker, "gmail_reauth_required")
            self.connections.require_reauth(run.user_id)
            raise
        except DependencyFailure as exc:
            self._retreat(run, worker, exc, attempt)
        except PayPulseError as exc:
            self._fail(run, worker, type(exc).__name__)
            raise
        except Exception:
            self._fail(run, worker, "internal_error")
            raise
        return self._finished(run)

    def _retreat(self, run: Run, worker: str, failure: DependencyFailure, attempt: int | None) -> None:
        """Leaves the rest to the queue, unless a person should rather hear of the failure, or it lasts."""
        wait = failure.retry_after if isinstance(failure, DependencyThrottled) else None
        if failure.reason == "quota_spent":
            self._hand_over(run, int(wait or _TURN_SECONDS) + 1, worker=worker, attempt=attempt or 0)
            return
        if (attempt is None and wait is None) or (attempt or 0) >= len(RETRY_DELAYS):
            self._fail(run, worker, failure.reason)
            if attempt is None:
                raise failure
            return
        self.runs.note_error(run.user_id, run.run_id, failure.reason)
        delay = max(RETRY_DELAYS[attempt or 0], int(wait or 0) + 1)
        self._hand_over(run, delay, worker=worker, attempt=(attempt or 0) + 1)

    def _finished(self, run: Run) -> Run:
        """The run as it is now, ended if it is complete; what cannot be told of now is left to the queue."""
        try:
            return self.finish_run(run.user_id, run.run_id) or run
        except DependencyFailure as exc:
            _log.warning("ending %s is tried again: %s", run.run_id, exc)
            self._hand_over(run, RETRY_DELAYS[0])
        return self.runs.get(run.user_id, run.run_id)

    def _store_all(self, user: User, run: Run, worker: str, deadline: float) -> bool:
        """Whether everything is stored; if not, the rest was handed over, or the run is no longer to be worked on."""
        mailbox = self.connections.open(user, deadline)
        vendors = self.find.vendors_of(run)
        added = self._added(user, run, fingerprint(vendors), mailbox)
        for batch in self.find(user, run, vendors, mailbox, added):
            if not self.runs.is_running(run.user_id, run.run_id):
                self.runs.release(run.user_id, worker)
                return False
            if time.monotonic() > deadline:
                self._hand_over(run, 0, worker=worker)
                return False
            if not self.runs.take_turn(run.user_id, run.run_id, worker, _LEASE_SECONDS).is_ours:
                self._hand_over(run, _TURN_SECONDS)
                return False
            self.store(user, run, vendors, mailbox, batch)
        return True

    def _added(self, user: User, run: Run, vendors: str, mailbox: GmailMailbox) -> frozenset[str] | None:
        """What Gmail's history says is new since the last run, or ``None``: the search alone has to tell.

        The history id that the next run begins at is noted before anything is searched, so that mail which comes in
        between is found twice rather than never.
        """
        if not run.moves_sync_point:
            return None
        start = run.history_start if run.history_end else self._start_of_history(user, run, vendors)
        if start is not None:
            try:
                history = mailbox.history(start)
            except NotFound:
                _log.info("the history of %s is too old, searching by date", run.user_id)
            else:
                self._note_history(run, start, history.history_id, vendors)
                return history.added
        self._note_history(run, None, mailbox.history_id(), vendors)
        return None

    def _start_of_history(self, user: User, run: Run, vendors: str) -> str | None:
        """A sync point serves while the account and the vendors are still those that it was made with."""
        point = user.sync.get(run.document_kind)
        if point is None or not run.incremental or run.kind == "rental":
            return None
        return point.history_id if (point.account, point.vendors) == (user.gmail_account, vendors) else None

    def _note_history(self, run: Run, start: str | None, end: str, vendors: str) -> None:
        if not run.history_end:
            self.runs.note_history(run.user_id, run.run_id, start, end, vendors)

    def _conclude(self, user: User, run: Run, worker: str) -> None:
        """The next run may begin where this one did, unless a message of this one failed.

        The run counts as fetched only then: one whose worker dies before is worked on again, and moves the same points.
        """
        now = self.runs.get(run.user_id, run.run_id)
        if now.moves_sync_point and not now.failed_messages:
            point = SyncPoint(
                history_id=now.history_end or "", account=user.gmail_account or "", vendors=now.vendors or ""
            )
            self.users.move_sync_point(user.user_id, run.document_kind, point)
            if run.kind == "retail":
                self.users.update(user.user_id, last_retail_invoice_fetch=run.started_at)
        self.runs.mark_fetched(run.user_id, run.run_id)
        self.runs.release(run.user_id, worker)

    def _hand_over(self, run: Run, delay_seconds: int, *, worker: str | None = None, attempt: int = 0) -> None:
        """The queue goes on with the run, in any worker's hands but this one's."""
        if worker is not None:
            self.runs.release(run.user_id, worker)
        self.runs.note_resumption(run.user_id, run.run_id, datetime.now(UTC) + timedelta(seconds=delay_seconds))
        job = IngestionJob(user_id=run.user_id, kind=run.kind, run_id=run.run_id, attempt=attempt)
        self.queue.send([job], delay_seconds)

    def _fail(self, run: Run, worker: str, reason: str) -> None:
        self.runs.note_error(run.user_id, run.run_id, reason)
        self.runs.finish(run.user_id, run.run_id, "failed")
        self.runs.release(run.user_id, worker)


def _is_due(run: Run) -> bool:
    """Whether nobody is about to go on with the run: no job of the queue is on its way, or it should have come."""
    resumes = run.resumes_at
    return resumes is None or resumes + timedelta(seconds=_LEASE_SECONDS) < datetime.now(UTC)


def _is_stranded(run: Run) -> bool:
    """Whether a run that waits has waited for longer than any other keeps its turn: its job is lost."""
    return _is_due(run) and run.updated_at + _STRANDED_AFTER < datetime.now(UTC)
