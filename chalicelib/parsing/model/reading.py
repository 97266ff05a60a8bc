"""Reading a language model's JSON: the first complete object of an answer, and records out of its values.

What surrounds the object (code fences, prose) is skipped; one that was cut off is refused. A single value of the wrong
type is dropped, and ``<field>_unreadable`` says so. Every list, text and number is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import inspect

from chalicelib.errors import ModelAnswerInvalid
from chalicelib.parsing.model.schema import fields_of
from chalicelib.parsing.model.values import amount_of, count_of, is_null, moment_of, quantity_of, text_of

LONGEST_ANSWER = 200_000
_MOST_STARTS = 20
_MOST_MEMBERS = 300
_LONGEST_NUMERAL = 40
_MOMENTS = frozenset({"departure_date", "arrival_date", "billing_period_start", "billing_period_end"})


def _numeral(text: str) -> Decimal | None:
    """JSON sets no limit to the digits of a number; ours is what a record could hold."""
    try:
        return Decimal(text) if len(text) <= _LONGEST_NUMERAL else None
    except InvalidOperation:
        return None


def _no_number(_name: str) -> None:
    """NaN and the infinities, which Python's JSON reads although RFC 8259 has none."""


_DECODER = json.JSONDecoder(parse_float=_numeral, parse_int=_numeral, parse_constant=_no_number)


def object_in(text: str, verdict: str) -> dict[str, Any]:
    """The first complete JSON object that holds ``verdict``, the field that every answer has to give.

    Never a part of an object that was cut off. Raises ``ModelAnswerInvalid``.

    >>> object_in('Here: ```json {"is_purchase": true, "total": 1.50} ```', "is_purchase")
    {'is_purchase': True, 'total': Decimal('1.50')}
    """
    if len(text) > LONGEST_ANSWER:
        raise ModelAnswerInvalid("too_long")
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            break
        try:
            found, end = _DECODER.raw_decode(text, start)
        except RecursionError as exc:
            raise ModelAnswerInvalid("too_deep") from exc
        except json.JSONDecodeError as exc:
            if exc.pos >= len(text.rstrip()) or exc.msg.startswith("Unterminated"):
                raise ModelAnswerInvalid("truncated") from exc
            end = start + 1
        else:
            if verdict in found:
                return dict(found)
        start = text.find("{", end)
    raise ModelAnswerInvalid("no_json_object" if text.strip() else "empty")


class Reading:
    """Reads values, and collects what could not be read."""

    def __init__(self) -> None:
        self._reasons: dict[str, None] = {}

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each once, in the order in which they arose."""
        return tuple(self._reasons)

    def flag(self, reason: str, when: bool = True) -> None:
        if when:
            self._reasons[reason] = None

    def value(self, name: str, holder: dict[str, Any], read: Callable[[object], Any]) -> Any:
        """The readable value under ``name``, or ``None``: with a reason unless nothing was stated."""
        stated = holder.get(name)
        value = None if is_null(stated) else read(stated)
        self.flag(f"{name}_unreadable", value is None and not is_null(stated))
        return value

    def members(self, name: str, stated: object, record: type[msgspec.Struct]) -> tuple[msgspec.Struct, ...]:
        """The readable records of a list, at most 300."""
        if not isinstance(stated, list):
            self.flag(f"{name}_unreadable", not is_null(stated))
            return ()
        self.flag(f"{name}_cut_off", len(stated) > _MOST_MEMBERS)
        read = [self.record(member, record) for member in stated[:_MOST_MEMBERS]]
        self.flag(f"{name}_unreadable", None in read)
        return tuple(member for member in read if member is not None)

    def record(self, stated: object, record: type[msgspec.Struct]) -> msgspec.Struct | None:
        """The record with what is readable, the rest at its defaults; ``None`` when a required field is not."""
        if not isinstance(stated, dict):
            return None
        values: dict[str, Any] = {}
        for field in fields_of(record):
            value = self._field(field, stated)
            if value is not None:
                values[field.name] = value
            elif field.required:
                return None
        return record(**values)

    def _field(self, field: inspect.Field, holder: dict[str, Any]) -> Any:
        match _present(field.type):
            case inspect.VarTupleType(item_type=inspect.StructType(cls=member)):
                return self.members(field.name, holder.get(field.name), member)
            case inspect.DecimalType():
                return self.value(field.name, holder, quantity_of if field.name == "quantity" else amount_of)
            case inspect.IntType():
                return self.value(field.name, holder, count_of)
            case _:
                return self.value(field.name, holder, moment_of if field.name in _MOMENTS else text_of)


def _present(kind: inspect.Type) -> inspect.Type:
    """The type of a field that may be null."""
    if isinstance(kind, inspect.UnionType):
        return next(option for option in kind.types if not isinstance(option, inspect.NoneType))
    return kind
