"""The eight retail categories as data: which table keeps a category's details, and what those details are.

Field names and types are those the shipped iOS app decodes (SPEC section 4): what it requires has a default here,
so that the poorest document still yields a complete record; what it allows to be null is ``None`` by default.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

ZERO = Decimal(0)


class PricedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a receipt: ``price`` is the unit price in the invoice's currency; ``quantity`` may be a weight."""

    name: str
    price: Decimal = ZERO
    quantity: Decimal = Decimal(1)


class FoodItem(PricedItem, frozen=True, kw_only=True):
    """A dish; ``description`` holds its choices and extras."""

    description: str | None = None


class GroceryItem(PricedItem, frozen=True, kw_only=True):
    """A grocery; ``unit`` is "kg", "st", "l" and the like."""

    unit: str | None = None
    category: str | None = None


class CountedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a receipt whose goods come in whole pieces."""

    name: str
    price: Decimal = ZERO
    quantity: int = 1


class ClothingItem(CountedItem, frozen=True, kw_only=True):
    """A garment; ``brand`` is empty when the receipt names none, since the app requires a text."""

    brand: str = ""


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of a journey, or one stay; times are ISO 8601 as stated, without an invented zone."""

    departure_location: str = ""
    arrival_location: str = ""
    departure_date: str | None = None
    arrival_date: str | None = None


class Passenger(msgspec.Struct, frozen=True, kw_only=True):
    """A traveller as named on the booking."""

    name: str


class FoodDeliveryDetails(msgspec.Struct, frozen=True, kw_only=True, tag="food-delivery", tag_field="sub_type"):
    delivery_fee: Decimal = ZERO
    discount: Decimal | None = None
    promo_code: str | None = None
    items: tuple[FoodItem, ...] = ()


class ClothingDetails(msgspec.Struct, frozen=True, kw_only=True, tag="clothing", tag_field="sub_type"):
    tax: Decimal = ZERO
    delivery_fee: Decimal = ZERO
    payment_method: str | None = None
    items: tuple[ClothingItem, ...] = ()


class TechnologyDetails(msgspec.Struct, frozen=True, kw_only=True, tag="technology", tag_field="sub_type"):
    tax: Decimal = ZERO
    delivery_fee: Decimal = ZERO
    payment_method: str | None = None
    notes: str | None = None
    description: str | None = None
    items: tuple[CountedItem, ...] = ()


class SubscriptionDetails(msgspec.Struct, frozen=True, kw_only=True, tag="subscriptions", tag_field="sub_type"):
    payment_method: str | None = None
    duration: str | None = None
    invoice_number: str | None = None
    receipt_number: str | None = None


class MiscellaneousDetails(msgspec.Struct, frozen=True, kw_only=True, tag="miscellaneous", tag_field="sub_type"):
    tax: Decimal = ZERO
    delivery_fee: Decimal | None = None
    notes: str | None = None
    category: str | None = None
    description: str | None = None
    items: tuple[PricedItem, ...] = ()


class TravelDetails(msgspec.Struct, frozen=True, kw_only=True, tag="travel", tag_field="sub_type"):
    transport_type: str = ""
    transport_company: str | None = None
    booking_reference: str = ""
    travel_details: tuple[Leg, ...] = ()
    passengers: tuple[Passenger, ...] = ()


class GroceryDetails(msgspec.Struct, frozen=True, kw_only=True, tag="grocery", tag_field="sub_type"):
    store_name: str | None = None
    store_location: str | None = None
    items: tuple[GroceryItem, ...] = ()


class UtilityDetails(msgspec.Struct, frozen=True, kw_only=True, tag="utility", tag_field="sub_type"):
    utility_type: str | None = None
    provider: str | None = None
    usage_details: str | None = None
    billing_period_start: str | None = None
    billing_period_end: str | None = None


Details = (
    FoodDeliveryDetails
    | ClothingDetails
    | TechnologyDetails
    | SubscriptionDetails
    | MiscellaneousDetails
    | TravelDetails
    | GroceryDetails
    | UtilityDetails
)


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """One category: its ``sub_type`` in URLs and keys, the DynamoDB table of its details, and their shape."""

    sub_type: str
    table: str
    details: type[Details]


CATEGORIES: dict[str, Category] = {
    sub_type: Category(sub_type=sub_type, table=table, details=details)
    for sub_type, table, details in (
        ("food-delivery", "FoodDeliveryInvoices", FoodDeliveryDetails),
        ("clothing", "ClothingInvoices", ClothingDetails),
        ("technology", "TechnologyInvoices", TechnologyDetails),
        ("subscriptions", "SubscriptionInvoices", SubscriptionDetails),
        ("grocery", "GroceryInvoices", GroceryDetails),
        ("utility", "MiscellaneousUtilityInvoices", UtilityDetails),
        ("miscellaneous", "MiscellaneousInvoices", MiscellaneousDetails),
        ("travel", "TravelInvoices", TravelDetails),
    )
}


def converted_details(details: Details, sub_type: str) -> Details:
    """Details in the shape of another category, with every field that both know; what does not fit is left out.

    >>> shoes = ClothingDetails(delivery_fee=Decimal(49), items=(ClothingItem(name="Sko", price=Decimal(799)),))
    >>> converted_details(shoes, "food-delivery").items[0].price
    Decimal('799')
    """
    target = CATEGORIES[sub_type].details
    if isinstance(details, target):
        return details
    plain = msgspec.to_builtins(details, builtin_types=(Decimal,))
    converted = target()
    for field in msgspec.structs.fields(target):
        if plain.get(field.name) is None:
            continue
        try:
            value = msgspec.convert(_fitting(plain[field.name]), field.type, strict=False)
        except msgspec.ValidationError:
            continue
        converted = msgspec.structs.replace(converted, **{field.name: value})
    return converted


def _fitting(value: object) -> object:
    """Quantities of goods that come in pieces are whole numbers; a weight counts as one piece."""
    if not isinstance(value, list | tuple):
        return value
    return [
        {**item, "quantity": int(quantity) if quantity == int(quantity) else 1}
        if isinstance(item, dict) and isinstance(quantity := item.get("quantity"), Decimal)
        else item
        for item in value
    ]
