"""Connecting a Gmail account, keeping it connected, and letting go of it."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.app import swift
from tests.app.client import FORM, READONLY
from tests.app.mails import notice_mail
from tests.app.world import Person, World
from tests.sandbox.google.oauth import subject

CONNECT = "/v1/auth/gmail/store-tokens"


def keep_instead(person: Person, **changes: Any) -> None:
    """Puts something else into the person's stored grant."""
    stored = person.world.secret(person.user_id)
    assert stored is not None
    person.world.aws("secretsmanager").put_secret_value(
        SecretId=f"gmail/user/{person.user_id}", SecretString=json.dumps(stored | changes)
    )


def test_connection_is_told_and_shown_in_the_profile(person: Person) -> None:
    answer = person.app.connect(person.account)
    assert answer.status == 201
    connection = answer.data(swift.Connection)
    assert connection.google_email == person.account
    assert connection.scope == f"openid email {READONLY}"
    assert connection.account_switch is False
    profile = person.app.profile()
    assert (profile.gmail_account_connected, profile.gmail_status) == (True, "connected")
    assert profile.gmail_email == person.account


def test_first_connections_at_the_same_moment_all_succeed(person: Person) -> None:
    together = threading.Barrier(4)

    def race(_number: int) -> int:
        together.wait()
        return person.app.connect(person.account).status

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(race, range(4))) == [201, 201, 201, 201]


def test_identity_comes_from_google_and_not_from_the_body(world: World, person: Person) -> None:
    answer = person.app.connect(person.account, email="victim@gmail.com", username="victim")
    assert answer.data(swift.Connection).google_email == person.account
    stored = world.secret(person.user_id)
    assert stored is not None
    assert (stored["email"], stored["account"]) == (person.account, subject(person.account))


@pytest.mark.parametrize(
    "scopes",
    [
        [("scope", f"email {READONLY}")],
        [("scope", "email"), ("scope", READONLY)],
        [("scope[]", "email"), ("scope[]", READONLY)],
    ],
    ids=["space-separated", "repeated", "brackets"],
)
def test_form_bodies_are_read_as_ios_libraries_write_them(person: Person, scopes: list[tuple[str, str]]) -> None:
    fields = [("access_token", f"ya29.{person.account}"), ("refresh_token", f"1//{person.account}")]
    body = urlencode([*fields, *scopes, ("expires_in", "3600"), ("client_info", "{}"), ("token_type", "Bearer")])
    answer = person.app.send("POST", CONNECT, body.encode(), FORM)
    assert answer.status == 201
    assert answer.data(swift.Connection).scope == f"email {READONLY}"


def test_scope_may_be_one_text_in_json_too(person: Person) -> None:
    assert person.app.connect(person.account, scope=f"openid  {READONLY}").status == 201


def test_older_path_does_the_same(person: Person) -> None:
    body = {"access_token": f"ya29.{person.account}", "scope": [READONLY]}
    assert person.app.post("/v1/auth/gmail-tokens", body).status == 201


