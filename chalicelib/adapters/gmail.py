"""The Gmail API v1 through google-api-python-client: search, history and raw download, batched and within quota."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from chalicelib.adapters.gmail_overviews import OVERVIEW, read_overview
from chalicelib.adapters.gmail_quota import UNITS
from chalicelib.domain.gmail import GmailGrant
from chalicelib.domain.vendor_suggestions import MailOverview
from chalicelib.errors import DependencyFailure, DependencyThrottled, GmailReauthRequired, NotFound

T = TypeVar("T")

#: Gmail API guide, "Batch requests": 100 calls at most, 50 advised. messages.list and history.list: 500 at most.
CALLS_PER_BATCH = 50
_RESULTS_PER_PAGE = 500
_TIMEOUT_SECONDS = 30
_ATTEMPTS = 5
#: Seconds that one call or batch waits between its attempts; whoever waits for it in turn is a person.
_MOST_WAITING = 8.0
_STOP_SECONDS = 5
#: Gmail API guide, "Resolve errors": these 403 reasons mean "later" ...
_LATER = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded", "backendError"}
)
#: ... these, that our project is not set up (no person can mend that); every other 403 means "not allowed".
_OUR_FAULT = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})

#: Called with the units that the next call costs, before it is made; returns when they are granted.
Spend = Callable[[int], None]


class RawMessage(NamedTuple):
    """One message as it was received: the bytes of RFC 5322, and when Gmail got them."""

    message_id: str
    received: datetime
    content: bytes


class FailedMessage(NamedTuple):
    """One message that Gmail would not give; ``reason`` is its error's reason or status."""

    message_id: str
    reason: str


class History(NamedTuple):
    """What came since a history id: ids of added messages, and the id to ask from next time."""

    added: frozenset[str]
    history_id: str


