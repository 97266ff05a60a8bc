"""The emulator's Pub/Sub: what it signs, wraps and delivers, and the way to it through the admin port."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.app.world import World
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.google.push import AUDIENCE, SERVICE_ACCOUNT
from tests.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def google() -> Iterator[GoogleEmulator]:
    with GoogleEmulator() as emulator:
        yield emulator


def test_token_is_signed_by_a_key_that_is_served(google: GoogleEmulator) -> None:
    client = jwt.PyJWKClient(f"{google.url}/certs")
    token = google.pubsub.token()
    claims = jwt.decode(token, client.get_signing_key_from_jwt(token), algorithms=["RS256"], audience=AUDIENCE)
    assert (claims["email"], claims["email_verified"]) == (SERVICE_ACCOUNT, True)
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["exp"] - claims["iat"] == 3600


def test_certificates_say_how_long_they_hold(google: GoogleEmulator) -> None:
    with urllib.request.urlopen(f"{google.url}/certs") as answer:  # noqa: S310 - ours
        assert "max-age=" in answer.headers["Cache-Control"]


def test_envelope_carries_the_account_and_its_history_id(google: GoogleEmulator) -> None:
    first, second = (google.pubsub.envelope("anna@gmail.com", "42") for _ in range(2))
    data = json.loads(base64.b64decode(first["message"]["data"]))
    assert data == {"emailAddress": "anna@gmail.com", "historyId": 42}
    assert first["message"]["messageId"] != second["message"]["messageId"]


def test_push_about_an_account_that_nobody_watches_is_refused(google: GoogleEmulator) -> None:
    with pytest.raises(LookupError):
        google.push("anna@gmail.com")


def _push(sandbox: Sandbox, account: str) -> tuple[int, Any]:
    body = json.dumps({"account": account}).encode()
    try:
        with urllib.request.urlopen(f"{sandbox.admin_url}/google/push", body) as answer:  # noqa: S310 - ours
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as exc:
        with exc:
            return exc.code, json.load(exc)


def test_admin_port_pushes(tmp_path: Path) -> None:
    with Sandbox(tmp_path, gmail_push=True, environ={"BCRYPT_COST": "4"}) as sandbox:
        world = World(sandbox, tmp_path)
        person = world.newcomer()
        assert _push(sandbox, person.account)[0] == 409
        person.connect()
        world.drain()
        assert _push(sandbox, person.account) == (200, {"status": 200})
