"""What travels on the ingestion queue: one JSON object a message, its ``job`` telling which."""

from __future__ import annotations

import msgspec

from chalicelib.domain.runs import RunKind

#: Seconds until what AWS or Google failed is tried again, by attempt; after the last it rests as failed.
RETRY_DELAYS = (30, 120, 600, 900)


class IngestionJob(msgspec.Struct, frozen=True, kw_only=True, tag="ingest", tag_field="job"):
    """One user's inbox to work on; with ``run_id`` it goes on with that run, without one it starts a run.

    A run that starts looks at ``message_id`` only, if that is given; ``attempt`` counts the failures of a run so far.
    """

    user_id: str
    kind: RunKind
    run_id: str | None = None
    message_id: str | None = None
    attempt: int = 0


class ParseDocumentJob(msgspec.Struct, frozen=True, kw_only=True, tag="parse", tag_field="job"):
    """A raw file to parse once more: because AWS failed (``attempt`` counts), or because its owner asked."""

    key: str
    attempt: int = 0


class AnnounceJob(msgspec.Struct, frozen=True, kw_only=True, tag="announce", tag_field="job"):
    """A new rental invoice to announce, if nobody did; ``attempt`` counts the failures so far."""

    user_id: str
    invoice_id: str
    attempt: int = 0


class RenewWatchJob(msgspec.Struct, frozen=True, kw_only=True, tag="renew_watch", tag_field="job"):
    """One user's Gmail watch to set up or prolong."""

    user_id: str


class SyncMailboxJob(msgspec.Struct, frozen=True, kw_only=True, tag="sync", tag_field="job"):
    """One user's mailbox that changed; ``signal`` is the id of the message that said so."""

    user_id: str
    signal: str
    times_put_off: int = 0

    @property
    def booking(self) -> str:
        """What the job's slot is booked under: the same however often its message is delivered."""
        return f"{self.signal}+{self.times_put_off}"

    def put_off(self) -> SyncMailboxJob:
        """The same, to be done later.

        >>> SyncMailboxJob(user_id="user_1", signal="7").put_off().put_off().booking
        '7+2'
        """
        return SyncMailboxJob(user_id=self.user_id, signal=self.signal, times_put_off=self.times_put_off + 1)


class RemindJob(msgspec.Struct, frozen=True, kw_only=True, tag="remind", tag_field="job"):
    """An unpaid rental invoice to remind its owner of."""

    user_id: str
    invoice_id: str


class DiscoverVendorsJob(msgspec.Struct, frozen=True, kw_only=True, tag="discover_vendors", tag_field="job"):
    """One user's mail to look through for unknown vendors; ``sweep`` names the week's sweep, which counts once."""

    user_id: str
    sweep: str


class FinishDeletionJob(msgspec.Struct, frozen=True, kw_only=True, tag="finish_deletion", tag_field="job"):
    """Somebody who is leaving, and of whom something may be left; ``attempt`` counts the failures so far."""

    user_id: str
    attempt: int = 0


class EndSubscriptionJob(msgspec.Struct, frozen=True, kw_only=True, tag="end_subscription", tag_field="job"):
    """An e-mail subscription of somebody who left that could not be ended yet; ``attempt`` counts the tries so far."""

    subscription_arn: str
    attempt: int = 0


class BuildExportJob(msgspec.Struct, frozen=True, kw_only=True, tag="build_export", tag_field="job"):
    """An archive to build for its owner; ``attempt`` counts the failures so far."""

    user_id: str
    export_id: str
    attempt: int = 0


Job = (
    IngestionJob
    | ParseDocumentJob
    | AnnounceJob
    | RenewWatchJob
    | SyncMailboxJob
    | RemindJob
    | DiscoverVendorsJob
    | FinishDeletionJob
    | EndSubscriptionJob
    | BuildExportJob
)
