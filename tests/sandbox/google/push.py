"""Gmail's push: Cloud Pub/Sub with one topic and one push subscription, and the key that its tokens are signed with.

Sources: https://developers.google.com/workspace/gmail/api/guides/push (the message's data),
https://cloud.google.com/pubsub/docs/push (the envelope), and
https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions (the token's claims). Nothing is pushed by itself,
and nothing twice: real Pub/Sub pushes at once, and again until it is acknowledged.
"""

from __future__ import annotations

import base64
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.sandbox.google.wire import Json

AUDIENCE = "https://paypulse.example/v1/gmail/push"
SERVICE_ACCOUNT = "gmail-push@paypulse-sandbox.iam.gserviceaccount.com"
TOPIC = "projects/paypulse-sandbox/topics/gmail"
_SUBSCRIPTION = "projects/paypulse-sandbox/subscriptions/gmail-push"
_LIFETIME_SECONDS = 3600
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class _Key:
    key_id: str
    private: rsa.RSAPrivateKey

    def public_jwk(self) -> Json:
        jwk: Json = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, "n": jwk["n"], "e": jwk["e"]}


class PushService:
    """Signs, wraps and delivers. The key is made when first needed. Thread-safe."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._keys: list[_Key] = []
        self.endpoint: str | None = None

    def certificates(self) -> Json:
        """The JWK set that Google serves at /oauth2/v3/certs."""
        self._current()
        return {"keys": [key.public_jwk() for key in self._keys]}

    def rotate(self) -> None:
        """From now on a new key signs; the one before is no longer served."""
        with self._lock:
            self._keys = [self._make_key()]

    def token(self, **changes: Any) -> str:
        """A token as Pub/Sub sends it, with other claims where wanted; a change to `None` leaves one out."""
        key = self._current()
        return jwt.encode(self.claims(**changes), key.private, algorithm="RS256", headers={"kid": key.key_id})

    def claims(self, **changes: Any) -> Json:
        now = int(time.time())
        claims = {
            "aud": AUDIENCE,
            "azp": "113774264463038321964",
            "email": SERVICE_ACCOUNT,
            "email_verified": True,
            "exp": now + _LIFETIME_SECONDS,
            "iat": now,
            "iss": "https://accounts.google.com",
            "sub": "113774264463038321964",
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def envelope(self, account: str, history_id: str) -> Json:
        """The body of a push that tells of a change in an account's mailbox."""
        data = json.dumps({"emailAddress": account, "historyId": int(history_id)}).encode()
        number = str(next(self._numbers))
        moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        message = {"data": base64.b64encode(data).decode(), "messageId": number, "message_id": number}
        return {"message": {**message, "publishTime": moment, "publish_time": moment}, "subscription": _SUBSCRIPTION}

    def deliver(self, envelope: Json) -> int:
        """POSTs an envelope to the subscription's endpoint once; the status of the answer."""
        if self.endpoint is None:
            raise RuntimeError("no subscription has an endpoint")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token()}"}
        request = urllib.request.Request(self.endpoint, json.dumps(envelope).encode(), headers)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
                return int(answer.status)
        except urllib.error.HTTPError as exc:
            with exc:
                return exc.code

    def _current(self) -> _Key:
        with self._lock:
            if not self._keys:
                self._keys = [self._make_key()]
            return self._keys[-1]

    def _make_key(self) -> _Key:
        return _Key(f"sandbox-{next(self._numbers)}", rsa.generate_private_key(65537, 2048))
