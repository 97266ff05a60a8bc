"""What the logs say of a request or an event: how it ended, for whom in disguise, and nothing that was entrusted."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.errors import DependencyFailure
from chalicelib.http import logs
from chalicelib.http.events import HandlerFailed, guarded
from chalicelib.http.logs import JsonLines, pseudonym, unit_of_work
from tests.app.gateway import Gateway
from tests.app.mails import notice_mail
from tests.app.world import PASSWORD, Person, World


class Lines(logging.Handler):
    """What CloudWatch would keep: every line of the application, as JSON."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("tests."):  # the emulators' own
            self.texts.append(self.format(record))

    def of(self, function: str) -> list[dict[str, Any]]:
        """The lines that say how a function ended."""
        found = (json.loads(text) for text in self.texts)
        return [line for line in found if line.get("function") == function and "outcome" in line]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture(scope="module")
def gateway(shared_world: World) -> Gateway:
    return Gateway(shared_world)


def test_every_request_leaves_one_line_with_how_it_ended(gateway: Gateway, person: Person, lines: Lines) -> None:
    gateway.send("GET", "/v1/user/me", token=person.app.token)
    gateway.send("GET", "/v1/user/me")
    gateway.send("POST", "/v1/auth/login", {"email": person.email, "password": "wrong password"})
    known, unknown = lines.of("get_user_profile")
    assert (known["outcome"], known["user"], known["request_id"]) == ("OK", pseudonym(person.user_id), "request-1")
    assert (unknown["outcome"], unknown.get("user")) == ("INVALID_CREDENTIALS", None)
    [login] = lines.of("login_user")
    assert login["outcome"] == "INVALID_CREDENTIALS"
    assert login["milliseconds"] >= 0


def test_unexpected_failure_is_told_by_its_type_and_place(
    gateway: Gateway, world: World, person: Person, lines: Lines
) -> None:
    row = person.user_row()
    world.put("Users", row | {"created_at": "Hemligt värde"})
    assert gateway.send("GET", "/v1/user/me", token=person.app.token).status == 500
    world.put("Users", row)
    [line] = lines.of("get_user_profile")
    assert line["outcome"] == "INTERNAL_SERVER_ERROR"
    assert any("ValidationError" in text and "users.py" in text for text in lines.texts)
    assert not any("Hemligt" in text for text in lines.texts)


def test_neighbour_that_failed_is_named_with_its_reason(world: World, person: Person, lines: Lines) -> None:
    world.fail("dynamodb.Query", "ResourceNotFoundException")
    answer = person.app.get("/v1/vendors/suggestions")
    assert answer.body["error"]["code"] == "DEPENDENCY_FAILURE"
    told = [json.loads(text)["message"] for text in lines.texts if '"WARNING"' in text]
    assert told == ["dynamodb Query failed: ResourceNotFoundException"]


def test_every_event_leaves_one_line_with_how_it_ended(world: World, tenant: Person, lines: Lines) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    [parsed] = lines.of("parse_invoice")
    assert parsed["outcome"] == "OK"
    assert len(parsed["request_id"]) == 36
    assert lines.of("send_invoice_notification")


def test_failed_event_names_its_error(lines: Lines) -> None:
    @guarded
    def doomed(_event: object) -> None:
        raise DependencyFailure("s3", "GetObject", "AccessDenied")

    with pytest.raises(HandlerFailed):
        doomed(object())
    [line] = lines.of("doomed")
    assert line["outcome"] == "DependencyFailure"


def test_users_are_hashed_wherever_a_line_names_them(person: Person) -> None:
    record = logging.LogRecord("any", logging.INFO, "", 0, "run of %s ended", (person.user_id,), None)
    text = JsonLines().format(record)
    assert person.user_id not in text
    assert pseudonym(person.user_id) in text


def test_line_breaks_of_somebody_else_make_no_lines(person: Person) -> None:
    record = logging.LogRecord("any", logging.INFO, "", 0, "key %s", ('x\n{"level": "ERROR"}\r\u2028',), None)
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "\r" not in text
    assert json.loads(text)["level"] == "INFO"


def test_exception_is_its_type_only() -> None:
    try:
        raise ValueError("4 711 kr")
    except ValueError as exc:
        details = (type(exc), exc, exc.__traceback__)
    record = logging.LogRecord("any", logging.ERROR, "", 0, "failed", (), details)
    line = json.loads(JsonLines().format(record))
    assert line["exception"] == "ValueError"
    assert "4 711" not in str(line)


def test_unit_that_dies_says_of_what(lines: Lines) -> None:
    with pytest.raises(KeyError), unit_of_work("doomed", "1"):
        raise KeyError("secret")
    [line] = lines.of("doomed")
    assert line["outcome"] == "KeyError"


def test_only_lambdas_own_handler_is_made_to_write_json() -> None:
    class LambdaLoggerHandler(logging.Handler):
        """Named like the one of Lambda's runtime."""

    of_lambda, other, root = LambdaLoggerHandler(), logging.NullHandler(), logging.getLogger()
    root.addHandler(of_lambda)
    root.addHandler(other)
    logs.configure()
    root.removeHandler(of_lambda)
    root.removeHandler(other)
    assert isinstance(of_lambda.formatter, JsonLines)
    assert other.formatter is None


def test_nothing_entrusted_is_logged(gateway: Gateway, person: Person, lines: Lines) -> None:
    token = person.app.token
    entry = {
        "sub_type": "clothing",
        "vendor_name": "Planterad Butik",
        "total_amount": 77123.45,
        "currency": "SEK",
        "invoice_date": "2025-03-14",
        "order_id": "PLANT-1",
    }
    retail = {"invoice_type": "retail"}
    gateway.send("POST", "/v1/auth/login", {"email": person.email, "password": PASSWORD})
    gateway.send("POST", "/v1/auth/signup", {"name": "Planterad", "email": person.email, "password": "planted pass"})
    gateway.send("POST", "/v1/auth/refresh", {"refresh_token": "planted.token"})
    gateway.send("POST", "/v1/invoices/{invoice_type}", entry, token=token, path=retail)
    gateway.send("POST", "/v1/invoices/{invoice_type}", entry | {"currency": "Planterad"}, token=token, path=retail)
    one = {**retail, "invoice_id": "planted-id"}
    gateway.send("GET", "/v1/invoices/{invoice_type}/{invoice_id}", token=token, path=one)
    gateway.send("GET", "/v1/user/me", token=f"{token}x")
    change = {"current_password": PASSWORD, "new_password": "planted password"}
    gateway.send("POST", "/v1/auth/password", change, token=token)
    assert len(lines.texts) >= 8
    logged = "\n".join(lines.texts).lower()
    planted = [person.email, PASSWORD, "plant", "77123", str(token), person.refresh_token, person.user_id, "192.0.2"]
    assert [secret for secret in planted if secret.lower() in logged] == []
