"""Faults on demand: real boto3 meets them as it would meet AWS's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.sandbox.aws import AwsEmulator
from tests.sandbox.calls import CallLog
from tests.sandbox.clients import AwsClients, make_session
from tests.sandbox.faults import AwsFaults, ProcessKilled
from tests.sandbox.functions import running_function

ITEM = {"k": {"S": "1"}}


REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "dynamodb.getitem": ("dynamodb", "get_item", {"TableName": "T", "Key": ITEM}),
    "s3.headbucket": ("s3", "head_bucket", {"Bucket": "sandbox-faults"}),
    "s3.listobjectsv2": ("s3", "list_objects_v2", {"Bucket": "sandbox-faults"}),
    "s3.*": ("s3", "list_objects_v2", {"Bucket": "sandbox-faults"}),
    "sns.publish": ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-north-1:123456789012:news", "Message": "m"}),
    "sqs.listqueues": ("sqs", "list_queues", {}),
    "secretsmanager.getsecretvalue": ("secretsmanager", "get_secret_value", {"SecretId": "x"}),
    "secrets-manager.getsecretvalue": ("secretsmanager", "get_secret_value", {"SecretId": "x"}),
}


@dataclass
class Application:
    """boto3 as the application uses it, with the hooks; `aside` is the sandbox's own way in."""

    session: Any
    url: str
    calls: CallLog
    faults: AwsFaults
    aside: AwsClients

    def client(self, service: str, attempts: int = 1) -> Any:
        return self.session.client(
            service, endpoint_url=self.url, config=Config(retries={"total_max_attempts": attempts})
        )

    def stored(self) -> int:
        return int(self.aside.client("dynamodb").scan(TableName="T")["Count"])


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEmulator]:
    with AwsEmulator() as emulator:
        clients = AwsClients(emulator.url)
        clients.client("dynamodb").create_table(
            TableName="T",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        )
        clients.client("s3").create_bucket(
            Bucket="sandbox-faults", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
        )
        clients.client("sns").create_topic(Name="news")
        yield emulator


@pytest.fixture
def app(aws: AwsEmulator) -> Iterator[Application]:
    session, calls = make_session(), CallLog()
    faults = AwsFaults(calls)
    calls.register(session)
    faults.register(session)
    aside = AwsClients(aws.url)
    yield Application(session, aws.url, calls, faults, aside)
    aside.client("dynamodb").delete_item(TableName="T", Key=ITEM)
    aside.close()


def code_and_status(error: ClientError) -> tuple[str, int]:
    return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]


def test_only_the_next_calls_of_the_target_fail(app: Application) -> None:
    dynamodb = app.client("dynamodb")
    app.faults.add("dynamodb.PutItem", 2, "ProvisionedThroughputExceededException")
    for _ in range(2):
        with pytest.raises(dynamodb.exceptions.ProvisionedThroughputExceededException):
            dynamodb.put_item(TableName="T", Item=ITEM)
        dynamodb.get_item(TableName="T", Key=ITEM)
    assert app.stored() == 0
    dynamodb.put_item(TableName="T", Item=ITEM)
    assert app.stored() == 1


@pytest.mark.parametrize(
    ("target", "error", "expected"),
    [
        ("dynamodb.GetItem", "500", ("InternalServerError", 500)),
        ("DynamoDB.getitem", "ThrottlingException", ("ThrottlingException", 400)),
        ("s3.headbucket", "403", ("403", 403)),
        ("s3.ListObjectsV2", "SlowDown", ("SlowDown", 503)),
        ("s3.*", "AccessDenied", ("AccessDenied", 403)),
        ("sns.Publish", "429", ("ThrottlingException", 429)),
        ("sqs.ListQueues", "OverLimit", ("OverLimit", 400)),
        ("secretsmanager.GetSecretValue", "InternalServiceError", ("InternalServiceError", 500)),
        ("secrets-manager.GetSecretValue", "418", ("I'maTeapot", 418)),
    ],
)
def test_an_error_arrives_in_the_format_of_its_service(
    app: Application, target: str, error: str, expected: tuple[str, int]
) -> None:
    app.faults.add(target, 1, error)
    service, operation, parameters = REQUESTS[target.lower()]
    with pytest.raises(ClientError) as caught:
        getattr(app.client(service), operation)(**parameters)
    assert code_and_status(caught.value) == expected


def test_a_cancelled_transaction_says_why(app: Application) -> None:
    dynamodb = app.client("dynamodb")
    app.faults.add("dynamodb.TransactWriteItems", 1, "TransactionCanceledException")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "T", "Item": ITEM}}])
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["TransactionConflict"]


