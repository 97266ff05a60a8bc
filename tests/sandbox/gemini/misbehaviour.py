"""Gemini's answers on the wire, good ones and bad ones.

Formats: https://ai.google.dev/api/generate-content (GenerateContentResponse) and google.rpc.Status for errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.sandbox.gemini.answers import asks_for_a_notice
from tests.sandbox.google.wire import Json, Response

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip

_INVENTED = {
    "is_purchase": True,
    "ignored_reason": "none",
    "category": "technology",
    "vendor_name": "Nonesuch Trading Ltd",
    "total_amount": "98765.43",
    "currency": "CHF",
    "invoice_date": "2031-02-03",
    "order_id": "NOWHERE-4711",
    "due_date": "2031-03-05",
    "payment_status": "paid",
    "details": {
        "sub_type": "technology",
        "tax": "19753.09",
        "delivery_fee": "77.77",
        "payment_method": "Imaginary Card 0000",
        "notes": None,
        "description": "Perpetual motion engine",
        "items": [{"name": "Perpetual motion engine", "price": "98687.66", "quantity": 1}],
    },
}
#: Neither of its check digits holds, nor its sum.
_INVENTED_NOTICE = {
    "is_rental_notice": True,
    "reference": "4711471147",
    "due_date": "2031-02-03",
    "total": "98765.00",
    "vat": "19753.00",
    "charges": [{"kind": "rent", "label": "Hyra slott", "amount": "77777.00"}],
    "payee": "123-4567",
    "landlord": "Nonesuch Castles Ltd",
    "slip_line": None,
}
_WRONG_TYPES = {
    "is_purchase": "yes",
    "is_rental_notice": "yes",
    "reference": ["a", "list"],
    "charges": {"label": 1},
    "total": {"value": "NaN"},
    "category": "Food & Drinks!",
    "vendor_name": ["a", "list"],
    "total_amount": {"value": "NaN"},
    "currency": 752,
    "invoice_date": True,
    "order_id": {"id": 1},
    "due_date": "the day after tomorrow",
    "payment_status": 3.5,
    "details": "see above",
    "confidence": 1e308,
}


def error(status: int, message: str = "made by the sandbox", *, reason: str = "", retry_after: str = "") -> Response:
    """A google.rpc.Status; `reason` becomes an ErrorInfo, `retry_after` (seconds) a RetryInfo."""
    details: list[Json] = []
    if reason:
        details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason})
    if retry_after:
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_after}s"})
    body: Json = {"code": status, "message": message, "status": _STATUS_NAMES.get(status, "UNKNOWN")}
    return Response.of_json({"error": body | ({"details": details} if details else {})}, status)


def answer(model: str, text: str, question: str, finish: str = "STOP", thoughts: str = "") -> Response:
    """One candidate with one text part, after its thoughts; tokens are counted as a quarter of the characters."""
    tokens = {"promptTokenCount": len(question) // 4, "candidatesTokenCount": len(text) // 4}
    parts = [*([{"text": thoughts, "thought": True}] if thoughts else []), {"text": text}]
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}
    return Response.of_json(
        {"candidates": [candidate], "usageMetadata": _usage(tokens), "modelVersion": model, "responseId": "sandbox"}
    )


def misbehave(kind: str, model: str, text: str, question: str, schema: Json) -> Response:
    """What becomes of the answer `text` on a bad day; `kind` is one of `faults.ANSWER_FAULTS`."""
    if kind == "invented":
        return answer(model, json.dumps(_INVENTED_NOTICE if asks_for_a_notice(schema) else _INVENTED), question)
    if kind in _TEXTS:
        return answer(model, _TEXTS[kind](text), question)
    if kind == "truncated":
        return answer(model, text[: len(text) // 2], question, finish="MAX_TOKENS")
    if kind == "thoughts":
        return answer(model, text, question, thoughts='Perhaps {"is_purchase": false} or {')
    usage = {"usageMetadata": _usage({"promptTokenCount": len(question) // 4}), "modelVersion": model}
    if kind == "safety":
        return Response.of_json({"candidates": [{"finishReason": "SAFETY", "index": 0}], **usage})
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}} if kind == "blocked" else {}
    return Response.of_json(blocked | usage)


_TEXTS: dict[str, Callable[[str], str]] = {
    "malformed": lambda text: text.replace('":', "=>").replace("{", "{{"),
    "cut_off": lambda text: text[: len(text) // 2],
    "fenced": lambda text: f"```json\n{text}\n```",
    "prose": lambda text: f"Sure! I looked at {{your mail}} and found this:\n\n{text}\n\nAnything else?",
    "wrong_types": lambda _text: json.dumps(_WRONG_TYPES),
}


def _usage(counts: dict[str, int]) -> Json:
    return counts | {"totalTokenCount": sum(counts.values())}
