"""Reading a rental notice: by its text, and a scan by a model where one is configured."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import DependencyFailure, DocumentIgnored, DocumentUnreadable
from chalicelib.parsing.model.scan_prompts import is_sendable, rental_scan_prompt
from chalicelib.parsing.model.scanned_notice import read_notice_answer
from chalicelib.parsing.pdf.document import NO_TEXT
from chalicelib.services.documents.ask_model_once import ASKED_BY_ANOTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.invoices import RentalNotice
    from chalicelib.services.documents.ask_model_once import AskModelOnce

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadRentalNotice:
    """``parse`` reads a PDF's text; what has none is shown to the model, once whoever received it."""

    parse: Callable[[bytes], RentalNotice]
    ask: AskModelOnce

    def __call__(self, pdf: bytes) -> RentalNotice:
        """Raises ``DocumentRejected``: with "no_text" for a scan that nobody could read.

        Raises ``DependencyFailure`` for what is worth trying again: AWS failed, or another event asks the same.
        """
        try:
            return self.parse(pdf)
        except DocumentUnreadable as exc:
            if exc.reason != NO_TEXT or not self.ask.is_available or not is_sendable(pdf):
                raise
            return self._seen(pdf, exc)

    def _seen(self, pdf: bytes, unreadable: DocumentUnreadable) -> RentalNotice:
        try:
            notice = self.ask(rental_scan_prompt(pdf), read_notice_answer)
        except DependencyFailure as exc:
            if exc.service != "gemini" or exc.reason == ASKED_BY_ANOTHER:
                raise
            _log.warning("a scan is left to a person: %s", exc)
            raise unreadable from exc
        if notice is None:
            raise DocumentIgnored("not_a_rental_notice")
        return notice
