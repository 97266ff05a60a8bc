"""The OpenAPI document: complete, valid, and true of what the application does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.domain.categories import CATEGORIES
from chalicelib.errors import PayPulseError
from chalicelib.http.contracts import MediaType, NoBody
from chalicelib.http.errors import answer_for
from chalicelib.http.reference.error_examples import ERRORS
from chalicelib.http.reference.examples import EXAMPLES, Example
from chalicelib.http.reference.openapi import openapi_document
from chalicelib.http.reference.operations import Operation, operations
from chalicelib.http.retail_answers import SubType
from tests.app.anna import account_of_examples, owner_of_examples, personal
from tests.app.client import Answer
from tests.app.documented import closed, document
from tests.app.world import Person, World
from tests.sandbox.sandbox import Sandbox

PROJECT = Path(__file__).parents[2]
OPERATIONS = list(operations(app.declared))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox with everything on that can be, for the people of the examples."""
    mailbox: Path = tmp_path_factory.mktemp("documented")
    with Sandbox(mailbox, gmail_push=True, environ={"BCRYPT_COST": "4"}) as sandbox:
        yield World(sandbox, mailbox)


def described(operation: Operation) -> dict[str, Any]:
    return dict(document()["paths"][operation.path][operation.method.lower()])


def response_of(operation: Operation, status: int) -> dict[str, Any]:
    response = described(operation)["responses"][str(status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return dict(response)


def problems(schema: Any, value: Any) -> list[str]:
    whole = closed(schema) | {"components": closed(document()["components"])}
    return [error.message for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)]


# Complete


def test_served_document_is_the_one_of_the_declared_routes_and_valid(world: World) -> None:
    served = world.stranger().fetch("/v1/openapi.json")
    assert served.headers["Content-Type"] == "application/json"
    assert served.body == document()
    assert list(OpenAPIV31SpecValidator(served.body).iter_errors()) == []


def test_every_route_of_the_application_is_documented_and_no_other() -> None:
    typed = {"rental", "retail"}
    documented = {
        (re.sub(r"^/v1/invoices/(rental|retail)", "/v1/invoices/{invoice_type}", path), method.upper())
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert documented == {(path, method) for path, methods in app.routes.items() for method in methods}
    assert all(set(route.contracts) <= typed for route in app.declared if "{invoice_type}" in route.path)


def models() -> Iterator[tuple[str, Any]]:
    """Every model that a contract names, and all models inside of them, by the name of its component."""
    for operation in OPERATIONS:
        contract = operation.contract
        answered = [each for each in contract.answers.values() if each and not isinstance(each, MediaType)]
        for answer in answered:
            for model in answer if isinstance(answer, tuple) else (answer,):
                yield from inner(model)
        if contract.body is not NoBody:
            yield contract.body.__name__, contract.body


def inner(model: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(model, type) and issubclass(model, msgspec.Struct):
        yield model.__name__, model
        for field in msgspec.structs.fields(model):
            yield from inner(field.type)
    for argument in getattr(model, "__args__", ()):
        yield from inner(argument)


@pytest.mark.parametrize(("name", "model"), sorted(dict(models()).items()), ids=lambda each: str(each)[:40])
def test_every_field_of_a_model_is_documented_and_no_other(name: str, model: type[msgspec.Struct]) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(model)}
    tag = model.__struct_config__.tag_field
    assert set(document()["components"]["schemas"][name]["properties"]) == fields | ({tag} if tag else set())


def test_every_query_parameter_is_documented() -> None:
    for operation in OPERATIONS:
        fields = {field.encode_name for field in msgspec.structs.fields(operation.contract.query)}
        documented = {each["name"] for each in described(operation)["parameters"] if each["in"] == "query"}
        assert documented == fields


def errors_below(error: type[BaseException]) -> Iterator[type[BaseException]]:
    yield error
    for each in error.__subclasses__():
        yield from errors_below(each)


def test_every_error_code_of_the_application_has_an_example() -> None:
    names = {error.__name__ for error in errors_below(PayPulseError)}
    assert "DependencyThrottled" in names
    known = {answer_for(sample) for sample in ERRORS.values()}
    instances = [error.__new__(error) for error in errors_below(PayPulseError)]
    assert {answer_for(each) for each in instances} <= known
    shown = {
        each["value"]["error"]["code"]
        for response in document()["components"]["responses"].values()
        for each in response["content"]["application/json"]["examples"].values()
    }
    assert shown == {answer.code for answer in known}


def test_categories_of_parameters_are_the_categories() -> None:
    assert get_args(SubType) == tuple(CATEGORIES)


def test_paths_are_below_the_stage_that_serves_them() -> None:
    assert openapi_document(app.declared, "/api")["servers"] == [{"url": "/api"}]
    assert document()["servers"] == [{"url": "/"}]


def test_protected_routes_ask_for_the_access_token_and_public_ones_do_not() -> None:
    public = {operation.path for operation in OPERATIONS if not described(operation)["security"]}
    assert public == {
        "/v1/auth/signup",
        "/v1/auth/login",
        "/v1/auth/refresh",
        "/v1/openapi.json",
        "/v1/docs",
        "/v1/docs/{asset}",
    }


# Examples


def test_every_operation_has_an_example_and_every_example_an_operation() -> None:
    assert set(EXAMPLES) == {f"{operation.method} {operation.path}" for operation in OPERATIONS}


def examples_of(media: dict[str, Any]) -> list[Any]:
    found = [each["value"] for each in media["examples"].values()]
    assert found
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_examples_fit_their_schemas(operation: Operation) -> None:
    for media in described(operation).get("requestBody", {}).get("content", {}).values():
        for value in examples_of(media):
            assert problems(media["schema"], value) == []
    for status in described(operation)["responses"]:
        for media in response_of(operation, int(status)).get("content", {}).values():
            for value in examples_of(media) if media else ():
                assert problems(media["schema"], value) == []


def requests() -> Iterator[tuple[Operation, Example]]:
    for operation in OPERATIONS:
        yield from ((operation, example) for example in EXAMPLES[f"{operation.method} {operation.path}"])


def sent(person: Person, operation: Operation, example: Example) -> Answer:
    """Sends an example as the document states it."""
    path, description = operation.path, described(operation)
    for each in description["parameters"]:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", each["examples"]["example"]["value"])
    if example.query:
        path += f"?{urlencode(example.query)}"
        assert path[path.index("?") :] in description["description"]
    if any(isinstance(each, MediaType) for each in operation.contract.answers.values()):
        return person.app.fetch(path)
    content = None
    if example.body is not None:
        documented = description["requestBody"]["content"]["application/json"]["examples"].values()
        [body] = [each["value"] for each in documented if each["summary"] == example.summary]
        content = json.dumps(personal(person, body)).encode()
    return person.app.send(operation.method, path, content, Authorization=f"Bearer {token(person, operation)}")


def token(person: Person, operation: Operation) -> str | None:
    if operation.route.admit is None:
        return person.app.token
    google = person.world.sandbox.google
    assert google is not None
    return google.pubsub.token()


@pytest.mark.parametrize(
    ("operation", "example"), list(requests()), ids=lambda each: getattr(each, "id", getattr(each, "summary", None))
)
def test_example_gets_its_documented_answer(world: World, operation: Operation, example: Example) -> None:
    if operation.id in {"signup_user", "login_user"}:
        account_of_examples(world, exists=operation.id == "login_user")
    answer = sent(owner_of_examples(world), operation, example)
    assert answer.status == example.status, answer.text
    if example.message:
        assert answer.body["message"] == example.message


def test_importing_the_application_does_not_load_the_documentation() -> None:
    look = "import sys, app; print([name for name in sys.modules if name.startswith('chalicelib.http.reference')])"
    environ = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", look], cwd=PROJECT, env=environ, capture_output=True, check=True)
    assert done.stdout == b"[]\n"
