"""Guessing is limited, without locking anybody out of their own account."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.adapters.rate_limits import RateLimits
from chalicelib.domain.limits import Limit
from chalicelib.errors import RateLimited
from tests.app.client import Answer
from tests.app.gateway import Gateway
from tests.app.world import PASSWORD, Person, World

OWNER, GUESSER = "198.51.100.7", "203.0.113.9"
LIMITS = {
    "LOGIN_LIMIT": "3",
    "LOGIN_LIMIT_PER_ADDRESS": "8",
    "SIGNUP_LIMIT": "2",
    "SIGNUP_LIMIT_PER_ADDRESS": "4",
    "REFRESH_LIMIT": "3",
    "REFRESH_LIMIT_PER_ADDRESS": "6",
    "INGESTION_LIMIT": "2",
}
_addresses = (f"2001:db8:{number:x}::1" for number in itertools.count(1))


@pytest.fixture(scope="module")
def gateway(shared_world: World) -> Gateway:
    return Gateway(shared_world, **LIMITS)


@pytest.fixture
def source() -> str:
    """An address that nobody else has."""
    return next(_addresses)


class Clock:
    """Time that stands still until told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def log_in(gateway: Gateway, email: str, source: str, password: str = "wrong password", **headers: str) -> Answer:
    body = {"email": email, "password": password}
    return gateway.send("POST", "/v1/auth/login", body, source=source, headers=headers)


def sign_up(gateway: Gateway, email: str, source: str) -> Answer:
    body = {"name": "Vera Prov", "email": email, "password": PASSWORD}
    return gateway.send("POST", "/v1/auth/signup", body, source=source)


def refresh(gateway: Gateway, token: str, source: str) -> Answer:
    return gateway.send("POST", "/v1/auth/refresh", {"refresh_token": token}, source=source)


def limited(answer: Answer, longest: int) -> bool:
    """Whether an attempt was one too many; if so it says for how long."""
    if answer.status != 429:
        return False
    assert answer.error == "RATE_LIMITED"
    assert 1 <= int(answer.headers["Retry-After"]) <= longest + 1
    return True


def test_passwords_of_one_account_cannot_be_tried_on_and_on(gateway: Gateway, person: Person, source: str) -> None:
    answers = [log_in(gateway, person.email, source) for _attempt in range(5)]
    assert [answer.status for answer in answers] == [401, 401, 401, 429, 429]
    assert all(limited(answer, 900) for answer in answers[3:])
    assert limited(log_in(gateway, person.email.upper(), source, PASSWORD), 900)


def test_accounts_that_do_not_exist_are_limited_alike(gateway: Gateway, source: str) -> None:
    email = f"{uuid.uuid4()}@example.com"
    assert [log_in(gateway, email, source).status for _attempt in range(4)] == [401, 401, 401, 429]


def test_owner_is_not_locked_out_by_somebody_who_guesses(gateway: Gateway, person: Person) -> None:
    while not limited(log_in(gateway, person.email, GUESSER), 900):
        pass
    assert log_in(gateway, person.email, OWNER, PASSWORD).status == 200


def test_one_address_cannot_try_account_after_account(gateway: Gateway, source: str) -> None:
    answers = [log_in(gateway, f"{uuid.uuid4()}@example.com", source) for _attempt in range(10)]
    assert [answer.status for answer in answers] == [401] * 8 + [429] * 2


def test_address_is_what_the_gateway_saw_and_not_what_the_client_says(
    gateway: Gateway, person: Person, source: str
) -> None:
    said = ({"X-Forwarded-For": f"192.0.2.{number}", "Forwarded": f"for=192.0.2.{number}"} for number in range(4))
    assert [log_in(gateway, person.email, source, **headers).status for headers in said] == [401, 401, 401, 429]


def test_all_addresses_of_one_subscriber_count_as_one(gateway: Gateway, person: Person, source: str) -> None:
    network = source.removesuffix("1")
    statuses = [log_in(gateway, person.email, f"{network}{number}").status for number in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_sign_up_is_limited_per_address(gateway: Gateway, source: str) -> None:
    answers = [sign_up(gateway, f"{uuid.uuid4()}@example.com", source) for _attempt in range(5)]
    assert [answer.status for answer in answers] == [201] * 4 + [429]
    assert limited(answers[-1], 3600)


def test_asking_who_is_registered_is_limited(gateway: Gateway, person: Person, source: str) -> None:
    assert [sign_up(gateway, person.email, source).status for _attempt in range(3)] == [409, 409, 429]


def test_refresh_is_limited_per_session_and_per_address(gateway: Gateway, person: Person, source: str) -> None:
    session = person.refresh_token.partition(".")[0]
    assert [refresh(gateway, f"{session}x.guess", source).status for _attempt in range(4)] == [401, 401, 401, 429]
    guesses = [refresh(gateway, f"{uuid.uuid4()}.guess", source).status for _attempt in range(4)]
    assert guesses == [401, 401, 429, 429]
    assert refresh(gateway, person.refresh_token, OWNER).status == 200


def ingestions() -> Iterator[tuple[str, Callable[[Gateway, Person], Answer]]]:
    for name, resource in {"ingest": "ingest", "latest": "ingest/latest", "backfill": "backfill"}.items():
        invoice_type = "retail" if name == "backfill" else "rental"

        def post(gateway: Gateway, person: Person, end: str = resource, kind: str = invoice_type) -> Answer:
            path = {"invoice_type": kind}
            return gateway.send("POST", f"/v1/invoices/{{invoice_type}}/{end}", {}, token=person.app.token, path=path)

        yield name, post


@pytest.mark.parametrize("post", [pytest.param(post, id=name) for name, post in ingestions()])
def test_ingestion_is_limited_per_user(gateway: Gateway, world: World, post: Any) -> None:
    person, other = world.newcomer(), world.newcomer()
    answers = [post(gateway, person) for _attempt in range(3)]
    assert [answer.status for answer in answers] == [409, 409, 429]
    assert limited(answers[-1], 3600)
    assert post(gateway, other).status == 409


def test_after_the_window_it_may_be_tried_again(world: World) -> None:
    clock, limit, subject = Clock(), Limit("test", 2, 60), str(uuid.uuid4())
    limits = RateLimits(world.sandbox.container.dynamodb, clock)
    limits.count(limit, subject)
    limits.count(limit, subject)
    with pytest.raises(RateLimited) as refused:
        limits.count(limit, subject)
    clock.now += refused.value.retry_after
    limits.count(limit, subject)


def test_limit_of_zero_is_none_and_costs_nothing(world: World) -> None:
    limits = RateLimits(world.sandbox.container.dynamodb, Clock())
    for _attempt in range(3):
        limits.count(Limit("none", 0, 60), "anybody")
    assert world.rows("RateLimits", "none#") == []


def test_counters_name_nobody_and_expire(gateway: Gateway, world: World, person: Person, source: str) -> None:
    log_in(gateway, person.email, source)
    assert world.rows("RateLimits", person.email, source, person.user_id) == []
    counters = world.rows("RateLimits", "login#")
    assert counters
    assert all(row["expires_at"] > 0 for row in counters)
