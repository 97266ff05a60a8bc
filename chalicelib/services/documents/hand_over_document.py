"""Hands a PDF to the container function; without it, PDFs are still parsed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import RETRY_DELAYS, ParseDocumentJob
from chalicelib.errors import DependencyFailure

if TYPE_CHECKING:
    from chalicelib.adapters.queue import IngestionQueue, ParserContainer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HandOverDocument:
    """Invokes the container function for the object of a key."""

    container: ParserContainer
    queue: IngestionQueue

    def __call__(self, key: str) -> None:
        """What Lambda does not take goes to the queue, whose worker parses with the same code in its own process.

        Raises ``DependencyFailure`` only when not even the queue takes it: then the event comes again.
        """
        try:
            self.container.hand_over(key)
        except DependencyFailure as exc:
            _log.warning("a PDF was not handed over, and is parsed in %d s: %s", RETRY_DELAYS[0], exc)
            self.queue.send([ParseDocumentJob(key=key)], RETRY_DELAYS[0])
