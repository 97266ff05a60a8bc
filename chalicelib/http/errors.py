"""The one table from error type to status and code; subclasses answer as their nearest listed ancestor."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib import errors


class ErrorAnswer(NamedTuple):
    """How an error is told to a client."""

    status: int
    code: str


_TABLE: dict[type[BaseException], ErrorAnswer] = {
    errors.InvalidCredentials: ErrorAnswer(401, "INVALID_CREDENTIALS"),
    errors.InvalidToken: ErrorAnswer(401, "INVALID_TOKEN"),
    errors.TokenExpired: ErrorAnswer(401, "TOKEN_EXPIRED"),
    errors.GmailReauthRequired: ErrorAnswer(409, "GMAIL_TOKEN_EXPIRED"),
    errors.UserNotFound: ErrorAnswer(404, "USER_NOT_FOUND"),
    errors.InvoiceNotFound: ErrorAnswer(404, "INVOICE_NOT_FOUND"),
    errors.NotFound: ErrorAnswer(404, "NOT_FOUND"),
    errors.UserAlreadyExists: ErrorAnswer(409, "USER_ALREADY_EXISTS"),
    errors.InvalidJson: ErrorAnswer(400, "INVALID_JSON"),
    errors.MissingFields: ErrorAnswer(400, "MISSING_FIELDS"),
    errors.ValidationFailed: ErrorAnswer(400, "VALIDATION_ERROR"),
    errors.InvalidRequest: ErrorAnswer(400, "INVALID_REQUEST"),
    errors.UnsupportedMediaType: ErrorAnswer(415, "UNSUPPORTED_MEDIA_TYPE"),
    errors.RateLimited: ErrorAnswer(429, "RATE_LIMITED"),
    errors.DependencyFailure: ErrorAnswer(502, "DEPENDENCY_FAILURE"),
}
_UNEXPECTED = ErrorAnswer(500, "INTERNAL_SERVER_ERROR")


def answer_for(error: BaseException) -> ErrorAnswer:
    """The answer to an error, by its class and then its ancestors.

    >>> answer_for(errors.DependencyThrottled("s3", "PutObject", "SlowDown")).code
    'DEPENDENCY_FAILURE'
    >>> answer_for(KeyError()).status
    500
    """
    return next((_TABLE[kind] for kind in type(error).__mro__ if kind in _TABLE), _UNEXPECTED)


def message_for(error: BaseException) -> str:
    """What a person may read: our own errors speak for themselves, all others say nothing of what is inside."""
    if isinstance(error, errors.DependencyFailure):
        return "A service that PayPulse depends on did not answer. Please try again."
    return str(error) if answer_for(error) is not _UNEXPECTED else "Something went wrong. Please try again."
