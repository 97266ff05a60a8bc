"""Work handed on: the ingestion queue, and the container function that parses PDFs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

import msgspec

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.domain.jobs import Job
from chalicelib.errors import DependencyFailure

#: SQS API reference, SendMessageBatch.
_MESSAGES_PER_BATCH = 10
_LONGEST_DELAY = 900


class IngestionQueue:
    """Jobs for the background, at least once each."""

    def __init__(self, aws: AwsClients, queue_url: str) -> None:
        self._aws = aws
        self._queue_url = queue_url

    def send(self, jobs: Iterable[Job], delay_seconds: int = 0) -> int:
        """Enqueues jobs, ten a call, as they come; answers how many. SQS delays by 15 minutes at most."""
        sent = 0
        waiting = iter(jobs)
        while batch := list(islice(waiting, _MESSAGES_PER_BATCH)):
            entries = [
                {
                    "Id": str(number),
                    "MessageBody": msgspec.json.encode(job).decode(),
                    "DelaySeconds": min(delay_seconds, _LONGEST_DELAY),
                }
                for number, job in enumerate(batch)
            ]
            with aws_errors("sqs", "SendMessageBatch"):
                answer = self._aws.client("sqs").send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            if failed := answer.get("Failed"):
                raise DependencyFailure("sqs", "SendMessageBatch", failed[0].get("Code", "unknown"))
            sent += len(entries)
        return sent


class ParserContainer:
    """The container function that parses PDFs (``docker/parse_invoice``)."""

    def __init__(self, aws: AwsClients, function: str) -> None:
        self._aws = aws
        self._function = function

    def hand_over(self, key: str) -> None:
        """Invokes it asynchronously: Lambda keeps the event and retries it (guide, "Asynchronous invocation")."""
        payload: dict[str, Any] = {"key": key}
        with aws_errors("lambda", "Invoke"):
            self._aws.client("lambda").invoke(
                FunctionName=self._function, InvocationType="Event", Payload=json.dumps(payload).encode()
            )
