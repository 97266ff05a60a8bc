"""Gemini through google-genai: one question, one JSON text.

Nothing of a question or an answer is ever logged or put into an exception: errors carry reason codes only.
"""

from __future__ import annotations

import json
import logging
import math
import random
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.errors import DependencyFailure, DependencyThrottled, ModelAnswerInvalid

if TYPE_CHECKING:
    from google import genai
    from google.genai.types import GenerateContentResponse

    from chalicelib.adapters.secrets import AppSecrets
    from chalicelib.parsing.model.prompt import ModelPrompt
    from chalicelib.settings import Settings

_log = logging.getLogger(__name__)

_GOOGLE = "https://generativelanguage.googleapis.com/"
_SERVICE, _OPERATION = "gemini", "generateContent"
#: A receipt of two hundred lines, and room for the little thinking that some models cannot leave.
_MOST_TOKENS = 16_384
_LONGEST_PAUSE = 8.0
#: Google refuses deadlines that are shorter, so the header that the client derives from its time-out is replaced.
_SHORTEST_SERVER_DEADLINE = 10
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_ABSENT = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
_SECONDS_OF_ABSENCE = 300.0


class Gemini:
    """``generateContent`` of one model. Safe to share between threads.

    ``pause`` and ``clock`` (monotonic, seconds) are those of ``time`` unless a test has its own.
    """

    def __init__(
        self,
        secrets: AppSecrets,
        settings: Settings,
        *,
        attempts: int = 3,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._secrets = secrets
        self._settings = settings
        self._attempts = attempts
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._client: genai.Client | None = None
        self._absent_until = -math.inf

    @property
    def model(self) -> str:
        """The model's name, as in the settings."""
        return self._settings.gemini_model

    @property
    def longest_call(self) -> float:
        """Seconds after which ``extract`` has ended for certain, its repetitions included."""
        return 2.5 * self._settings.gemini_timeout_seconds + _LONGEST_PAUSE

    @property
    def is_available(self) -> bool:
        """Whether a key is configured; its absence is remembered for five minutes. Raises ``DependencyFailure``."""
        return self._client is not None or bool(self._key())

    def extract(self, prompt: ModelPrompt) -> str:
        """The text of the answer, which may be anything.

        429, 5xx and time-outs are tried again, at most ``attempts`` times in all, with growing pauses. Raises
        ``DependencyThrottled`` (429, 503: come back later), ``DependencyFailure`` (anything else that failed) and
        ``ModelAnswerInvalid`` (it answered without a text: blocked, cut off, empty).
        """
        started = self._clock()
        for attempt in range(1, self._attempts + 1):
            try:
                return self._ask(prompt)
            except _Transient as exc:
                pause = exc.retry_after or random.uniform(0.5, 1.0) * 2**attempt / 2  # noqa: S311 - spreads load
                elapsed = self._clock() - started
                is_late = elapsed + pause > 1.5 * self._settings.gemini_timeout_seconds
                if attempt == self._attempts or pause > _LONGEST_PAUSE or is_late:
                    raise exc.failure from None
                _log.info("gemini is asked again after %s", exc.failure.reason)
                self._pause(pause)
        raise AssertionError("unreachable")

    def _ask(self, prompt: ModelPrompt) -> str:
        from google.genai import errors, types

        client = self._connected()
        config = types.GenerateContentConfig(
            system_instruction=prompt.instruction,
            candidate_count=1,
            max_output_tokens=_MOST_TOKENS,
            response_mime_type="application/json",
            response_json_schema=prompt.schema,
            **_sobriety(self.model),
        )
        try:
            response = client.models.generate_content(model=self.model, contents=_contents(prompt), config=config)
        # Both without their cause: it quotes the question or the answer, and causes get logged.
        except errors.APIError as exc:
            raise _translated(exc) from None
        except Exception as exc:  # noqa: BLE001 - the boundary to the client and to whichever HTTP library it found
            raise _unanswered(exc) from None
        return _text_of(response)

    def _connected(self) -> genai.Client:
        with self._lock:
            if self._client is None:
                key = self._key()
                if not key:
                    raise DependencyFailure(_SERVICE, _OPERATION, "no_key")
                self._client = self._connect(key)
            return self._client

    def _connect(self, key: str) -> genai.Client:
        """``vertexai`` and the address are stated, so that no variable of the environment redirects the key."""
        from google import genai
        from google.genai import types

        seconds = self._settings.gemini_timeout_seconds
        options = types.HttpOptions(
            base_url=self._settings.gemini_base_url or _GOOGLE,
            api_version="v1beta",
            timeout=max(1, round(seconds * 1000)),
            headers={"X-Server-Timeout": str(max(_SHORTEST_SERVER_DEADLINE, math.ceil(seconds)))},
        )
        return genai.Client(api_key=key, vertexai=False, http_options=options)

    def _key(self) -> str:
        """The key, bare or as ``{"api_key": ..}``, as Secrets Manager's console makes it; empty: there is none."""
        if self._settings.gemini_api_key:
            return self._settings.gemini_api_key
        if self._clock() < self._absent_until:
            return ""
        try:
            text = self._secrets.get(self._settings.gemini_key_secret_name).strip()
        except DependencyFailure as exc:
            if exc.reason not in _ABSENT:
                raise
            text = ""
        key = _field_of(text, "api_key") if text.startswith("{") else text
        if not key:
            self._absent_until = self._clock() + _SECONDS_OF_ABSENCE
        return key


def _contents(prompt: ModelPrompt) -> Any:
    """The text; a PDF goes before it, as a part of its own (ai.google.dev, "Document understanding")."""
    from google.genai import types

    if prompt.pdf is None:
        return prompt.document
    return [types.Part.from_bytes(data=prompt.pdf, mime_type="application/pdf"), prompt.document]


class _Transient(Exception):
    """A failure worth another attempt, and what it becomes when there is none left."""

    def __init__(self, failure: DependencyFailure, retry_after: float | None = None) -> None:
        self.failure = failure
        self.retry_after = retry_after
        super().__init__(failure.reason)


def _field_of(text: str, name: str) -> str:
    try:
        value = json.loads(text).get(name)
    except ValueError:
        return ""
    return value.strip() if isinstance(value, str) else ""


def _sobriety(model: str) -> dict[str, Any]:
    """The least invention and thinking that a model allows: copying needs none (ai.google.dev, "Gemini thinking").

    2.5 Flash can be told not to think, 2.5 Pro takes 128 tokens at least. Later models take levels instead of budgets,
    all of them "low", and are meant for their own temperature. What the name does not tell is left to the model.
    """
    from google.genai import types

    version = re.search(r"gemini-(\d+)(?:\.(\d+))?-", model)
    if version is None:
        return {}
    number = (int(version[1]), int(version[2] or 0))
    if number >= (3, 0):
        return {"thinking_config": types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW)}
    if number == (2, 5):
        budget = types.ThinkingConfig(thinking_budget=128 if "-pro" in model else 0)
        return {"temperature": 0, "thinking_config": budget}
    return {"temperature": 0}


