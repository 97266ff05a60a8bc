"""Announcing each new rental invoice to its owner: once, whatever fails, with one exception that cannot be had.

Who announces first claims the record, for longer than a function may run; announces; then marks the record as
announced, for good. A claim whose holder died between the two runs out, and somebody else announces. So a person hears
of every invoice, and hears of it twice only if SNS took the announcement and that could not be written down: the
process died, or the answer or the mark was lost on its way. SNS knows no idempotent publish, so nobody could tell
that case from one in which it was never sent, and silence would be worse.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.jobs import RETRY_DELAYS, AnnounceJob
from chalicelib.domain.notifications import new_invoice
from chalicelib.errors import DependencyFailure, InvoiceNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.domain.rental import RentalInvoice
    from chalicelib.services.notifications.announce import Announce

_log = logging.getLogger(__name__)
#: Longer than an invocation of the notifier lasts (60 s), and than one announcement takes on the queue's worker.
_CLAIM_SECONDS = 180
#: What the stream should have announced so long ago, it never will.
_FORGOTTEN_AFTER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class NotifyNewInvoice:
    """Announces records, each on its own. What fails goes to the queue, so that it does not hold up the stream."""

    invoices: RentalInvoices
    announce: Announce
    queue: IngestionQueue

    def __call__(self, images: Iterable[Mapping[str, Any]]) -> None:
        """Announces the records of a stream's insert images, unless they are historical.

        An image that is no record of ours would fail for ever, and is left out. Raises ``DependencyFailure`` after all
        of them when not even the queue took one that failed: then the batch comes again.
        """
        failure: DependencyFailure | None = None
        for image in images:
            try:
                self._notify(self.invoices.from_stream_image(image), 0)
            except msgspec.ValidationError:
                _log.error("a record of the stream is not readable")
            except DependencyFailure as exc:
                failure = exc
        if failure is not None:
            raise failure

    def later(self, job: AnnounceJob) -> None:
        """A job from the queue, for a record that is announced or gone by now, or is announced then."""
        try:
            invoice = self.invoices.get(job.user_id, job.invoice_id)
        except InvoiceNotFound:
            return
        self._notify(invoice, job.attempt)

    def mend(self, user_id: str) -> None:
        """Enqueues what nobody announced: the stream gave it up."""
        forgotten = self.invoices.unannounced(user_id, datetime.now(UTC) - _FORGOTTEN_AFTER)
        self.queue.send(AnnounceJob(user_id=user_id, invoice_id=invoice.invoice_id) for invoice in forgotten)

    def _notify(self, invoice: RentalInvoice, attempt: int) -> None:
        try:
            announced = invoice.historical or self._announce_once(invoice)
        except DependencyFailure as exc:
            _log.warning("announcing %s: %s", invoice.invoice_id, exc)
            if attempt < len(RETRY_DELAYS):
                self._again(invoice, attempt + 1, RETRY_DELAYS[attempt])
            return
        if not announced:
            self._again(invoice, attempt, _CLAIM_SECONDS)

    def _again(self, invoice: RentalInvoice, attempt: int, delay_seconds: int) -> None:
        job = AnnounceJob(user_id=invoice.user_id, invoice_id=invoice.invoice_id, attempt=attempt)
        self.queue.send([job], delay_seconds)

    def _announce_once(self, invoice: RentalInvoice) -> bool:
        """False while somebody else is about to, who may have died: then it is worth a look later."""
        claimer = uuid.uuid4().hex
        if not self.invoices.claim_announcement(invoice.user_id, invoice.invoice_id, claimer, _CLAIM_SECONDS):
            return self._is_over(invoice)
        try:
            self.announce(invoice.user_id, new_invoice(invoice, self.invoices.of_user(invoice.user_id)))
        except DependencyFailure:
            self.invoices.settle_announcement(invoice.user_id, invoice.invoice_id, claimer, announced=False)
            raise
        self.invoices.settle_announcement(invoice.user_id, invoice.invoice_id, claimer, announced=True)
        return True

    def _is_over(self, invoice: RentalInvoice) -> bool:
        try:
            return self.invoices.get(invoice.user_id, invoice.invoice_id).announced_at is not None
        except InvoiceNotFound:
            return True
