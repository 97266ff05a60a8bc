"""SQS: messages of one queue to one function, as a Lambda event source mapping reads them."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.sandbox.calls import Call, Parameters
from tests.sandbox.clients import AwsClients
from tests.sandbox.event_shapes import Event, sqs_event
from tests.sandbox.functions import Functions, Outcome, PartialBatchFailure
from tests.sandbox.polling import Poller

if TYPE_CHECKING:
    from chalice.app import SQSEventConfig

_MOST_MESSAGES = 10  # that one ReceiveMessage returns


class QueueMessages(Poller):
    """Up to `concurrency` batches at once; a message is deleted when its batch succeeded.

    A failed message becomes visible again after `retry_delay` seconds rather than after the queue's visibility timeout
    (a quarter of an hour is too long for a laptop). The queue's own redrive policy ends its tries; the last one is
    also kept as failed.
    """

    def __init__(
        self,
        clients: AwsClients,
        config: SQSEventConfig,
        functions: Functions,
        *,
        concurrency: int,
        retry_delay: float,
    ) -> None:
        super().__init__(f"queue-{config.name}")
        self._sqs = clients.client("sqs")
        self._function = config.name
        self._batch = min(config.batch_size or 1, _MOST_MESSAGES)
        self._functions = functions
        self._retry_delay = retry_delay
        self._concurrency = min(concurrency, config.maximum_concurrency or concurrency)
        self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix=f"queue-{config.name}")
        self._lock = threading.Lock()
        self._in_flight = 0
        name = config.queue or str(config.queue_arn).rsplit(":", 1)[-1]
        self.queue_url: str = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["All"])["Attributes"]
        self._arn: str = attributes["QueueArn"]
        self._most_receives = int(json.loads(attributes.get("RedrivePolicy", "{}")).get("maxReceiveCount", 0))

    @property
    def in_flight(self) -> int:
        with self._lock:
            return self._in_flight

    def stop(self) -> None:
        super().stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def is_fed_by(self, call: Call, parameters: Parameters) -> bool:
        return call.name.startswith("sqs.SendMessage") and parameters.get("QueueUrl") == self.queue_url

    def poll(self) -> int:
        if self.in_flight >= self._concurrency:
            return 0
        answer = self._sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=self._batch,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages:
            with self._lock:
                self._in_flight += 1
            self._pool.submit(self._deliver, messages)
        return len(messages)

    def _deliver(self, messages: Sequence[Mapping[str, Any]]) -> None:
        try:
            event = sqs_event(messages, self._arn)
            outcome = self._functions.run(self._function, event)
            failed = _failed_ids(messages, outcome)
            done = [message for message in messages if message["MessageId"] not in failed]
            for message in done:
                self._sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
            self._functions.log.count_delivered(len(done))
            if failed:
                self._return([m for m in messages if m["MessageId"] in failed], event, outcome)
        finally:
            with self._lock:
                self._in_flight -= 1
            self.kick()

    def _return(self, messages: Sequence[Mapping[str, Any]], event: Event, outcome: Outcome) -> None:
        self.pause_for(self._retry_delay)
        for message in messages:
            receives = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
            if self._most_receives and receives >= self._most_receives:
                only = {
                    "Records": [record for record in event["Records"] if record["messageId"] == message["MessageId"]]
                }
                error = outcome.error or PartialBatchFailure("1 message")
                self._functions.log.give_up(self._function, only, receives, error)
            self._sqs.change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )


def _failed_ids(messages: Sequence[Mapping[str, Any]], outcome: Outcome) -> set[str]:
    """Ids of the messages that go back; all of them when the handler failed or named an unknown one.

    Source: Lambda developer guide, "Implementing partial batch responses" for SQS.
    """
    everything = {str(message["MessageId"]) for message in messages}
    if outcome.error is not None:
        return everything
    failures = outcome.result.get("batchItemFailures") if isinstance(outcome.result, dict) else None
    named = {str(failure.get("itemIdentifier")) for failure in failures or []}
    return named if named <= everything else everything
