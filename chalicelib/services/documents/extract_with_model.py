"""One receipt to one extraction through a language model."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from chalicelib.errors import ModelAnswerInvalid
from chalicelib.parsing.model.answer import read_model_answer
from chalicelib.parsing.model.prompt import ModelPrompt, build_prompt
from chalicelib.parsing.model.scan_prompts import is_sendable, retail_scan_prompt

if TYPE_CHECKING:
    from chalicelib.domain.invoices import Extraction
    from chalicelib.domain.mail import MailContext
    from chalicelib.domain.vendors import ExtractionHints
    from chalicelib.services.documents.ask_model_once import AskModelOnce

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExtractWithModel:
    """Extractions that the caller still has to ground or flag.

    Each answers ``None`` when no key is configured, there is nothing to ask about, or the answer is of no use; each
    raises ``DependencyFailure`` as ``AskModelOnce`` does.
    """

    ask: AskModelOnce

    @property
    def is_available(self) -> bool:
        """Whether there is a model to ask at all."""
        return self.ask.is_available

    def __call__(self, text: str, mail: MailContext, hints: ExtractionHints | None = None) -> Extraction | None:
        """What the model reads in a document's clean text."""
        if not text.strip() or not self.is_available:
            return None
        return self._extraction(build_prompt(text, mail, hints))

    def from_scan(self, pdf: bytes, mail: MailContext, hints: ExtractionHints | None = None) -> Extraction | None:
        """What the model sees in a PDF that holds no text; a large one is not sent."""
        if not self.is_available or not is_sendable(pdf):
            return None
        return self._extraction(retail_scan_prompt(pdf, mail, hints))

    def _extraction(self, prompt: ModelPrompt) -> Extraction | None:
        try:
            extraction = self.ask(prompt, read_model_answer)
        except ModelAnswerInvalid as exc:
            _log.info("the model has no usable answer: %s", exc.reason)
            return None
        return msgspec.structs.replace(extraction, model=self.ask.model)
