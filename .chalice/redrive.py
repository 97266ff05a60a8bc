"""Sends what ended in the dead-letter queue back to where it came from, once its cause is mended.

    .venv/bin/python .chalice/redrive.py [--queue IngestionDeadLetterQueue] [--per-second 10] [--one-by-one]

SQS moves the messages itself, in the background (SQS API reference, StartMessageMoveTask). With ``--one-by-one``, for
endpoints that do not know that operation, they are received, sent to the source queue, and deleted, in this order: one
that is interrupted is delivered twice rather than lost, which ingestion does not mind. Account, region and endpoint
come from boto3's own environment.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

_MESSAGES_PER_CALL = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what it does; returns 0, or 1 after a failure of AWS."""
    parser = argparse.ArgumentParser(description="Move dead letters back to their source queue.")
    parser.add_argument("--queue", default="IngestionDeadLetterQueue", help="name of the dead-letter queue")
    parser.add_argument("--per-second", type=int, default=10, help="messages that SQS moves a second (1 to 500)")
    parser.add_argument("--one-by-one", action="store_true", help="move them here instead of asking SQS to")
    options = parser.parse_args(arguments)
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        sys.stdout.write(f"{redrive(boto3.client('sqs'), options)}\n")
    except (BotoCoreError, ClientError) as exc:
        sys.stderr.write(f"not moved: {exc}\n")
        return 1
    return 0


def redrive(sqs: Any, options: argparse.Namespace) -> str:
    """Moves what there is, or has it moved; says what was done. Raises botocore's errors."""
    url = sqs.get_queue_url(QueueName=options.queue)["QueueUrl"]
    asked = ["QueueArn", "ApproximateNumberOfMessages"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"])
    if not waiting:
        return f"{options.queue} is empty: nothing to move"
    sources = sqs.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"]
    if len(sources) != 1:
        return f"{options.queue} has {len(sources)} source queues: nothing moved, since nobody says where to"
    if options.one_by_one:
        return f"moved {_move(sqs, url, sources[0])} messages from {options.queue} back"
    sqs.start_message_move_task(SourceArn=attributes["QueueArn"], MaxNumberOfMessagesPerSecond=options.per_second)
    return f"SQS moves about {waiting} messages from {options.queue} back, {options.per_second} a second"


def _move(sqs: Any, dead_url: str, source_url: str) -> int:
    moved = 0
    while messages := _received(sqs, dead_url):
        for message in messages:
            sqs.send_message(QueueUrl=source_url, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _received(sqs: Any, url: str) -> list[dict[str, Any]]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_MESSAGES_PER_CALL, WaitTimeSeconds=1)
    return list(answer.get("Messages", []))


if __name__ == "__main__":
    sys.exit(main())
