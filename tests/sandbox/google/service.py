"""All of Google behind one address: requests -> credentials, faults, quota, operation, log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from tests.sandbox.google.batch import read_batch, write_batch
from tests.sandbox.google.errors import ConnectionResetFault, GoogleError, gmail_error
from tests.sandbox.google.faults import Faults
from tests.sandbox.google.gmail import GmailApi, route
from tests.sandbox.google.mailbox import Mailboxes
from tests.sandbox.google.oauth import Grants
from tests.sandbox.google.push import PushService
from tests.sandbox.google.quota import UNITS, UserQuota
from tests.sandbox.google.requestlog import Entry, RequestLog, logged_query
from tests.sandbox.google.wire import Json, Request, Response

logger = logging.getLogger(__name__)
_BATCH_PATHS = ("/batch/gmail/v1", "/batch")
#: Google's certificates may be kept for hours.
_CACHED = {"Cache-Control": "public, max-age=21600, must-revalidate, no-transform"}


class GoogleService:
    def __init__(self, mailbox: Path | None, enforce_quota: bool) -> None:
        self.mailboxes = Mailboxes(mailbox)
        self.gmail = GmailApi(self.mailboxes)
        self.grants = Grants(self.mailboxes.has_folder)
        self.push = PushService()
        self.faults = Faults()
        self.log = RequestLog()
        self._quota = UserQuota() if enforce_quota else None
        self._oauth: dict[tuple[str, str], tuple[str, Callable[[Request], tuple[str, Json]]]] = {
            ("GET", "/certs"): ("oauth.certs", lambda _: ("", self.push.certificates())),
            ("POST", "/token"): ("oauth.token", self.grants.token),
            ("GET", "/userinfo"): ("oauth.userinfo", self.grants.userinfo),
            ("POST", "/userinfo"): ("oauth.userinfo", self.grants.userinfo),
            ("GET", "/tokeninfo"): ("oauth.tokeninfo", self.grants.tokeninfo),
            ("POST", "/tokeninfo"): ("oauth.tokeninfo", self.grants.tokeninfo),
            ("POST", "/revoke"): ("oauth.revoke", self.grants.revocation),
            ("GET", "/revoke"): ("oauth.revoke", self.grants.revocation),
        }

    def handle(self, request: Request) -> Response:
        """Answers any request. Raises nothing but `ConnectionResetFault`: cut the connection then."""
        if request.path == "/_emulator/consent":
            return self._consent(request)
        if request.method == "POST" and request.path in _BATCH_PATHS:
            return self._batch(request)
        entry = self._entry(request)
        try:
            return self._answer(request, entry)
        finally:
            self.log.add(entry)

    def _consent(self, request: Request) -> Response:
        try:
            account = request.json_object().get("account")
        except ValueError:
            account = None
        if request.method != "POST" or not isinstance(account, str):
            return gmail_error("invalidArgument", 'POST {"account": "..."}').response()
        self.grants.consent(account)
        return Response(204)

    def _batch(self, request: Request) -> Response:
        outer = self._entry(request, operation="gmail.batch")
        inner: list[Entry] = []
        try:
            outer.account = self._account_or_nobody(request)
            self.faults.strike("gmail.batch")
            calls = read_batch(request)
            inner += [self._entry(call.request, in_batch=True) for call in calls]
            pairs = zip(calls, inner, strict=True)
            response = write_batch([(call, self._answer(call.request, entry)) for call, entry in pairs])
        except GoogleError as exc:
            response = exc.response()
        except ConnectionResetFault:
            self.log.add(outer, *inner)
            raise
        outer.status = response.status
        self.log.add(outer, *inner)
        return response

    def _answer(self, request: Request, entry: Entry) -> Response:
        try:
            response = self._dispatch(request, entry)
        except GoogleError as exc:
            response = exc.response()
        except ConnectionResetFault:
            raise
        except Exception:  # boundary: a defect of the emulator must look like one of Google's, not hang a client
            logger.exception("the Google emulator failed in %s", entry.operation)
            response = gmail_error("backendError").response()
        entry.status = response.status
        return response

    def _dispatch(self, request: Request, entry: Entry) -> Response:
        oauth = self._oauth.get((request.method, request.path))
        if oauth is not None and not entry.in_batch:
            entry.operation, endpoint = oauth
            self.faults.strike(entry.operation)
            entry.account, document = endpoint(request)
            return Response.of_json(document, headers=_CACHED if entry.operation == "oauth.certs" else None)
        found = route(request.method, request.path)
        if found is None:
            raise gmail_error("notFound")
        entry.operation, match = found
        entry.account = self.grants.gmail_account(request.bearer_token)
        if self._quota is not None:
            self._quota.spend(entry.account, UNITS[entry.operation])
        entry.units = UNITS[entry.operation]
        self.faults.strike(entry.operation)
        document_or_nothing = self.gmail.call(entry.operation, entry.account, request, match)
        return Response(204) if document_or_nothing is None else Response.of_json(document_or_nothing)

    def _account_or_nobody(self, request: Request) -> str:
        try:
            return self.grants.gmail_account(request.bearer_token)
        except GoogleError:
            return ""

    @staticmethod
    def _entry(request: Request, operation: str = "", in_batch: bool = False) -> Entry:
        query = logged_query(dict(request.query))
        return Entry(request.method, request.path, operation, "", 0, 0, query, in_batch)
