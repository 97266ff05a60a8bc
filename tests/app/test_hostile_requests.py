"""Every operation with requests that no app sends: refused in our form, whatever they hold. ``make fuzz`` sends more.

The client holds each answer to the OpenAPI document, so an undocumented one fails too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import app
from chalicelib.domain.listing import encode_cursor
from chalicelib.http.contracts import MediaType, NoBody
from chalicelib.http.reference.examples import EXAMPLES
from chalicelib.http.reference.operations import Operation, operations
from chalicelib.http.reference.samples import path_value
from tests.app.world import Person, World
from tests.sandbox.sandbox import Sandbox

#: What ends the person's session is tried by the person's own tests.
_ENDS = {"delete_user", "delete_user_at_v1_delete_me", "logout_user", "change_password"}
OPERATIONS = [
    each
    for each in operations(app.declared)
    if each.id not in _ENDS and not any(isinstance(answer, MediaType) for answer in each.contract.answers.values())
]
NASTY = st.sampled_from(
    [
        "",
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\u202e\u2066",
        "\ufffe",
        "..",
        "../../etc/passwd",
        "%",
        "%zz",
        "%ff%fe",
        "'\"<script>",
        "null",
        "NaN",
        "-0",
        "1e400",
        "1e999999999",
        "9" * 400,
        "x" * 1025,
        "x" * 2049,
        "🏠" * 300,
        "2025-02-30",
        "0001-01-01",
        "9999-12-31",
        "٣",
        "{}",
        "eyJ9",
        "lease",
        "history",
    ]
)
TEXT = NASTY | st.text(max_size=40)
NUMBERS = st.sampled_from([0, -1, 10**30, -(10**30), 2**63, 1e308, 5e-324, 0.1, True, None])
JSON = st.recursive(
    NUMBERS | TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
DEEP = st.integers(1, 20_000).map(lambda depth: b'{"a": ' + b"[" * depth + b"]" * depth + b"}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    mailbox: Path = tmp_path_factory.mktemp("hostile")
    limits = dict.fromkeys(("LOGIN_LIMIT", "SIGNUP_LIMIT", "REFRESH_LIMIT", "INGESTION_LIMIT"), "0")
    with Sandbox(mailbox, environ={"BCRYPT_COST": "4", **limits}) as sandbox:
        yield World(sandbox, mailbox)


@pytest.fixture(scope="module")
def stranger(world: World) -> Person:
    """Somebody without Gmail: nothing here is about Google."""
    return world.newcomer()


def raw(text: str) -> str:
    """A text as part of an address: what is percent-encoded wrongly stays wrong."""
    return text if text.startswith("%") else quote(text, safe="", errors="replace")


def addresses(operation: Operation) -> st.SearchStrategy[str]:
    path = operation.path
    for name in [each.strip("{}") for each in path.split("/") if each.startswith("{")]:
        path = path.replace(f"{{{name}}}", "{}")
    parameters = [field.encode_name for field in msgspec.structs.fields(operation.contract.query)]
    values = TEXT.map(raw).filter(bool) | st.just(path_value(operation.path) or "x")
    pairs = st.tuples(st.sampled_from([*parameters, "unknown"]), TEXT.map(raw)).map("=".join)
    queries = st.lists(pairs, max_size=4).map("&".join) if parameters else st.just("")
    return st.tuples(values, queries).map(lambda each: f"{path.format(each[0])}?{each[1]}".rstrip("?"))


def bodies(operation: Operation) -> st.SearchStrategy[bytes | None]:
    """Examples with one field changed, JSON of any shape, and bytes."""
    if operation.contract.body is NoBody:
        return st.none()
    fields = st.sampled_from([field.encode_name for field in msgspec.structs.fields(operation.contract.body)])
    base = dict(EXAMPLES[f"{operation.method} {operation.path}"][0].body or {})
    changed = st.tuples(fields, JSON).map(lambda change: encoded(base | {change[0]: change[1]}))
    return changed | JSON.map(encoded) | DEEP | st.binary(max_size=60)


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_no_request_is_answered_by_an_error_of_ours(stranger: Person, operation: Operation) -> None:
    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(address=addresses(operation), body=bodies(operation))
    def send(address: str, body: bytes | None) -> None:
        assert stranger.app.send(operation.method, address, body).status < 500

    send()


@pytest.mark.parametrize("length", [129, 1025, 2049])
@pytest.mark.parametrize(
    ("method", "path", "table"),
    [
        ("GET", "/v1/invoices/rental/{}", "RentalInvoices"),
        ("GET", "/v1/invoices/retail/{}", "RetailInvoices"),
        ("GET", "/v1/invoices/retail?subtype=travel&invoice-id={}", "RetailInvoices"),
        ("GET", "/v1/ingestions/{}", "IngestionRuns"),
        ("POST", "/v1/documents/{}/retry", "IngestionLedger"),
    ],
)
def test_identifier_that_is_none_of_ours_is_not_looked_up(
    stranger: Person, method: str, path: str, table: str, length: int
) -> None:
    calls = stranger.world.sandbox.calls
    calls.clear()
    assert stranger.app.send(method, path.format("x" * length)).status == 404
    looked_up = [call for call in calls.calls if call.name == "dynamodb.GetItem"]
    assert looked_up  # of the caller
    assert table not in str(looked_up)


@pytest.mark.parametrize("document_id", ["", "x" * 1025])
def test_cursor_with_a_key_that_dynamodb_would_refuse_is_an_invalid_request(stranger: Person, document_id: str) -> None:
    cursor = encode_cursor(json.dumps({"UserID": stranger.user_id, "DocumentID": document_id}))
    assert stranger.app.get("/v1/documents", cursor=cursor).refused == (400, "INVALID_REQUEST")


def test_more_rows_than_a_record_can_hold_are_refused(stranger: Person) -> None:
    entry = dict(EXAMPLES["POST /v1/invoices/retail"][0].body or {})
    entry["details"] = {"items": [{"name": "a"}] * 15_000}
    answer = stranger.app.post("/v1/invoices/retail", entry)
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert "details" in answer.error_message
