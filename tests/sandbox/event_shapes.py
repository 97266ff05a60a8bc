"""The JSON that Lambda hands to a function, per event source.

Sources: AWS Lambda developer guide ("Process Amazon S3 event notifications", "Using Lambda with Amazon SQS", "Using
Lambda with DynamoDB Streams"), S3 user guide ("Event message structure"), EventBridge user guide ("AWS service event
metadata").
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, unquote_plus

Event = dict[str, Any]


def s3_event(record: Mapping[str, Any], version_id: str | None, sequencer: str) -> Event:
    """One ObjectCreated record as S3 sends it; what the emulator left out is filled in.

    The key is form-encoded with its slashes kept; `sequencer` is hexadecimal and grows per key.
    """
    stored: Mapping[str, Any] = record["s3"]["object"]
    key = quote_plus(unquote_plus(stored["key"]), safe="/")
    version = {"versionId": version_id} if version_id else {}
    bucket = {"ownerIdentity": {"principalId": "SANDBOX"}, **record["s3"]["bucket"]}
    return {
        "Records": [
            {
                "userIdentity": {"principalId": "AWS:SANDBOX"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {
                    "x-amz-request-id": uuid.uuid4().hex[:16].upper(),
                    "x-amz-id-2": uuid.uuid4().hex,
                },
                **record,
                "s3": {
                    **record["s3"],
                    "bucket": bucket,
                    "object": {"sequencer": sequencer, **version, **stored, "key": key},
                },
            }
        ]
    }


def object_key(record: Mapping[str, Any]) -> str:
    """The key of an S3 record, decoded."""
    return unquote_plus(record["s3"]["object"]["key"])


def stream_event(records: Sequence[Mapping[str, Any]], stream_arn: str) -> Event:
    """Records of `GetRecords` as Lambda passes them on: times in seconds, binary values in base64."""
    return {"Records": [{**_plain(record), "eventSourceARN": stream_arn} for record in records]}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value


def sqs_event(messages: Sequence[Mapping[str, Any]], queue_arn: str) -> Event:
    """Messages of `ReceiveMessage` as Lambda passes them on."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": dict(message.get("Attributes", {})),
                "messageAttributes": {
                    name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
                },
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": queue_arn.split(":")[3],
            }
            for message in messages
        ]
    }


def _message_attribute(value: Mapping[str, Any]) -> Event:
    attribute: Event = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode("ascii")
    return attribute


def scheduled_event(rule: str, region: str, account: str, now: datetime | None = None) -> Event:
    """What an EventBridge schedule sends at `now` (default: the clock)."""
    moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": moment,
        "region": region,
        "resources": [f"arn:aws:events:{region}:{account}:rule/{rule}"],
        "detail": {},
    }
