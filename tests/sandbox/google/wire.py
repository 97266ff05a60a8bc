"""What crosses the wire: one HTTP request, one HTTP response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs, unquote

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is percent-decoded and has no query; header names are lower case; `form` is the urlencoded body."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Reads a request line and body.

        A POST with `X-HTTP-Method-Override: GET` is a GET whose query is in the body: google-api-python-client
        sends that for addresses longer than 2,048 characters (googleapiclient/http.py, MAX_URI_LENGTH).
        """
        path, _, query = target.partition("?")
        override = headers.get("x-http-method-override", "").upper()
        if method == "POST" and override == "GET":
            method, query, body = "GET", "&".join(filter(None, [query, body.decode("utf-8", "replace")])), b""
        return cls(method, unquote(path), parse_qs(query, keep_blank_values=True), headers, body)

    def value(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def values(self, name: str) -> list[str]:
        return list(self.query.get(name, []))

    @property
    def form(self) -> dict[str, str]:
        pairs = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in pairs.items()}

    def json_object(self) -> Json:
        """The body as a JSON object; `ValueError` when it is something else. No body is an empty object."""
        document = json.loads(self.body or b"{}")
        if not isinstance(document, dict):
            raise ValueError("not a JSON object")
        return cast(Json, document)

    @property
    def bearer_token(self) -> str:
        """The OAuth access token: from the Authorization header, else the `access_token` parameter."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else self.value("access_token")


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, document: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        body = json.dumps(document, separators=(",", ":")).encode("ascii")
        return cls(status, body, {"Content-Type": "application/json; charset=UTF-8", **(headers or {})})
