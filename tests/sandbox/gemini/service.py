"""Gemini behind one address: requests -> key, faults, request rules, answer, log."""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.gemini.answers import Answers
from tests.sandbox.gemini.faults import ANSWER_FAULTS, CONNECTION_FAULTS, Fault, Faults
from tests.sandbox.gemini.misbehaviour import answer, error, misbehave
from tests.sandbox.google.wire import Json, Request, Response

_PATH = re.compile(r"/v1(?:beta)?/models/(?P<model>[\w.-]+):generateContent")
_HOLD_SECONDS = 60.0
#: Seconds. Gemini refuses a shorter X-Server-Timeout: "Minimum allowed deadline is 10s".
_SHORTEST_DEADLINE = 10
#: JSON Schema as far as Gemini reads it (ai.google.dev, "Structured outputs").
_KEYWORDS = frozenset(
    {
        *("$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems"),
        *("minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties"),
        *("required", "propertyOrdering"),
    }
)
#: The sum of maxItems from which schemas are refused without a word of why (googleapis/python-genai, issue 2170).
_MOST_ITEMS = 960
#: protobuf's JSON takes both alphabets of base64, and google-genai sends the URL-safe one.
_URL_SAFE = str.maketrans("-_", "+/")


class ConnectionLostFault(Exception):
    """The connection is to be cut instead of answered."""


@dataclass(slots=True)
class Entry:
    """One call. `status` 0: the connection was cut. `is_paid`: the model answered, for better or worse.

    `prompt_bytes` counts texts, `pdf_bytes` the documents that came along.
    """

    method: str
    path: str
    model: str
    status: int = 0
    is_paid: bool = False
    fault: str = ""
    prompt_bytes: int = 0
    pdf_bytes: int = 0


class GeminiService:
    def __init__(self, answers: Path | None) -> None:
        self.faults = Faults()
        self.stopping = threading.Event()
        self._answers = Answers(answers)
        self._lock = threading.Lock()
        self._log: list[Entry] = []
        self._questions: list[Json] = []

    def handle(self, request: Request) -> Response:
        """Answers any request. Raises nothing but `ConnectionLostFault`: cut the connection then."""
        match = _PATH.fullmatch(request.path)
        entry = Entry(request.method, request.path, match["model"] if match else "")
        with self._lock:
            self._log.append(entry)
        if match is None or request.method != "POST":
            response = error(404, "Requested entity was not found.")
        else:
            response = _refused_key(request) or self._generate(request, entry)
        entry.status = response.status
        return response

    def requests(self) -> list[Json]:
        with self._lock:
            return [asdict(entry) for entry in self._log]

    def questions(self) -> list[Json]:
        with self._lock:
            return list(self._questions)

    def clear(self) -> None:
        with self._lock:
            self._log.clear()
            self._questions.clear()

    def _generate(self, request: Request, entry: Entry) -> Response:
        try:
            body = request.json_object()
        except ValueError:
            return error(400, "Invalid JSON payload received.")
        problem = _deadline_problem(request) or _problem_of(body)
        if problem:
            return error(400, problem)
        try:
            pdfs = _pdfs(body["contents"])
        except ValueError as exc:
            return error(400, str(exc))
        question = _texts(body["contents"])
        schema = (body.get("generationConfig") or {}).get("responseJsonSchema") or {}
        entry.prompt_bytes = len((question + _texts([body.get("systemInstruction", {})])).encode("utf-8", "replace"))
        entry.pdf_bytes = sum(len(pdf) for pdf in pdfs)
        with self._lock:
            self._questions.append(body)
        fault = self.faults.take()
        if fault is not None:
            entry.fault = fault.error
            self._strike(fault)
            if fault.error.isdigit():
                return error(int(fault.error), retry_after=fault.retry_after)
        entry.is_paid = True
        text = self._answers.to(question, pdfs, schema)
        if fault is not None and fault.error in ANSWER_FAULTS:
            return misbehave(fault.error, entry.model, text, question, schema)
        return answer(entry.model, text, question)

    def _strike(self, fault: Fault) -> None:
        """Waits and cuts the connection where that is the fault."""
        if fault.error == "timeout":
            self.stopping.wait(fault.delay or _HOLD_SECONDS)
        elif fault.delay > 0:
            self.stopping.wait(fault.delay)
        if fault.error in CONNECTION_FAULTS:
            raise ConnectionLostFault


def _refused_key(request: Request) -> Response | None:
    """Any key will do but none and "invalid"."""
    key = request.headers.get("x-goog-api-key") or request.value("key")
    if not key:
        return error(403, "Method doesn't allow unregistered callers.")
    if key == "invalid":
        return error(400, "API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID")
    return None


def _deadline_problem(request: Request) -> str:
    stated = request.headers.get("x-server-timeout", "")
    is_short = stated.isdecimal() and int(stated) < _SHORTEST_DEADLINE
    return f"Manually set deadline {stated}s is too short." if is_short else ""


def _texts(contents: list[Any]) -> str:
    parts = [part for content in contents for part in content.get("parts", [])]
    return "\n".join(str(part["text"]) for part in parts if "text" in part)


def _pdfs(contents: list[Any]) -> list[bytes]:
    """The documents that came inline (`inlineData`, a Blob). `ValueError` with what Gemini would say of them."""
    blobs = [part["inlineData"] for content in contents for part in content.get("parts", []) if "inlineData" in part]
    pdfs = []
    for blob in blobs:
        # protobuf's JSON takes both spellings of a name, and google-genai sends this one
        kind = str(blob.get("mime_type") or blob.get("mimeType"))
        if kind != "application/pdf":
            raise ValueError(f"Unsupported MIME type: {kind[:60]}")
        try:
            pdf = base64.b64decode(str(blob.get("data", "")).translate(_URL_SAFE), validate=True)
        except binascii.Error:
            raise ValueError("Invalid value at 'contents.parts.inline_data.data' (TYPE_BYTES)") from None
        if b"%PDF-" not in pdf[:1024]:
            raise ValueError("The document has no pages.")
        pdfs.append(pdf)
    return pdfs


def _problem_of(body: Json) -> str:
    """What Gemini would refuse in a request, "" for nothing."""
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents or not all(isinstance(entry, dict) for entry in contents):
        return "contents is not specified"
    config = body.get("generationConfig") or {}
    schema = config.get("responseJsonSchema")
    if schema is not None and config.get("responseMimeType") != "application/json":
        return "responseJsonSchema needs responseMimeType application/json"
    # protobuf's JSON takes both spellings of a name, and google-genai sends both
    thinking = {name.replace("_", "").lower() for name in config.get("thinkingConfig") or {}}
    if {"thinkingbudget", "thinkinglevel"} <= thinking:
        return "You can only set only one of thinking budget and thinking level."
    return _schema_problem(schema) if schema is not None else ""


def _schema_problem(schema: Any) -> str:
    """Walks one schema: unknown keywords, enumerations of anything but texts, bounds that add up to too much."""
    bounds, pending = 0, [schema]
    while pending:
        current = pending.pop()
        if not isinstance(current, dict) or set(current) - _KEYWORDS:
            return "Request contains an invalid argument."
        if not all(isinstance(value, str) for value in current.get("enum", [])):
            return f"enum: only texts, not {json.dumps(current['enum'])[:100]}"
        bounds += int(current.get("maxItems", 0))
        pending += [*current.get("properties", {}).values(), *current.get("anyOf", []), *current.get("oneOf", [])]
        pending += [current["items"]] if "items" in current else []
    return "Request contains an invalid argument." if bounds > _MOST_ITEMS else ""
