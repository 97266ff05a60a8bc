"""The keys of access tokens: one that signs, and others that are still believed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import msgspec

from chalicelib.errors import InvalidRequest

#: 384 random bits; HS256 asks for 256 at least (RFC 7518, section 3.2).
_SECRET_BYTES = 48


class _Stored(msgspec.Struct, frozen=True):
    current: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """``keys`` maps key ids (the ``kid`` of RFC 7515, section 4.1.4) to secrets; ``current`` is the one that signs."""

    current: str
    keys: dict[str, str]

    @classmethod
    def read(cls, text: str) -> SigningKeys:
        """A secret's text: one bare key, or ``{"current": kid, "keys": {kid: secret}}``. Raises ``ValueError``."""
        if not text.lstrip().startswith("{"):
            return cls(key_id(text), {key_id(text): text})
        try:
            stored = msgspec.json.decode(text, type=_Stored)
        except msgspec.DecodeError:
            # Without its cause, which may quote the text.
            raise ValueError("the signing keys are not readable") from None
        if not stored.keys.get(stored.current):
            raise ValueError("the current signing key is missing")
        return cls(stored.current, stored.keys)

    def __repr__(self) -> str:
        return f"SigningKeys({self.current})"

    @property
    def secret(self) -> str:
        """What signs new tokens."""
        return self.keys[self.current]

    def candidates(self, kid: str | None) -> list[str]:
        """The secrets that a token may be signed with: its key's, or for a token that names none every one."""
        if kid is None:
            return list(self.keys.values())
        return [self.keys[kid]] if kid in self.keys else []

    def text(self) -> str:
        """What ``read`` reads."""
        return msgspec.json.encode(_Stored(self.current, self.keys)).decode()

    def rotated(self) -> SigningKeys:
        """With a new key that signs; the one that signed until now is believed still.

        Raises ``InvalidRequest`` while an older one is: its tokens would end before their time.
        """
        if len(self.keys) > 1:
            raise InvalidRequest("an older key is still valid: retire it first")
        fresh = secrets.token_urlsafe(_SECRET_BYTES)
        return SigningKeys(key_id(fresh), {**self.keys, key_id(fresh): fresh})

    def retired(self) -> SigningKeys:
        """With the current key alone: tokens of all others end."""
        return SigningKeys(self.current, {self.current: self.secret})


def key_id(secret: str) -> str:
    """A name for a key that does not tell it: the start of its hash."""
    return hashlib.sha256(f"kid {secret}".encode()).hexdigest()[:16]
