"""Answers as the shipped iOS app decodes them: Swift's Codable fails the whole answer on one field (SPEC section 4).

A model is a dataclass; ``X | None`` may be null or absent, everything else must be there with exactly that type:
``int`` is a JSON integer (``1.0`` and ``true`` are none), ``float`` any JSON number. Unknown keys are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

Model = TypeVar("Model")


class DecodingError(AssertionError):
    """What Swift would throw; the text names the path of the field."""


def decode(model: type[Model], value: Any, path: str = "$") -> Model:
    """The value as ``model``, or ``DecodingError``.

    >>> decode(int, 3), decode(float, 3), decode(dict[str, list[str]], {"a": ["b"]})
    (3, 3, {'a': ['b']})
    >>> decode(int, 3.0)
    Traceback (most recent call last):
    ...
    tests.app.swift.DecodingError: $: expected int, got float
    """
    return cast(Model, _decode(model, value, path))


def _decode(model: Any, value: Any, path: str) -> Any:
    origin, arguments = get_origin(model), get_args(model)
    if origin is UnionType:
        [wanted] = [argument for argument in arguments if argument is not NoneType]
        return None if value is None else _decode(wanted, value, path)
    if origin is list:
        return [_decode(arguments[0], each, f"{path}[{n}]") for n, each in enumerate(_typed(list, value, path))]
    if origin is dict:
        return {key: _decode(arguments[1], each, f"{path}.{key}") for key, each in _typed(dict, value, path).items()}
    if is_dataclass(model):
        return _decode_object(model, _typed(dict, value, path), path)
    return _typed(model, value, path)


def _typed(kind: type, value: Any, path: str) -> Any:
    accepted: tuple[type, ...] = (int, float) if kind is float else (kind,)
    if type(value) not in accepted:
        raise DecodingError(f"{path}: expected {kind.__name__}, got {type(value).__name__}")
    return value


def _decode_object(model: Any, value: dict[str, Any], path: str) -> Any:
    hints = get_type_hints(model)
    given = {}
    for each in fields(model):
        key = each.metadata.get("key", each.name)
        if key not in value and NoneType not in get_args(hints[each.name]):
            raise DecodingError(f"{path}: no value for key {key!r}")
        given[each.name] = _decode(hints[each.name], value.get(key), f"{path}.{key}")
    return model(**given)


@dataclass(frozen=True, kw_only=True)
class Session:
    username: str
    access_token: str
    token_type: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, kw_only=True)
class Profile:
    name: str
    email: str
    created_on: str
    gmail_account_connected: bool
    gmail_status: str
    gmail_email: str | None


@dataclass(frozen=True, kw_only=True)
class Connection:
    google_email: str
    scope: str
    message: str
    account_switch: bool


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    count: int = field(metadata={"key": "invoiceCount"})
    run_id: str | None = field(metadata={"key": "runId"})
    status: str | None


@dataclass(frozen=True, kw_only=True)
class RentalInvoice:
    invoice_id: str = field(metadata={"key": "InvoiceID"})
    filename: str = field(metadata={"key": "Filename"})
    ocr: str = field(metadata={"key": "OCR"})
    due_date: str = field(metadata={"key": "Due Date"})
    due_date_month: str
    due_date_year: str
    rent: int = field(metadata={"key": "Hyra"})
    electricity: int = field(metadata={"key": "El"})
    cold_water: int = field(metadata={"key": "Kallvatten"})
    hot_water: int = field(metadata={"key": "Varmvatten"})
    total: int = field(metadata={"key": "Total Amount"})
    vat: int = field(metadata={"key": "Moms"})
    exact_due_date: str | None = field(metadata={"key": "due_date"})
    exact_total: float | None = field(metadata={"key": "total_amount"})
    exact_vat: float | None = field(metadata={"key": "vat"})
    vendor_name: str | None
    payment_status: str
    needs_review: bool
    review_reasons: list[str]
    file_url: str | None


@dataclass(frozen=True, kw_only=True)
class RentalList:
    count: int = field(metadata={"key": "invoiceCount"})
    by_year: dict[str, list[RentalInvoice]] = field(metadata={"key": "invoices"})
    next_cursor: str | None = field(metadata={"key": "nextCursor"})

    @property
    def invoices(self) -> list[RentalInvoice]:
        """All of them, in the order of the answer."""
        return [invoice for year in self.by_year.values() for invoice in year]


@dataclass(frozen=True, kw_only=True)
class Document:
    document_id: str
    type: str
    state: str
    reason: str | None
    attempts: int
    filename: str | None
    subject: str | None
    invoice_id: str | None


@dataclass(frozen=True, kw_only=True)
class DocumentList:
    documents: list[Document]
    next_cursor: str | None = field(metadata={"key": "nextCursor"})


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    run_id: str = field(metadata={"key": "runId"})
    status: str
    count: int = field(metadata={"key": "invoiceCount"})
    documents: int
    done: int
    errors: list[str]


@dataclass(frozen=True, kw_only=True)
class Device:
    device_id: str
    platform: str
