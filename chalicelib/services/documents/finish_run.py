"""Ending a run once its search is worked off and all of its documents are in a final state.

What was imported from older mail is told in one summary, claimed, sent and written down as ``notify_new_invoice`` does
with a single invoice, and with the same one exception. A run that failed, or was cancelled, owes it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import IngestionJob
from chalicelib.domain.notifications import imported
from chalicelib.errors import DependencyFailure, NotFound

if TYPE_CHECKING:
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.runs import Runs
    from chalicelib.domain.runs import Run
    from chalicelib.services.notifications.announce import Announce

#: Longer than a parser lasts (120 s), and than one announcement takes on the queue's worker.
_CLAIM_SECONDS = 180


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Called by whoever may have been the last: the search itself, every parse, and the next run."""

    runs: Runs
    announce: Announce
    queue: IngestionQueue

    def __call__(self, user_id: str, run_id: str) -> Run | None:
        """Ends the run if it is complete, after its summary; ``None`` for a run that is gone.

        Raises ``DependencyFailure`` when that could not be announced: the run goes on then, for somebody to try again.
        """
        try:
            run = self.runs.get(user_id, run_id)
        except NotFound:
            return None
        if run.owes_summary and not self._summarize(run):
            self.queue.send([IngestionJob(user_id=user_id, kind=run.kind, run_id=run_id)], _CLAIM_SECONDS)
            return run
        if run.is_settled and run.state == "running":
            self.runs.finish(user_id, run_id)
            return self.runs.get(user_id, run_id)
        return run

    def _summarize(self, run: Run) -> bool:
        """False while somebody else is about to, who may have died: then it is worth a look later."""
        if not self.runs.claim_summary(run, _CLAIM_SECONDS):
            return not self.runs.get(run.user_id, run.run_id).owes_summary
        try:
            self.announce(run.user_id, imported(run.historical - run.summarized))
        except DependencyFailure:
            self.runs.settle_summary(run.user_id, run.run_id, run.summarized)
            raise
        self.runs.settle_summary(run.user_id, run.run_id, run.historical)
        return True
