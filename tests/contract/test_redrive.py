"""The redrive command against SQS: dead letters go back to the queue that they came from, and none is lost."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from tests.sandbox import clients
from tests.sandbox.aws import AwsEmulator
from tests.sandbox.stack import deploy_stack

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".chalice" / "redrive.py"
LETTERS = [f'{{"job": "ingest", "user_id": "user_{number}", "kind": "rental"}}' for number in range(23)]


@pytest.fixture(scope="module")
def aws() -> Iterator[clients.AwsClients]:
    with AwsEmulator() as emulator:
        made = clients.AwsClients(emulator.url)
        deploy_stack(made)
        yield made
        made.close()


def redrive(aws: clients.AwsClients, *arguments: str) -> str:
    environ = {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_DEFAULT_REGION": clients.REGION,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
    }
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr + str(done.returncode)


def bodies(sqs: Any, queue: str) -> list[str]:
    """Everything in a queue, which is empty afterwards."""
    url, found = sqs.get_queue_url(QueueName=queue)["QueueUrl"], []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found)


def test_dead_letters_go_back_to_the_ingestion_queue(aws: clients.AwsClients) -> None:
    sqs = aws.client("sqs")
    dead = sqs.get_queue_url(QueueName="IngestionDeadLetterQueue")["QueueUrl"]
    for body in LETTERS:
        sqs.send_message(QueueUrl=dead, MessageBody=body)
    assert "23 messages from IngestionDeadLetterQueue back" in redrive(aws, "--one-by-one")
    assert bodies(sqs, "IngestionQueue") == sorted(LETTERS)
    assert bodies(sqs, "IngestionDeadLetterQueue") == []


def test_sqs_is_asked_to_move_them_itself() -> None:
    spec = importlib.util.spec_from_file_location("redrive", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    command = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(command)
    sqs = clients.make_session().client("sqs")
    options = argparse.Namespace(queue="Dead", per_second=5, one_by_one=False)
    # The stub refuses parameters and answers that the service's own description does not know: moto has no such task.
    with Stubber(sqs) as stub:
        stub.add_response("get_queue_url", {"QueueUrl": "https://sqs.example/Dead"}, {"QueueName": "Dead"})
        counts = {"QueueArn": "arn:aws:sqs:eu-north-1:1:Dead", "ApproximateNumberOfMessages": "7"}
        stub.add_response("get_queue_attributes", {"Attributes": counts})
        stub.add_response("list_dead_letter_source_queues", {"queueUrls": ["https://sqs.example/Alive"]})
        asked = {"SourceArn": "arn:aws:sqs:eu-north-1:1:Dead", "MaxNumberOfMessagesPerSecond": 5}
        stub.add_response("start_message_move_task", {"TaskHandle": "task"}, asked)
        assert command.redrive(sqs, options) == "SQS moves about 7 messages from Dead back, 5 a second"
        stub.assert_no_pending_responses()


def test_empty_queue_is_said_to_be_empty(aws: clients.AwsClients) -> None:
    assert redrive(aws) == "IngestionDeadLetterQueue is empty: nothing to move\n0"


def test_queue_that_is_not_there_is_a_failure(aws: clients.AwsClients) -> None:
    told = redrive(aws, "--queue", "Nowhere")
    assert told.startswith("not moved: ")
    assert told.endswith("1")


def test_queue_without_a_source_is_left_alone(aws: clients.AwsClients) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="Loose")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    assert "nothing moved" in redrive(aws, "--queue", "Loose")
    assert bodies(sqs, "Loose") == ["{}"]
