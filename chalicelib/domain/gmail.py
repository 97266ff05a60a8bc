"""What a person grants us at Google, and what we look for there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.errors import ValidationFailed

#: Scopes that let us read mail; each includes ``gmail.readonly`` (Gmail API, "Choose Gmail API scopes").
READONLY_SCOPE = "https://www.googleapis.com/auth/gmail.readonly"
_READING_SCOPES = frozenset(
    {READONLY_SCOPE, "https://www.googleapis.com/auth/gmail.modify", "https://mail.google.com/"}
)
#: An access token this close to its end counts as expired: the next call may take a while.
_EXPIRY_MARGIN = timedelta(minutes=2)


class GmailGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Google's tokens for one person, with the identity they belong to. Never logged, never printed.

    ``account`` is Google's ``sub``; ``scope`` is a space-separated list, as OAuth 2.0 has it (RFC 6749, 3.3).
    """

    access_token: str
    account: str
    email: str
    scope: str
    expires_at: datetime
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "GmailGrant(...)"

    def is_fresh(self) -> bool:
        """The access token will be accepted for a while yet."""
        return datetime.now(UTC) + _EXPIRY_MARGIN < self.expires_at


class SyncPoint(msgspec.Struct, frozen=True, kw_only=True):
    """How far one kind of mail of one Google account is known: everything before ``history_id`` is stored.

    ``vendors`` is a fingerprint of the vendors that were looked for: new ones may have mail from before.
    """

    history_id: str
    account: str
    vendors: str


class GmailConnection(msgspec.Struct, frozen=True, kw_only=True):
    """What the app sends after Google's consent screen. ``scope`` is a list or a space-separated text.

    ``email`` and ``username``, which the app sends too, are not read: identity comes from Google.
    """

    access_token: str
    scope: list[str] | str
    refresh_token: str | None = None
    expires_in: int | float | None = None

    def __post_init__(self) -> None:
        if not self.access_token.strip() or not self.access_token.isprintable():
            raise ValidationFailed("access_token", "must be the access token that Google gave")
        if not _READING_SCOPES & set(self.scopes):
            raise ValidationFailed("scope", f"must include {READONLY_SCOPE}")

    def __repr__(self) -> str:
        return "GmailConnection(...)"

    @property
    def scopes(self) -> list[str]:
        """The granted scopes, in the order given."""
        parts = self.scope.split() if isinstance(self.scope, str) else [part.strip() for part in self.scope]
        return [part if "/" in part or ":" in part else _expand(part) for part in parts if part]


def _expand(scope: str) -> str:
    """Some clients send Google's scopes by their last segment ("gmail.readonly").

    >>> _expand("gmail.readonly"), _expand("email")
    ('https://www.googleapis.com/auth/gmail.readonly', 'email')
    """
    return f"https://www.googleapis.com/auth/{scope}" if scope.startswith("gmail.") else scope


class GoogleIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who a token belongs to, as OpenID Connect's userinfo endpoint says (OpenID Connect Core, 5.3)."""

    sub: str
    email: str
