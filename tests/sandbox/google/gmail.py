"""The Gmail API v1 operations on a mailbox: request -> JSON, `GoogleError` for what Gmail refuses.

https://developers.google.com/workspace/gmail/api/reference/rest. Left out: everything that writes mail, threads,
drafts, settings, partial responses (`fields`).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tests.sandbox.google import messages
from tests.sandbox.google.errors import gmail_error
from tests.sandbox.google.history import Change
from tests.sandbox.google.mail import SYSTEM_LABELS, Mail
from tests.sandbox.google.mailbox import Mailboxes
from tests.sandbox.google.paging import following, page_size, page_token, position
from tests.sandbox.google.search import search
from tests.sandbox.google.wire import Json, Request

Handler = Callable[[str, Request, re.Match[str]], Json | None]

_WATCH_MILLISECONDS = 7 * 24 * 3600 * 1000
_HISTORY_TYPES = ("messageAdded", "messageDeleted", "labelAdded", "labelRemoved")
_USER = r"/gmail/v1/users/(?P<user>[^/]+)"
_ROUTES = [
    ("GET", re.compile(rf"{_USER}/messages"), "gmail.messages.list"),
    ("GET", re.compile(rf"{_USER}/messages/(?P<id>[^/]+)"), "gmail.messages.get"),
    (
        "GET",
        re.compile(rf"{_USER}/messages/(?P<id>[^/]+)/attachments/(?P<attachment>[^/]+)"),
        "gmail.attachments.get",
    ),
    ("GET", re.compile(rf"{_USER}/history"), "gmail.history.list"),
    ("GET", re.compile(rf"{_USER}/profile"), "gmail.getProfile"),
    ("GET", re.compile(rf"{_USER}/labels"), "gmail.labels.list"),
    ("POST", re.compile(rf"{_USER}/watch"), "gmail.watch"),
    ("POST", re.compile(rf"{_USER}/stop"), "gmail.stop"),
]


def route(method: str, path: str) -> tuple[str, re.Match[str]] | None:
    """The operation that a method and path name, `None` if Gmail (or the emulator) has none there."""
    for verb, pattern, operation in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None and verb == method:
            return operation, found
    return None


class GmailApi:
    """Handlers by operation; `watches` keeps what each account is watched for."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes
        self._watches: dict[str, Json] = {}
        self._lock = threading.Lock()
        self.handlers: dict[str, Handler] = {
            "gmail.messages.list": self._list,
            "gmail.messages.get": self._get,
            "gmail.attachments.get": self._attachment,
            "gmail.history.list": self._history,
            "gmail.getProfile": self._profile,
            "gmail.labels.list": self._labels,
            "gmail.watch": self._watch,
            "gmail.stop": self._stop,
        }

    def watches(self) -> dict[str, Json]:
        """The running watches by account: `topicName`, `labelIds`, `expiration` (epoch ms)."""
        now = int(time.time() * 1000)
        with self._lock:
            return {account: dict(watch) for account, watch in self._watches.items() if watch["expiration"] > now}

    def call(self, operation: str, account: str, request: Request, found: re.Match[str]) -> Json | None:
        """Answers one operation; `None` is an answer without a body (204)."""
        if found["user"].casefold() not in ("me", account):
            raise gmail_error("forbidden", f"Delegation denied for {account}")
        return self.handlers[operation](account, request, found)

    def _list(self, account: str, request: Request, _: re.Match[str]) -> Json:
        size = page_size(request)
        hidden = request.value("includeSpamTrash").lower() == "true"
        mails = self._mailboxes.snapshot(account).mails
        labels = {label for value in request.values("labelIds") for label in value.split(",") if label}
        hidden = hidden or not labels.isdisjoint(("SPAM", "TRASH"))
        matching = search(mails, request.value("q"), account, hidden, datetime.now(UTC))
        matching = [mail for mail in matching if labels <= set(mail.labels)]
        rest = following(matching, request.value("pageToken"))
        page = rest[:size]
        answer: Json = {"resultSizeEstimate": len(matching)}
        if page:
            answer["messages"] = [{"id": mail.id, "threadId": mail.id} for mail in page]
        if len(rest) > size:
            answer["nextPageToken"] = page_token(f"{page[-1].internal_date}:{page[-1].id}")
        return answer

    def _get(self, account: str, request: Request, found: re.Match[str]) -> Json:
        mail, history_id = self._mail(account, found["id"])
        try:
            return messages.resource(mail, history_id, request.value("format"), request.values("metadataHeaders"))
        except OSError as exc:
            raise gmail_error("notFound") from exc

    def _attachment(self, account: str, _: Request, found: re.Match[str]) -> Json:
        mail, _history_id = self._mail(account, found["id"])
        try:
            return messages.attachment(mail, found["attachment"])
        except OSError as exc:
            raise gmail_error("notFound") from exc

    def _mail(self, account: str, message_id: str) -> tuple[Mail, int]:
        if not re.fullmatch(r"[0-9a-fA-F]{1,16}", message_id):
            raise gmail_error("invalidArgument", "Invalid id value")
        known = self._mailboxes.find(account, message_id.lower())
        if known is None:
            raise gmail_error("notFound")
        return known

    def _history(self, account: str, request: Request, _: re.Match[str]) -> Json:
        start, size = request.value("startHistoryId"), page_size(request)
        if not re.fullmatch(r"\d{1,20}", start):
            raise gmail_error("invalidArgument", "Missing/invalid parameter: startHistoryId")
        changes, current = self._mailboxes.changes(account, int(start))
        kinds, label = _history_types(request), request.value("labelId")
        wanted = [c for c in changes if c.kind in kinds and (not label or label in c.mail.labels)]
        last = position(request.value("pageToken"), r"\d{1,20}") or "0"
        rest = [change for change in wanted if change.id > int(last)]
        answer: Json = {"historyId": str(current)}
        if rest:
            answer["history"] = [_history_record(change) for change in rest[:size]]
        if len(rest) > size:
            answer["nextPageToken"] = page_token(str(rest[size - 1].id))
        return answer

    def _profile(self, account: str, _: Request, __: re.Match[str]) -> Json:
        now = self._mailboxes.snapshot(account)
        total = len(now.mails)
        return {
            "emailAddress": account,
            "messagesTotal": total,
            "threadsTotal": total,
            "historyId": str(now.history_id),
        }

    def _labels(self, account: str, _: Request, __: re.Match[str]) -> Json:
        own = {label for mail in self._mailboxes.snapshot(account).mails for label in mail.labels}
        system = [{"id": label, "name": label, "type": "system"} for label in SYSTEM_LABELS]
        user = [{"id": label, "name": label, "type": "user"} for label in sorted(own - set(SYSTEM_LABELS))]
        return {"labels": system + user}

    def _watch(self, account: str, request: Request, _: re.Match[str]) -> Json:
        try:
            body = request.json_object()
        except ValueError as exc:
            raise gmail_error("invalidArgument", "Invalid JSON payload received.") from exc
        topic = body.get("topicName")
        if not isinstance(topic, str) or not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic):
            raise gmail_error("invalidArgument", "Invalid topicName does not match projects/<project>/topics/*")
        expiration = int(time.time() * 1000) + _WATCH_MILLISECONDS
        with self._lock:
            self._watches[account] = {
                "topicName": topic,
                "labelIds": body.get("labelIds", []),
                "expiration": expiration,
            }
        return {"historyId": str(self._mailboxes.snapshot(account).history_id), "expiration": str(expiration)}

    def _stop(self, account: str, _: Request, __: re.Match[str]) -> None:
        with self._lock:
            self._watches.pop(account, None)


def _history_record(change: Change) -> Json:
    message = {"id": change.mail.id, "threadId": change.mail.id}
    key = "messagesAdded" if change.kind == "messageAdded" else "messagesDeleted"
    return {
        "id": str(change.id),
        "messages": [message],
        key: [{"message": {**message, "labelIds": list(change.mail.labels)}}],
    }


def _history_types(request: Request) -> set[str]:
    asked = {kind for value in request.values("historyTypes") for kind in value.split(",") if kind}
    if not asked <= set(_HISTORY_TYPES):
        raise gmail_error("invalidArgument", "Invalid value at 'history_types'")
    return asked or set(_HISTORY_TYPES)
