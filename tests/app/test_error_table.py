"""Every failure in its documented form, whatever a client sends and whatever breaks inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.app.mails import notice_mail
from tests.app.world import Person, World

SIGN_UP = "/v1/auth/signup"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "INVALID_JSON"),
        (b"name=Vera", "INVALID_JSON"),
        (b"[]", "INVALID_JSON"),
        (b'"text"', "INVALID_JSON"),
        (b"7", "INVALID_JSON"),
        (b"null", "INVALID_JSON"),
        (b'{"name": NaN}', "INVALID_JSON"),
        (b'{"name": Infinity}', "INVALID_JSON"),
        (b'{"name": "\\ud800"}', "VALIDATION_ERROR"),
        (b'{"name": "\\ud800\\u0041"}', "VALIDATION_ERROR"),
        (b'{"\\udc00": 1}', "VALIDATION_ERROR"),
        (b'{"name": "a\x01b"}', "VALIDATION_ERROR"),
        (b'{"name": "a\\u0001b", "email": "a@b.se", "password": "12345678"}', "VALIDATION_ERROR"),
        (b'{"name": -Infinity}', "INVALID_JSON"),
        (b'{"name": "\\ud800"', "INVALID_JSON"),
        ('{"name": "Vera"}'.encode("utf-16"), "INVALID_JSON"),
        (b'{"name": "a"} {"name": "b"}', "INVALID_JSON"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "VALIDATION_ERROR"),
        (b'{"a": ' * 30_000 + b"1" + b"}" * 30_000, "VALIDATION_ERROR"),
        (b"[" * 100_000, "VALIDATION_ERROR"),
        (b"\xff\xfe{}", "INVALID_JSON"),
        (b"", "MISSING_FIELDS"),
        (b"  \r\n", "MISSING_FIELDS"),
        (b"{}", "MISSING_FIELDS"),
        (b'{"name": 1e400, "email": "a@example.com", "password": "long enough"}', "VALIDATION_ERROR"),
        (b'{"name": ' + b"9" * 5_000 + b"}", "VALIDATION_ERROR"),
        (b'{"name": 123456789012345678901234567890, "email": "a@b.se", "password": "12345678"}', "VALIDATION_ERROR"),
        (b'{"name": {"a": {}}, "email": "a@b.se", "password": "12345678"}', "VALIDATION_ERROR"),
        (b'{"pad": "' + b"x" * 300_000 + b'"}', "VALIDATION_ERROR"),
    ],
    ids=lambda value: value[:30].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_bodies_that_cannot_be_read_are_refused(world: World, body: bytes, code: str) -> None:
    assert world.stranger().send("POST", SIGN_UP, body).refused == (400, code)


def test_invalid_utf8_inside_a_text_cannot_become_a_name(world: World) -> None:
    body = b'{"name": "Ve\xff\xfera", "email": "utf@example.com", "password": "long enough"}'
    answer = world.stranger().send("POST", SIGN_UP, body)
    # API Gateway itself puts U+FFFD where the text was no UTF-8.
    assert answer.status in {201, 400}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json"])
def test_other_content_types_are_unsupported(world: World, content_type: str) -> None:
    answer = world.stranger().send("POST", SIGN_UP, b"{}", content_type)
    assert answer.refused == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_forms_are_read_only_where_they_are_documented(world: World) -> None:
    answer = world.stranger().send("POST", SIGN_UP, b"name=Vera", "application/x-www-form-urlencoded")
    assert answer.refused == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", None])
def test_json_is_read_however_its_type_is_written(world: World, content_type: str | None) -> None:
    assert world.stranger().send("POST", SIGN_UP, b"{}", content_type).error == "MISSING_FIELDS"


def test_unknown_fields_are_ignored(world: World) -> None:
    body = {"name": "Ulla Prov", "email": "ulla@example.com", "password": "long enough", "app_version": [1, {"a": 2}]}
    assert world.stranger().post(SIGN_UP, body).status == 201


def test_empty_post_with_a_json_content_type_is_an_empty_object(tenant: Person) -> None:
    assert tenant.app.send("POST", "/v1/invoices/rental/ingest", b"").status == 200
    assert tenant.app.send("POST", "/v1/auth/logout", b"").status == 200


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/v1/invoices/castles", (404, "NOT_FOUND")),
        ("POST", "/v1/invoices/castles/ingest", (404, "NOT_FOUND")),
        ("GET", "/v1/invoices/rental/rent_00000000000000000000000000000000", (404, "INVOICE_NOT_FOUND")),
        ("GET", "/v1/invoices/rental/" + "x" * 3000, (404, "INVOICE_NOT_FOUND")),
        ("GET", "/v1/invoices/rental/%F0%9F%8F%A0", (404, "INVOICE_NOT_FOUND")),
        ("GET", "/v1/ingestions/run_unknown", (404, "NOT_FOUND")),
        ("GET", "/v1/ingestions/lease", (404, "NOT_FOUND")),
        ("GET", "/v1/ingestions/run_" + "x" * 3000, (404, "NOT_FOUND")),
        ("DELETE", "/v1/user/devices/unknown", (404, "NOT_FOUND")),
        ("POST", "/v1/invoices/rental/ingest", (409, "GMAIL_TOKEN_EXPIRED")),
        ("POST", "/v1/invoices/rental/ingest/latest", (409, "GMAIL_TOKEN_EXPIRED")),
    ],
)
def test_what_is_not_there_answers_its_code(person: Person, method: str, path: str, refusal: tuple[int, str]) -> None:
    assert person.app.send(method, path).refused == refusal


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2025-13-01"},
        {"from": "20250101"},
        {"from": "2025-W01-1"},
        {"to": "yesterday"},
        {"from": "2025-02-01", "to": "2025-01-31"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "-1"},
        {"limit": "1.5"},
        {"limit": "٣"},
        {"cursor": "!"},
        {"cursor": "bm9ib2R5"},
    ],
)
def test_parameters_that_make_no_sense_are_invalid_requests(person: Person, query: dict[str, str]) -> None:
    answer = person.app.get("/v1/invoices/rental", **query)
    assert answer.refused == (400, "INVALID_REQUEST")
    assert next(iter(query)) in answer.error_message


def test_repeated_parameters_are_no_reason_to_fail(person: Person) -> None:
    assert person.app.send("GET", "/v1/invoices/rental?limit=5&limit=7&vendor=a&vendor=b").status == 200


def test_record_that_cannot_be_read_is_an_internal_error_that_says_nothing(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    [row] = tenant.rows("RentalInvoices")
    world.put("RentalInvoices", row | {"mail_date": "a planted text that nobody may see"})
    answer = tenant.app.get("/v1/invoices/rental")
    assert answer.refused == (500, "INTERNAL_SERVER_ERROR")
    assert "planted" not in answer.text
    assert "mail_date" not in answer.text


@pytest.mark.parametrize(
    ("target", "error", "request_line"),
    [
        ("dynamodb.GetItem", "AccessDeniedException", "GET /v1/user/me"),
        ("dynamodb.Query", "ResourceNotFoundException", "GET /v1/invoices/rental"),
        ("dynamodb.Query", "500", "GET /v1/documents"),
        ("secretsmanager.GetSecretValue", "InternalServiceError", "POST /v1/invoices/rental/ingest"),
    ],
)
def test_failure_of_aws_is_a_dependency_failure_without_details(
    world: World, tenant: Person, target: str, error: str, request_line: str
) -> None:
    world.fail(target, error, times=8)
    method, path = request_line.split()
    answer = tenant.app.send(method, path)
    assert answer.refused == (502, "DEPENDENCY_FAILURE")
    for inner in ("dynamodb", "secret", error.lower(), "sandbox"):
        assert inner not in answer.text.lower()


@pytest.mark.parametrize("error", ["ThrottlingException", "connection_reset", "500"])
def test_passing_failure_of_aws_is_not_noticed(world: World, person: Person, error: str) -> None:
    world.fail("dynamodb.GetItem", error, times=1)
    assert person.app.get("/v1/user/me").status == 200


def test_failure_of_google_is_a_dependency_failure(world: World, person: Person) -> None:
    world.fail("oauth.userinfo", "500", times=4)
    assert person.app.connect(person.account).refused == (502, "DEPENDENCY_FAILURE")


@pytest.mark.parametrize("body", [{"device_token": "zz" * 32}, {"device_token": "ab"}, {"device_token": 5}])
def test_device_token_must_be_hexadecimal(person: Person, body: dict[str, Any]) -> None:
    answer = person.app.post("/v1/user/devices", body)
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert "device_token" in answer.error_message


def test_message_of_a_validation_error_does_not_repeat_the_value(world: World) -> None:
    answer = world.stranger().post(SIGN_UP, {"name": "Vera Prov", "email": "secret at home", "password": "12345678"})
    assert "secret at home" not in answer.text
    assert json.loads(answer.text)["error"]["code"] == "VALIDATION_ERROR"
