"""Google's OpenID Connect tokens, as Cloud Pub/Sub signs its push requests with.

Sources: Pub/Sub guide, "Authentication for push subscriptions" (claims, age of an hour at most); Google Identity,
"OpenID Connect", "Validate an ID token" (both spellings of the issuer; the certificates' Cache-Control says how long
they hold). The certificates are a JWK set (RFC 7517), ``https://www.googleapis.com/oauth2/v3/certs``.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.errors import DependencyFailure, InvalidToken

if TYPE_CHECKING:
    from jwt import PyJWK

_ALGORITHM = "RS256"
_ISSUERS = ["https://accounts.google.com", "accounts.google.com"]
_LEEWAY = timedelta(minutes=1)
_REQUIRED = ["exp", "iat", "iss", "aud", "email", "email_verified"]
_TIMEOUT_SECONDS = 8
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*(\d{1,9})")
#: Bounds of what an answer may say about its own age: neither a request a call, nor keys that outlive their removal.
_SHORTEST_AGE = 60
_LONGEST_AGE = 86_400
#: Key ids are a stranger's words until a signature is verified: unknown ones make us ask Google once a minute at most.
_SECONDS_BETWEEN_SEARCHES = 60.0


class GoogleCertificates:
    """Google's public keys by id, fetched when first needed and kept as long as Google says. Thread-safe.

    ``clock`` counts seconds from anywhere.
    """

    def __init__(self, uri: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._uri = uri
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, PyJWK] = {}
        self._good_until = float("-inf")
        self._search_from = float("-inf")

    def find(self, key_id: str) -> PyJWK | None:
        """The key of this id; asks Google once more before saying that there is none. Raises ``DependencyFailure``."""
        with self._lock:
            now = self._clock()
            if now >= self._good_until:
                self._fetch(now)
            elif key_id not in self._keys and now >= self._search_from:
                self._search_from = now + _SECONDS_BETWEEN_SEARCHES
                self._fetch(now)
            return self._keys.get(key_id)

    def _fetch(self, now: float) -> None:
        import httplib2
        from jwt import PyJWKSet, PyJWTError

        try:
            response, content = httplib2.Http(timeout=_TIMEOUT_SECONDS).request(self._uri)
        except (OSError, httplib2.HttpLib2Error) as exc:
            raise DependencyFailure("google", "certs", type(exc).__name__) from exc
        if response.status != 200:
            raise DependencyFailure("google", "certs", str(response.status))
        try:
            found = PyJWKSet.from_dict(json.loads(content))
        except (PyJWTError, ValueError, AttributeError, TypeError) as exc:
            raise DependencyFailure("google", "certs", "unreadable") from exc
        self._keys = {key.key_id: key for key in found.keys if key.key_id and key.algorithm_name == _ALGORITHM}
        self._good_until = now + _lifetime(response)


def _lifetime(response: Any) -> int:
    """Seconds for which an answer may be kept (RFC 9111, sections 4.2.1 and 5.1)."""
    stated = _MAX_AGE.search(response.get("cache-control", ""))
    age = str(response.get("age", "0"))
    left = int(stated.group(1)) - (int(age) if age.isdecimal() else 0) if stated else 0
    return min(max(left, _SHORTEST_AGE), _LONGEST_AGE)


class GoogleIdTokens:
    """Accepts the tokens of one service account for one audience."""

    def __init__(self, certificates: GoogleCertificates, audience: str, service_account: str) -> None:
        self._certificates = certificates
        self._audience = audience
        self._service_account = service_account

    def verify(self, token: str) -> None:
        """Raises ``InvalidToken`` for every fault, without saying which, and ``DependencyFailure`` without keys."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key_id = header.get("kid")
            if header.get("alg") != _ALGORITHM or not isinstance(key_id, str):
                raise InvalidToken("The token is not valid")
            key = self._certificates.find(key_id)
            if key is None:
                raise InvalidToken("The token is not valid")
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=_ISSUERS,
                leeway=_LEEWAY,
                options={"require": _REQUIRED, "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError) as exc:
            raise InvalidToken("The token is not valid") from exc
        if claims["email"] != self._service_account or claims["email_verified"] is not True:
            raise InvalidToken("The token is not valid")
