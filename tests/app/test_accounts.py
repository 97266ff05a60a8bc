"""Signing up, logging in, staying logged in."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from chalicelib.adapters.passwords import Passwords
from chalicelib.domain.users import Login
from chalicelib.errors import InvalidCredentials
from tests.app import swift
from tests.app.client import Answer, Client
from tests.app.world import PASSWORD, Person, World

GOOD = {"name": "Vera Prov", "email": "vera@example.com", "password": PASSWORD}


def sign_up(client: Client, **changes: Any) -> Answer:
    return client.post("/v1/auth/signup", GOOD | changes)


def log_in(client: Client, email: str, password: str = PASSWORD) -> Answer:
    return client.post("/v1/auth/login", {"email": email, "password": password})


def refresh(client: Client, refresh_token: str) -> Answer:
    return client.post("/v1/auth/refresh", {"refresh_token": refresh_token})


def test_sign_up_answers_a_session_that_opens_the_profile(world: World) -> None:
    client = world.stranger()
    session = client.sign_up("  Signe Prov ", " Signe@Example.COM ", PASSWORD)
    assert (session.username, session.expires_in) == ("Signe Prov", 86_400)
    profile = client.profile()
    assert (profile.name, profile.email) == ("Signe Prov", "signe@example.com")
    assert profile.created_on == datetime.now(UTC).date().isoformat()
    assert (profile.gmail_account_connected, profile.gmail_status) == (False, "not_connected")
    assert profile.gmail_email is None


def test_access_token_is_a_jwt_with_the_documented_claims(world: World, person: Person) -> None:
    secret = world.aws("secretsmanager").get_secret_value(SecretId="PayPulseAppJWTSecret")["SecretString"]
    claims = jwt.decode(person.app.token or "", secret, algorithms=["HS256"])
    assert (claims["user_id"], claims["email"]) == (person.user_id, person.email)
    assert claims["exp"] - claims["iat"] == 86_400


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "Bo"}, "VALIDATION_ERROR", "name"),
        ({"name": "   Bo   "}, "VALIDATION_ERROR", "name"),
        ({"name": "B" * 101}, "VALIDATION_ERROR", "name"),
        ({"name": "Bo\u0000b"}, "VALIDATION_ERROR", "name"),
        ({"name": 12345}, "VALIDATION_ERROR", "name"),
        ({"name": None}, "MISSING_FIELDS", "name"),
        ({"email": "vera"}, "VALIDATION_ERROR", "email"),
        ({"email": "vera@localhost"}, "VALIDATION_ERROR", "email"),
        ({"email": "vera@example.com\nBcc: eve@example.com"}, "VALIDATION_ERROR", "email"),
        ({"email": "a@" + "b." * 130 + "com"}, "VALIDATION_ERROR", "email"),
        ({"email": ["vera@example.com"]}, "VALIDATION_ERROR", "email"),
        ({"email": None}, "MISSING_FIELDS", "email"),
        ({"password": "1234567"}, "VALIDATION_ERROR", "password"),
        ({"password": "x" * 73}, "VALIDATION_ERROR", "password"),
        ({"password": "ö" * 37}, "VALIDATION_ERROR", "password"),
        ({"password": "has a \u0000 in it"}, "VALIDATION_ERROR", "password"),
        ({"password": True}, "VALIDATION_ERROR", "password"),
        ({"password": None}, "MISSING_FIELDS", "password"),
    ],
)
def test_sign_up_refuses_what_is_wrong_and_names_the_field(
    world: World, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = sign_up(world.stranger(), **changes)
    assert answer.refused == (400, code)
    assert field in answer.error_message


def test_sign_up_names_all_missing_fields(world: World) -> None:
    answer = world.stranger().post("/v1/auth/signup", {})
    assert answer.refused == (400, "MISSING_FIELDS")
    assert all(field in answer.error_message for field in GOOD)


def test_password_of_exactly_72_bytes_is_taken_whole(world: World) -> None:
    password = "ö" * 36
    email = "seventytwo@example.com"
    assert sign_up(world.stranger(), email=email, password=password).status == 201
    assert log_in(world.stranger(), email, password).status == 200
    assert log_in(world.stranger(), email, password[:-1] + "o").refused == (401, "INVALID_CREDENTIALS")
    assert log_in(world.stranger(), email, password + "more").refused == (401, "INVALID_CREDENTIALS")


def test_an_address_is_taken_whatever_its_case(world: World, person: Person) -> None:
    answer = sign_up(world.stranger(), email=person.email.upper())
    assert answer.refused == (409, "USER_ALREADY_EXISTS")
    assert person.email not in answer.text


def test_of_simultaneous_sign_ups_with_one_address_exactly_one_wins(world: World) -> None:
    together = threading.Barrier(6)

    def race(number: int) -> int:
        together.wait()
        return sign_up(world.stranger(), name=f"Racer {number}", email="race@example.com").status

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(race, range(6))) == [201, 409, 409, 409, 409, 409]
    assert len([row for row in world.rows("Users", "race@example.com") if "Email" in row]) == 1


def test_log_in_ignores_the_case_of_the_address(world: World, person: Person) -> None:
    client = world.stranger()
    session = log_in(client, person.email.upper()).data(swift.Session)
    client.token = session.access_token
    assert client.profile().email == person.email


def test_wrong_password_and_unknown_address_answer_the_same_bytes(world: World, person: Person) -> None:
    wrong = log_in(world.stranger(), person.email, "not the password")
    unknown = log_in(world.stranger(), "nobody-has-this@example.com")
    malformed = log_in(world.stranger(), "no address at all")
    assert wrong.refused == (401, "INVALID_CREDENTIALS")
    assert wrong.text == unknown.text == malformed.text


class CountedPasswords(Passwords):
    """Notes the hash of every bcrypt run: its cost says how long the run took."""

    def __init__(self, cost: int) -> None:
        super().__init__(cost)
        self.runs: list[str] = []

    def hash(self, password: str) -> str:
        made = super().hash(password)
        self.runs.append(made[:7])
        return made

    def check(self, candidate: bytes, hashed: str) -> bool:
        self.runs.append(hashed[:7])
        return super().check(candidate, hashed)


@pytest.mark.parametrize("email", ["known", "unknown@example.com", "no address"])
def test_every_refused_log_in_costs_one_run_of_bcrypt(world: World, person: Person, email: str) -> None:
    passwords = CountedPasswords(4)
    accounts = replace(world.sandbox.container.accounts, passwords=passwords)
    with pytest.raises(InvalidCredentials):
        accounts.log_in(
            Login(email=person.email if email == "known" else email, password="not the password"), "192.0.2.1"
        )
    assert passwords.runs == ["$2b$04$"]


def test_refresh_rotates_the_token(world: World, person: Person) -> None:
    client = world.stranger()
    renewed = refresh(client, person.refresh_token).data(swift.Session)
    assert renewed.refresh_token != person.refresh_token
    client.token = renewed.access_token
    assert client.profile().email == person.email
    assert refresh(client, renewed.refresh_token).status == 200


def test_reuse_of_a_rotated_refresh_token_ends_the_session(world: World, person: Person) -> None:
    client = world.stranger()
    renewed = refresh(client, person.refresh_token).data(swift.Session)
    assert refresh(client, person.refresh_token).refused == (401, "INVALID_TOKEN")
    assert refresh(client, renewed.refresh_token).refused == (401, "INVALID_TOKEN")
    client.token = renewed.access_token
    assert client.get("/v1/user/me").refused == (401, "INVALID_TOKEN")


def test_of_simultaneous_refreshes_with_one_token_at_most_one_succeeds(world: World, person: Person) -> None:
    together = threading.Barrier(4)

    def race(_number: int) -> int:
        together.wait()
        return refresh(world.stranger(), person.refresh_token).status

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(race, range(4))).count(200) <= 1


@pytest.mark.parametrize("token", ["x", "a.b", ".", "a.", ".b", "\u00e5.\u00e4", "x" * 200])
def test_unknown_refresh_token_is_invalid(world: World, token: str) -> None:
    assert refresh(world.stranger(), token).refused == (401, "INVALID_TOKEN")


def test_refresh_tokens_are_not_stored_readably(world: World, person: Person) -> None:
    secret = person.refresh_token.partition(".")[2]
    assert person.rows("Sessions")
    assert secret not in str(person.rows("Sessions"))


def test_expired_refresh_token_says_so(world: World, person: Person) -> None:
    [row] = person.rows("Sessions")
    world.put("Sessions", row | {"expires_at": int(datetime.now(UTC).timestamp()) - 1})
    assert refresh(world.stranger(), person.refresh_token).refused == (401, "TOKEN_EXPIRED")


def test_log_out_ends_the_session_of_the_given_token_only(world: World, person: Person) -> None:
    other = world.stranger()
    other.token = log_in(other, person.email).data(swift.Session).access_token
    assert person.app.post("/v1/auth/logout", {"refresh_token": person.refresh_token}).status == 200
    assert refresh(world.stranger(), person.refresh_token).refused == (401, "INVALID_TOKEN")
    assert person.app.get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert other.get("/v1/user/me").status == 200


def test_log_out_without_a_token_ends_every_session_at_once(world: World, person: Person) -> None:
    other = world.stranger()
    session = log_in(other, person.email).data(swift.Session)
    other.token = session.access_token
    assert person.app.post("/v1/auth/logout").status == 200
    assert person.app.get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert other.get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert refresh(other, session.refresh_token).refused == (401, "INVALID_TOKEN")


def test_log_in_right_after_logging_out_everywhere_works(world: World, person: Person) -> None:
    person.app.post("/v1/auth/logout")
    client = world.stranger()
    client.token = log_in(client, person.email).data(swift.Session).access_token
    assert client.get("/v1/user/me").status == 200


def test_nobody_can_end_somebody_elses_session(world: World, person: Person) -> None:
    other = world.newcomer()
    assert other.app.post("/v1/auth/logout", {"refresh_token": person.refresh_token}).status == 200
    assert refresh(world.stranger(), person.refresh_token).status == 200


def signed(world: World, algorithm: str = "HS256", secret: str | None = None, **changes: Any) -> str:
    """A token as the application makes them, with some claims changed; ``None`` leaves one out."""
    known = world.aws("secretsmanager").get_secret_value(SecretId="PayPulseAppJWTSecret")["SecretString"]
    now = datetime.now(UTC)
    claims = {"user_id": "user_nobody", "email": "nobody@example.com", "iat": now, "exp": now + timedelta(hours=1)}
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(kept, known if secret is None else secret, algorithm=algorithm)


def unsigned(**claims: Any) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join(encoded) + "."


def test_token_of_somebody_who_never_existed_is_user_not_found(world: World) -> None:
    assert Client(world.sandbox.url, signed(world)).get("/v1/user/me").refused == (404, "USER_NOT_FOUND")


def test_token_of_a_deleted_user_is_user_not_found(person: Person) -> None:
    assert person.app.delete("/v1/user/me").status == 200
    assert person.app.get("/v1/user/me").refused == (404, "USER_NOT_FOUND")
    assert person.app.get("/v1/invoices/rental").refused == (404, "USER_NOT_FOUND")


def test_token_that_names_an_address_claim_instead_of_a_user_is_user_not_found(world: World, person: Person) -> None:
    token = signed(world, user_id=f"email#{person.email}")
    assert Client(world.sandbox.url, token).get("/v1/user/me").refused == (404, "USER_NOT_FOUND")


def test_expired_token_says_so(world: World) -> None:
    past = datetime.now(UTC) - timedelta(hours=2)
    token = signed(world, iat=past, exp=past + timedelta(hours=1))
    assert Client(world.sandbox.url, token).get("/v1/user/me").refused == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another secret, long enough to sign with it"},
        {"algorithm": "HS512"},
        {"algorithm": "HS384"},
        {"exp": None},
        {"iat": None},
        {"user_id": None},
        {"user_id": 5},
        {"iat": datetime.now(UTC) + timedelta(days=1), "exp": datetime.now(UTC) + timedelta(days=2)},
    ],
)
def test_token_that_we_would_not_have_made_is_invalid(world: World, changes: dict[str, Any]) -> None:
    token = signed(world, **changes)
    assert Client(world.sandbox.url, token).get("/v1/user/me").refused == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic dXNlcjpwYXNz",
        "Bearer " + unsigned(user_id="user_1", email="a@example.com", iat=1, exp=9_999_999_999),
        "Bearer " + "x" * 6000,
        "Bearer \u00e5\u00e4\u00f6",
    ],
)
def test_malformed_authorization_is_an_invalid_token(world: World, header: str) -> None:
    assert world.stranger().send("GET", "/v1/user/me", Authorization=header).refused == (401, "INVALID_TOKEN")


def test_missing_authorization_is_invalid_credentials(world: World) -> None:
    assert world.stranger().get("/v1/user/me").refused == (401, "INVALID_CREDENTIALS")
    assert world.stranger().send("GET", "/v1/user/me", Authorization=" ").refused == (401, "INVALID_CREDENTIALS")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_scheme_of_the_authorization_header_has_no_case(world: World, person: Person, scheme: str) -> None:
    answer = world.stranger().send("GET", "/v1/user/me", Authorization=f"{scheme} {person.app.token}")
    assert answer.status == 200
