"""What the iOS app does, step by step, over the REST API; and what a developer looks up on the admin port."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

import msgspec

from tests.sandbox.answers import (
    Document,
    DocumentPage,
    Envelope,
    Ingested,
    InvoiceFile,
    Invoices,
    Notification,
    Purchases,
    Session,
)

GMAIL_SCOPE: Final = "https://www.googleapis.com/auth/gmail.readonly"
_PATIENCE: Final = 60.0  # seconds for one answer; draining is given the same

T = TypeVar("T")


class StepFailed(Exception):
    """One sentence that says what was asked and what came instead."""


@dataclass(slots=True)
class Phone:
    """The app on a phone, of one user. Every method is one request and raises StepFailed unless it succeeds."""

    url: str
    token: str | None = field(default=None, repr=False)

    def sign_up(self, name: str, email: str, password: str) -> Session:
        session = self._call("POST", "/v1/auth/signup", {"name": name, "email": email, "password": password}, Session)
        self.token = session.access_token
        return session

    def log_in(self, email: str, password: str) -> Session:
        session = self._call("POST", "/v1/auth/login", {"email": email, "password": password}, Session)
        self.token = session.access_token
        return session

    def connect_gmail(self, account: str) -> None:
        """With what the app sends; the tokens are the Google emulator's for that account."""
        tokens = {
            "access_token": f"ya29.{account}",
            "refresh_token": f"1//{account}",
            "username": "Alice Exempel",
            "email": account,
            "scope": [GMAIL_SCOPE],
            "token_type": "Bearer",
            "expires_in": 3600,
            "client_info": {},
        }
        self._call("POST", "/v1/auth/gmail/store-tokens", tokens, msgspec.Raw)

    def register_device(self) -> None:
        self._call("POST", "/v1/user/devices", {"device_token": "5a" * 32, "platform": "ios"}, msgspec.Raw)

    def delete_account(self) -> None:
        self._call("DELETE", "/v1/user/me", None, msgspec.Raw)

    def ingest_rental(self) -> Ingested:
        """As the app asks: a JSON content type without a body."""
        return self._call("POST", "/v1/invoices/rental/ingest", None, Ingested)

    def ingest_latest(self) -> int:
        """201: ingested now, 200: had it, 204: not there yet."""
        status, _body = self._request("POST", "/v1/invoices/rental/ingest/latest", None)
        return status

    def rental_invoices(self) -> Invoices:
        return self._call("GET", "/v1/invoices/rental", None, Invoices)

    def invoice_file(self, invoice_id: str) -> bytes:
        """Asks for one invoice and downloads its document through the short-lived link."""
        found = self._call("GET", f"/v1/invoices/rental/{urllib.parse.quote(invoice_id)}", None, InvoiceFile)
        _status, content = _exchange("GET", found.file_url, None, {})
        return content

    def documents(self, state: str) -> Iterator[Document]:
        """Every document in a state, newest change first."""
        query = {"state": state}
        while True:
            page = self._call("GET", f"/v1/documents?{urllib.parse.urlencode(query)}", None, DocumentPage)
            yield from page.documents
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    def ingest_retail(self, start: date, end: date) -> Ingested:
        dates = {"start_date": start.isoformat(), "end_date": end.isoformat()}
        return self._call("POST", "/v1/invoices/retail/ingest", dates, Ingested)

    def purchases(self) -> Purchases:
        return self._call("GET", "/v1/invoices/retail", None, Purchases)

    def _call(self, method: str, path: str, body: Any, kind: type[T]) -> T:
        _status, content = self._request(method, path, body)
        try:
            return msgspec.json.decode(msgspec.json.decode(content, type=Envelope).data, type=kind)
        except msgspec.DecodeError as exc:
            raise StepFailed(f"{method} {path} answered what the app cannot decode: {exc}") from exc

    def _request(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return _exchange(method, self.url + path, body, headers)


@dataclass(frozen=True, slots=True)
class AdminPort:
    """What happened behind the API."""

    url: str

    def drain(self) -> dict[str, int]:
        """Waits for all events; StepFailed when one failed for good or time is up."""
        counts = self._get("POST", "/drain", dict[str, int])
        if counts["failed"]:
            raise StepFailed(f"{counts['failed']} events failed for good; GET {self.url}/failed tells more")
        return counts

    def notifications(self) -> list[Notification]:
        return self._get("GET", "/notifications", list[Notification])

    def gmail_calls(self) -> Counter[str]:
        """Quota units, and the calls that caused them, since the start."""
        counts: Counter[str] = Counter()
        for call in self._get("GET", "/google/requests", list[dict[str, Any]]):
            counts["units"] += call["units"]
            counts["calls"] += call["operation"].startswith("gmail.") and call["operation"] != "gmail.batch"
        return counts

    def aws_calls(self) -> Counter[str]:
        """By service, since the start."""
        return Counter(call["service"] for call in self._get("GET", "/calls", list[dict[str, Any]]))

    def _get(self, method: str, path: str, kind: type[T]) -> T:
        _status, content = _exchange(method, self.url + path, None, {})
        return msgspec.json.decode(content, type=kind)


def _exchange(method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
    content = msgspec.json.encode(body) if body is not None else b"" if method == "POST" else None
    request = urllib.request.Request(url, content, headers, method=method)  # noqa: S310 - an address of the sandbox
    path = urllib.parse.urlsplit(url).path
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE + 5) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as exc:
        raise StepFailed(f"{method} {path} answered {exc.code}{_reason(exc.read())}") from exc
    except OSError as exc:
        raise StepFailed(f"{method} {path} was not answered: {exc}") from exc


def _reason(content: bytes) -> str:
    """The API's own words about an error, if these are they."""
    try:
        error = msgspec.json.decode(content)["error"]
        return f" {error['code']}: {error['message']}"
    except (msgspec.DecodeError, LookupError, TypeError):
        return ""
