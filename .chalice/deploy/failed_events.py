"""What functions gave up, handed to them once more: for when the cause is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deploy.stage import Stage

_MESSAGES_PER_CALL = 10


class ReplayStep:
    """Empties FailedEventsQueue into the functions that its messages come from.

    A message goes when its function has taken the event: one that is interrupted is delivered twice rather than lost,
    which parsing does not mind. A batch of a stream comes without its records (developer guide, "Retain discarded
    batches"): what it would have announced is said here, and that is all that can be done.
    """

    name = "Failed events"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        url = self._stage.outputs().get("FailedEventsQueueUrl")
        if not url:
            return []
        asked = ["ApproximateNumberOfMessages"]
        attributes = self._stage.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        waiting = int(attributes["ApproximateNumberOfMessages"])
        return [f"hand about {waiting} events to their functions"] if waiting else []

    def apply(self) -> None:
        sqs, url = self._stage.client("sqs"), self._stage.outputs()["FailedEventsQueueUrl"]
        for message in self._messages(url):
            self._replay(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _messages(self, url: str) -> Iterator[dict[str, Any]]:
        while (
            found := self._stage.client("sqs")
            .receive_message(QueueUrl=url, MaxNumberOfMessages=_MESSAGES_PER_CALL, WaitTimeSeconds=1)
            .get("Messages")
        ):
            yield from found

    def _replay(self, record: dict[str, Any]) -> None:
        function = record["requestContext"]["functionArn"]
        name = function.partition(":function:")[2].partition(":")[0]
        if "requestPayload" not in record:
            batch = record.get("DDBStreamBatchInfo", {})
            self._stage.report.detail(
                f"{name}: {batch.get('batchSize', '?')} records of {batch.get('approximateArrivalOfFirstRecord', '?')} "
                "were not announced"
            )
            return
        payload = json.dumps(record["requestPayload"]).encode()
        self._stage.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=payload)
        self._stage.report.detail(f"{name}: one event, given up as {record['requestContext'].get('condition', '?')}")
