"""Request bodies: JSON or form text to a validated model."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec

from chalicelib.errors import InvalidJson, InvalidRequest, MissingFields, UnsupportedMediaType, ValidationFailed
from chalicelib.http.validation import validation_failed

Model = TypeVar("Model", bound=msgspec.Struct)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_LARGEST_BODY = 256 * 1024
_MOST_FORM_FIELDS = 100


def read_body(raw: bytes, content_type: str | None, model: type[Model], accepted: tuple[str, ...]) -> Model:
    """The body as ``model``; an empty body is an empty object, as the app sends it; unknown fields are ignored.

    Raises ``UnsupportedMediaType``, ``InvalidJson``, ``MissingFields`` and ``ValidationFailed``.
    """
    media_type = (content_type or JSON).partition(";")[0].strip().lower()
    if media_type not in accepted:
        raise UnsupportedMediaType(f"The body must be {' or '.join(accepted)}")
    if len(raw) > _LARGEST_BODY:
        raise ValidationFailed("body", f"must not be larger than {_LARGEST_BODY // 1024} KB")
    fields = _form(raw) if media_type == FORM else _json(raw)
    known = msgspec.structs.fields(model)
    missing = [field.encode_name for field in known if field.required and fields.get(field.encode_name) is None]
    if missing:
        raise MissingFields(missing)
    given = {field.encode_name: fields[field.encode_name] for field in known if field.encode_name in fields}
    try:
        if media_type == FORM:
            return msgspec.convert(given, model, strict=False)
        # Decoded a second time from its bytes, since only that keeps decimal fractions exact.
        return msgspec.json.decode(raw.strip() or b"{}", type=model)
    except msgspec.ValidationError as exc:
        raise validation_failed(exc, model) from exc


def _json(raw: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw.strip() or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _unreadable(raw) from exc
    if not isinstance(value, dict):
        raise InvalidJson("The body must be a JSON object")
    return value


def _unreadable(raw: bytes) -> InvalidRequest:
    """Why a body could not be read: it is no JSON, or it is JSON of values that nothing here can keep.

    Those are lone surrogates, control characters, numbers that are out of range, and nesting without end: grammatical
    or nearly so (RFC 8259, sections 6 to 9), so that Python's lenient reader tells them from what is broken.
    """
    try:
        json.loads(raw.decode(), strict=False, parse_int=len, parse_float=len, parse_constant=_refuse)
    except RecursionError:
        return ValidationFailed("body", "is nested too deeply")
    except ValueError:
        return InvalidJson("The body is not valid JSON")
    return ValidationFailed("body", "holds a text or a number that is not one")


def _refuse(constant: str) -> NoReturn:
    """``NaN`` and the infinities, which Python reads and JSON does not have."""
    raise ValueError(constant)


def _form(raw: bytes) -> dict[str, Any]:
    """Form fields; a name that comes twice, or ends in ``[]`` as iOS libraries write arrays, becomes a list."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=_MOST_FORM_FIELDS)
    except ValueError as exc:
        raise InvalidJson("The body is not a valid form") from exc
    fields: dict[str, Any] = {}
    for name, value in pairs:
        plain = name.removesuffix("[]")
        if plain not in fields:
            fields[plain] = [value] if name.endswith("[]") else value
        elif isinstance(fields[plain], list):
            fields[plain].append(value)
        else:
            fields[plain] = [fields[plain], value]
    return fields
