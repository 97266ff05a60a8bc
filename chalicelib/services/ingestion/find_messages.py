"""Which messages of an inbox a run has to work off, in batches as large as one download may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.mail import SearchWindow
from chalicelib.domain.vendors import VendorConfig, gmail_queries
from chalicelib.services.ingestion.ingestion_windows import FIRST_RETAIL_FETCH

if TYPE_CHECKING:
    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.vendors import Vendors
    from chalicelib.domain.runs import Run
    from chalicelib.domain.users import User
    from chalicelib.services.ingestion.store_messages import StoreMessages


@dataclass(frozen=True, slots=True)
class FindMessages:
    """Searches, and leaves out what the ledger knows."""

    vendors: Vendors
    runs: Runs
    store: StoreMessages

    def vendors_of(self, run: Run) -> list[VendorConfig]:
        """The vendors whose mail a run looks for."""
        found = self.vendors.active_for(run.user_id, run.document_kind)
        return [vendor for vendor in found if run.vendor_category in {None, vendor.invoice_sub_type}]

    def __call__(
        self,
        user: User,
        run: Run,
        vendors: Sequence[VendorConfig],
        mailbox: GmailMailbox,
        added: frozenset[str] | None,
    ) -> Iterator[list[str]]:
        """Ids in batches. With ``added``, only those: then the vendors' searches tell which of them matter.

        A window of a backfill is done once its last batch is worked off: that is when the next batch is asked for.
        """
        if run.message_id:
            yield from _batches(
                iter(self.store.unseen(user, run.document_kind, [run.message_id])), run.messages_per_batch
            )
            return
        if added is not None and not added:
            return
        windows = _without_history(run) if added is None else [SearchWindow()]
        for number, window in enumerate(windows[run.windows_done :], run.windows_done + 1):
            ids = self._unseen(user, run, gmail_queries(vendors, window), mailbox, added)
            yield from _batches(ids, run.messages_per_batch)
            if len(windows) > 1:
                self.runs.mark_window_done(run.user_id, run.run_id, number)

    def _unseen(
        self, user: User, run: Run, queries: Iterator[str], mailbox: GmailMailbox, added: frozenset[str] | None
    ) -> Iterator[str]:
        """Ids that searches find and nobody worked off yet; stops early when all that was added has turned up."""
        found: set[str] = set()
        for query in queries:
            for page in mailbox.search(query):
                new = [each for each in page if each not in found and (added is None or each in added)]
                found.update(new)
                yield from self.store.unseen(user, run.document_kind, new) if new else ()
                if added is not None and found == added:
                    return


def _without_history(run: Run) -> list[SearchWindow]:
    """What to search when Gmail's history cannot tell: an incremental run then looks back as far as a first one.

    The history is too old, or the vendors changed since: either way there may be mail from before the last run, and
    the ledger knows the rest.
    """
    if run.kind != "retail" or not run.incremental or run.after is None:
        return run.window_spans()
    return [SearchWindow(min(run.after, run.started_at - FIRST_RETAIL_FETCH), run.before)]


def _batches(ids: Iterator[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for each in ids:
        batch.append(each)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