def test_retries_of_botocore_use_faults_up(app: Application) -> None:
    app.faults.add("dynamodb.PutItem", 2, "ProvisionedThroughputExceededException")
    app.client("dynamodb", attempts=3).put_item(TableName="T", Item=ITEM)
    assert [call.status for call in app.calls.calls] == [400, 400, 200]
    assert app.faults.pending() == {}


@pytest.mark.parametrize(
    ("error", "raised"), [("connection_reset", ConnectionClosedError), ("timeout", ReadTimeoutError)]
)
def test_connection_breaks_before_the_request_arrives(app: Application, error: str, raised: type[Exception]) -> None:
    app.faults.add("dynamodb.PutItem", 1, error)
    with pytest.raises(raised):
        app.client("dynamodb").put_item(TableName="T", Item=ITEM)
    assert app.stored() == 0
    assert [call.status for call in app.calls.calls] == [0]


def test_lost_answer_leaves_the_write_behind(app: Application) -> None:
    app.faults.add("dynamodb.PutItem", 1, when="after")
    with pytest.raises(ConnectionClosedError):
        app.client("dynamodb").put_item(TableName="T", Item=ITEM)
    assert app.stored() == 1
    assert [call.status for call in app.calls.calls] == [200]


def test_answer_can_be_replaced_by_an_error_after_the_write(app: Application) -> None:
    app.faults.add("s3.PutObject", 1, "500", when="after")
    with pytest.raises(ClientError) as caught:
        app.client("s3").put_object(Bucket="sandbox-faults", Key="late", Body=b"x")
    assert code_and_status(caught.value)[1] == 500
    assert app.aside.client("s3").get_object(Bucket="sandbox-faults", Key="late")["Body"].read() == b"x"


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
def test_killed_process_gets_past_every_except_clause_for_errors(app: Application, when: Any, stored: int) -> None:
    app.faults.add("dynamodb.PutItem", 1, when=when, kill=True)
    with pytest.raises(ProcessKilled), suppress(Exception):
        app.client("dynamodb", attempts=3).put_item(TableName="T", Item=ITEM)
    assert app.stored() == stored


def test_fault_can_wait_for_its_turn_and_for_its_function(app: Application) -> None:
    dynamodb = app.client("dynamodb")
    app.faults.add("dynamodb.GetItem", 1, "500", skip=1, function="parse_invoice")
    dynamodb.get_item(TableName="T", Key=ITEM)
    token = running_function.set("parse_invoice")
    try:
        dynamodb.get_item(TableName="T", Key=ITEM)
        with pytest.raises(ClientError):
            dynamodb.get_item(TableName="T", Key=ITEM)
    finally:
        running_function.reset(token)
    dynamodb.get_item(TableName="T", Key=ITEM)


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("PutItem", {}),
        ("dynamodb.", {}),
        ("dynamo.PutItem", {}),
        ("dynamodb.PutItems", {}),
        ("dynamodb.PutItem", {"times": 0}),
        ("dynamodb.PutItem", {"error": "200"}),
        ("dynamodb.PutItem", {"delay": -1}),
        ("dynamodb.PutItem", {"when": "during"}),
    ],
)
def test_impossible_fault_is_refused(app: Application, target: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        app.faults.add(target, **options)
    assert app.faults.pending() == {}


def test_cleared_faults_do_nothing(app: Application) -> None:
    app.faults.add("dynamodb.*", 5, "500")
    app.faults.clear()
    app.client("dynamodb").get_item(TableName="T", Key=ITEM)


def test_calls_are_counted_with_their_resource_function_and_units(app: Application) -> None:
    token = running_function.set("get_invoices")
    try:
        app.client("dynamodb").get_item(TableName="T", Key=ITEM, ReturnConsumedCapacity="TOTAL")
    finally:
        running_function.reset(token)
    app.client("s3").list_objects_v2(Bucket="sandbox-faults")
    first, second = app.calls.calls
    assert (first.name, first.status, first.resource, first.function) == ("dynamodb.GetItem", 200, "T", "get_invoices")
    assert first.units is not None
    assert (second.name, second.resource, second.function, second.units) == (
        "s3.ListObjectsV2",
        "sandbox-faults",
        None,
        None,
    )
    assert (app.calls.count("dynamodb.getitem"), app.calls.count("*.*"), app.calls.count("s3.Put*")) == (1, 2, 0)


def test_failing_observer_does_not_disturb_the_application(app: Application) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError(json.dumps("no"))

    app.calls.observers.append(fail)
    assert app.client("dynamodb").get_item(TableName="T", Key=ITEM)["ResponseMetadata"]["HTTPStatusCode"] == 200
