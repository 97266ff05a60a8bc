"""The two forms of every answer, as the shipped app decodes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from chalice.app import Response

from chalicelib.errors import RateLimited
from chalicelib.http.errors import answer_for, message_for

# Amounts are Decimal and must be JSON numbers; Chalice's own encoder would make them floats and 11000 an 11000.0.
encode = msgspec.json.Encoder(decimal_format="number").encode
_SAFETY: dict[str, str | list[str]] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
_HEADERS: dict[str, str | list[str]] = {"Content-Type": "application/json", **_SAFETY}


class Reply(NamedTuple):
    """What a view answers: ``data`` is anything msgspec can encode."""

    message: str
    data: Any = None
    status: int = 200


class File(NamedTuple):
    """What a view of the public documentation answers, as it is; ``headers`` say how long it may be kept."""

    content: str
    headers: Mapping[str, str]


def success(reply: Reply | File) -> Response:
    """``{"message", "code", "data"}``; 204 has no body (RFC 9110, section 15.3.5)."""
    if isinstance(reply, File):
        return Response(body=reply.content, status_code=200, headers={**_HEADERS, **reply.headers})
    if reply.status == 204:
        return Response(body="", status_code=204, headers=dict(_SAFETY))
    body = {"message": reply.message, "code": reply.status, "data": reply.data}
    return Response(body=encode(body).decode(), status_code=reply.status, headers=dict(_HEADERS))


def failure(error: BaseException) -> Response:
    """``{"error": {"code", "message"}}``, with ``Retry-After`` where the error knows it."""
    status, code = answer_for(error)
    headers = dict(_HEADERS)
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    body = {"error": {"code": code, "message": message_for(error)}}
    return Response(body=encode(body).decode(), status_code=status, headers=headers)
