"""JSON Schemas (2020-12, as OpenAPI 3.1 has them) of the models that requests are read by and answers are made of.

msgspec describes what it decodes. Answers are what it encodes, which differs: every field is there unless it is
``UNSET``, and a Decimal is a number. Requests take a Decimal as a number or as a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.manual_entry import InvoiceChange, ManualInvoice

Schema = dict[str, Any]
_REF = "#/components/schemas/"
_DETAILS = tuple(category.details for category in CATEGORIES.values())
#: Models whose ``details`` are checked by their category, in their own code.
_DETAILED = (ManualInvoice, InvoiceChange)


class Schemas:
    """``components`` by name, and references to them by model."""

    def __init__(self, requests: Iterable[type], answers: Iterable[type]) -> None:
        read, written = list(dict.fromkeys([*requests, *_DETAILS])), list(dict.fromkeys(answers))
        self._written, self.components = _described(written, _as_written)
        self._read, components = _described(read, _as_read)
        self._taken = set(components) & set(self.components)
        for name, schema in components.items():
            self.components[self._input_name(name)] = _mapped(schema, self._renamed)
        self._document_details()

    def answer(self, model: Any) -> Schema:
        """The schema of a type of answer: ``None``, a model, or a tuple of alternatives."""
        if model is None:
            return {"type": "null"}
        if isinstance(model, tuple):
            return {"anyOf": [self._written[each] for each in model]}
        return self._written[model]

    def request(self, model: type) -> Schema:
        """The schema of a model that is read."""
        return self._renamed(self._read[model])

    def resolved(self, model: type) -> Schema:
        """The same, in place of a reference."""
        reference: str = self.request(model)["$ref"]
        schema: Schema = self.components[reference.removeprefix(_REF)]
        return schema

    def _input_name(self, name: str) -> str:
        return f"{name}Input" if name in self._taken else name

    def _renamed(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        return schema if reference is None else {"$ref": _REF + self._input_name(reference.removeprefix(_REF))}

    def _document_details(self) -> None:
        details = [self.request(each) for each in _DETAILS]
        for each in _DETAILS:
            self.resolved(each)["properties"].pop("sub_type")
            self.resolved(each)["required"].remove("sub_type")
        for model in _DETAILED:
            described = {"description": "The details of the category.", "anyOf": [*details, {"type": "null"}]}
            self.resolved(model)["properties"]["details"] = described


def _described(models: list[type], adapted: Callable[[Schema], Schema]) -> tuple[dict[type, Schema], dict[str, Schema]]:
    schemas, components = msgspec.json.schema_components(models, ref_template=_REF + "{name}")
    ours = {name: _mapped(schema, adapted) for name, schema in components.items()}
    return dict(zip(models, schemas, strict=True)), ours


def _mapped(schema: Any, change: Callable[[Schema], Schema]) -> Any:
    """Every object of a schema, changed from the inside out."""
    if isinstance(schema, list):
        return [_mapped(each, change) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return change({name: _mapped(each, change) for name, each in schema.items()})


def _readable(schema: Schema) -> Schema:
    """Docstrings mark code as reStructuredText does, OpenAPI as Markdown does; viewers want the type of an enum."""
    text = schema.get("description")
    if isinstance(text, str):
        schema = schema | {"description": " ".join(text.replace("``", "`").split())}
    if "enum" in schema:  # of texts, all of them
        schema = {"type": "string"} | schema
    return schema


def _as_written(schema: Schema) -> Schema:
    if schema.get("format") == "decimal":
        return _readable({key: each for key, each in schema.items() if key not in {"format", "default"}}) | {
            "type": "number"
        }
    properties = schema.get("properties")
    if isinstance(properties, dict):
        decoded = set(schema.get("required", ()))
        always = [name for name, each in properties.items() if name in decoded or "default" in each]
        bare = {
            name: {key: value for key, value in each.items() if key != "default"} for name, each in properties.items()
        }
        schema = schema | {"properties": bare, "required": always}
    return _readable(schema)


def _as_read(schema: Schema) -> Schema:
    if schema.get("format") != "decimal":
        return _readable(schema)
    rest = {key: each for key, each in schema.items() if key not in {"type", "format"}}
    if "default" in rest:
        rest["default"] = float(Decimal(rest["default"]))
    return _readable(rest) | {"anyOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]}
