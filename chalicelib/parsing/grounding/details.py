"""Detail records against their source: the fields of all eight categories, by what kind of value each holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from chalicelib.domain.categories import ZERO, Details, Leg, Passenger
from chalicelib.domain.money import is_plausible
from chalicelib.parsing.grounding.values import GroundedValues
from chalicelib.parsing.values.names import LONGEST_NAME

_AMOUNTS = frozenset({"tax", "delivery_fee", "discount"})
_IDENTIFIERS = frozenset({"promo_code", "invoice_number", "receipt_number", "booking_reference"})
_NAMES = frozenset({"transport_company", "store_name", "store_location", "provider", "payment_method"})
_DESCRIPTIONS = frozenset({"notes", "description", "usage_details"})
_MOMENTS = frozenset({"billing_period_start", "billing_period_end"})
_MAX_ITEMS = 300
_MAX_LEGS = 60
_LARGEST_QUANTITY = Decimal(10_000)


def ground_details(details: Details, values: GroundedValues) -> Details:
    """The record with unsupported values at their defaults; dropped lines, legs and passengers are flagged once."""
    changes: dict[str, Any] = {}
    for field in msgspec.structs.fields(details):
        value = getattr(details, field.name)
        if field.name == "items":
            changes["items"] = tuple(kept for item in value[:_MAX_ITEMS] if (kept := _item(item, values)) is not None)
        elif field.name == "travel_details":
            changes["travel_details"] = tuple(kept for leg in value[:_MAX_LEGS] if (kept := _leg(leg, values)) != Leg())
        elif field.name == "passengers":
            named = (values.name(passenger.name, "passenger") for passenger in value[:_MAX_LEGS])
            changes["passengers"] = tuple(Passenger(name=name) for name in named if name)
        elif value is not None:
            checked = _scalar(field.name, value, values)
            changes[field.name] = field.default if checked is None else checked
    return msgspec.structs.replace(details, **changes)


def _scalar(name: str, value: Any, values: GroundedValues) -> Decimal | str | None:
    if name in _AMOUNTS:
        return values.amount(value, name)
    if name in _IDENTIFIERS:
        return values.identifier(value, name)
    if name in _NAMES:
        return values.words(value, name, limit=200)
    if name in _DESCRIPTIONS:
        return values.words(value, name, share=0.6)
    if name in _MOMENTS:
        return values.moment(value, name)
    return values.label(value, name)


def _item(item: Any, values: GroundedValues) -> Any | None:
    """A line whose name occurs; a price that does not (neither the unit's nor the line's) becomes nought."""
    name = values.words(item.name, "item", limit=LONGEST_NAME)
    if name is None:
        return None
    changes: dict[str, Any] = {"name": name}
    if not (is_plausible(Decimal(item.quantity)) and 0 < item.quantity <= _LARGEST_QUANTITY):
        values.flag("item_quantity_implausible")
        changes["quantity"] = type(item.quantity)(1)
    line = item.price * changes.get("quantity", item.quantity) if is_plausible(item.price) else item.price
    if not (is_plausible(item.price) and values.source.has_amount(line)):
        price = values.amount(item.price, "item_price")
        changes["price"] = ZERO if price is None else price
    for extra in ("description", "brand", "category", "unit"):
        stated = getattr(item, extra, None)
        if stated:
            cleaned = values.words(stated, f"item_{extra}") if extra in ("description", "brand") else None
            cleaned = cleaned or (values.label(stated, f"item_{extra}") if extra in ("category", "unit") else None)
            changes[extra] = cleaned or ("" if extra == "brand" else None)
    return msgspec.structs.replace(item, **changes)


def _leg(leg: Leg, values: GroundedValues) -> Leg:
    return Leg(
        departure_location=values.words(leg.departure_location, "departure_location", limit=200) or "",
        arrival_location=values.words(leg.arrival_location, "arrival_location", limit=200) or "",
        departure_date=values.moment(leg.departure_date, "departure_date"),
        arrival_date=values.moment(leg.arrival_date, "arrival_date"),
    )