class GmailMailbox:
    """One person's mailbox. Not thread-safe (httplib2 is not).

    ``renew`` exchanges the grant for a fresh one, and stores it; Google's client calls it when the token has expired
    or is refused. Every call asks ``spend`` for its quota units first.
    """

    def __init__(self, grant: GmailGrant, renew: Callable[[], GmailGrant], endpoint: str, spend: Spend) -> None:
        self._grant = grant
        self._renew = renew
        self._endpoint = endpoint.rstrip("/")
        self._spend = spend

    def search(self, query: str) -> Iterator[list[str]]:
        """Ids of the messages that a query finds, newest first, a page of up to 500 at a time, to the end."""
        token: str | None = None
        while True:
            answer = self._call(
                "messages.list", self._messages.list, q=query, maxResults=_RESULTS_PER_PAGE, pageToken=token
            )
            yield [message["id"] for message in answer.get("messages", [])]
            token = answer.get("nextPageToken")
            if not token:
                return

    def history_id(self) -> str:
        """The mailbox's history id now: what comes later, comes after it."""
        return str(self._call("getProfile", self._users.getProfile)["historyId"])

    def history(self, start: str) -> History:
        """What was added since ``start``, all pages of it.

        Raises ``NotFound`` when Gmail no longer knows that far back (about a week; Gmail API guide, "Synchronize").
        """
        added: set[str] = set()
        token: str | None = None
        while True:
            answer = self._call(
                "history.list",
                self._users.history().list,
                startHistoryId=start,
                historyTypes=["messageAdded"],
                maxResults=_RESULTS_PER_PAGE,
                pageToken=token,
            )
            for record in answer.get("history", []):
                added |= {entry["message"]["id"] for entry in record.get("messagesAdded", [])}
            token = answer.get("nextPageToken")
            if not token:
                return History(frozenset(added), str(answer.get("historyId", start)))

    def watch(self, topic: str) -> datetime:
        """Has Gmail publish changes of the inbox to a Pub/Sub topic; until when (Gmail API reference, users.watch)."""
        body = {"topicName": topic, "labelIds": ["INBOX"], "labelFilterBehavior": "INCLUDE"}
        answer = self._call("watch", self._users.watch, body=body)
        return datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC)

    def stop_watching(self) -> None:
        """Ends every watch of the mailbox that is ours. Asked once, not for long: nobody waits for it."""
        self._spend(UNITS["stop"])
        self._http.timeout = _STOP_SECONDS
        self._execute("stop", self._users.stop(userId="me"))

    def fetch(self, message_ids: Sequence[str]) -> Iterator[RawMessage | FailedMessage]:
        """Downloads up to 50 messages with one HTTP request; the few that are refused are asked for again.

        Raises ``DependencyThrottled`` for the rest when Gmail wants to be left alone for longer than is worth waiting.
        """
        pending, backoff = list(message_ids), _Backoff()
        for attempt in range(_ATTEMPTS):
            self._spend(UNITS["messages.get"] * len(pending))
            answers = self._batch(pending, format="raw")
            pending, refusals = [], list[DependencyThrottled]()
            for message_id, answer in answers.items():
                if isinstance(answer, DependencyThrottled) and attempt < _ATTEMPTS - 1:
                    pending.append(message_id)
                    refusals.append(answer)
                elif isinstance(answer, DependencyFailure | NotFound):
                    yield FailedMessage(message_id, f"gmail_{getattr(answer, 'reason', 'not_found')}")
                else:
                    yield _raw(message_id, answer)
            if not pending:
                return
            backoff.wait(attempt, max(refusals, key=lambda refusal: refusal.retry_after or 0.0))

    def overviews(self, message_ids: Sequence[str]) -> Iterator[MailOverview]:
        """Overviews of up to 50 messages with one HTTP request; those that Gmail does not give now are left out."""
        self._spend(UNITS["messages.get"] * len(message_ids))
        for message_id, answer in self._batch(message_ids, **OVERVIEW).items():
            if isinstance(answer, dict):
                yield read_overview(message_id, answer)

    @cached_property
    def _users(self) -> Any:
        from googleapiclient.discovery import build

        service = build(
            "gmail",
            "v1",
            http=self._http,
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": self._endpoint},
        )
        return service.users()

    @cached_property
    def _messages(self) -> Any:
        return self._users.messages()

    @cached_property
    def _http(self) -> Any:
        import google_auth_httplib2
        import httplib2
        from google.oauth2.credentials import Credentials

        credentials = Credentials(  # type: ignore[no-untyped-call]
            token=self._grant.access_token,
            refresh_handler=self._refreshed,
            expiry=self._grant.expires_at.astimezone(UTC).replace(tzinfo=None),
        )
        return google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=_TIMEOUT_SECONDS))

    def _refreshed(self, request: Any, scopes: Any) -> tuple[str, datetime]:
        """google-auth's ``refresh_handler``: a token and its expiry, which the library wants naive and in UTC."""
        self._grant = self._renew()
        return self._grant.access_token, self._grant.expires_at.astimezone(UTC).replace(tzinfo=None)

    def _call(self, operation: str, method: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
        """One call, again after a pause while Gmail says "later"."""
        backoff = _Backoff()
        for attempt in range(_ATTEMPTS):
            self._spend(UNITS[operation])
            try:
                return self._execute(operation, method(userId="me", **parameters))
            except DependencyThrottled as exc:
                if attempt == _ATTEMPTS - 1:
                    raise
                backoff.wait(attempt, exc)
        raise AssertionError("unreachable")

    def _execute(self, operation: str, request: Any) -> dict[str, Any]:
        import httplib2
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError

        try:
            answer: dict[str, Any] = request.execute() or {}
        except HttpError as exc:
            raise _translated(operation, exc) from exc
        except (OSError, httplib2.HttpLib2Error, GoogleAuthError) as exc:
            raise DependencyThrottled("gmail", operation, type(exc).__name__) from exc
        return answer

    def _batch(self, message_ids: Sequence[str], **wanted: Any) -> dict[str, Any]:
        """Per id the message as ``wanted``, or the error in its place. Raises what concerns the whole account."""
        import httplib2
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError
        from googleapiclient.http import BatchHttpRequest

        answers: dict[str, Any] = {}

        def collect(request_id: str, response: Any, exc: HttpError | None) -> None:
            answers[request_id] = response if exc is None else _translated("messages.get", exc)

        # The client's own new_batch_http_request knows only Google's address, whatever endpoint was configured.
        batch = BatchHttpRequest(callback=collect, batch_uri=f"{self._endpoint}/batch/gmail/v1")
        for message_id in message_ids:
            batch.add(self._messages.get(userId="me", id=message_id, **wanted), request_id=message_id)
        try:
            batch.execute(http=self._http)
        except HttpError as exc:
            error = _translated("batch", exc)
            if not isinstance(error, DependencyThrottled):
                raise error from exc
            return dict.fromkeys(message_ids, error)
        except (OSError, httplib2.HttpLib2Error, GoogleAuthError) as exc:
            return dict.fromkeys(message_ids, DependencyThrottled("gmail", "batch", type(exc).__name__))
        for answer in answers.values():
            if isinstance(answer, GmailReauthRequired):
                raise answer
        return answers


class _Backoff:
    """The pauses between the attempts of one call: exponential with jitter, never shorter than Gmail asked for."""

    def __init__(self) -> None:
        self._waited = 0.0

    def wait(self, attempt: int, refusal: DependencyThrottled) -> None:
        """Raises the refusal when waiting is not worth it; its ``retry_after`` says when to come back."""
        jittered = random.uniform(0.5, 1.0) * 0.4 * 2**attempt  # noqa: S311 - spreads load, guards nothing
        seconds = max(refusal.retry_after or 0.0, jittered)
        if self._waited + seconds > _MOST_WAITING:
            raise refusal
        self._waited += seconds
        time.sleep(seconds)


def _retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header, which may name a moment instead (RFC 9110, section 10.2.3).

    >>> _retry_after("7"), _retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), _retry_after("soon")
    (7.0, 0.0, None)
    """
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(moment.tzinfo)).total_seconds())


def _raw(message_id: str, answer: dict[str, Any]) -> RawMessage | FailedMessage:
    """``raw`` is base64url without a promise of padding (Gmail API reference, ``users.messages``)."""
    try:
        content = base64.urlsafe_b64decode(answer["raw"] + "==")
        received = datetime.fromtimestamp(int(answer["internalDate"]) / 1000, UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return FailedMessage(message_id, "gmail_unreadable_answer")
    return RawMessage(message_id, received, content)


def _translated(operation: str, exc: Any) -> DependencyFailure | GmailReauthRequired | NotFound:
    """A Gmail error by status and reason; a 403 is quota or permission, and only its reason says which."""
    status, reason = int(exc.resp.status), _reason(exc.content)
    if status == 401 or (status == 403 and reason not in _LATER | _OUR_FAULT):
        return GmailReauthRequired("Gmail has to be connected again")
    if status == 404:
        return NotFound(f"{operation} does not exist in the mailbox")
    if status == 429 or status >= 500 or reason in _LATER:
        seconds = _retry_after(str(exc.resp.get("retry-after", "")))
        return DependencyThrottled("gmail", operation, reason or str(status), seconds)
    return DependencyFailure("gmail", operation, reason or str(status))


def _reason(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["errors"][0]["reason"])
    except (ValueError, LookupError, TypeError):
        return ""
