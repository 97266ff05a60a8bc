"""Ingestion runs: one search of one user's inbox, counted until each of its documents is in a final state."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

import msgspec

from chalicelib.domain.documents import DocumentKind
from chalicelib.domain.mail import SearchWindow

RunKind = Literal["rental", "rental_latest", "retail", "retail_backfill"]
RunState = Literal["running", "done", "failed", "cancelled"]
#: A run that began so long ago is still the answer to a request for the same span, which ends now.
_SAME_MOMENT = timedelta(minutes=15)
#: Messages downloaded with one HTTP request (Gmail API guide, "Batch requests": 50 advised), by workers that died.
_MESSAGES_PER_BATCH = (50, 5, 1)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One row of IngestionRuns.

    ``messages`` counts mails found new by the search, ``failed_messages`` those that could not be stored,
    ``documents`` the documents stored from them, ``finished`` those in a final state, ``invoices`` new records and
    ``historical`` the ones among them that are announced only in the run's summary; ``by_vendor`` counts the new retail
    records of each vendor id. ``fetched`` is set once the search is worked off; the run is done when ``finished`` then
    reaches ``documents``. ``errors`` are reasons, never texts of mails. ``after`` and ``before`` bound the search,
    ``vendor_category`` narrows it to one retail category; an ``incremental`` run moves on where the next one begins.
    ``history_start`` is Gmail's history id that the run looks on from, ``history_end`` the one that the next run will,
    and ``vendors`` the fingerprint of the vendors that it looks for. A backfill cuts its span into ``windows``, newest
    first, of which ``windows_done`` are worked off. A run for ``message_id`` looks at that one message only.

    ``resumes_at`` is when the queue is to go on with the run, ``crashes`` how often a worker of it died. Of the
    ``historical`` records ``summarized`` are announced; who announces the others has until ``summary_until``.
    """

    user_id: str = msgspec.field(name="UserID")
    run_id: str = msgspec.field(name="RunID")
    kind: RunKind
    state: RunState
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None
    after: datetime | None = None
    before: datetime | None = None
    fetched: bool = False
    incremental: bool = False
    messages: int = 0
    failed_messages: int = 0
    documents: int = 0
    finished: int = 0
    invoices: int = 0
    historical: int = 0
    errors: tuple[str, ...] = ()
    by_vendor: dict[str, int] = {}
    vendor_category: str | None = None
    history_start: str | None = None
    history_end: str | None = None
    vendors: str | None = None
    windows: int = 1
    windows_done: int = 0
    message_id: str | None = None
    resumes_at: datetime | None = None
    crashes: int = 0
    summarized: int = 0
    summary_until: datetime | None = None

    @property
    def document_kind(self) -> DocumentKind:
        """The kind of documents that the run looks for."""
        return "retail" if self.kind in {"retail", "retail_backfill"} else "rental"

    @property
    def moves_sync_point(self) -> bool:
        """Whether all new mail of the kind is stored after the run: true unless it was narrowed."""
        if self.message_id:
            return False
        return self.kind == "rental" or (self.incremental and self.kind in {"rental_latest", "retail"})

    @property
    def messages_per_batch(self) -> int:
        """How many messages are in memory at once: fewer after each worker that died, perhaps of their size."""
        return _MESSAGES_PER_BATCH[min(self.crashes, len(_MESSAGES_PER_BATCH) - 1)]

    def window_spans(self) -> list[SearchWindow]:
        """The windows to search, newest first; cut evenly, so that each is bounded whatever the span."""
        if self.windows <= 1 or self.after is None or self.before is None:
            return [SearchWindow(self.after, self.before)]
        length = (self.before - self.after) / self.windows
        edges = [self.before - length * number for number in range(self.windows)] + [self.after]
        return [SearchWindow(start, end) for end, start in pairwise(edges)]

    @property
    def percent(self) -> int:
        """How far the run is, by windows searched and documents finished; 100 only once it has ended."""
        if self.state != "running":
            return 100
        searched = 1.0 if self.fetched else self.windows_done / self.windows
        parsed = self.finished / self.documents if self.documents else 1.0
        return min(99, int(100 * searched * (0.8 + 0.2 * parsed)))

    @property
    def new_invoices(self) -> int:
        """New invoices as far as is known: documents still being parsed count until they prove to be none."""
        return self.documents - (self.finished - self.invoices)

    @property
    def is_settled(self) -> bool:
        """Nothing is looked for any more, and everything that was found has ended one way or another."""
        return (self.fetched or self.state != "running") and self.finished >= self.documents

    @property
    def owes_summary(self) -> bool:
        """Whether older rental invoices were imported that nobody has told of."""
        return self.is_settled and self.document_kind == "rental" and self.historical > self.summarized

    def covers(self, other: Run) -> bool:
        """Whether this run finds all that another one is to find, so that the other need not work.

        A run over a long past that began a while ago covers no request of now.
        """
        if self.message_id or other.message_id:
            return (self.kind, self.message_id) == (other.kind, other.message_id)
        if self.vendor_category not in {None, other.vendor_category}:
            return False
        if self.kind == "rental":
            return other.document_kind == "rental"
        return self.kind == other.kind and self._spans(other)

    def _spans(self, other: Run) -> bool:
        starts = self.after is None or (other.after is not None and self.after <= other.after + _SAME_MOMENT)
        ends = self.before is None or (other.before is not None and self.before >= other.before - _SAME_MOMENT)
        return starts and ends


def new_run_id() -> str:
    """A random id; runs are found by user and id, newest by their start."""
    return f"run_{uuid.uuid4()}"
