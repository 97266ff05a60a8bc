"""The sandbox holds together: API, events, admin port, faults, several at once."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.aws import AwsEmulator
from tests.sandbox.clients import AwsClients
from tests.sandbox.sandbox import PortTaken, Sandbox

SMALL_APP = Path(__file__).with_name("small_app.py")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(app_path=SMALL_APP) as running:
        yield running


def ask(url: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()


def subscribe(sandbox: Sandbox) -> None:
    topic = sandbox.outputs["NewInvoiceTopicArn"]
    sandbox.clients.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="alva@example.com")


def test_a_request_becomes_a_notification(sandbox: Sandbox) -> None:
    subscribe(sandbox)
    assert ask(sandbox.url, "PUT", "/v1/files/may", {}) == (200, {"name": "may"})
    assert ask(sandbox.admin_url, "POST", "/drain") == (200, {"delivered": 2, "failed": 0})
    status, notifications = ask(sandbox.admin_url, "GET", "/notifications")
    assert status == 200
    assert notifications == [
        {
            "user_id": "user_1",
            "protocol": "email",
            "endpoint": "alva@example.com",
            "message": "new invoice invoices/user_1/rental/may.pdf",
            "subject": None,
        }
    ]


def test_schedule_runs_on_demand_and_its_delayed_message_does_not_wait_ten_minutes(sandbox: Sandbox) -> None:
    assert ask(sandbox.admin_url, "POST", "/invoke/fetch_latest_invoice") == (200, {"result": {"enqueued": 1}})
    assert ask(sandbox.admin_url, "POST", "/drain") == (200, {"delivered": 1, "failed": 0})


def test_faults_of_the_admin_port_reach_the_application_and_failures_are_shown(sandbox: Sandbox) -> None:
    fault = {"target": "dynamodb.putitem", "times": 3, "error": "AccessDeniedException"}
    assert ask(sandbox.admin_url, "POST", "/faults", fault)[0] == 200
    ask(sandbox.url, "PUT", "/v1/files/may", {})
    assert ask(sandbox.admin_url, "POST", "/drain") == (200, {"delivered": 0, "failed": 1})
    _status, [failed] = ask(sandbox.admin_url, "GET", "/failed")
    assert failed["function"] == "parse_invoice"
    assert "AccessDeniedException" in failed["error"]
    _status, calls = ask(sandbox.admin_url, "GET", "/calls")
    refused = [call["status"] for call in calls if call["operation"] == "PutItem"]
    assert refused == [400, 400, 400]
    assert {call["function"] for call in calls} == {"api_handler", "parse_invoice"}


def test_fault_at_the_schedule_is_reported_and_clearing_ends_it(sandbox: Sandbox) -> None:
    ask(sandbox.admin_url, "POST", "/faults", {"target": "sqs.SendMessage", "times": 9, "error": "AccessDenied"})
    status, answer = ask(sandbox.admin_url, "POST", "/invoke/fetch_latest_invoice")
    assert (status, answer["error"]["code"]) == (500, "FUNCTION_FAILED")
    assert "AccessDenied" in answer["error"]["message"]
    ask(sandbox.admin_url, "DELETE", "/faults")
    assert ask(sandbox.admin_url, "POST", "/invoke/fetch_latest_invoice")[0] == 200


def test_google_faults_go_to_the_google_emulator(sandbox: Sandbox) -> None:
    fault = {"target": "gmail.messages.list", "times": 1, "error": "429"}
    assert ask(sandbox.admin_url, "POST", "/faults", fault)[0] == 200
    path = "/gmail/v1/users/me/messages"
    authorization = "Bearer ya29.alva@example.com"
    assert ask(sandbox.google_url, "GET", path, Authorization=authorization)[0] == 429
    assert ask(sandbox.google_url, "GET", path, Authorization=authorization)[0] == 200
    _status, requests = ask(sandbox.admin_url, "GET", "/google/requests")
    assert [request["path"].startswith(path) for request in requests] == [True, True]


@pytest.mark.parametrize(
    ("request_line", "body", "expected"),
    [
        ("POST /faults", b"{", (400, "INVALID_JSON")),
        ("POST /faults", {}, (400, "INVALID_REQUEST")),
        ("POST /faults", {"target": "dynamodb.PutItem", "times": "3"}, (400, "INVALID_REQUEST")),
        ("POST /faults", {"target": "dynamodb.PutItem", "tmes": 3}, (400, "INVALID_REQUEST")),
        ("POST /faults", {"target": "dynamodb.Fly", "error": "500"}, (400, "INVALID_REQUEST")),
        ("POST /faults", {"target": "gmail.fly", "error": "500"}, (400, "INVALID_REQUEST")),
        ("POST /drain", b"[]", (400, "INVALID_REQUEST")),
        ("POST /invoke/no_such_function", None, (404, "NOT_FOUND")),
        ("POST /invoke/fetch_latest_invoice", b"[1]", (400, "INVALID_REQUEST")),
        ("POST /invoke/", None, (404, "NOT_FOUND")),
        ("GET /drain", None, (404, "NOT_FOUND")),
        ("GET /nowhere", None, (404, "NOT_FOUND")),
    ],
)
def test_admin_port_explains_what_it_cannot_do(
    one_for_all: Sandbox, request_line: str, body: Any, expected: tuple[int, str]
) -> None:
    method, path = request_line.split()
    status, answer = ask(one_for_all.admin_url, method, path, body)
    assert (status, answer["error"]["code"]) == expected
    assert answer["error"]["message"]


@pytest.fixture(scope="module")
def one_for_all() -> Iterator[Sandbox]:
    with Sandbox(app_path=SMALL_APP) as running:
        yield running


def test_health_names_all_addresses(one_for_all: Sandbox) -> None:
    assert ask(one_for_all.admin_url, "GET", "/health") == (
        200,
        {
            "api": one_for_all.url,
            "admin": one_for_all.admin_url,
            "aws": one_for_all.aws_url,
            "google": one_for_all.google_url,
        },
    )


def test_drain_that_takes_too_long_says_what_is_pending(one_for_all: Sandbox) -> None:
    busy = {"UserID": {"S": "u"}, "RunID": {"S": "run_1"}, "state": {"S": "running"}}
    dynamodb = one_for_all.clients.client("dynamodb")
    dynamodb.put_item(TableName="IngestionRuns", Item=busy)
    status, answer = ask(one_for_all.admin_url, "POST", "/drain", {"timeout": 0.2})
    dynamodb.delete_item(TableName="IngestionRuns", Key={"UserID": {"S": "u"}, "RunID": {"S": "run_1"}})
    assert (status, answer["error"]["code"]) == (504, "DRAIN_TIMEOUT")
    assert "not idle" in answer["error"]["message"]
    assert ask(one_for_all.admin_url, "POST", "/drain")[0] == 200


def test_body_that_is_no_utf_8_reaches_the_application_readable(one_for_all: Sandbox) -> None:
    status, answer = ask(one_for_all.url, "POST", "/v1/echo", b"na\xefve", **{"Content-Type": "text/plain"})
    assert (status, answer) == (200, {"body": "na\ufffdve"})


def test_crashed_function_is_a_502_and_the_connection_lives_on(one_for_all: Sandbox) -> None:
    one_for_all.faults.add("dynamodb.ListTables", kill=True)
    connection = http.client.HTTPConnection(urlsplit(one_for_all.url).netloc, timeout=30)
    statuses = []
    for _ in range(2):
        connection.request("POST", "/v1/crash", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [502, 204]


@pytest.mark.parametrize(("length", "status"), [("ten", 400), ("99999999", 413)])
def test_impossible_content_length_is_answered(one_for_all: Sandbox, length: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(one_for_all.url).port or 0), timeout=10) as connection:
        connection.sendall(f"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.recv(1024).split()[1] == str(status).encode()


def test_emulator_that_starts_beside_another_is_empty(one_for_all: Sandbox) -> None:
    for _ in range(2):
        with AwsEmulator() as aws:
            sqs = AwsClients(aws.url).client("sqs")
            assert "QueueUrls" not in sqs.list_queues()
            sqs.create_queue(QueueName="mine")
    assert one_for_all.clients.client("sqs").list_queues()["QueueUrls"]


def test_two_sandboxes_at_once_do_not_meet(sandbox: Sandbox) -> None:
    with Sandbox(app_path=SMALL_APP) as other:
        subscribe(sandbox)
        subscribe(other)
        ask(other.url, "PUT", "/v1/files/theirs", {})
        other.drain()
        ask(sandbox.url, "PUT", "/v1/files/mine", {})
        sandbox.drain()
        assert [n["message"] for n in other.notifications()] == ["new invoice invoices/user_1/rental/theirs.pdf"]
        assert [n["message"] for n in sandbox.notifications()] == ["new invoice invoices/user_1/rental/mine.pdf"]
    assert ask(sandbox.url, "PUT", "/v1/files/again", {})[0] == 200


@contextmanager
def moto_elsewhere() -> Iterator[str]:
    """A plain moto server in a process of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", port]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("Running on" in line for line in process.stderr)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def test_sandbox_works_on_an_aws_that_already_runs_and_finds_its_stack_again() -> None:
    with moto_elsewhere() as url:
        for number in (1, 2):
            with Sandbox(app_path=SMALL_APP, aws_url=url) as sandbox:
                dynamodb = sandbox.clients.client("dynamodb")
                ask(sandbox.url, "PUT", f"/v1/files/{number}", {})
                assert sandbox.drain()["failed"] == 0
                assert dynamodb.scan(TableName="RentalInvoices")["Count"] == number


