"""The AWS emulator keeps promises that AWS keeps and moto's server alone does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item
from moto.s3.models import FakeKey

from tests.sandbox.aws import AwsEmulator
from tests.sandbox.clients import AwsClients


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with AwsEmulator() as aws:
        clients = AwsClients(aws.url)
        client = clients.client("dynamodb")
        client.create_table(
            TableName="T",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "h", "AttributeType": "S"},
                {"AttributeName": "r", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        client.streams = clients.client("dynamodbstreams")
        yield client
        clients.close()


def item(number: str, **attributes: str) -> dict[str, Any]:
    return {"h": {"S": "h"}, "r": {"S": number}, **{name: {"S": text} for name, text in attributes.items()}}


def put(number: str, *, new: bool = False, **attributes: str) -> dict[str, Any]:
    condition = {"ConditionExpression": "attribute_not_exists(h)"} if new else {}
    return {"Put": {"TableName": "T", "Item": item(number, **attributes), **condition}}


def stored(dynamodb: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dynamodb.scan(TableName="T")["Items"]
    return sorted(found, key=lambda entry: str(entry["r"]["S"]))


def stream(dynamodb: Any) -> list[str]:
    arn = dynamodb.describe_table(TableName="T")["Table"]["LatestStreamArn"]
    [shard] = dynamodb.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = dynamodb.streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = dynamodb.streams.get_records(ShardIterator=iterator)["Records"]
    return [f"{record['eventName']} {record['dynamodb']['Keys']['r']['S']}" for record in records]


def test_of_many_conditional_writes_at_once_exactly_one_wins(dynamodb: Any) -> None:
    def write(number: int) -> str:
        try:
            dynamodb.put_item(
                TableName="T", Item=item("1", by=str(number)), ConditionExpression="attribute_not_exists(h)"
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return "lost"
        return "won"

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(write, range(64))) == {"won": 1, "lost": 63}


def test_cancelled_transaction_changes_neither_items_nor_stream(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="T", Item=item("1", state="old"))
    dynamodb.put_item(TableName="T", Item=item("2", state="old"))
    before = stored(dynamodb)
    update = {
        "Update": {
            "TableName": "T",
            "Key": item("2"),
            "UpdateExpression": "SET #s = :new",
            "ExpressionAttributeNames": {"#s": "state"},
            "ExpressionAttributeValues": {":new": {"S": "new"}},
        }
    }
    impossible = {"TableName": "T", "Key": item("4"), "ConditionExpression": "attribute_exists(h)"}
    delete = {"Delete": {"TableName": "T", "Key": item("1")}}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[put("3"), update, delete, {"ConditionCheck": impossible}])
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "None", "None", "ConditionalCheckFailed"]
    assert stored(dynamodb) == before
    assert stream(dynamodb) == ["INSERT 1", "INSERT 2"]


def test_stream_goes_on_after_a_cancelled_transaction(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[put("1", new=True)])
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[put("2"), put("1", new=True)])
    dynamodb.transact_write_items(TransactItems=[put("3"), put("1", state="changed")])
    assert stream(dynamodb) == ["INSERT 1", "INSERT 3", "MODIFY 1"]


def test_refused_transaction_changes_nothing(dynamodb: Any) -> None:
    with pytest.raises(ClientError, match="multiple operations on one item"):
        dynamodb.transact_write_items(TransactItems=[put("1"), put("1")])
    assert stored(dynamodb) == []


def test_copies_that_a_look_makes_are_not_kept(dynamodb: Any) -> None:
    """Else thousands of requests fill the memory."""
    dynamodb.put_item(TableName="T", Item=item("1"))
    for _look in range(3):
        assert dynamodb.scan(TableName="T")["Count"] == 1
    models: Any = (Item, FakeKey)
    assert [model.instances_tracked for model in models] == [[], []]


def test_every_kind_of_attribute_comes_back_as_it_was_stored(dynamodb: Any) -> None:
    attributes = {
        "text": {"S": "å"},
        "empty": {"S": ""},
        "number": {"N": "-12.50"},
        "yes": {"BOOL": True},
        "no": {"BOOL": False},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
        "texts": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1", "2"]},
        "list": {"L": [{"S": "x"}, {"M": {"Items": {"L": []}, "S": {"N": "0"}}}]},
        "map": {"M": {}},
    }
    dynamodb.put_item(TableName="T", Item=item("1") | attributes)
    assert dynamodb.get_item(TableName="T", Key=item("1"))["Item"] == item("1") | attributes


def status_of_a_request(connection: HTTPConnection, body: bytes = b"") -> int:
    connection.request("GET", "/moto-api/data.json", body)
    answer = connection.getresponse()
    assert answer.read().startswith(b"{")
    return answer.status


def test_connection_serves_one_request_after_another_until_the_emulator_stops() -> None:
    with AwsEmulator() as aws:
        connection = HTTPConnection(urlsplit(aws.url).netloc, timeout=10)
        connection.connect()
        socket = connection.sock
        assert [status_of_a_request(connection, body) for body in (b"", b"name=value", b"")] == [200, 200, 200]
        assert connection.sock is socket
    with pytest.raises(ConnectionError):
        status_of_a_request(connection)
    connection.close()


def test_delay_of_a_message_passes_five_times_as_fast() -> None:
    with AwsEmulator() as aws:
        clients = AwsClients(aws.url)
        sqs = clients.client("sqs")
        url = sqs.create_queue(QueueName="Q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=5)
        [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=3)["Messages"]
        assert message["Body"] == "later"
        clients.close()
