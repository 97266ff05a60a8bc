"""Everything that AWS keeps of a person, found by looking at everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.app.world import Person, World


def belongings(world: World, *people: Person) -> list[str]:
    """Every item, object version, secret, subscription and endpoint that knows one of the people, with its content.

    By user id, address or Google account. A message that waits in a queue counts, too.
    """
    marks = tuple(mark for person in people for mark in (person.user_id, person.email, person.account))
    found = [f"{table} {sorted(row.items())}" for table in world.tables() for row in world.rows(table, *marks)]
    found += [f"s3 {each}" for each in _objects(world, marks)]
    found += [f"s3 {each}" for each in _uploads(world, marks)]
    found += [f"secret {each}" for each in _secrets(world, marks)]
    found += [f"sns {each}" for each in _addresses(world, marks)]
    found += [f"sqs {each}" for each in _messages(world, marks)]
    return sorted(found)


def _objects(world: World, marks: tuple[str, ...]) -> Iterator[str]:
    for page in world.aws("s3").get_paginator("list_object_versions").paginate(Bucket=world.bucket):
        for kind in ("Versions", "DeleteMarkers"):
            for each in page.get(kind, []):
                if any(mark in each["Key"] for mark in marks):
                    yield f"{kind} {each['Key']} {each['VersionId']} {each['IsLatest']} {each.get('ETag')}"


def _uploads(world: World, marks: tuple[str, ...]) -> Iterator[str]:
    """Archives that nobody finished writing."""
    for each in world.aws("s3").list_multipart_uploads(Bucket=world.bucket).get("Uploads", []):
        if any(mark in each["Key"] for mark in marks):
            yield f"upload {each['Key']} {each['UploadId']}"


def _secrets(world: World, marks: tuple[str, ...]) -> Iterator[str]:
    secrets = world.aws("secretsmanager")
    for page in secrets.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True):
        for each in page["SecretList"]:
            if any(mark in each["Name"] for mark in marks):
                value = None if each.get("DeletedDate") else secrets.get_secret_value(SecretId=each["Name"])
                yield f"{each['Name']} {value and value['SecretString']}"


def _addresses(world: World, marks: tuple[str, ...]) -> Iterator[str]:
    sns = world.aws("sns")
    application = world.sandbox.outputs["PushApplicationArn"]
    known: list[Any] = sns.list_endpoints_by_platform_application(PlatformApplicationArn=application)["Endpoints"]
    for page in sns.get_paginator("list_subscriptions").paginate():
        for each in page["Subscriptions"]:
            attributes = sns.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])["Attributes"]
            known.append([each, attributes])
    yield from (text for text in map(_text, known) if any(mark in text for mark in marks))


def _messages(world: World, marks: tuple[str, ...]) -> Iterator[str]:
    """What waits in the queues, seen without taking it: it is visible again at once."""
    sqs = world.aws("sqs")
    for name in ("IngestionQueueUrl", "IngestionDeadLetterQueueUrl"):
        url = world.sandbox.outputs[name]
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        bodies = (str(each["Body"]) for each in answer.get("Messages", []))
        yield from (body for body in bodies if any(mark in body for mark in marks))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
