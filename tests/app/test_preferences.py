"""What a person wishes to be told, and that it is all that they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.app.client import Answer
from tests.app.mails import notice_mail
from tests.app.world import Person, World
from tests.sandbox.calls import Call, Parameters

DEFAULTS = {
    "push": True,
    "email": True,
    "reminder_days": 3,
    "language": "en",
    "historical_summary": True,
    "discover_vendors": False,
}


def wish(person: Person, **changes: Any) -> Answer:
    return person.app.send("PUT", "/v1/user/preferences", json.dumps(changes).encode())


def wished(person: Person) -> dict[str, Any]:
    answer = person.app.get("/v1/user/preferences")
    assert answer.status == 200
    return dict(answer.body["data"])


def told(person: Person) -> set[str]:
    """The protocols by which the person was told something."""
    mine = (each for each in person.world.sandbox.notifications() if each["user_id"] == person.user_id)
    return {str(each["protocol"]) for each in mine}


def subscriptions(person: Person) -> list[str]:
    pages = person.world.aws("sns").get_paginator("list_subscriptions").paginate()
    return [each["Endpoint"] for page in pages for each in page["Subscriptions"] if each["Endpoint"] == person.email]


@contextmanager
def parameters_of(world: World, operation: str) -> Iterator[list[Parameters]]:
    """What SNS is asked by the calls of an operation meanwhile."""
    asked: list[Parameters] = []

    def observe(call: Call, parameters: Parameters, _answer: object) -> None:
        if call.name == f"sns.{operation}":
            asked.append(parameters)

    world.sandbox.calls.observers.append(observe)
    yield asked
    world.sandbox.calls.observers.remove(observe)


def test_everybody_begins_with_the_defaults(person: Person) -> None:
    assert wished(person) == DEFAULTS


def test_what_is_stated_is_kept_and_the_rest_stays(person: Person) -> None:
    answer = wish(person, language="sv", reminder_days=0, of_a_newer_app="ignored")
    assert answer.body["data"] == DEFAULTS | {"language": "sv", "reminder_days": 0}
    wish(person, push=False)
    assert wished(person) == DEFAULTS | {"language": "sv", "reminder_days": 0, "push": False}
    assert person.app.profile().email == person.email


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"push": "yes"}, "push"),
        ({"push": 1}, "push"),
        ({"email": None}, "email"),
        ({"reminder_days": -1}, "reminder_days"),
        ({"reminder_days": 31}, "reminder_days"),
        ({"reminder_days": 2.5}, "reminder_days"),
        ({"reminder_days": True}, "reminder_days"),
        ({"reminder_days": "3"}, "reminder_days"),
        ({"language": "de"}, "language"),
        ({"language": ["sv"]}, "language"),
        ({"historical_summary": "no"}, "historical_summary"),
        ({"discover_vendors": 0}, "discover_vendors"),
    ],
)
def test_wrong_value_is_refused_by_name_and_changes_nothing(
    person: Person, changes: dict[str, Any], field: str
) -> None:
    answer = wish(person, **{"language": "sv", **changes})
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert answer.error_message.startswith(f"{field}:")
    assert wished(person) == DEFAULTS


def test_preferences_need_a_caller(world: World) -> None:
    assert world.stranger().get("/v1/user/preferences").refused == (401, "INVALID_CREDENTIALS")


def test_preferences_are_everybodys_own(world: World, person: Person) -> None:
    wish(person, language="sv")
    assert wished(world.newcomer()) == DEFAULTS


@pytest.mark.parametrize(
    ("changes", "protocols"),
    [
        ({}, {"application", "email"}),
        ({"push": False}, {"email"}),
        ({"email": False}, {"application"}),
        ({"push": False, "email": False}, set()),
    ],
)
def test_new_invoice_is_told_only_the_way_that_is_wished(
    tenant: Person, changes: dict[str, Any], protocols: set[str]
) -> None:
    tenant.app.register_device(f"{tenant.mails:064x}".replace("0", "a") + tenant.user_id[-8:].encode().hex())
    wish(tenant, **changes)
    tenant.receive(notice_mail())
    assert tenant.ingest() == 1
    assert told(tenant) == protocols


def test_notices_are_in_the_persons_language(tenant: Person) -> None:
    wish(tenant, language="sv")
    tenant.receive(notice_mail())
    tenant.ingest()
    [text] = tenant.notices()
    assert text.startswith("Hyra från Provhem: ")
    assert " kr, förfaller " in text


def test_switching_email_off_unsubscribes_and_on_subscribes_again(tenant: Person) -> None:
    assert subscriptions(tenant) == [tenant.email]
    wish(tenant, email=False)
    assert subscriptions(tenant) == []
    wish(tenant, push=False)
    assert subscriptions(tenant) == []
    wish(tenant, email=True)
    wish(tenant, email=True)
    assert subscriptions(tenant) == [tenant.email]


def test_subscription_is_by_email_and_only_to_what_is_told_to_its_person(world: World, person: Person) -> None:
    with parameters_of(world, "Subscribe") as asked:
        person.connect()
    [parameters] = asked
    assert (parameters["Protocol"], parameters["Endpoint"]) == ("email", person.email)
    assert json.loads(parameters["Attributes"]["FilterPolicy"]) == {"user_id": [person.user_id]}
    # Else nobody knows the subscription before it is confirmed, and so nobody could end it after that.
    assert parameters["ReturnSubscriptionArn"] is True
    arn = person.user_row()["email_subscription_arn"]
    kept = world.aws("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert json.loads(kept["FilterPolicy"]) == {"user_id": [person.user_id]}


def test_subscription_that_waits_for_confirmation_stays_known_and_switching_on_asks_once_more(
    world: World, tenant: Person
) -> None:
    """SNS refuses to end it (``InvalidParameter``) and forgets it after two days, unless it is confirmed before."""
    world.fail("sns.Unsubscribe", "InvalidParameter")
    assert wish(tenant, email=False).status == 200
    assert tenant.user_row()["email_subscription_arn"]
    with parameters_of(world, "Subscribe") as asked:
        wish(tenant, email=True)
        wish(tenant, email=True)
    assert [parameters["Endpoint"] for parameters in asked] == [tenant.email]


def test_subscription_that_its_reader_ended_by_the_link_in_a_mail_can_be_switched_off_and_on(
    world: World, tenant: Person
) -> None:
    world.aws("sns").unsubscribe(SubscriptionArn=tenant.user_row()["email_subscription_arn"])
    world.fail("sns.Unsubscribe", "NotFound")
    assert wish(tenant, email=False).status == 200
    assert "email_subscription_arn" not in tenant.user_row()
    assert wish(tenant, email=True).status == 200
    assert subscriptions(tenant) == [tenant.email]


def test_connecting_gmail_does_not_subscribe_somebody_who_wants_no_email(person: Person) -> None:
    wish(person, email=False)
    person.connect()
    assert subscriptions(person) == []


def test_unsubscribing_that_failed_sends_nothing_and_is_made_good_by_the_next_request(
    world: World, tenant: Person
) -> None:
    world.fail("sns.Unsubscribe", "InternalError", times=5)
    assert wish(tenant, email=False).refused == (502, "DEPENDENCY_FAILURE")
    world.sandbox.clear_faults()
    tenant.receive(notice_mail())
    tenant.ingest()
    assert told(tenant) == set()
    assert wish(tenant, email=False).status == 200
    assert subscriptions(tenant) == []


def test_import_of_older_invoices_is_summed_up_only_if_wished(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(4), notice_mail(5))
    wish(tenant, historical_summary=False)
    assert tenant.ingest() == 2
    assert tenant.notices() == []
    other = world.newcomer()
    other.connect()
    other.receive(notice_mail(4), notice_mail(5))
    assert other.ingest() == 2
    assert other.notices() == ["2 rental invoices imported from your mail."]
