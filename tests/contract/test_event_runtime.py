"""The event runtime delivers as Lambda does: shapes, retries, order, at least once."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from chalice.app import Chalice, Cron

from tests.sandbox.aws import AwsEmulator
from tests.sandbox.clients import AwsClients
from tests.sandbox.event_shapes import scheduled_event, sqs_event, stream_event
from tests.sandbox.events import DrainTimeout, EventRuntime
from tests.sandbox.functions import Functions
from tests.sandbox.stack import deploy_stack

Behaviour = Callable[[Any], Any]


@dataclass
class World:
    """An emulator with the stack, a small app, and what its handlers saw."""

    clients: AwsClients
    outputs: dict[str, str]
    app: Chalice
    runtime: EventRuntime
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    behaviour: dict[str, Behaviour] = field(default_factory=dict)

    def handle(self, name: str, event: Any) -> Any:
        shape: dict[str, Any] = event.to_dict()
        self.seen.append((name, shape))
        return self.behaviour.get(name, do_nothing)(event)

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for function, event in self.seen if function == name]

    def put(self, key: str, body: bytes = b"%PDF-1.7") -> dict[str, Any]:
        s3 = self.clients.client("s3")
        answer: dict[str, Any] = s3.put_object(Bucket=self.outputs["InvoicesBucket"], Key=key, Body=body)
        return answer

    def send(self, body: str, **options: Any) -> None:
        self.clients.client("sqs").send_message(QueueUrl=self.outputs["IngestionQueueUrl"], MessageBody=body, **options)

    def write(self, invoice: str, **attributes: Any) -> None:
        item = {"UserID": {"S": "user_1"}, "InvoiceID": {"S": invoice}, **attributes}
        self.clients.client("dynamodb").put_item(TableName="RentalInvoices", Item=item)


def small_app(outputs: dict[str, str], handle: Callable[[str, Any], Any]) -> Chalice:
    app = Chalice(app_name="small")
    bucket = outputs["InvoicesBucket"]

    @app.on_s3_event(bucket, events=["s3:ObjectCreated:*"], prefix="invoices/", suffix=".pdf", name="parse_invoice")
    def parse_invoice(event: Any) -> Any:
        return handle("parse_invoice", event)

    @app.on_s3_event(
        bucket, events=["s3:ObjectCreated:*"], prefix="invoices/", suffix=".html", name="parse_retail_invoice"
    )
    def parse_retail_invoice(event: Any) -> Any:
        return handle("parse_retail_invoice", event)

    @app.on_dynamodb_record(stream_arn=outputs["RentalInvoicesStreamArn"], batch_size=10, name="announce")
    def announce(event: Any) -> Any:
        return handle("announce", event)

    @app.on_sqs_message(queue="IngestionQueue", batch_size=1, name="ingest")
    def ingest(event: Any) -> Any:
        return handle("ingest", event)

    @app.schedule(Cron(30, 8, "?", "*", "MON-FRI", "*"), name="fetch_latest_invoice")
    def fetch_latest_invoice(event: Any) -> Any:
        return handle("fetch_latest_invoice", event)

    @app.lambda_function(name="remaining_time")
    def remaining_time(_event: Any, context: Any) -> Any:
        return [context.function_name, context.get_remaining_time_in_millis() // 1000]

    return app


@pytest.fixture
def world() -> Iterator[World]:
    with AwsEmulator() as aws:
        clients = AwsClients(aws.url)
        outputs = deploy_stack(clients)
        app = small_app(outputs, lambda name, event: result.handle(name, event))  # noqa: PLW0108  made below
        runtime = EventRuntime(
            app, clients, outputs["EventQueueUrl"], retry_delays=(0.01, 0.01), timeouts={"remaining_time": 90}
        )
        result = World(clients, outputs, app, runtime)
        runtime.start()
        yield result
        runtime.stop()
        clients.close()


def do_nothing(_event: Any) -> Any:
    """What a handler does unless a test says otherwise."""


def fail(_event: Any) -> None:
    raise RuntimeError("out of order")


def fail_times(times: int) -> Behaviour:
    left = iter(range(times))

    def behave(_event: Any) -> None:
        if next(left, None) is not None:
            raise RuntimeError("out of order")

    return behave


def test_object_reaches_the_function_whose_filter_matches(world: World) -> None:
    world.put("invoices/user_1/rental/a.pdf")
    world.put("invoices/user_1/retail/travel/b.html")
    world.put("invoices/user_1/rental/notes.txt")
    world.put("elsewhere/c.pdf")
    assert world.runtime.drain() == {"delivered": 2, "failed": 0}
    keys = {(name, event["Records"][0]["s3"]["object"]["key"]) for name, event in world.seen}
    assert keys == {
        ("parse_invoice", "invoices/user_1/rental/a.pdf"),
        ("parse_retail_invoice", "invoices/user_1/retail/travel/b.html"),
    }


def test_object_event_has_the_shape_that_s3_sends(world: World) -> None:
    stored = world.put("invoices/user_1/rental/Hyra för maj + juni.pdf", b"12345")
    world.runtime.drain()
    [event] = world.events("parse_invoice")
    [record] = event["Records"]
    described = record["s3"]["object"]
    assert described.pop("sequencer")
    assert described == {
        "key": "invoices/user_1/rental/Hyra+f%C3%B6r+maj+%2B+juni.pdf",
        "size": 5,
        "eTag": stored["ETag"].strip('"'),
        "versionId": stored["VersionId"],
    }
    assert record["eventSource"] == "aws:s3"
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == "eu-north-1"
    assert record["s3"]["bucket"]["name"] == world.outputs["InvoicesBucket"]


def test_failing_object_event_is_tried_three_times_and_then_kept(world: World) -> None:
    world.behaviour["parse_invoice"] = fail
    world.put("invoices/user_1/rental/a.pdf")
    assert world.runtime.drain() == {"delivered": 0, "failed": 1}
    assert len(world.events("parse_invoice")) == 3
    [failed] = world.runtime.failed
    assert (failed.function, failed.attempts, failed.error) == ("parse_invoice", 3, "RuntimeError: out of order")


def test_object_event_that_fails_once_is_delivered_by_the_next_try(world: World) -> None:
    world.behaviour["parse_invoice"] = fail_times(1)
    world.put("invoices/user_1/rental/a.pdf")
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}
    assert [delivery.error for delivery in world.runtime.deliveries] == ["RuntimeError: out of order", None]


def test_forty_objects_are_parsed_side_by_side(world: World) -> None:
    together = threading.Barrier(4, timeout=10)
    world.behaviour["parse_invoice"] = lambda _event: together.wait() and None
    for number in range(40):
        world.put(f"invoices/user_1/rental/{number}.pdf")
    assert world.runtime.drain() == {"delivered": 40, "failed": 0}


def test_a_killed_process_counts_as_a_failed_try(world: World) -> None:
    world.behaviour["parse_invoice"] = lambda _event: exec("raise SystemExit(1)")  # noqa: S102
    world.put("invoices/user_1/rental/a.pdf")
    assert world.runtime.drain() == {"delivered": 0, "failed": 1}


def test_stream_records_arrive_in_order_with_both_images(world: World) -> None:
    world.write("1", total={"N": "9300"}, scan={"B": b"\x00\xff"})
    world.write("1", total={"N": "9400"})
    world.clients.client("dynamodb").delete_item(
        TableName="RentalInvoices", Key={"UserID": {"S": "user_1"}, "InvoiceID": {"S": "1"}}
    )
    assert world.runtime.drain() == {"delivered": 3, "failed": 0}
    records = [record for event in world.events("announce") for record in event["Records"]]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    insert, modify, _remove = (record["dynamodb"] for record in records)
    assert insert["NewImage"]["scan"] == {"B": "AP8="}
    assert "OldImage" not in insert
    assert (modify["OldImage"]["total"], modify["NewImage"]["total"]) == ({"N": "9300"}, {"N": "9400"})
    assert isinstance(modify["ApproximateCreationDateTime"], float)
    assert records[0]["eventSourceARN"] == world.outputs["RentalInvoicesStreamArn"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))


def test_stream_is_read_from_its_beginning(world: World) -> None:
    world.write("1")
    world.runtime.drain()
    late = EventRuntime(world.app, world.clients, world.outputs["EventQueueUrl"])
    late.start()
    late.drain()
    late.stop()
    assert len(world.events("announce")) == 2


def test_failing_stream_batch_holds_the_shard_until_it_is_given_up(world: World) -> None:
    world.behaviour["announce"] = fail_times(3)
    world.runtime.pause()
    world.write("1")
    world.write("2")
    world.runtime.resume()
    assert world.runtime.drain() == {"delivered": 0, "failed": 2}
    world.write("3")
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}
    invoices = [[r["dynamodb"]["Keys"]["InvoiceID"]["S"] for r in e["Records"]] for e in world.events("announce")]
    assert invoices == [["1", "2"], ["1", "2"], ["1", "2"], ["3"]]


def test_stream_handler_that_names_a_failed_record_gets_the_batch_from_there_again(world: World) -> None:
    refused = iter([True])

    def refuse_second(event: Any) -> Any:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event.to_dict()["Records"]]
        return {"batchItemFailures": [{"itemIdentifier": numbers[1]}]} if next(refused, False) else None

    world.runtime.pause()
    for invoice in ("1", "2", "3"):
        world.write(invoice)
    world.behaviour["announce"] = refuse_second
    world.runtime.resume()
    assert world.runtime.drain() == {"delivered": 3, "failed": 0}
    invoices = [[r["dynamodb"]["Keys"]["InvoiceID"]["S"] for r in e["Records"]] for e in world.events("announce")]
    assert invoices == [["1", "2", "3"], ["2", "3"]]


def test_message_is_delivered_with_its_attributes_and_deleted(world: World) -> None:
    world.send('{"user": 1}', MessageAttributes={"kind": {"DataType": "String", "StringValue": "latest"}})
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}
    [record] = world.events("ingest")[0]["Records"]
    assert json.loads(record["body"]) == {"user": 1}
    assert record["messageAttributes"]["kind"]["stringValue"] == "latest"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["eventSourceARN"] == world.outputs["IngestionQueueArn"]
    assert record["eventSource"] == "aws:sqs"


def test_message_that_always_fails_ends_in_the_dead_letter_queue_after_five_tries(world: World) -> None:
    world.behaviour["ingest"] = fail
    world.send("poison")
    assert world.runtime.drain() == {"delivered": 0, "failed": 1}
    assert len(world.events("ingest")) == 5
    dead = world.clients.client("sqs").receive_message(QueueUrl=world.outputs["IngestionDeadLetterQueueUrl"])
    assert [message["Body"] for message in dead["Messages"]] == ["poison"]


def test_message_that_the_handler_names_as_failed_comes_again(world: World) -> None:
    refused = iter([True])

    def refuse_once(event: Any) -> Any:
        ids = [record["messageId"] for record in event.to_dict()["Records"]]
        return {"batchItemFailures": [{"itemIdentifier": i} for i in ids]} if next(refused, False) else None

    world.behaviour["ingest"] = refuse_once
    world.send("one")
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}
    assert len(world.events("ingest")) == 2


def test_drain_waits_for_a_delayed_message(world: World) -> None:
    world.send("later", DelaySeconds=1)
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}


def test_drain_follows_an_event_through_everything_it_causes(world: World) -> None:
    world.behaviour["fetch_latest_invoice"] = lambda _event: world.send("user_1")
    world.behaviour["ingest"] = lambda _event: world.put("invoices/user_1/rental/a.pdf") and None
    world.behaviour["parse_invoice"] = lambda _event: world.write("1")
    world.runtime.invoke("fetch_latest_invoice")
    assert world.runtime.drain() == {"delivered": 3, "failed": 0}
    assert [name for name, _event in world.seen] == ["fetch_latest_invoice", "ingest", "parse_invoice", "announce"]


def test_drain_waits_for_the_application_to_be_idle_and_says_what_it_waited_for(world: World) -> None:
    idle = False
    world.runtime.is_idle.append(lambda: idle)
    with pytest.raises(DrainTimeout, match="not idle"):
        world.runtime.drain(timeout=0.1)
    idle = True
    assert world.runtime.drain() == {"delivered": 0, "failed": 0}


def test_schedule_handler_gets_a_scheduled_event_and_returns_its_result(world: World) -> None:
    world.behaviour["fetch_latest_invoice"] = lambda event: {"resources": event.to_dict()["resources"]}
    result = world.runtime.invoke("fetch_latest_invoice")
    assert result == {"resources": ["arn:aws:events:eu-north-1:123456789012:rule/fetch_latest_invoice"]}


def test_invoke_raises_what_the_handler_raises_and_knows_unknown_names(world: World) -> None:
    world.behaviour["fetch_latest_invoice"] = fail
    with pytest.raises(RuntimeError, match="out of order"):
        world.runtime.invoke("fetch_latest_invoice")
    with pytest.raises(LookupError, match="no_such"):
        world.runtime.invoke("no_such")


def test_context_knows_the_function_and_its_configured_timeout(world: World) -> None:
    name, seconds = world.runtime.invoke("remaining_time")
    assert name == "remaining_time"
    assert 80 <= seconds <= 90


def test_asynchronous_invocation_is_tried_again(world: World) -> None:
    world.behaviour["fetch_latest_invoice"] = fail_times(2)
    world.runtime.invoke_async("fetch_latest_invoice", scheduled_event("x", "eu-north-1", "1"))
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}


def test_paused_runtime_delivers_nothing_and_loses_nothing(world: World) -> None:
    world.runtime.pause()
    world.put("invoices/user_1/rental/a.pdf")
    world.write("1")
    world.send("one")
    with pytest.raises(RuntimeError, match="paused"):
        world.runtime.drain()
    assert world.seen == []
    world.runtime.resume()
    assert world.runtime.drain() == {"delivered": 3, "failed": 0}


@pytest.mark.parametrize("concurrently", [False, True])
def test_events_can_be_delivered_again_in_another_order(world: World, concurrently: bool) -> None:
    for name in ("a", "b", "c"):
        world.put(f"invoices/user_1/rental/{name}.pdf")
        world.runtime.drain()
    first = world.events("parse_invoice")
    world.seen.clear()
    outcomes = world.runtime.redeliver(reversed(world.runtime.deliveries), concurrently=concurrently)
    assert [outcome.error for outcome in outcomes] == [None, None, None]
    again = world.events("parse_invoice")
    if not concurrently:
        assert again == first[::-1]
    assert Counter(map(json.dumps, again)) == Counter(map(json.dumps, first))


def test_a_handler_cannot_change_the_event_of_the_next_try(world: World) -> None:
    tries = iter([RuntimeError("first")])

    def spoil(event: Any) -> None:
        event.to_dict()["Records"].clear()
        for error in tries:
            raise error

    world.behaviour["parse_invoice"] = spoil
    world.put("invoices/user_1/rental/a.pdf")
    assert world.runtime.drain() == {"delivered": 1, "failed": 0}
    assert len(world.runtime.deliveries[-1].event["Records"]) == 1


def test_result_that_is_no_json_fails_as_in_lambda(world: World) -> None:
    world.behaviour["fetch_latest_invoice"] = lambda _event: {1, 2}
    with pytest.raises(TypeError, match="JSON"):
        world.runtime.invoke("fetch_latest_invoice")


def test_route_that_hides_an_event_handler_is_refused() -> None:
    app = Chalice(app_name="clash")

    @app.schedule(Cron(30, 8, "?", "*", "MON-FRI", "*"), name="fetch")
    def scheduled(_event: Any) -> None: ...

    @app.route("/fetch", name="fetch")
    def routed() -> None: ...

    with pytest.raises(ValueError, match="'fetch'"):
        Functions(app, region="eu-north-1", account="1")


def test_shapes_keep_what_json_cannot_say_readable() -> None:
    record = {"eventID": "1", "dynamodb": {"Keys": {"k": {"B": b"\x01"}}, "SequenceNumber": "7"}}
    assert stream_event([record], "arn")["Records"][0]["dynamodb"]["Keys"] == {"k": {"B": "AQ=="}}
    message = {
        "MessageId": "1",
        "ReceiptHandle": "r",
        "Body": "b",
        "MD5OfBody": "m",
        "MessageAttributes": {"raw": {"DataType": "Binary", "BinaryValue": b"\x01"}},
    }
    [shaped] = sqs_event([message], "arn:aws:sqs:eu-north-1:1:q")["Records"]
    assert shaped["messageAttributes"]["raw"]["binaryValue"] == "AQ=="