def _translated(exc: Any) -> Exception:
    """An ``APIError`` as ours. Its status is one of Google's codes ("RESOURCE_EXHAUSTED"); its text is never used."""
    status = str(exc.status or "")
    reason = status if re.fullmatch(r"[A-Z_]{3,40}", status) else f"HTTP_{exc.code}"
    if exc.code in (429, 503):
        seconds = _retry_after(exc)
        return _Transient(DependencyThrottled(_SERVICE, _OPERATION, reason, seconds), seconds)
    failure = DependencyFailure(_SERVICE, _OPERATION, reason)
    return _Transient(failure) if exc.code in _TRANSIENT else failure


def _retry_after(exc: Any) -> float | None:
    """Seconds from the header (RFC 9110, 10.2.3) or from the error's RetryInfo (google.rpc, "retryDelay": "7s")."""
    headers = getattr(exc.response, "headers", None) or {}
    details = exc.details if isinstance(exc.details, dict) else {}
    error = details.get("error")
    entries = error.get("details") if isinstance(error, dict) else None
    delays = [entry.get("retryDelay") for entry in entries if isinstance(entry, dict)] if entries else []
    for stated in (headers.get("Retry-After"), *delays):
        match = re.fullmatch(r"(\d{1,5}(?:\.\d{1,9})?)s?", str(stated or ""))
        if match:
            return float(match[1])
    return None


def _unanswered(exc: Exception) -> Exception:
    """Time-outs and lost connections may pass, an answer that is no JSON may not; told is the class's name only."""
    name = type(exc).__name__
    failure = DependencyFailure(_SERVICE, _OPERATION, name)
    is_network = any("TransportError" in base.__name__ for base in type(exc).__mro__)
    return _Transient(failure) if is_network else failure


def _text_of(response: GenerateContentResponse) -> str:
    """The answer's text, without thoughts. Raises ``ModelAnswerInvalid``."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise ModelAnswerInvalid("prompt_blocked")
    if not response.candidates:
        raise ModelAnswerInvalid("no_candidate")
    candidate = response.candidates[0]
    finished = candidate.finish_reason
    if finished is not None and finished.name not in ("STOP", "FINISH_REASON_UNSPECIFIED"):
        raise ModelAnswerInvalid(f"finished_{finished.name.lower()}"[:60])
    parts = (candidate.content.parts if candidate.content else None) or []
    text = "".join(part.text for part in parts if part.text and not part.thought)
    if not text.strip():
        raise ModelAnswerInvalid("empty")
    return text.encode("utf-8", "ignore").decode()
