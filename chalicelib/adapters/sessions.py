"""The Sessions table: one row a login, holding the hash of the refresh token that is valid now.

Access tokens name their session and end with it.

A refresh token is ``<session id>.<secret>``. Using one replaces the secret; a secret that was replaced already comes
from a thief or was stolen, so its use ends the session (RFC 9700, section 4.14.2, "refresh token rotation").
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.errors import Conflict, InvalidToken, TokenExpired

TABLE = "Sessions"
_USER_INDEX = "UserID-index"


def _hash(secret: str) -> str:
    """Secrets are 256 random bits: a plain hash cannot be guessed, and needs no slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


class OpenSession(NamedTuple):
    """A session's id, whose it is, the one refresh token that is valid now, and its owner's generation of sessions."""

    session_id: str
    user_id: str
    refresh_token: str
    generation: int


class Sessions:
    """Sessions and their refresh tokens, stored hashed."""

    def __init__(self, dynamodb: DynamoDB, lifetime: int) -> None:
        self._dynamodb = dynamodb
        self._lifetime = lifetime

    def open(self, user_id: str, generation: int) -> OpenSession:
        """Starts a session with its first refresh token. ``generation`` is the user's as it was read to let them in."""
        session_id, secret = secrets.token_urlsafe(18), secrets.token_urlsafe(32)
        self._dynamodb.put(
            TABLE,
            {
                "SessionID": session_id,
                "UserID": user_id,
                "generation": generation,
                "token_hash": _hash(secret),
                "expires_at": self._expiry(),
            },
        )
        return OpenSession(session_id, user_id, f"{session_id}.{secret}", generation)

    def is_open(self, session_id: str, user_id: str, generation: int) -> bool:
        """Whether a session of this user and generation was neither ended nor revoked."""
        item = self._dynamodb.get(TABLE, {"SessionID": session_id}) if session_id else None
        return item is not None and item["UserID"] == user_id and item.get("generation", 0) == generation

    def _expiry(self) -> int:
        return int(datetime.now(UTC).timestamp()) + self._lifetime

    def rotate(self, refresh_token: str) -> OpenSession:
        """Spends a refresh token: the session with its next one.

        Raises ``InvalidToken`` for an unknown or spent one (a spent one ends its session) and ``TokenExpired``.
        """
        session_id, _, secret = refresh_token.partition(".")
        item = self._dynamodb.get(TABLE, {"SessionID": session_id}) if session_id and secret else None
        if item is None:
            raise InvalidToken("The refresh token is not valid")
        if item["expires_at"] < datetime.now(UTC).timestamp():
            raise TokenExpired("The refresh token has expired")
        if not hmac.compare_digest(str(item["token_hash"]), _hash(secret)):
            self._dynamodb.delete(TABLE, {"SessionID": session_id})
            raise InvalidToken("The refresh token is not valid")
        following = secrets.token_urlsafe(32)
        try:
            self._dynamodb.update(
                TABLE,
                {"SessionID": session_id},
                "SET token_hash = :new, expires_at = :expires",
                {":new": _hash(following), ":old": _hash(secret), ":expires": self._expiry()},
                condition="token_hash = :old",
            )
        except Conflict as exc:
            self._dynamodb.delete(TABLE, {"SessionID": session_id})
            raise InvalidToken("The refresh token is not valid") from exc
        generation = int(item.get("generation", 0))
        return OpenSession(session_id, str(item["UserID"]), f"{session_id}.{following}", generation)

    def close(self, refresh_token: str, user_id: str) -> None:
        """Ends the session of a refresh token, whichever of its tokens it is; somebody else's is left alone."""
        session_id = refresh_token.partition(".")[0]
        item = self._dynamodb.get(TABLE, {"SessionID": session_id}) if session_id else None
        if item and item["UserID"] == user_id:
            self._dynamodb.delete(TABLE, {"SessionID": session_id})

    def close_all(self, user_id: str) -> None:
        """Removes every session of a user that the index knows; it lags, so the user's generation is what ends them."""
        found = self._dynamodb.query(TABLE, "UserID = :user", {":user": user_id}, IndexName=_USER_INDEX)
        self._dynamodb.batch_write(TABLE, deletes=[{"SessionID": item["SessionID"]} for item in found])
