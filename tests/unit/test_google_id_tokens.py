"""Tokens of Google's service accounts, against certificates served by the Google emulator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.adapters.google_id_tokens import GoogleCertificates, GoogleIdTokens
from chalicelib.errors import DependencyFailure, InvalidToken
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.google.push import AUDIENCE, SERVICE_ACCOUNT, PushService


def at_its_time(changes: dict[str, Any]) -> dict[str, Any]:
    """Claims with what is meant from now on as seconds since the epoch."""
    now = int(time.time())
    return {name: now + value if name in {"exp", "iat"} and value else value for name, value in changes.items()}


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleEmulator]:
    with GoogleEmulator() as emulator:
        yield emulator


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(google: GoogleEmulator, clock: Clock) -> GoogleIdTokens:
    google.clear_requests()
    google.faults.clear()
    return GoogleIdTokens(GoogleCertificates(f"{google.url}/certs", clock), AUDIENCE, SERVICE_ACCOUNT)


def fetches(google: GoogleEmulator) -> int:
    return sum(entry["operation"] == "oauth.certs" for entry in google.requests())


def signed(claims: dict[str, Any], key: Any, algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iss": "accounts.google.com"},
        {"exp": -30},
        {"iat": 30},
    ],
    ids=["as Pub/Sub sends it", "issuer without scheme", "half a minute late", "half a minute early"],
)
def test_genuine_tokens_are_accepted(google: GoogleEmulator, tokens: GoogleIdTokens, changes: dict[str, Any]) -> None:
    tokens.verify(google.pubsub.token(**at_its_time(changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example"},
        {"aud": [AUDIENCE, "https://elsewhere.example"]},
        {"aud": None},
        {"iss": "https://accounts.example"},
        {"iss": None},
        {"exp": -120},
        {"exp": None},
        {"iat": 120},
        {"iat": None},
        {"email": "somebody@elsewhere.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
    ],
    ids=str,
)
def test_claims_that_are_not_ours_are_refused(
    google: GoogleEmulator, tokens: GoogleIdTokens, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        tokens.verify(google.pubsub.token(**at_its_time(changes)))


def _public_pem(google: GoogleEmulator) -> bytes:
    [jwk] = google.pubsub.certificates()["keys"]
    key = jwt.PyJWK(jwk).key
    return bytes(key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def _key_id(google: GoogleEmulator) -> str:
    return str(google.pubsub.certificates()["keys"][0]["kid"])


def _hmac(message: bytes, key: bytes) -> bytes:
    import hashlib
    import hmac

    return hmac.digest(key, message, hashlib.sha256)


def _keyed_with_the_public_key(google: GoogleEmulator) -> str:
    """RFC 8725, section 2.1: HS256 with the public key as its secret; PyJWT itself refuses to make one."""
    header = jwt.utils.base64url_encode(f'{{"alg":"HS256","kid":"{_key_id(google)}"}}'.encode())
    body = google.pubsub.token().split(".")[1].encode()
    signature = jwt.utils.base64url_encode(_hmac(header + b"." + body, _public_pem(google)))
    return b".".join([header, body, signature]).decode()


def _strangers_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


FORGERIES = {
    "another key under Google's id": lambda google: signed(
        google.pubsub.claims(), _strangers_key(), kid=_key_id(google)
    ),
    "another key under an id of its own": lambda google: signed(google.pubsub.claims(), _strangers_key(), kid="mine"),
    "no key id": lambda google: signed(google.pubsub.claims(), _strangers_key()),
    "no signature": lambda google: signed(google.pubsub.claims(), None, "none", kid=_key_id(google)),
    "HS256 with the public key": _keyed_with_the_public_key,
    "a changed body": lambda google: ".".join(
        [
            google.pubsub.token().split(".")[0],
            google.pubsub.token(email="eve@x.example").split(".")[1],
            google.pubsub.token().split(".")[2],
        ]
    ),
    "an end that is no time": lambda google: google.pubsub.token(exp="soon"),
    "no token at all": lambda _: "not a token",
    "nothing": lambda _: "",
    "letters outside ASCII": lambda _: "ä.ö.å",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_forgeries_are_refused(google: GoogleEmulator, tokens: GoogleIdTokens, forge: Any) -> None:
    with pytest.raises(InvalidToken):
        tokens.verify(forge(google))


def test_certificates_are_fetched_once_while_they_hold(
    google: GoogleEmulator, tokens: GoogleIdTokens, clock: Clock
) -> None:
    for _ in range(50):
        tokens.verify(google.pubsub.token())
    clock.now += 21_599
    tokens.verify(google.pubsub.token())
    assert fetches(google) == 1
    clock.now += 2
    tokens.verify(google.pubsub.token())
    assert fetches(google) == 2


def test_new_key_is_looked_for_once(google: GoogleEmulator, tokens: GoogleIdTokens) -> None:
    tokens.verify(google.pubsub.token())
    google.pubsub.rotate()
    tokens.verify(google.pubsub.token())
    tokens.verify(google.pubsub.token())
    assert fetches(google) == 2


def test_made_up_key_ids_ask_google_once_a_minute_at_most(
    google: GoogleEmulator, tokens: GoogleIdTokens, clock: Clock
) -> None:
    tokens.verify(google.pubsub.token())
    stranger = _strangers_key()
    for number in range(20):
        with pytest.raises(InvalidToken):
            tokens.verify(signed(google.pubsub.claims(), stranger, kid=f"made-up-{number}"))
    assert fetches(google) == 2
    clock.now += 61
    with pytest.raises(InvalidToken):
        tokens.verify(signed(google.pubsub.claims(), stranger, kid="made-up-again"))
    assert fetches(google) == 3


def test_withdrawn_key_is_refused_once_the_certificates_are_fetched_anew(
    google: GoogleEmulator, tokens: GoogleIdTokens, clock: Clock
) -> None:
    old = google.pubsub.token()
    tokens.verify(old)
    google.pubsub.rotate()
    clock.now += 21_601
    with pytest.raises(InvalidToken):
        tokens.verify(old)


def test_junk_asks_google_for_nothing(google: GoogleEmulator, tokens: GoogleIdTokens) -> None:
    for junk in ("", "a.b.c", signed({}, None, "none")):
        with pytest.raises(InvalidToken):
            tokens.verify(junk)
    assert fetches(google) == 0


@pytest.mark.parametrize("error", ["503", "404", "connection_reset"])
def test_certificates_that_cannot_be_had_are_no_reason_to_refuse(
    google: GoogleEmulator, tokens: GoogleIdTokens, error: str
) -> None:
    google.faults.add("oauth.certs", 3, error)
    with pytest.raises(DependencyFailure):
        tokens.verify(google.pubsub.token())
    google.faults.clear()
    tokens.verify(google.pubsub.token())


def test_answer_that_holds_no_keys_is_a_failure_of_google(google: GoogleEmulator) -> None:
    elsewhere = GoogleIdTokens(GoogleCertificates(f"{google.url}/userinfo"), AUDIENCE, SERVICE_ACCOUNT)
    with pytest.raises(DependencyFailure):
        elsewhere.verify(PushService().token())
