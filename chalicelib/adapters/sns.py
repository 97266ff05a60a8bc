"""SNS: push to a person's own devices, e-mail through the topic to whoever subscribed for that person."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.domain.notifications import Announcement
from chalicelib.errors import DependencyFailure

#: SNS says so of an endpoint whose device token is dead, or that was deleted.
_GONE = {"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"}
#: ... and so of a subscription that waits to be confirmed, when it is to be ended.
_UNCONFIRMED = {"InvalidParameter", "InvalidParameterException"}
#: SNS takes 256 KB, APNs 4 KB ("Generating a remote notification").
_LARGEST_PUSH = 4096
_KNOWN_ENDPOINT = re.compile(r"Endpoint (arn:\S+) already exists with the same [Tt]oken")


class Endpoint(NamedTuple):
    """A device's address in SNS, and the id of another user who had that device before, if one had."""

    arn: str
    previous_owner: str | None


class Announcer:
    """Publishes announcements; addresses are endpoint ARNs and user ids, never e-mail addresses."""

    def __init__(self, aws: AwsClients, topic_arn: str, push_application_arn: str) -> None:
        self._aws = aws
        self._topic_arn = topic_arn
        self._application_arn = push_application_arn

    @property
    def _client(self) -> Any:
        return self._aws.client("sns")

    def register_device(self, user_id: str, device_token: str) -> Endpoint:
        """The platform endpoint of a device token, enabled, and this user's from now on; twice gives the same one.

        Of a token that is known with other attributes (disabled, or somebody else logged in on that phone before) SNS
        tells the endpoint only in its refusal (SNS developer guide, "Create a platform endpoint").
        """
        if not self._application_arn:
            raise DependencyFailure("sns", "CreatePlatformEndpoint", "push_not_configured")
        arn = self._endpoint(user_id, device_token)
        with aws_errors("sns", "GetEndpointAttributes"):
            before = self._client.get_endpoint_attributes(EndpointArn=arn)["Attributes"]
        attributes = {"Enabled": "true", "Token": device_token, "CustomUserData": user_id}
        with aws_errors("sns", "SetEndpointAttributes"):
            self._client.set_endpoint_attributes(EndpointArn=arn, Attributes=attributes)
        owner = before.get("CustomUserData")
        return Endpoint(arn, owner if owner != user_id else None)

    def _endpoint(self, user_id: str, device_token: str) -> str:
        try:
            with aws_errors("sns", "CreatePlatformEndpoint"):
                answer = self._client.create_platform_endpoint(
                    PlatformApplicationArn=self._application_arn, Token=device_token, CustomUserData=user_id
                )
        except DependencyFailure as exc:
            known = _KNOWN_ENDPOINT.search(str(exc.__cause__))
            if known is None:
                raise
            return known.group(1)
        return str(answer["EndpointArn"])

    def remove_device(self, endpoint_arn: str) -> None:
        """Deletes a platform endpoint; deleting it twice is fine (SNS API reference, DeleteEndpoint)."""
        with aws_errors("sns", "DeleteEndpoint"):
            self._client.delete_endpoint(EndpointArn=endpoint_arn)

    def subscribe_email(self, user_id: str, address: str) -> str | None:
        """Subscribes an address to what is published for this user only; SNS asks the person to confirm by mail.

        The answer is the subscription's ARN, also while it waits for confirmation; ``None`` without a topic.
        """
        if not self._topic_arn:
            return None
        with aws_errors("sns", "Subscribe"):
            answer = self._client.subscribe(
                TopicArn=self._topic_arn,
                Protocol="email",
                Endpoint=address,
                Attributes={"FilterPolicy": json.dumps({"user_id": [user_id]})},
                ReturnSubscriptionArn=True,
            )
        return str(answer["SubscriptionArn"])

    def unsubscribe(self, subscription_arn: str) -> bool:
        """Ends a subscription, or finds it gone; false while it waits to be confirmed, since SNS refuses that then."""
        try:
            with aws_errors("sns", "Unsubscribe"):
                self._client.unsubscribe(SubscriptionArn=subscription_arn)
        except DependencyFailure as exc:
            if exc.reason in _UNCONFIRMED:
                return False
            if exc.reason not in _GONE:
                raise
        return True

    def push(self, endpoint_arn: str, announcement: Announcement) -> bool:
        """Sends to one device; false when the device is gone and should be forgotten."""
        try:
            with aws_errors("sns", "Publish"):
                self._client.publish(
                    TargetArn=endpoint_arn, Message=_push_message(announcement), MessageStructure="json"
                )
        except DependencyFailure as exc:
            if exc.reason in _GONE:
                return False
            raise
        return True

    def email(self, user_id: str, announcement: Announcement) -> None:
        """Publishes to the topic; only subscriptions whose filter names this user receive it."""
        if not self._topic_arn:
            return
        with aws_errors("sns", "Publish"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=announcement.subject.encode("ascii", "ignore").decode()[:100],
                Message=json.dumps({"default": announcement.text, "email": announcement.text}, ensure_ascii=False),
                MessageStructure="json",
                MessageAttributes={"user_id": {"DataType": "String", "StringValue": user_id}},
            )


def _push_message(announcement: Announcement) -> str:
    """SNS's per-platform form: APNs payload as text under APNS and APNS_SANDBOX, and the mandatory default."""
    alert = {"title": announcement.subject, "body": announcement.text}
    payload = {"aps": {"alert": alert, "sound": "default"}, **announcement.data}
    apns = json.dumps(payload, ensure_ascii=False)
    if len(apns.encode()) > _LARGEST_PUSH:
        alert["body"] = announcement.text[:500]
        apns = json.dumps({"aps": {"alert": alert, "sound": "default"}}, ensure_ascii=False)
    return json.dumps({"default": announcement.text, "APNS": apns, "APNS_SANDBOX": apns}, ensure_ascii=False)
