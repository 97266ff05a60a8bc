"""A Google emulator on a temporary mailbox, and the real client library to talk to it."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from tests.sandbox.google import GoogleEmulator

ALICE = "alice@gmail.com"
BOB = "bob@gmail.com"


class Answer(NamedTuple):
    status: int
    document: dict[str, Any]
    headers: dict[str, str]


class Inbox:
    """Files go in with `deliver`, come out through google-api-python-client (`users`, `batch`) or plain HTTP."""

    def __init__(self, directory: Path, emulator: GoogleEmulator) -> None:
        self.directory = directory
        self.emulator = emulator

    def deliver(self, name: str, content: EmailMessage | bytes, account: str = ALICE) -> Path:
        """Writes a mail; `account` "" shares it with everybody."""
        path = self.directory / account / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.as_bytes())
        return path

    def service(self, access_token: str = f"ya29.{ALICE}") -> Any:
        from google.oauth2.credentials import Credentials
        from googleapiclient.discovery import build

        credentials = Credentials(token=access_token)  # type: ignore[no-untyped-call]
        return build(
            "gmail", "v1", credentials=credentials, static_discovery=True, cache_discovery=False,
            client_options={"api_endpoint": self.emulator.url},
        )  # fmt: skip

    def users(self, access_token: str = f"ya29.{ALICE}") -> Any:
        return self.service(access_token).users()

    def ids(self, q: str = "", **arguments: Any) -> list[str]:
        answer = self.users().messages().list(userId="me", q=q, **arguments).execute()
        return [message["id"] for message in answer.get("messages", [])]

    def subjects(self, q: str = "", **arguments: Any) -> list[str]:
        """The subjects of what a search finds, in its order."""
        messages = self.users().messages()
        found = (messages.get(userId="me", id=i, format="metadata").execute() for i in self.ids(q, **arguments))
        return [header(message, "Subject") for message in found]

    def batch(self, requests: list[Any]) -> list[Any]:
        """Executes calls as one batch; each result is the answer or the HttpError."""
        from googleapiclient.http import BatchHttpRequest

        results: dict[str, Any] = {}

        def collect(request_id: str, response: Any, error: Any) -> None:
            results[request_id] = error or response

        batch = BatchHttpRequest(callback=collect, batch_uri=f"{self.emulator.url}/batch/gmail/v1")
        for number, request in enumerate(requests):
            batch.add(request, request_id=str(number))
        batch.execute()
        return [results[str(number)] for number in range(len(requests))]

    def operations(self) -> list[str]:
        return [entry["operation"] for entry in self.emulator.requests()]

    def post(self, path: str, form: dict[str, str]) -> Answer:
        return self._send(path, urllib.parse.urlencode(form).encode(), {})

    def get(self, path: str, access_token: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        return self._send(path, None, headers)

    def _send(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(self.emulator.url + path, body, headers)  # noqa: S310 - http to the emulator
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
                return Answer(answer.status, json.loads(answer.read() or b"{}"), dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.loads(error.read() or b"{}"), dict(error.headers))


@contextmanager
def open_inbox(directory: Path, enforce_quota: bool = False) -> Iterator[Inbox]:
    with GoogleEmulator(directory, enforce_quota=enforce_quota) as emulator:
        yield Inbox(directory, emulator)


def mail(subject: str = "Hyresavi", text: str = "Hej!", html: str = "", **headers: str) -> EmailMessage:
    """A mail; header names are written with underscores (`Message_ID`)."""
    message = EmailMessage()
    given = {"From": "Hyresbolaget <avi@landlord.example>", "To": ALICE, "Date": "Mon, 03 Mar 2025 08:00:00 +0100"}
    for name, value in (given | {"Subject": subject} | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def with_pdf(message: EmailMessage, name: str = "avi.pdf", data: bytes = b"%PDF-1.7 sample") -> EmailMessage:
    message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message


def header(message: dict[str, Any], name: str) -> str:
    found: list[str] = [h["value"] for h in message["payload"]["headers"] if h["name"].lower() == name.lower()]
    return found[0] if found else ""
