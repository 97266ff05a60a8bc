"""Access tokens: JWT (RFC 7519), HS256 and nothing else, signed with a key of the secret ``PayPulseAppJWTSecret``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.adapters.signing_keys import StoredSigningKeys
from chalicelib.domain.users import User
from chalicelib.errors import InvalidToken, TokenExpired

_ALGORITHM = "HS256"
#: Clocks of phones and servers differ; a minute is forgiven.
_LEEWAY = timedelta(minutes=1)
_REQUIRED = ["user_id", "email", "iat", "exp"]


class TokenClaims(NamedTuple):
    """What a genuine token says; ``session_id`` is the session that it ends with, if it names one."""

    user_id: str
    session_id: str | None


class AccessTokens:
    """Signs and verifies access tokens."""

    def __init__(self, keys: StoredSigningKeys, lifetime: int) -> None:
        self._keys = keys
        self.lifetime = lifetime

    def issue(self, user: User, session_id: str) -> str:
        """A token for ``lifetime`` seconds, or until its session ends (claim ``sid``, OpenID Connect's name for it)."""
        import jwt

        now = datetime.now(UTC)
        claims = {
            "user_id": user.user_id,
            "email": user.email,
            "sid": session_id,
            "iat": now,
            "exp": now + timedelta(seconds=self.lifetime),
        }
        keys = self._keys.get()
        return jwt.encode(claims, keys.secret, algorithm=_ALGORITHM, headers={"kid": keys.current})

    def verify(self, token: str) -> TokenClaims:
        """Raises ``TokenExpired``, or ``InvalidToken`` for every other fault, without saying which."""
        import jwt

        try:
            claims = self._claims(token)
        except jwt.ExpiredSignatureError as exc:
            raise TokenExpired("The access token has expired") from exc
        except (jwt.InvalidTokenError, ValueError) as exc:
            raise InvalidToken("The access token is not valid") from exc
        user_id, session_id = claims["user_id"], claims.get("sid")
        if not isinstance(user_id, str) or not isinstance(session_id, str | None):
            raise InvalidToken("The access token is not valid")
        return TokenClaims(user_id, session_id)

    def _claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of its possible keys signed."""
        import jwt

        kid = jwt.get_unverified_header(token).get("kid")
        options = {"require": _REQUIRED, "verify_iat": True}
        for secret in self._keys.get(kid).candidates(kid):
            try:
                return jwt.decode(token, secret, algorithms=[_ALGORITHM], leeway=_LEEWAY, options=options)  # type: ignore[arg-type]
            except jwt.InvalidSignatureError:
                continue
        raise jwt.InvalidSignatureError("no key of ours signed it")
