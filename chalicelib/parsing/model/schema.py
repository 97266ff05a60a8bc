"""What a language model is asked to fill in: a JSON Schema made from the very records that the API serves.

Gemini takes a subset of JSON Schema (ai.google.dev, "Structured outputs": type, properties, required, items, enum,
anyOf, description; null as one of several types) and counts every bound against a hidden budget: ``maxItems``,
``minimum``, ``format`` and optional properties end in "too many states for serving" or a bare INVALID_ARGUMENT
(googleapis/python-genai, issues 660 and 2170). So none of these is used here: every property is required and may be
null, and bounds are kept by ``model_answer``.

Amounts are texts: "1249.10" survives as it is, while a JSON number would pass through somebody's binary floats.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from chalicelib.domain.categories import CATEGORIES, Details
from chalicelib.domain.invoices import Extraction, RentalNotice

JsonSchema = dict[str, Any]

#: The discriminator of the detail records, which is also their msgspec tag.
TAG = "sub_type"
#: Why a mail is no purchase; the words that the other methods use.
IGNORED_REASONS = (
    "newsletter",
    "shipping_notice",
    "cancellation",
    "abandoned_cart",
    "payment_notice",
    "ticket_without_purchase",
    "review_request",
    "account_notice",
    "not_a_receipt",
)
PAYMENT_STATUSES = ("paid", "unpaid", "overdue", "declined", "automatic")
NO_CHOICE = "none"
#: What one extraction states, beside its details; the others of its fields are ours.
STATED = (
    "is_purchase",
    "ignored_reason",
    "category",
    "vendor_name",
    "total_amount",
    "currency",
    "invoice_date",
    "order_id",
    "due_date",
    "payment_status",
    "details",
)
#: What one rental notice states, beside its slip's machine-readable line.
NOTICE_STATED = ("reference", "due_date", "total", "vat", "charges", "payee", "landlord")

_CHOICES: dict[str, tuple[str, ...]] = {
    "category": tuple(CATEGORIES),
    "ignored_reason": IGNORED_REASONS,
    "payment_status": PAYMENT_STATUSES,
}
#: What a field means, where its name leaves it open.
MEANINGS: dict[str, str] = {
    "is_purchase": "true only for a receipt, invoice, order or booking confirmation, or refund; false for all else",
    "ignored_reason": "why it is no purchase, else none",
    "vendor_name": "the seller as a customer knows it",
    "total_amount": "what was or is to be paid in all, after discounts, with VAT, shipping and fees; refunds negative",
    "currency": "ISO 4217 code, only if the text leaves no doubt",
    "invoice_date": "day of purchase or invoice, YYYY-MM-DD",
    "order_id": "order, booking, invoice or receipt number, exactly as printed",
    "due_date": "last day to pay, YYYY-MM-DD",
    "price": "price of one unit",
    "quantity": "number of units or weight",
    "unit": "kg, st, l and the like",
    "tax": "VAT of the whole purchase",
    "delivery_fee": "shipping or delivery",
    "discount": "sum taken off, positive",
    "description": "choices and extras, or what was bought",
    "duration": "subscribed time, as printed",
    "transport_type": "flight, train, bus, ferry, taxi, rental_car, hotel",
    "departure_location": "for a stay: the place",
    "departure_date": "ISO 8601, without a zone that is not printed; for a stay: check-in",
    "arrival_date": "ISO 8601, without a zone that is not printed; for a stay: check-out",
    "utility_type": "electricity, water, heating, gas, broadband",
    "usage_details": "consumption, as printed",
    "billing_period_start": "YYYY-MM-DD",
    "billing_period_end": "YYYY-MM-DD",
    "is_rental_notice": "true only for a notice that asks a tenant for the rent of a home; false for all else",
    "reference": "OCR number for the payment, digits only",
    "total": "amount to pay in kronor",
    "vat": "the amount called Moms",
    "charges": "every line with its own amount, but neither sums nor Moms",
    "kind": "rent is the recurring rent of the home only",
    "label": "as printed",
    "payee": "bankgiro or plusgiro number, with its hyphen",
    "landlord": "name of who sends the notice",
    "slip_line": "the payment slip's machine-readable line, which begins with #, character by character",
}


@cache
def response_schema() -> JsonSchema:
    """The schema of one answer; ``details`` is one of the eight categories' records. Treat it as read-only."""
    types = {field.name: field.type for field in fields_of(Extraction)}
    properties = {name: _property(name, types[name]) for name in STATED if name not in {"details", *_CHOICES}}
    properties |= {name: _choice(name) for name in _CHOICES}
    details = [details_schema(category.details) for category in CATEGORIES.values()]
    properties["details"] = {"anyOf": [*details, {"type": "null"}]}
    return _object({name: properties[name] for name in STATED})


@cache
def notice_schema() -> JsonSchema:
    """The schema of an answer about a rental notice. Treat it as read-only."""
    types = {field.name: field.type for field in fields_of(RentalNotice)}
    verdict = _property("is_rental_notice", inspect.BoolType())
    slip_line = _property("slip_line", inspect.StrType())
    stated = {name: _property(name, types[name]) for name in NOTICE_STATED}
    return _object({"is_rental_notice": verdict, **stated, "slip_line": slip_line})


def details_schema(details: type[Details]) -> JsonSchema:
    """The schema of one category's detail record, told from the others by ``sub_type``."""
    tag = {TAG: {"type": "string", "enum": [details.__struct_config__.tag]}}
    return _object(tag | {field.name: _property(field.name, field.type) for field in fields_of(details)})


@cache
def fields_of(record: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    """The fields of a record with their types."""
    info = inspect.type_info(record)
    return info.fields if isinstance(info, inspect.StructType) else ()


def _object(properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _property(name: str, kind: inspect.Type) -> JsonSchema:
    return _with_meaning(name, _schema_of(kind))


def _choice(name: str) -> JsonSchema:
    """One of several words. "none" instead of null: whether an ``enum`` may hold null is documented nowhere."""
    return _with_meaning(name, {"type": "string", "enum": [*_CHOICES[name], NO_CHOICE]})


def _with_meaning(name: str, schema: JsonSchema) -> JsonSchema:
    return schema | ({"description": MEANINGS[name]} if name in MEANINGS else {})


def _schema_of(kind: inspect.Type) -> JsonSchema:
    """Raises ``TypeError`` for a kind of field that no answer could be read into."""
    match kind:
        case inspect.UnionType(types=types):
            present = [option for option in types if not isinstance(option, inspect.NoneType)]
            if len(present) != 1:
                raise TypeError("a field is of one type, or null")
            return _schema_of(present[0])
        case inspect.BoolType():
            return {"type": "boolean"}
        case inspect.StrType() | inspect.DecimalType() | inspect.DateType():
            return {"type": ["string", "null"]}
        case inspect.IntType():
            return {"type": ["integer", "null"]}
        case inspect.LiteralType(values=words):
            return {"type": "string", "enum": list(words)}
        case inspect.VarTupleType(item_type=inspect.StructType(fields=fields)):
            members = {field.name: _property(field.name, field.type) for field in fields}
            return {"type": "array", "items": _object(members)}
        case _:
            raise TypeError(f"no schema for {type(kind).__name__}")
