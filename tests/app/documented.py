"""Every answer that a test receives is held to the OpenAPI document: nothing undocumented gets through."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, validators

from app import app
from chalicelib.http.reference.openapi import openapi_document

#: JSON Schema counts 1.0 as an integer; the shipped app does not.
_types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _checker, value: type(value) is int)
_Strict = validators.extend(Draft202012Validator, type_checker=_types)


@cache
def document() -> dict[str, Any]:
    """The document as clients get it."""
    return dict(json.loads(json.dumps(openapi_document(app.declared))))


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that answers a request: literal segments before variables, as OpenAPI 3.1 has it."""
    segments = path.partition("?")[0].strip("/").split("/")
    fitting = [
        template
        for template, methods in document()["paths"].items()
        if method.lower() in methods and _fits(template.strip("/").split("/"), segments)
    ]
    found = min(fitting, key=lambda template: template.count("{"), default=None)
    return document()["paths"][found][method.lower()] if found else None


def _fits(template: list[str], segments: list[str]) -> bool:
    pairs = zip(template, segments, strict=False)
    return len(template) == len(segments) and all(each.startswith("{") or each == segment for each, segment in pairs)


def closed(schema: Any) -> Any:
    """The schema with no room for undocumented fields."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items()}
    return {"additionalProperties": False} | inner if isinstance(inner.get("properties"), dict) else inner


@cache
def _components() -> dict[str, Any]:
    return dict(closed(document()["components"]))


@cache
def _validator(operation_id: str, status: int) -> Any:
    [operation] = [
        each
        for methods in document()["paths"].values()
        for each in methods.values()
        if each["operationId"] == operation_id
    ]
    response = operation["responses"].get(str(status))
    assert response is not None, f"{operation_id} does not document {status}"
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = closed(response["content"]["application/json"]["schema"])
    return _Strict(schema | {"components": _components()}, format_checker=FormatChecker())


def check(method: str, path: str, status: int, body: Any) -> None:
    """Fails for an answer that its operation does not document; what is no operation may only refuse."""
    operation = operation_of(method, path)
    if operation is None:
        assert status >= 400, f"{method} {path} is not documented"
        return
    if status == 204:
        assert "204" in operation["responses"]
        return
    problems = [
        f"{error.json_path}: {error.message}"
        for error in _validator(operation["operationId"], status).iter_errors(body)
    ]
    assert not problems, f"{operation['operationId']} answered {status}: {problems[:5]}"
