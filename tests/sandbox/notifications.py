"""What SNS would have delivered, and to whom, found out through the SNS API."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.sandbox.calls import Call, Parameters
from tests.sandbox.clients import AwsClients

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one receiver; `message` is the form for the receiver's protocol or platform."""

    user_id: str | None
    protocol: str
    endpoint: str
    message: str
    subject: str | None = None


class NotificationLog:
    """An observer of the application's calls: sees what was published and resolves the receivers at that moment."""

    def __init__(self, clients: AwsClients) -> None:
        self._sns = clients.client("sns")
        self._lock = threading.Lock()
        self._notifications: list[Notification] = []
        self._user_data: dict[str, str] = {}
        self._policies: dict[str, str] = {}  # of confirmed subscriptions, which are asked for at every publication

    @property
    def notifications(self) -> list[Notification]:
        """Newest last."""
        with self._lock:
            return list(self._notifications)

    def as_json(self) -> list[dict[str, str | None]]:
        return [asdict(notification) for notification in self.notifications]

    def clear(self) -> None:
        with self._lock:
            self._notifications.clear()

    def observe(self, call: Call, parameters: Parameters, answer: Mapping[str, Any] | None) -> None:
        if call.service != "sns" or call.status != 200:
            return
        if call.operation == "CreatePlatformEndpoint" and answer and "CustomUserData" in parameters:
            # AWS tells it with the endpoint's attributes, moto forgets it.
            self._user_data[answer["EndpointArn"]] = parameters["CustomUserData"]
        if call.operation == "SetSubscriptionAttributes":
            self._policies.pop(parameters["SubscriptionArn"], None)
        for publication in _publications(call.operation, parameters, answer):
            delivered = list(self._deliver(publication))
            with self._lock:
                self._notifications.extend(delivered)

    def _deliver(self, publication: Parameters) -> Iterator[Notification]:
        target = publication.get("TargetArn") or publication.get("TopicArn")
        if target is None:
            yield Notification(None, "sms", publication["PhoneNumber"], publication["Message"])
        elif ":endpoint/" in target:
            yield from self._to_endpoint(target, publication)
        else:
            for subscription in self._subscriptions(target):
                yield from self._to_subscription(subscription, publication)

    def _to_endpoint(self, arn: str, publication: Parameters) -> Iterator[Notification]:
        try:
            attributes = self._sns.get_endpoint_attributes(EndpointArn=arn)["Attributes"]
        except ClientError:
            _log.warning("a published endpoint is gone")
            return
        if attributes.get("Enabled", "true").lower() != "true":
            return
        platform = arn.rsplit(":endpoint/", 1)[1].split("/", 1)[0]
        user = attributes.get("CustomUserData") or self._user_data.get(arn)
        yield Notification(user, "application", arn, _form(publication, platform), publication.get("Subject"))

    def _subscriptions(self, topic: str) -> Iterator[Mapping[str, Any]]:
        for page in self._sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            yield from page["Subscriptions"]

    def _to_subscription(self, subscription: Mapping[str, Any], publication: Parameters) -> Iterator[Notification]:
        arn, protocol, endpoint = (subscription[key] for key in ("SubscriptionArn", "Protocol", "Endpoint"))
        if not arn.startswith("arn:"):
            return  # "PendingConfirmation": nobody said yes
        policy = self._policy(arn)
        if policy is None:
            return
        message_attributes = publication.get("MessageAttributes", {})
        if not wanted(policy, message_attributes):
            return
        if protocol == "application":
            yield from self._to_endpoint(endpoint, publication)
            return
        user = message_attributes.get("user_id", {}).get("StringValue")
        yield Notification(user, protocol, endpoint, _form(publication, protocol), publication.get("Subject"))

    def _policy(self, subscription_arn: str) -> dict[str, Any] | None:
        """The filter policy of a subscription; ``None`` until it is confirmed."""
        if subscription_arn not in self._policies:
            attributes = self._sns.get_subscription_attributes(SubscriptionArn=subscription_arn)["Attributes"]
            if attributes.get("PendingConfirmation", "false").lower() == "true":
                return None
            self._policies[subscription_arn] = attributes.get("FilterPolicy") or "{}"
        policy: dict[str, Any] = json.loads(self._policies[subscription_arn])
        return policy


def _publications(operation: str, parameters: Parameters, answer: Mapping[str, Any] | None) -> Iterator[Parameters]:
    if operation == "Publish":
        yield parameters
    elif operation == "PublishBatch":
        refused = {failure["Id"] for failure in (answer or {}).get("Failed", [])}
        for entry in parameters["PublishBatchRequestEntries"]:
            if entry["Id"] not in refused:
                yield {**entry, "TopicArn": parameters["TopicArn"]}


def _form(publication: Parameters, name: str) -> str:
    """The text for one protocol or platform (SNS API reference, Publish, `MessageStructure`)."""
    message = str(publication["Message"])
    if publication.get("MessageStructure") != "json":
        return message
    forms = json.loads(message)
    return str(forms.get(name, forms.get("default")))


def wanted(policy: Mapping[str, list[Any]], attributes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a filter policy (scope MessageAttributes) lets a message through.

    Knows exact values, prefix, suffix, anything-but and exists; ValueError for another operator. Source: SNS developer
    guide, "Amazon SNS subscription filter policies".

    >>> mine = {"user_id": {"DataType": "String", "StringValue": "user_1"}}
    >>> wanted({"user_id": ["user_1"]}, mine), wanted({"user_id": ["user_2"]}, mine), wanted({}, mine)
    (True, False, True)
    """
    return all(
        any(_accepts(condition, _values(attributes.get(name))) for condition in conditions)
        for name, conditions in policy.items()
    )


def _values(attribute: Mapping[str, Any] | None) -> list[Any] | None:
    if attribute is None:
        return None
    text = attribute.get("StringValue", "")
    if attribute["DataType"] == "String.Array":
        values: list[Any] = json.loads(text)
        return values
    return [float(text)] if attribute["DataType"].startswith("Number") else [text]


def _accepts(condition: Any, values: list[Any] | None) -> bool:
    if not isinstance(condition, dict):
        return condition in (values or [])
    [(operator, operand)] = condition.items()
    if operator == "exists":
        return bool((values is not None) == operand)
    if values is None:
        return False
    if operator in {"prefix", "suffix"}:
        return any(_has_affix(operator, operand, value) for value in values)
    if operator == "anything-but":
        return not any(_excluded(operand, value) for value in values)
    raise ValueError(f"the sandbox does not know the filter operator {operator!r}")


def _has_affix(operator: str, affix: str, value: Any) -> bool:
    text = str(value)
    return text.startswith(affix) if operator == "prefix" else text.endswith(affix)


def _excluded(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        [(operator, affix)] = operand.items()
        return _has_affix(operator, affix, value)
    return value in (operand if isinstance(operand, list) else [operand])
