"""Passwords that change, sessions that end everywhere at once, and signing keys that are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from chalicelib.adapters.secrets import AppSecrets
from chalicelib.adapters.signing_keys import KEPT_SECONDS, StoredSigningKeys
from chalicelib.adapters.tokens import AccessTokens
from chalicelib.domain.signing_keys import SigningKeys
from chalicelib.errors import DependencyFailure, InvalidToken
from tests.app import swift
from tests.app.client import Answer, Client
from tests.app.gateway import Gateway
from tests.app.world import PASSWORD, Person, World

SECRET = "PayPulseAppJWTSecret"
NEW = "quite another password"
OLD_KEY, NEW_KEY = "o" * 64, "n" * 64


def log_in(world: World, email: str, password: str = PASSWORD) -> Answer:
    return world.stranger().post("/v1/auth/login", {"email": email, "password": password})


def refresh(world: World, token: str) -> Answer:
    return world.stranger().post("/v1/auth/refresh", {"refresh_token": token})


def change(client: Client, current: str = PASSWORD, new: str = NEW) -> Answer:
    return client.post("/v1/auth/password", {"current_password": current, "new_password": new})


# Changing a password


def test_changed_password_is_the_one_that_counts(world: World, person: Person) -> None:
    assert change(person.app).status == 200
    assert log_in(world, person.email).refused == (401, "INVALID_CREDENTIALS")
    assert log_in(world, person.email, NEW).status == 200


def test_changing_the_password_ends_every_session_and_answers_a_new_one(world: World, person: Person) -> None:
    elsewhere = log_in(world, person.email).data(swift.Session)
    session = change(person.app).data(swift.Session)
    assert person.app.get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert Client(world.sandbox.url, elsewhere.access_token).get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert refresh(world, elsewhere.refresh_token).refused == (401, "INVALID_TOKEN")
    assert refresh(world, person.refresh_token).refused == (401, "INVALID_TOKEN")
    assert Client(world.sandbox.url, session.access_token).get("/v1/user/me").status == 200
    assert refresh(world, session.refresh_token).status == 200


def test_password_is_not_changed_by_somebody_who_does_not_know_it(world: World, person: Person) -> None:
    assert change(person.app, current="not the password").refused == (401, "INVALID_CREDENTIALS")
    assert log_in(world, person.email).status == 200
    assert person.app.get("/v1/user/me").status == 200


def test_guessing_the_current_password_is_limited(world: World, person: Person) -> None:
    gateway = Gateway(world, LOGIN_LIMIT="3")
    guesses = ({"current_password": f"guess {number}", "new_password": NEW} for number in range(5))
    answers = [gateway.send("POST", "/v1/auth/password", guess, token=person.app.token) for guess in guesses]
    assert [answer.status for answer in answers] == [401] * 3 + [429] * 2


@pytest.mark.parametrize("new", ["short", "x" * 73, "ö" * 37, "with a \u0000 in it"])
def test_new_password_follows_the_rules_of_sign_up(world: World, person: Person, new: str) -> None:
    answer = change(person.app, new=new)
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert answer.error_message.startswith("new_password")
    assert log_in(world, person.email).status == 200


def test_of_simultaneous_changes_one_succeeds(world: World, person: Person) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda number: change(person.app, new=f"new password {number}"), range(3)))
    [changed] = [answer for answer in answers if answer.status == 200]
    assert Client(world.sandbox.url, changed.data(swift.Session).access_token).get("/v1/user/me").status == 200
    assert {answer.error for answer in answers if answer.status != 200} <= {"INVALID_CREDENTIALS", "INVALID_TOKEN"}


def test_session_that_was_being_opened_with_the_old_password_is_over(world: World, person: Person) -> None:
    """A log-in that read the person before the change, and opens its session after it."""
    container = world.sandbox.container
    before = container.users.get(person.user_id)
    change(person.app)
    late = container.sessions.open(before.user_id, before.session_generation)
    token = container.accounts.tokens.issue(before, late.session_id)
    assert Client(world.sandbox.url, token).get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert refresh(world, late.refresh_token).refused == (401, "INVALID_TOKEN")


# Logging out everywhere


def test_log_out_everywhere_says_so_and_ends_every_session(world: World, person: Person) -> None:
    elsewhere = log_in(world, person.email).data(swift.Session)
    body = {"refresh_token": person.refresh_token, "everywhere": True}
    assert person.app.post("/v1/auth/logout", body).status == 200
    for token in (person.app.token, elsewhere.access_token):
        assert Client(world.sandbox.url, token).get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    for token in (person.refresh_token, elsewhere.refresh_token):
        assert refresh(world, token).refused == (401, "INVALID_TOKEN")
    assert person.rows("Sessions") == []


def test_log_out_everywhere_ends_what_the_index_does_not_know_yet(world: World, person: Person) -> None:
    [row] = person.rows("Sessions")
    person.app.post("/v1/auth/logout", {"everywhere": True})
    world.put("Sessions", row)
    assert person.app.get("/v1/user/me").refused == (401, "INVALID_TOKEN")
    assert refresh(world, person.refresh_token).refused == (401, "INVALID_TOKEN")


def test_token_that_names_no_session_ends_with_the_first_log_out_everywhere(world: World, person: Person) -> None:
    now = datetime.now(UTC)
    claims = {"user_id": person.user_id, "email": person.email, "iat": now, "exp": now + timedelta(hours=1)}
    stored = world.aws("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    client = Client(world.sandbox.url, jwt.encode(claims, SigningKeys.read(stored).secret, algorithm="HS256"))
    assert client.get("/v1/user/me").status == 200
    person.app.post("/v1/auth/logout", {"everywhere": True})
    assert client.get("/v1/user/me").refused == (401, "INVALID_TOKEN")


# Signing keys


class Clock:
    """Time that stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class SigningKey:
    """A secret of our own with signing keys, and one container of the application that reads it."""

    def __init__(self, world: World, name: str) -> None:
        self.name, self.clock = name, Clock()
        self._world, self._secrets = world, world.aws("secretsmanager")
        self._secrets.create_secret(Name=name, SecretString=OLD_KEY)
        container = world.sandbox.container
        self.stored = StoredSigningKeys(AppSecrets(container.aws), name, self.clock)
        self.tokens = AccessTokens(self.stored, 3600)

    def put(self, keys: SigningKeys) -> None:
        self._secrets.put_secret_value(SecretId=self.name, SecretString=keys.text())

    def delete(self) -> None:
        self._secrets.delete_secret(SecretId=self.name, ForceDeleteWithoutRecovery=True)

    def verifies(self, token: str) -> bool:
        try:
            self.tokens.verify(token)
        except InvalidToken:
            return False
        return True

    def looks(self) -> int:
        """How often Secrets Manager was asked for a value."""
        return int(self._world.sandbox.calls.count("secretsmanager.GetSecretValue"))


