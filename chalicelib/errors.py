"""One exception tree; this page is its map. Knows nothing of HTTP: ``chalicelib.http.errors`` maps it to answers.

::

    PayPulseError
    ├── InvalidRequest                a parameter or combination of parameters makes no sense
    │   ├── InvalidJson               the body is not a JSON object
    │   ├── MissingFields             required fields are absent      (fields)
    │   └── ValidationFailed          a field's value is not usable   (field)
    ├── UnsupportedMediaType
    ├── Unauthenticated
    │   ├── InvalidCredentials        wrong password, unknown e-mail, no Authorization header
    │   ├── InvalidToken              malformed, wrongly signed, revoked
    │   └── TokenExpired
    ├── GmailReauthRequired           Gmail is not connected, or Google wants a new consent
    ├── NotFound
    │   ├── UserNotFound
    │   └── InvoiceNotFound
    ├── UserAlreadyExists
    ├── RateLimited                   (retry_after)
    ├── DependencyFailure             AWS, Google or Gemini failed    (service, operation, reason)
    │   ├── DependencyThrottled       ... and said to come back later (retry_after)
    │   └── ModelAnswerInvalid        the model answered, nothing usable; asking again would only cost again
    ├── Conflict                      a conditional write lost: somebody else was first
    └── DocumentRejected              a document yields no record     (reason)
        ├── DocumentIgnored           it is readable and is not an invoice
        └── DocumentUnreadable        encrypted, truncated, empty, too large, hostile

Texts of these exceptions may reach a person or a log: they name fields, ids and reasons, never values.
"""

from __future__ import annotations

from collections.abc import Sequence


class PayPulseError(Exception):
    """Root of all errors that this application raises on purpose."""


class InvalidRequest(PayPulseError):
    """A parameter, or a combination of parameters, makes no sense."""


class InvalidJson(InvalidRequest):
    """The body is not a JSON object."""


class MissingFields(InvalidRequest):
    """Required fields are absent from the body."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(f"Missing required fields: {', '.join(self.fields)}")


class ValidationFailed(InvalidRequest):
    """The value of one field is not usable; the text names the field."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


class UnsupportedMediaType(PayPulseError):
    """The body's content type is none that the route reads."""


class Unauthenticated(PayPulseError):
    """The caller did not prove who they are."""


class InvalidCredentials(Unauthenticated):
    """Wrong password and unknown e-mail alike, or no Authorization header."""


class InvalidToken(Unauthenticated):
    """A token that is malformed, wrongly signed, of another algorithm, or revoked."""


class TokenExpired(Unauthenticated):
    """A genuine token past its time."""


class GmailReauthRequired(PayPulseError):
    """Gmail is not connected, or Google no longer honours the stored grant."""


class NotFound(PayPulseError):
    """What was asked for does not exist for this caller."""


class UserNotFound(NotFound):
    """The token's user no longer exists."""


class InvoiceNotFound(NotFound):
    """No such invoice of this user; somebody else's counts as none."""


class UserAlreadyExists(PayPulseError):
    """The e-mail address is taken (compared without regard to case)."""


class RateLimited(PayPulseError):
    """Too many requests; ``retry_after`` is in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class DependencyFailure(PayPulseError):
    """A neighbour (AWS, Google, Gemini) failed.

    ``service`` and ``operation`` name the call ("dynamodb", "PutItem"); ``reason`` is the neighbour's error code,
    never its text, which may quote a person's data.
    """

    def __init__(self, service: str, operation: str, reason: str) -> None:
        self.service = service
        self.operation = operation
        self.reason = reason
        super().__init__(f"{service} {operation} failed: {reason}")


class DependencyThrottled(DependencyFailure):
    """A neighbour asks to be called later; ``retry_after`` in seconds where it said so."""

    def __init__(self, service: str, operation: str, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(service, operation, reason)


class ModelAnswerInvalid(DependencyFailure):
    """The model answered, and the answer is of no use: blocked, cut off, no JSON, not the record that was asked for.

    Final for the same question: what makes the call again pays again. ``reason`` is a stable snake_case word.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("gemini", "generateContent", reason)


class Conflict(PayPulseError):
    """A conditional write did not hold: the item changed, exists already, or is gone."""


class DocumentRejected(PayPulseError):
    """A document yields no record. ``reason`` is a stable snake_case word that the ledger keeps."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class DocumentIgnored(DocumentRejected):
    """Readable, and not an invoice: a newsletter, a shipping notice, somebody else's kind of document."""


class DocumentUnreadable(DocumentRejected):
    """Encrypted, truncated, empty, too large or hostile."""