@pytest.mark.parametrize("expires_in", ["nan", "inf", "-5", "0", "1e300"])
def test_lifetime_that_makes_no_sense_counts_as_an_hour(world: World, person: Person, expires_in: str) -> None:
    fields = {"access_token": f"ya29.{person.account}", "scope": READONLY, "expires_in": expires_in}
    answer = person.app.send("POST", CONNECT, urlencode(fields).encode(), FORM)
    if answer.status == 400:
        assert "expires_in" in answer.error_message
        return
    stored = world.secret(person.user_id)
    assert answer.status == 201
    assert stored is not None
    ends = datetime.fromisoformat(stored["expires_at"])
    assert timedelta(minutes=55) < ends - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"scope": ["openid", "email"]}, "VALIDATION_ERROR", "scope"),
        ({"scope": "openid"}, "VALIDATION_ERROR", "scope"),
        ({"scope": []}, "VALIDATION_ERROR", "scope"),
        ({"scope": [5]}, "VALIDATION_ERROR", "scope"),
        ({"scope": None}, "MISSING_FIELDS", "scope"),
        ({"access_token": None}, "MISSING_FIELDS", "access_token"),
        ({"access_token": "  "}, "VALIDATION_ERROR", "access_token"),
        ({"access_token": "a\r\nX-Evil: 1"}, "VALIDATION_ERROR", "access_token"),
        ({"access_token": 7}, "VALIDATION_ERROR", "access_token"),
        ({"expires_in": "soon"}, "VALIDATION_ERROR", "expires_in"),
    ],
)
def test_connection_refuses_what_is_wrong_and_names_the_field(
    person: Person, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = person.app.connect(person.account, **changes)
    assert answer.refused == (400, code)
    assert field in answer.error_message
    assert person.app.profile().gmail_status == "not_connected"


def test_scope_that_the_person_unticked_at_google_is_noticed(world: World, person: Person) -> None:
    answer = person.app.connect(person.account, access_token=f"ya29.noscope.{person.account}")
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert "gmail.readonly" in answer.error_message
    assert world.secret(person.user_id) is None


def test_gmail_that_is_down_at_the_moment_does_not_refuse_a_connection(world: World, person: Person) -> None:
    world.fail("gmail.getProfile", "503", times=2)
    assert person.app.connect(person.account).status == 201


def test_token_that_google_does_not_accept_must_be_renewed(world: World, person: Person) -> None:
    answer = person.app.connect(person.account, access_token="ya29.expired")
    assert answer.refused == (409, "GMAIL_TOKEN_EXPIRED")
    assert world.secret(person.user_id) is None


def test_another_google_account_is_a_switch_and_its_mail_counts_from_then_on(person: Person) -> None:
    person.receive(notice_mail())
    person.connect()
    assert person.ingest() == 1
    person.account = f"other.{person.account}"
    person.mails = 0
    person.receive(notice_mail(1), notice_mail(2))
    assert person.app.connect(person.account).data(swift.Connection).account_switch is True
    assert person.app.profile().gmail_email == person.account
    assert person.ingest() == 2
    assert person.app.connect(person.account).data(swift.Connection).account_switch is False


def test_consent_without_refresh_token_keeps_the_stored_one_of_the_same_account(world: World, tenant: Person) -> None:
    assert tenant.app.connect(tenant.account, refresh_token=None).status == 201
    stored = world.secret(tenant.user_id)
    assert stored is not None
    assert stored["refresh_token"] == f"1//{tenant.account}"


def test_consent_without_refresh_token_does_not_inherit_another_accounts(world: World, tenant: Person) -> None:
    tenant.app.connect(f"other.{tenant.account}", refresh_token=None)
    stored = world.secret(tenant.user_id)
    assert stored is not None
    assert stored.get("refresh_token") is None


@pytest.mark.parametrize(
    "stale",
    [
        {"access_token": "ya29.expired"},
        {"access_token": "ya29.expired", "expires_at": "2020-01-01T00:00:00+00:00"},
    ],
    ids=["refused by Gmail", "past its time"],
)
def test_expired_access_token_is_renewed_and_the_new_one_stored(
    world: World, tenant: Person, stale: dict[str, str]
) -> None:
    keep_instead(tenant, **stale)
    tenant.receive(notice_mail())
    assert tenant.ingest() == 1
    stored = world.secret(tenant.user_id)
    assert stored is not None
    assert stored["access_token"] == f"ya29.{tenant.account}"
    assert datetime.fromisoformat(stored["expires_at"]) > datetime.now(UTC) + timedelta(minutes=50)
    renewals = tenant.google_calls("oauth.token")
    assert tenant.ingest() == 0
    assert tenant.google_calls("oauth.token") == renewals


def test_expired_access_token_is_renewed_in_the_background(world: World, tenant: Person) -> None:
    world.disconnect_everybody_but(tenant)
    keep_instead(tenant, access_token="ya29.expired")
    world.sandbox.events.invoke("fetch_latest_invoice")
    world.drain()
    stored = world.secret(tenant.user_id)
    assert stored is not None
    assert stored["access_token"] == f"ya29.{tenant.account}"


def test_phone_is_told_to_reconnect(world: World, tenant: Person) -> None:
    tenant.app.register_device("5e" * 32)
    keep_instead(tenant, access_token="ya29.expired", refresh_token="1//revoked")
    assert tenant.app.post("/v1/invoices/rental/ingest").refused == (409, "GMAIL_TOKEN_EXPIRED")
    told = [each["protocol"] for each in world.sandbox.notifications() if each["user_id"] == tenant.user_id]
    assert sorted(map(str, told)) == ["application", "email"]


def test_refused_refresh_asks_to_reconnect_and_says_so_once(tenant: Person) -> None:
    keep_instead(tenant, access_token="ya29.expired", refresh_token="1//revoked")
    for _ in range(3):
        answer = tenant.app.post("/v1/invoices/rental/ingest")
        assert answer.refused == (409, "GMAIL_TOKEN_EXPIRED")
    profile = tenant.app.profile()
    assert (profile.gmail_status, profile.gmail_account_connected) == ("reauth_required", False)
    [told] = tenant.notices()
    assert "connect it again" in told


def test_account_without_refresh_token_asks_to_reconnect_when_its_access_ends(person: Person) -> None:
    person.app.connect(person.account, refresh_token=None)
    keep_instead(person, access_token="ya29.expired")
    assert person.app.post("/v1/invoices/rental/ingest/latest").refused == (409, "GMAIL_TOKEN_EXPIRED")
    assert person.app.profile().gmail_status == "reauth_required"


def test_failure_of_the_token_endpoint_is_no_reason_to_reconnect(world: World, tenant: Person) -> None:
    keep_instead(tenant, access_token="ya29.expired")
    world.fail("oauth.token", "500", times=2)
    assert tenant.app.post("/v1/invoices/rental/ingest").refused == (502, "DEPENDENCY_FAILURE")
    assert tenant.app.profile().gmail_status == "connected"
    assert tenant.app.ingest().count == 0


def test_quota_is_no_reason_to_reconnect(world: World, tenant: Person) -> None:
    world.fail("gmail.messages.list", "dailyLimitExceeded", times=9)
    assert tenant.app.post("/v1/invoices/rental/ingest").refused == (502, "DEPENDENCY_FAILURE")
    assert tenant.app.profile().gmail_status == "connected"


def test_reconnecting_after_a_refusal_works_and_the_next_refusal_is_told_again(tenant: Person) -> None:
    for _ in range(2):
        keep_instead(tenant, access_token="ya29.expired", refresh_token="1//revoked")
        assert tenant.app.post("/v1/invoices/rental/ingest").status == 409
        tenant.connect()
        assert tenant.app.profile().gmail_status == "connected"
    assert len(tenant.notices()) == 2
    tenant.receive(notice_mail())
    assert tenant.ingest() == 1


def test_disconnecting_revokes_at_google_and_forgets_the_tokens(world: World, tenant: Person) -> None:
    assert tenant.app.delete("/v1/auth/gmail").status == 200
    assert tenant.google_calls("oauth.revoke") == 1
    assert world.secret(tenant.user_id) is None
    profile = tenant.app.profile()
    assert (profile.gmail_status, profile.gmail_email) == ("not_connected", None)
    assert tenant.app.post("/v1/invoices/rental/ingest").refused == (409, "GMAIL_TOKEN_EXPIRED")


def test_disconnecting_keeps_the_invoices_and_reconnecting_brings_nothing_twice(tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    tenant.app.delete("/v1/auth/gmail")
    assert tenant.app.rentals().count == 1
    assert tenant.app.connect(tenant.account).data(swift.Connection).account_switch is False
    assert tenant.ingest() == 0
    assert tenant.app.rentals().count == 1


def test_disconnecting_twice_or_without_a_connection_is_fine(person: Person) -> None:
    assert person.app.delete("/v1/auth/gmail").status == 200
    person.connect()
    assert person.app.delete("/v1/auth/gmail").status == 200
    assert person.app.delete("/v1/auth/gmail").status == 200


def test_grant_that_google_revoked_already_can_be_let_go(world: World, tenant: Person) -> None:
    assert world.sandbox.google is not None
    tenant.app.delete("/v1/auth/gmail")
    world.aws("secretsmanager").create_secret(
        Name=f"gmail/user/{tenant.user_id}",
        SecretString=json.dumps(
            {
                "access_token": f"ya29.{tenant.account}",
                "account": subject(tenant.account),
                "email": tenant.account,
                "scope": READONLY,
                "expires_at": "2030-01-01T00:00:00+00:00",
            }
        ),
    )
    assert tenant.app.delete("/v1/auth/gmail").status == 200
    assert world.secret(tenant.user_id) is None


def test_tokens_are_in_the_secret_only(tenant: Person) -> None:
    for table in tenant.world.tables():
        for row in tenant.rows(table):
            assert "ya29." not in str(row)
            assert "1//" not in str(row)
