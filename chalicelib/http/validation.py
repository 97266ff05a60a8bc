"""What msgspec finds wrong with a request, in words for a person: the field and the problem, never the value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from chalicelib.errors import ValidationFailed

_FAULT = re.compile(r"^(?P<problem>.*?)(?: - at `(?P<path>(?:key in )?\$[^`]*)`)?$", re.DOTALL)


def validation_failed(exc: msgspec.ValidationError, model: type[msgspec.Struct]) -> ValidationFailed:
    """msgspec ends its texts with the JSON path of the fault: "Expected `str`, got `int` - at `$.name`".

    What a model's own check raised stays as it is.
    """
    if isinstance(exc.__cause__, ValidationFailed):
        return exc.__cause__
    match = _FAULT.match(str(exc))
    problem, path = (match["problem"], match["path"]) if match else (str(exc), None)
    field = (path or "").rpartition("$")[2].removeprefix(".")
    return ValidationFailed(field or "body", _told(problem, model, field))


def _told(problem: str, model: type[msgspec.Struct], field: str) -> str:
    if problem.startswith("Invalid enum value"):
        choices = list(_choices(model, field))
        return f"must be one of {', '.join(choices)}" if choices else "is not one of the values that are allowed"
    if problem.startswith("Invalid RFC3339 encoded date"):
        return "must be a date, YYYY-MM-DD"
    if problem.startswith("Expected `str` matching regex"):
        return "does not have the form of one"
    return problem.replace("`", "")


def _choices(model: type[msgspec.Struct], name: str) -> Iterator[str]:
    """The values that a field of the model itself may have."""
    hints = get_type_hints(model)
    for field in msgspec.structs.fields(model):
        if field.encode_name == name:
            yield from _literals(hints[field.name])


def _literals(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    else:
        for argument in get_args(kind):
            yield from _literals(argument)