def test_stream_is_followed_past_a_cancelled_transaction_also_on_plain_moto() -> None:
    with moto_elsewhere() as url, Sandbox(app_path=SMALL_APP, aws_url=url) as sandbox:
        subscribe(sandbox)
        dynamodb = sandbox.clients.client("dynamodb")
        ask(sandbox.url, "PUT", "/v1/files/first", {})
        sandbox.drain()
        put = {
            "TableName": "RentalInvoices",
            "Item": {"UserID": {"S": "u"}, "InvoiceID": {"S": "i"}},
            "ConditionExpression": "attribute_exists(UserID)",
        }
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(TransactItems=[{"Put": put}])
        ask(sandbox.url, "PUT", "/v1/files/second", {})
        sandbox.drain()
        assert [str(n["message"]).rsplit("/", 1)[-1] for n in sandbox.notifications()] == ["first.pdf", "second.pdf"]


def test_taken_port_is_named_and_nothing_is_left_running(sandbox: Sandbox) -> None:
    taken = urlsplit(sandbox.url).port or 0
    with pytest.raises(PortTaken, match=rf"port {taken} is taken.*--admin-port"):
        Sandbox(app_path=SMALL_APP, admin_port=taken).start()
    with pytest.raises(PortTaken, match="--aws-port"):
        Sandbox(app_path=SMALL_APP, aws_port=taken).start()
    assert ask(sandbox.url, "PUT", "/v1/files/still", {})[0] == 200