@pytest.fixture
def signing(world: World, request: pytest.FixtureRequest) -> Iterator[SigningKey]:
    key = SigningKey(world, f"jwt/{request.node.name}")
    yield key
    key.delete()


def ring(*secrets: str) -> SigningKeys:
    """Keys of which the last signs, named by their first letters."""
    return SigningKeys(secrets[-1][0], {secret[0]: secret for secret in secrets})


def token(secret: str, kid: Any = None, algorithm: str = "HS256", **changes: Any) -> str:
    now = datetime.now(UTC)
    claims = {"user_id": "user_1", "email": "a@example.com", "iat": now, "exp": now + timedelta(hours=1)} | changes
    return jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": kid} if kid is not None else None)


def test_tokens_name_their_key(world: World, person: Person) -> None:
    stored = world.aws("secretsmanager").get_secret_value(SecretId=SECRET)["SecretString"]
    header = jwt.get_unverified_header(person.app.token or "")
    assert (header["alg"], header["kid"]) == ("HS256", SigningKeys.read(stored).current)
    assert stored[:8] not in header["kid"]


def test_both_of_two_keys_are_believed_and_the_current_one_signs(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    assert signing.verifies(token(OLD_KEY, "o"))
    assert signing.verifies(token(NEW_KEY, "n"))
    assert signing.stored.get().secret == NEW_KEY


def test_token_is_checked_with_the_key_that_it_names_only(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    assert not signing.verifies(token(OLD_KEY, "n"))
    assert not signing.verifies(token("x" * 64, "n"))


@pytest.mark.parametrize("kid", ["unknown", "", "../../o", "o" * 5000])
def test_unknown_key_is_an_invalid_token(signing: SigningKey, kid: str) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    assert not signing.verifies(token(NEW_KEY, kid))


def test_token_of_before_keys_had_names_is_believed(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    assert signing.verifies(token(OLD_KEY))
    assert signing.verifies(token(NEW_KEY))
    assert not signing.verifies(token("x" * 64))


def test_tokens_survive_the_step_from_one_bare_key_to_two(signing: SigningKey) -> None:
    bare = signing.stored.get()
    old = token(OLD_KEY, bare.current)
    assert signing.verifies(old)
    signing.put(bare.rotated())
    signing.clock.now += KEPT_SECONDS
    assert signing.verifies(old)


def test_new_key_is_found_at_once_and_other_unknown_ones_cost_no_more_looks(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY))
    signing.stored.get()
    signing.put(ring(OLD_KEY, NEW_KEY))
    before = signing.looks()
    assert signing.verifies(token(NEW_KEY, "n"))
    assert signing.looks() == before + 1
    for number in range(20):
        assert not signing.verifies(token(NEW_KEY, f"unknown {number}"))
    assert signing.looks() == before + 1


def test_keys_are_read_again_when_they_are_old(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    before = signing.looks()
    for _read in range(3):
        assert signing.verifies(token(OLD_KEY, "o"))
    assert signing.looks() == before + 1
    signing.put(ring(NEW_KEY))
    signing.clock.now += KEPT_SECONDS
    assert not signing.verifies(token(OLD_KEY, "o"))
    assert signing.verifies(token(NEW_KEY, "n"))


def test_secrets_manager_that_fails_for_a_while_logs_nobody_out(world: World, signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY, NEW_KEY))
    assert signing.verifies(token(NEW_KEY, "n"))
    signing.clock.now += KEPT_SECONDS
    world.fail("secretsmanager.GetSecretValue", "AccessDeniedException")
    assert signing.verifies(token(NEW_KEY, "n"))


def test_keys_that_cannot_be_read_are_a_failure_and_are_not_quoted(world: World, signing: SigningKey) -> None:
    for text in ('{"current": "secret-x"', '{"current": "a", "keys": {"b": "secret-x"}}', '{"keys": "secret-x"}'):
        world.aws("secretsmanager").put_secret_value(SecretId=signing.name, SecretString=text)
        with pytest.raises(DependencyFailure) as failed:
            signing.stored.get()
        assert "secret-x" not in repr(failed.value)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_no_other_algorithm_is_believed_whatever_the_key(signing: SigningKey, algorithm: str) -> None:
    signing.put(ring(OLD_KEY))
    assert not signing.verifies(token(OLD_KEY, "o", algorithm))


def test_clocks_may_differ_by_a_minute_and_no_more(signing: SigningKey) -> None:
    signing.put(ring(OLD_KEY))
    soon, later = (datetime.now(UTC) + timedelta(seconds=ahead) for ahead in (50, 120))
    assert signing.verifies(token(OLD_KEY, "o", iat=soon))
    assert not signing.verifies(token(OLD_KEY, "o", iat=later))
    assert signing.verifies(token(OLD_KEY, "o", exp=datetime.now(UTC) - timedelta(seconds=50)))
