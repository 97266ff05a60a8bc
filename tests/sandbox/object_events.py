"""S3 events: from the bucket's notification queue to the functions whose filters match."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.sandbox.async_invocations import AsyncInvocations
from tests.sandbox.calls import Call, Parameters
from tests.sandbox.clients import AwsClients
from tests.sandbox.event_shapes import object_key, s3_event
from tests.sandbox.polling import Poller

if TYPE_CHECKING:
    from chalice.app import S3EventConfig

_BATCH = 10


class ObjectEvents(Poller):
    """Reads the queue and hands each record to every function that wants it, asynchronously.

    A message leaves the queue only after its events were accepted, as S3 and Lambda do it: at least once.
    """

    def __init__(
        self,
        clients: AwsClients,
        queue_url: str,
        wanted_by: list[S3EventConfig],
        invocations: AsyncInvocations,
    ) -> None:
        super().__init__("s3-events")
        self._sqs = clients.client("sqs")
        self._s3 = clients.client("s3")
        self.queue_url = queue_url
        self._wanted_by = wanted_by
        self._invocations = invocations
        self._sequence = itertools.count(time.time_ns())

    in_flight = 0  # what was received is handed on before the next look

    def is_fed_by(self, call: Call, _parameters: Parameters) -> bool:
        return call.name == "s3.PutObject"

    def poll(self) -> int:
        answer = self._sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=0, VisibilityTimeout=60
        )
        messages = answer.get("Messages", [])
        for message in messages:
            # "Records" is missing in the test event that S3 sends when the notification is made.
            for record in json.loads(message["Body"]).get("Records", []):
                self._dispatch(record)
            self._sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def _dispatch(self, record: Mapping[str, Any]) -> None:
        functions = [config.name for config in self._wanted_by if _wants(config, record)]
        if functions:
            event = s3_event(record, self._version(record), f"{next(self._sequence):018X}")
            for function in functions:
                self._invocations.submit(function, event)

    def _version(self, record: Mapping[str, Any]) -> str | None:
        """The version that the event is about, where the emulator did not say (moto does not)."""
        stored = record["s3"]["object"]
        if "versionId" in stored:
            return str(stored["versionId"])
        try:
            head = self._s3.head_object(Bucket=record["s3"]["bucket"]["name"], Key=object_key(record))
        except ClientError:
            return None  # deleted since
        same = head["ETag"].strip('"') == stored.get("eTag")
        return head.get("VersionId") if same else None


def _wants(config: S3EventConfig, record: Mapping[str, Any]) -> bool:
    key = object_key(record)
    return (
        config.bucket == record["s3"]["bucket"]["name"]
        and any(fnmatchcase(f"s3:{record['eventName']}", pattern) for pattern in config.events)
        and key.startswith(config.prefix or "")
        and key.endswith(config.suffix or "")
    )
