"""People: what they register with, and what is kept of them. Secrets never print."""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.domain.gmail import SyncPoint
from chalicelib.domain.preferences import Preferences
from chalicelib.errors import ValidationFailed

GmailStatus = Literal["connected", "reauth_required", "not_connected"]

#: bcrypt reads no more than 72 bytes (Provos and Mazières 1999); more would be silently ignored, so it is refused.
LONGEST_PASSWORD_BYTES = 72
SHORTEST_PASSWORD = 8
SHORTEST_NAME = 3
LONGEST_NAME = 100

#: Documented as they are checked: models check these themselves, for messages that people understand.
NewPassword = Annotated[
    str,
    Meta(
        description="At most 72 bytes in UTF-8.",
        extra_json_schema={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD_BYTES},
    ),
]

# The HTML standard's "valid e-mail address" (section 4.10.5.1.5), with the dot that a mail on the internet needs.
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
)


def normalise_email(address: str) -> str:
    """The form in which addresses are compared and stored: trimmed and lower case.

    Raises ``ValidationFailed`` for anything that is no address, or longer than the 254 characters of RFC 5321.

    >>> normalise_email(" Anna@Example.COM ")
    'anna@example.com'
    """
    folded = address.strip().lower()
    if len(folded) > 254 or not _EMAIL.fullmatch(folded):
        raise ValidationFailed("email", "must be a valid e-mail address")
    return folded


def _has_control_characters(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in text)


def _check_password(field: str, password: str) -> None:
    """Raises ``ValidationFailed`` for a password that nobody may choose."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValidationFailed(field, f"must have at least {SHORTEST_PASSWORD} characters")
    if len(password.encode()) > LONGEST_PASSWORD_BYTES:
        raise ValidationFailed(field, f"must not be longer than {LONGEST_PASSWORD_BYTES} bytes in UTF-8")
    if "\x00" in password:
        raise ValidationFailed(field, "must not contain a null character")


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a person signs up with."""

    name: Annotated[str, Meta(extra_json_schema={"minLength": SHORTEST_NAME, "maxLength": LONGEST_NAME})]
    email: Annotated[str, Meta(extra_json_schema={"format": "email", "maxLength": 254})]
    password: NewPassword

    def __post_init__(self) -> None:
        name = self.name.strip()
        if not SHORTEST_NAME <= len(name) <= LONGEST_NAME or _has_control_characters(name):
            raise ValidationFailed("name", f"must have {SHORTEST_NAME} to {LONGEST_NAME} printable characters")
        normalise_email(self.email)
        _check_password("password", self.password)

    def __repr__(self) -> str:
        return "Registration(...)"


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """What a person logs in with; nothing is checked here, so that a wrong form and a wrong password look alike."""

    email: str
    password: str

    def __repr__(self) -> str:
        return "Login(...)"


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True):
    """A new password, from somebody who still knows the old one."""

    current_password: str
    new_password: NewPassword

    def __post_init__(self) -> None:
        _check_password("new_password", self.new_password)

    def __repr__(self) -> str:
        return "PasswordChange(...)"


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One iPhone registered for push; ``endpoint_arn`` is its SNS platform endpoint."""

    device_id: str
    platform: str
    endpoint_arn: str


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A registered person. ``email`` is normalised; times are aware and in UTC.

    ``gmail_account`` is Google's ``sub``. ``devices`` maps device ids to their push endpoints. ``session_generation``
    counts how often all sessions were ended: one that was opened before the last time is over, whatever its row says.
    """

    user_id: str = msgspec.field(name="UserID")
    email: str = msgspec.field(name="Email")
    name: str
    password_hash: str
    created_at: datetime
    session_generation: int = 0
    gmail_status: GmailStatus = "not_connected"
    gmail_email: str | None = None
    gmail_account: str | None = None
    gmail_watch_expires_at: datetime | None = None
    email_subscription_arn: str | None = None
    last_retail_invoice_fetch: datetime | None = None
    devices: dict[str, Device] = {}
    sync: dict[str, SyncPoint] = {}
    preferences: Preferences = Preferences()

    def __repr__(self) -> str:
        return f"User({self.user_id})"


def new_user_id() -> str:
    """``user_<uuid4>``, the form that S3 keys and secrets are named by."""
    return f"user_{uuid.uuid4()}"
