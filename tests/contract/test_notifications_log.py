"""The sandbox tells what SNS would have delivered, and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.aws import AwsEmulator
from tests.sandbox.calls import CallLog
from tests.sandbox.clients import AwsClients, make_session
from tests.sandbox.faults import AwsFaults, ProcessKilled
from tests.sandbox.notifications import Notification, NotificationLog, wanted


@dataclass
class Sns:
    """A topic, a platform application, and the application's client with the hooks."""

    client: Any
    log: NotificationLog
    faults: AwsFaults
    topic: str
    platform: str

    def endpoint(self, user: str, token: str) -> str:
        answer = self.client.create_platform_endpoint(
            PlatformApplicationArn=self.platform, Token=token, CustomUserData=user
        )
        return str(answer["EndpointArn"])

    def subscribe(self, address: str, policy: dict[str, Any] | None = None) -> None:
        attributes = {"FilterPolicy": json.dumps(policy)} if policy is not None else {}
        self.client.subscribe(TopicArn=self.topic, Protocol="email", Endpoint=address, Attributes=attributes)


@pytest.fixture
def sns() -> Iterator[Sns]:
    with AwsEmulator() as aws:
        clients = AwsClients(aws.url)
        log, calls, session = NotificationLog(clients), CallLog(), make_session()
        faults = AwsFaults(calls)
        calls.observers.append(log.observe)
        calls.register(session)
        faults.register(session)
        client = session.client("sns", endpoint_url=aws.url)
        topic = client.create_topic(Name="NewInvoiceTopicNotification")["TopicArn"]
        platform = client.create_platform_application(Name="ios", Platform="APNS_SANDBOX", Attributes={})
        yield Sns(client, log, faults, topic, platform["PlatformApplicationArn"])
        clients.close()


def for_user(user: str) -> dict[str, Any]:
    return {"user_id": {"DataType": "String", "StringValue": user}}


FORMS = json.dumps({"default": "a new invoice", "email": "Dear Alva", "APNS_SANDBOX": '{"aps": {}}', "APNS": "no"})


def test_push_goes_to_the_endpoint_in_its_platforms_form(sns: Sns) -> None:
    endpoint = sns.endpoint("user_1", "aa" * 32)
    sns.client.publish(TargetArn=endpoint, Message=FORMS, MessageStructure="json")
    assert sns.log.notifications == [Notification("user_1", "application", endpoint, '{"aps": {}}')]


def test_e_mail_goes_to_subscriptions_whose_filter_lets_it_through(sns: Sns) -> None:
    sns.subscribe("alva@example.com", {"user_id": ["user_1"]})
    sns.subscribe("bo@example.com", {"user_id": ["user_2"]})
    sns.subscribe("all@example.com")
    sns.client.publish(
        TopicArn=sns.topic,
        Message=FORMS,
        MessageStructure="json",
        Subject="New invoice",
        MessageAttributes=for_user("user_1"),
    )
    assert {n.endpoint for n in sns.log.notifications} == {"alva@example.com", "all@example.com"}
    assert {(n.user_id, n.protocol, n.message, n.subject) for n in sns.log.notifications} == {
        ("user_1", "email", "Dear Alva", "New invoice")
    }


def test_filter_that_is_changed_counts_from_then_on(sns: Sns) -> None:
    sns.subscribe("alva@example.com", {"user_id": ["user_1"]})
    [subscription] = sns.client.list_subscriptions_by_topic(TopicArn=sns.topic)["Subscriptions"]
    for user in ("user_1", "user_2"):
        sns.client.set_subscription_attributes(
            SubscriptionArn=subscription["SubscriptionArn"],
            AttributeName="FilterPolicy",
            AttributeValue=json.dumps({"user_id": [user]}),
        )
        sns.client.publish(TopicArn=sns.topic, Message=user, MessageAttributes=for_user("user_2"))
    assert [n.message for n in sns.log.notifications] == ["user_2"]


def test_plain_message_is_the_same_for_everybody(sns: Sns) -> None:
    sns.subscribe("alva@example.com")
    sns.client.publish(TopicArn=sns.topic, Message="plain")
    assert sns.log.as_json() == [
        {
            "user_id": None,
            "protocol": "email",
            "endpoint": "alva@example.com",
            "message": "plain",
            "subject": None,
        }
    ]


def test_device_subscribed_to_the_topic_gets_its_push(sns: Sns) -> None:
    endpoint = sns.endpoint("user_1", "aa" * 32)
    sns.client.subscribe(TopicArn=sns.topic, Protocol="application", Endpoint=endpoint)
    sns.client.publish(TopicArn=sns.topic, Message=FORMS, MessageStructure="json")
    assert [(n.user_id, n.message) for n in sns.log.notifications] == [("user_1", '{"aps": {}}')]


def test_disabled_endpoint_gets_nothing(sns: Sns) -> None:
    endpoint = sns.endpoint("user_1", "aa" * 32)
    sns.client.subscribe(TopicArn=sns.topic, Protocol="application", Endpoint=endpoint)
    sns.client.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})
    with pytest.raises(sns.client.exceptions.EndpointDisabledException):
        sns.client.publish(TargetArn=endpoint, Message="m")
    sns.client.publish(TopicArn=sns.topic, Message="m")
    assert sns.log.notifications == []


def test_batch_is_delivered_entry_by_entry(sns: Sns) -> None:
    sns.subscribe("alva@example.com", {"user_id": ["user_1"]})
    entries = [
        {"Id": "1", "Message": "first", "MessageAttributes": for_user("user_1")},
        {"Id": "2", "Message": "other", "MessageAttributes": for_user("user_2")},
        {"Id": "3", "Message": "third", "MessageAttributes": for_user("user_1")},
    ]
    sns.client.publish_batch(TopicArn=sns.topic, PublishBatchRequestEntries=entries)
    assert [n.message for n in sns.log.notifications] == ["first", "third"]


def test_refused_publication_is_no_notification_but_one_with_a_lost_answer_is(sns: Sns) -> None:
    sns.subscribe("alva@example.com")
    sns.faults.add("sns.Publish", 1, "AuthorizationError")
    with pytest.raises(sns.client.exceptions.AuthorizationErrorException):
        sns.client.publish(TopicArn=sns.topic, Message="refused")
    sns.faults.add("sns.Publish", 1, when="after", kill=True)
    with pytest.raises(ProcessKilled):
        sns.client.publish(TopicArn=sns.topic, Message="went out")
    assert [n.message for n in sns.log.notifications] == ["went out"]


@pytest.mark.parametrize(
    ("condition", "accepted"),
    [
        ("rental", True),
        ("retail", False),
        ({"prefix": "ren"}, True),
        ({"suffix": "ren"}, False),
        ({"anything-but": ["rental"]}, False),
        ({"anything-but": "retail"}, True),
        ({"anything-but": {"prefix": "ren"}}, False),
        ({"exists": True}, True),
        ({"exists": False}, False),
    ],
)
def test_filter_conditions(condition: Any, accepted: bool) -> None:
    assert wanted({"kind": [condition]}, {"kind": {"DataType": "String", "StringValue": "rental"}}) is accepted


def test_filter_looks_into_lists_and_notices_what_is_missing() -> None:
    several = {"kinds": {"DataType": "String.Array", "StringValue": '["a", "b"]'}}
    assert wanted({"kinds": ["b"]}, several)
    assert not wanted({"kinds": ["c"]}, several)
    assert wanted({"other": [{"exists": False}]}, several)
    assert not wanted({"other": [{"anything-but": "x"}]}, several)
    assert wanted({"n": [3]}, {"n": {"DataType": "Number", "StringValue": "3.0"}})
