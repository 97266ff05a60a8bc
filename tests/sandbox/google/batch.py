"""Batches: https://developers.google.com/workspace/gmail/api/guides/batch (multipart/mixed of application/http)."""

from __future__ import annotations

import email.parser
import re
import uuid
from dataclasses import dataclass
from email.message import Message
from http.client import responses

from tests.sandbox.google.errors import gmail_error
from tests.sandbox.google.wire import Request, Response

MAX_CALLS = 100


@dataclass(frozen=True, slots=True)
class Call:
    content_id: str
    request: Request


def read_batch(request: Request) -> list[Call]:
    """The calls of a batch. Its own headers hold for each call that does not say otherwise (except Content-*).

    Gmail's 400 when the body is no batch, a call in it is unreadable, or there are more than `MAX_CALLS`.
    """
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode("latin-1", "replace")
    message = email.parser.BytesParser().parsebytes(head + request.body)
    parts = [part for part in message.get_payload() if isinstance(part, Message)] if message.is_multipart() else []
    if message.get_content_type() != "multipart/mixed" or not parts:
        raise gmail_error("invalidArgument", "Failed to parse batch request, error: not multipart/mixed.")
    if len(parts) > MAX_CALLS:
        raise gmail_error("invalidArgument", f"The batch request has more than {MAX_CALLS} calls.")
    outer = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
    return [_call(part.get("content-id", ""), part.get_payload(decode=True), outer) for part in parts]


def write_batch(answers: list[tuple[Call, Response]]) -> Response:
    """One part per call, in order; the answer to `<x + 1>` has the Content-ID `<response-x + 1>`."""
    boundary = f"batch_{uuid.uuid4().hex}"
    chunks: list[bytes] = []
    for call, response in answers:
        reason = responses.get(response.status, "Unknown")
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        lines = [f"--{boundary}", "Content-Type: application/http", f"Content-ID: {_answered(call.content_id)}", ""]
        lines += [f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        chunks += ["\r\n".join([*lines, "", ""]).encode("latin-1", "replace"), response.body, b"\r\n"]
    chunks.append(f"--{boundary}--\r\n".encode())
    return Response(200, b"".join(chunks), {"Content-Type": f"multipart/mixed; boundary={boundary}"})


def _call(content_id: object, payload: object, outer: dict[str, str]) -> Call:
    head, _, body = (payload if isinstance(payload, bytes) else b"").replace(b"\r\n", b"\n").partition(b"\n\n")
    request_line, _, header_lines = head.lstrip().decode("latin-1").partition("\n")
    words = request_line.split()
    if len(words) < 2 or not words[1].startswith("/"):
        raise gmail_error("invalidArgument", "Failed to parse batch request, error: no request line.")
    inner = email.parser.HeaderParser().parsestr(header_lines)
    headers = outer | {name.lower(): str(value) for name, value in inner.items()}
    unfolded = re.sub(r"\s*\r?\n\s*", " ", str(content_id))
    return Call(unfolded, Request.parse(words[0].upper(), words[1], headers, body.rstrip(b"\n")))


def _answered(content_id: str) -> str:
    return f"<response-{content_id[1:]}" if content_id.startswith("<") else f"response-{content_id}"
