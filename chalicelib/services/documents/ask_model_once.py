"""One question to a language model, paid for at most once.

The same document often comes as several events at the same time. Who gets the lease asks; the others wait a little for
the outcome and then give up in a way that their event's retry makes good.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from chalicelib.errors import DependencyFailure, DependencyThrottled, ModelAnswerInvalid

if TYPE_CHECKING:
    from chalicelib.adapters.extraction_cache import CachedOutcome, ExtractionCache
    from chalicelib.adapters.gemini import Gemini
    from chalicelib.parsing.model.prompt import ModelPrompt

_log = logging.getLogger(__name__)

T = TypeVar("T")

ASKED_BY_ANOTHER = "asked_by_another"
_WAIT_SECONDS = 6.0
_STEP_SECONDS = 0.5
#: Beyond the longest call, for reading the key and writing the outcome.
_LEASE_MARGIN = 15.0


@dataclass(frozen=True, slots=True)
class AskModelOnce:
    """Answers from the cache, or from the model and then for the cache."""

    gemini: Gemini
    cache: ExtractionCache
    pause: Callable[[float], None] = time.sleep

    @property
    def is_available(self) -> bool:
        """Whether there is a model to ask at all."""
        return self.gemini.is_available

    @property
    def model(self) -> str:
        """The model's name."""
        return self.gemini.model

    def __call__(self, prompt: ModelPrompt, read: Callable[[str], T]) -> T:
        """What ``read`` makes of the answer; it raises ``ModelAnswerInvalid`` for one that is of no use.

        Raises ``ModelAnswerInvalid``, at once for a question that had no usable answer before;
        ``DependencyThrottled`` when somebody else is asking the same or the model wants to be asked later, and
        ``DependencyFailure`` when the model or the cache failed. The latter two are not remembered.
        """
        question = sha256(f"{self.gemini.model}\0{prompt.identity}".encode()).hexdigest()
        outcome = self.cache.find(question) or self._ask_or_wait(question, prompt, read)
        if isinstance(outcome, str):
            return read(outcome)
        if outcome.answer is None:
            raise ModelAnswerInvalid(outcome.reason or "unusable")
        return read(outcome.answer)

    def _ask_or_wait(self, question: str, prompt: ModelPrompt, read: Callable[[str], T]) -> CachedOutcome | str:
        """The outcome of another's question, or the answer to our own."""
        waited = 0.0
        while True:
            lease = self.cache.claim(question, self.gemini.longest_call + _LEASE_MARGIN)
            if lease is not None:
                return self._ask(question, prompt, lease, read)
            outcome = self.cache.find(question)
            if outcome is not None:
                return outcome
            if waited >= _WAIT_SECONDS:
                raise DependencyThrottled("gemini", "generateContent", ASKED_BY_ANOTHER, self.gemini.longest_call)
            self.pause(_STEP_SECONDS)
            waited += _STEP_SECONDS

    def _ask(self, question: str, prompt: ModelPrompt, lease: str, read: Callable[[str], T]) -> str:
        """Asks, and remembers what came of it unless that may pass."""
        _log.info("asking %s about %d bytes", self.gemini.model, prompt.size + len(prompt.pdf or b""))
        try:
            answer = self.gemini.extract(prompt)
            read(answer)
        except ModelAnswerInvalid as exc:
            self.cache.keep_unusable(question, exc.reason)
            raise
        except DependencyFailure:
            self.cache.release(question, lease)
            raise
        try:
            self.cache.keep(question, answer)
        except DependencyFailure as exc:
            _log.warning("an answer that was paid for could not be remembered: %s", exc.reason)
        return answer
