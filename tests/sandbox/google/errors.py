"""Google's error answers.

Gmail: `{"error": {"code", "message", "errors": [{"domain", "reason", "message"}], "status"}}` as in
https://developers.google.com/workspace/gmail/api/guides/handle-errors. The OAuth endpoints answer in the form of
RFC 6749 section 5.2: `{"error", "error_description"}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.sandbox.google.wire import Json, Response


class GoogleError(Exception):
    """A refusal that reaches the client as `response()`."""

    def __init__(self, status: int, document: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.document = document
        self.headers = headers or {}

    def response(self) -> Response:
        return Response.of_json(self.document, self.status, self.headers)


class ConnectionResetFault(Exception):
    """The connection is to be cut (TCP RST) instead of answered."""


class Reason(NamedTuple):
    status: int
    domain: str
    message: str


REASONS = {
    "authError": Reason(401, "global", "Request had invalid authentication credentials."),
    "insufficientPermissions": Reason(403, "global", "Request had insufficient authentication scopes."),
    "forbidden": Reason(403, "global", "Forbidden"),
    "domainPolicy": Reason(403, "global", "The domain administrators have disabled Gmail apps."),
    "rateLimitExceeded": Reason(403, "usageLimits", "Rate Limit Exceeded"),
    "userRateLimitExceeded": Reason(403, "usageLimits", "User Rate Limit Exceeded"),
    "dailyLimitExceeded": Reason(403, "usageLimits", "Daily Limit Exceeded"),
    "quotaExceeded": Reason(403, "usageLimits", "Quota exceeded"),
    "notFound": Reason(404, "global", "Requested entity was not found."),
    "invalidArgument": Reason(400, "global", "Invalid argument"),
    "failedPrecondition": Reason(400, "global", "Precondition check failed."),
    "backendError": Reason(500, "global", "Backend Error"),
}
_REASON_OF_STATUS = {
    400: "invalidArgument", 401: "authError", 403: "forbidden", 404: "notFound", 429: "rateLimitExceeded",
}  # fmt: skip
_STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
_OAUTH_ERRORS = {
    "invalid_grant": (400, "Token has been expired or revoked."),
    "invalid_request": (400, "Invalid request."),
    "invalid_client": (401, "The OAuth client was not found."),
    "invalid_token": (400, "Token expired or revoked"),
    "unsupported_grant_type": (400, "Invalid grant_type."),
    "authError": (401, "Invalid Credentials"),
    "backendError": (500, "Backend Error"),
    "rateLimitExceeded": (429, "Rate Limit Exceeded"),
    "userRateLimitExceeded": (429, "User Rate Limit Exceeded"),
}


def gmail_error(reason: str, message: str | None = None, status: int | None = None) -> GoogleError:
    """The Gmail error of a documented reason (`REASONS`), optionally with another message or status."""
    known = REASONS[reason]
    code = status or known.status
    text = message or known.message
    detail = {"message": text, "domain": known.domain, "reason": reason}
    headers = {}
    if reason == "authError":
        detail |= {"message": "Invalid Credentials", "location": "Authorization", "locationType": "header"}
        headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    name = "RESOURCE_EXHAUSTED" if known.domain == "usageLimits" else _STATUS_NAMES.get(code, "UNKNOWN")
    error = {"code": code, "message": text, "errors": [detail], "status": name}
    return GoogleError(code, {"error": error}, headers)


def oauth_error(error: str, description: str | None = None) -> GoogleError:
    """An error of the token, userinfo or revoke endpoint."""
    status, text = _OAUTH_ERRORS[error]
    # The userinfo endpoint names a refused token "invalid_request"; OAuth has no code for a fault of the server.
    code = {"authError": "invalid_request", "backendError": "internal_failure"}.get(error, error)
    return GoogleError(status, {"error": code, "error_description": description or text})


@dataclass(frozen=True, slots=True)
class Failure:
    """What a fault answers: an HTTP status ("503"), a reason ("authError"), "connection_reset", or "" for nothing."""

    error: str
    oauth: bool
    retry_after: str = ""

    def __post_init__(self) -> None:
        known = _OAUTH_ERRORS if self.oauth else REASONS
        status = self.error.isdigit() and 400 <= int(self.error) <= 599
        if self.error not in ("", "connection_reset") and not status and self.error not in known:
            raise ValueError(f"unknown error: {self.error[:40]!r}")

    def raise_(self) -> None:
        if self.error == "":
            return
        if self.error == "connection_reset":
            raise ConnectionResetFault
        error = self._of_status(int(self.error)) if self.error.isdigit() else self._of_reason()
        if self.retry_after:
            error.headers = {**error.headers, "Retry-After": self.retry_after}
        raise error

    def _of_reason(self) -> GoogleError:
        return oauth_error(self.error) if self.oauth else gmail_error(self.error)

    def _of_status(self, status: int) -> GoogleError:
        if self.oauth:
            return GoogleError(status, {"error": "temporarily_unavailable", "error_description": f"HTTP {status}"})
        return gmail_error(_REASON_OF_STATUS.get(status, "backendError"), status=status)
