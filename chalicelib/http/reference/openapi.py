"""The OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0), made from what the routes declare."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from chalicelib.http.bodies import JSON
from chalicelib.http.contracts import MediaType, NoBody
from chalicelib.http.envelope import encode
from chalicelib.http.errors import answer_for, message_for
from chalicelib.http.queries import NoQuery
from chalicelib.http.reference.error_examples import ERRORS
from chalicelib.http.reference.examples import EXAMPLES, Example
from chalicelib.http.reference.operations import ErrorType, Operation, errors_of, operations
from chalicelib.http.reference.samples import path_value
from chalicelib.http.reference.schemas import Schema, Schemas

if TYPE_CHECKING:
    from chalicelib.http.api import Route

_INFO = {
    "title": "PayPulse Cloud",
    "version": "1",
    "description": (
        "Invoices and receipts from a person's inbox: found, read, announced and served.\n\n"
        'Every success is `{"message", "code", "data"}`, where `code` repeats the status; every failure is '
        '`{"error": {"code", "message"}}`. New fields may come at any time: ignore what you do not know. Unknown '
        "fields of a request are ignored. An empty body counts as an empty object."
    ),
}
_SECURITY = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `access_token` of sign-up, login or refresh.",
    },
    "googlePush": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The OpenID Connect token that Google Cloud Pub/Sub signs for its push subscription.",
    },
}


def openapi_document(declared: Iterable[Route], server: str = "/") -> dict[str, Any]:
    """The whole document, as plain values; ``server`` is the address that the paths are below."""
    return _Document(list(operations(declared))).whole(server)


class _Document:
    def __init__(self, found: list[Operation]) -> None:
        self._operations = found
        read = [each for one in found for each in (one.contract.body, one.contract.query)]
        self._schemas = Schemas(read, _written(found))
        self._responses: dict[str, Any] = {}

    def whole(self, server: str) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        for operation in self._operations:
            paths.setdefault(operation.path, {})[operation.method.lower()] = self._operation(operation)
        inline = {each.contract.query.__name__ for each in self._operations} | {NoBody.__name__}
        components = {name: each for name, each in self._schemas.components.items() if name not in inline}
        return {
            "openapi": "3.1.0",
            "info": _INFO,
            "servers": [{"url": server}],
            "tags": [{"name": name} for name in dict.fromkeys(each.tag for each in self._operations)],
            "paths": paths,
            "components": {
                "schemas": dict(sorted(components.items())),
                "responses": self._responses,
                "securitySchemes": _SECURITY,
            },
        }

    def _operation(self, operation: Operation) -> Schema:
        examples = _examples(operation)
        described: Schema = {
            "operationId": operation.id,
            "summary": operation.contract.summary.rstrip("."),
            "tags": [operation.tag],
            "security": _security(operation.route),
            "parameters": [*_path_parameters(operation.path), *self._query_parameters(operation.contract.query)],
        }
        # In words, since a viewer would fill in the examples of several parameters at once.
        if queries := [f"- {each.summary}: `?{urlencode(each.query)}`" for each in examples.values() if each.query]:
            described["description"] = "\n".join(queries)
        if operation.contract.body is not NoBody:
            described["requestBody"] = self._request_body(operation, examples)
        described["responses"] = {**self._successes(operation, examples), **self._failures(operation)}
        return described

    def _query_parameters(self, model: type[msgspec.Struct]) -> Iterator[Schema]:
        if model is NoQuery:
            return
        for name, described in self._schemas.resolved(model)["properties"].items():
            schema = _without_null(described)
            description = {"description": schema.pop("description")} if "description" in schema else {}
            yield {"name": name, "in": "query", "required": False, **description, "schema": schema}

    def _request_body(self, operation: Operation, examples: Mapping[str, Example]) -> Schema:
        model = operation.contract.body
        media: Schema = {"schema": self._schemas.request(model)}
        media["examples"] = {
            key: {"summary": each.summary, "value": each.body}
            for key, each in examples.items()
            if each.body is not None
        }
        required = any(field.required for field in msgspec.structs.fields(model))
        return {"required": required, "content": dict.fromkeys(operation.contract.accepted, media)}

    def _successes(self, operation: Operation, examples: Mapping[str, Example]) -> Schema:
        return {
            str(status): self._success(status, answer, examples)
            for status, answer in operation.contract.answers.items()
        }

    def _success(self, status: int, answer: Any, examples: Mapping[str, Example]) -> Schema:
        described: Schema = {"description": HTTPStatus(status).phrase}
        if isinstance(answer, MediaType):
            return described | {"content": {name: {} for name in answer.names}}
        if status == 204:
            return described
        shown = {key: each for key, each in examples.items() if each.status == status}
        envelope = {
            "type": "object",
            "required": ["message", "code", "data"],
            "properties": {
                "message": {"type": "string"},
                "code": {"type": "integer", "const": status},
                "data": self._schemas.answer(answer),
            },
        }
        return described | {"content": {JSON: {"schema": envelope, "examples": _answered(shown, status)}}}

    def _failures(self, operation: Operation) -> Schema:
        by_status: dict[int, list[ErrorType]] = {}
        for error in errors_of(operation):
            by_status.setdefault(answer_for(ERRORS[error]).status, []).append(error)
        return {str(status): self._failure(errors) for status, errors in sorted(by_status.items())}

    def _failure(self, errors: list[ErrorType]) -> Schema:
        codes = sorted({answer_for(ERRORS[error]).code for error in errors})
        name = "-".join(codes)
        if name not in self._responses:
            self._responses[name] = _error_response(codes, errors)
        return {"$ref": f"#/components/responses/{name}"}


def _written(found: list[Operation]) -> Iterator[type]:
    for operation in found:
        for answer in operation.contract.answers.values():
            if answer is not None and not isinstance(answer, MediaType):
                yield from answer if isinstance(answer, tuple) else (answer,)


def _examples(operation: Operation) -> dict[str, Example]:
    """Named after their summaries, so that a request's and its answer's example have one name."""
    found = EXAMPLES.get(f"{operation.method} {operation.path}", [])
    return {re.sub(r"\W+", "_", each.summary.lower()).strip("_"): each for each in found}


def _answered(examples: Mapping[str, Example], status: int) -> Schema:
    shown = examples or {"example": Example(HTTPStatus(status).phrase, status, HTTPStatus(status).phrase)}
    return {
        key: {
            "summary": each.summary,
            # Through the encoder that serves, so that an example looks as an answer does.
            "value": msgspec.json.decode(encode({"message": each.message, "code": status, "data": each.data})),
        }
        for key, each in shown.items()
    }


def _error_response(codes: list[str], errors: list[ErrorType]) -> Schema:
    schema = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"enum": codes}, "message": {"type": "string", "minLength": 1}},
            }
        },
    }
    response: Schema = {
        "description": "\n".join(f"- `{answer_for(ERRORS[error]).code}`: {_meaning(error)}" for error in errors),
        "content": {JSON: {"schema": schema, "examples": dict(map(_error_example, errors))}},
    }
    if "RATE_LIMITED" in codes:
        seconds = {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 0}}
        response["headers"] = {"Retry-After": seconds}
    return response


def _meaning(error: ErrorType) -> str:
    if error is Exception:
        return "Something went wrong inside; the text says nothing of it."
    return " ".join((inspect.getdoc(error) or "").partition("\n\n")[0].replace("``", "`").split())


def _error_example(error: ErrorType) -> tuple[str, Schema]:
    sample = ERRORS[error]
    code = answer_for(sample).code
    return code.lower(), {"value": {"error": {"code": code, "message": message_for(sample)}}}


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.admit is not None:
        return [{"googlePush": []}]
    return [] if route.public else [{"accessToken": []}]


def _path_parameters(path: str) -> Iterator[Schema]:
    for name in re.findall(r"{(\w+)}", path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "examples": {"example": {"value": path_value(path)}},
        }


def _without_null(schema: Schema) -> Schema:
    """A parameter is there or not; there is no null in an address."""
    rest = {key: each for key, each in schema.items() if key != "default" or each is not None}
    options = [each for each in rest.pop("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **rest}
    return rest | ({"anyOf": options} if options else {})
