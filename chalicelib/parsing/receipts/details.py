"""The details that each category's record carries, read by labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from chalicelib.domain.categories import (
    ZERO,
    ClothingDetails,
    ClothingItem,
    CountedItem,
    Details,
    FoodDeliveryDetails,
    FoodItem,
    GroceryDetails,
    GroceryItem,
    MiscellaneousDetails,
    PricedItem,
    SubscriptionDetails,
    TechnologyDetails,
    TravelDetails,
    UtilityDetails,
)
from chalicelib.parsing.receipts.charges import Charge
from chalicelib.parsing.receipts.journeys import read_legs, read_passengers, transport_type
from chalicelib.parsing.receipts.labelled_text import first_value, values_of
from chalicelib.parsing.receipts.labels import Kind
from chalicelib.parsing.receipts.line_items import LineItem
from chalicelib.parsing.receipts.vocabulary import compile_phrases, detail_words
from chalicelib.parsing.values.dates import find_dates
from chalicelib.parsing.values.identifiers import Identifier

_METHOD_LABEL = compile_phrases(detail_words.PAYMENT_METHOD_LABELS)
_BRANDS = {brand: compile_phrases({"": words}) for brand, words in detail_words.PAYMENT_BRANDS.items()}
_MASKED_CARD = re.compile(
    r"(?:[*xX•.]{2,}|ending (?:in|with)|slutar på|som slutar med)[ -]?\d{2,4}\b|[*xX•]{3,} ?\d{4}"
)
_PROMO = compile_phrases(detail_words.PROMO_LABELS)
_PROMO_CODE = re.compile(r"\b[A-ZÅÄÖ][A-ZÅÄÖ0-9_-]{3,19}\b")
_UTILITIES = {name: compile_phrases({"": words}) for name, words in detail_words.UTILITY_TYPES.items()}
_PERIOD = compile_phrases(detail_words.PERIOD_LABELS)
_DURATIONS = {name: compile_phrases({"": words}) for name, words in detail_words.DURATIONS.items()}
_USAGE = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0.]?\d{3}){0,3}(?:[.,]\d{1,3})?\s?(?:kWh|MWh|m³|m3|Smc|GB)\b", re.IGNORECASE
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read of a document, for its details to be chosen from."""

    lines: tuple[str, ...]
    charges: tuple[Charge, ...]
    items: tuple[LineItem, ...]
    identifiers: tuple[Identifier, ...]
    vendor: str | None = None
    day_first: bool | None = None
    order_id: str | None = None


def details_of(category: str, reading: Reading) -> Details:
    """The details of one of the eight categories; what the document does not say keeps its default."""
    return _BUILDERS[category](reading)


def _food(reading: Reading) -> Details:
    items = tuple(FoodItem(name=item.name, price=_price(item)[0], quantity=_price(item)[1]) for item in _goods(reading))
    return FoodDeliveryDetails(
        delivery_fee=_amount(reading, Kind.DELIVERY) or ZERO,
        discount=_amount(reading, Kind.DISCOUNT),
        promo_code=promo_code(reading),
        items=items,
    )


def _clothing(reading: Reading) -> Details:
    return ClothingDetails(
        tax=tax_of(reading) or ZERO,
        delivery_fee=_amount(reading, Kind.DELIVERY) or ZERO,
        payment_method=payment_method(reading.lines),
        items=tuple(
            ClothingItem(name=item.name, price=p, quantity=q) for item in _goods(reading) for p, q in [_count(item)]
        ),
    )


def _technology(reading: Reading) -> Details:
    return TechnologyDetails(
        tax=tax_of(reading) or ZERO,
        delivery_fee=_amount(reading, Kind.DELIVERY) or ZERO,
        payment_method=payment_method(reading.lines),
        items=tuple(
            CountedItem(name=item.name, price=p, quantity=q) for item in _goods(reading) for p, q in [_count(item)]
        ),
    )


def _subscription(reading: Reading) -> Details:
    return SubscriptionDetails(
        payment_method=payment_method(reading.lines),
        duration=_duration(reading),
        invoice_number=_number(reading, "invoice"),
        receipt_number=_number(reading, "receipt"),
    )


def _miscellaneous(reading: Reading) -> Details:
    return MiscellaneousDetails(
        tax=tax_of(reading) or ZERO,
        delivery_fee=_amount(reading, Kind.DELIVERY),
        items=tuple(
            PricedItem(name=item.name, price=p, quantity=q) for item in _goods(reading) for p, q in [_price(item)]
        ),
    )


def _travel(reading: Reading) -> Details:
    reference = _number(reading, "booking") or reading.order_id or ""
    return TravelDetails(
        transport_type=transport_type("\n".join(reading.lines)),
        transport_company=reading.vendor,
        booking_reference=reference,
        travel_details=read_legs(reading.lines, day_first=reading.day_first),
        passengers=read_passengers(reading.lines),
    )


def _grocery(reading: Reading) -> Details:
    return GroceryDetails(
        store_name=reading.vendor,
        store_location=first_value(
            reading.lines, re.compile(r"(?:butik|store|filiale|magasin|butikk|winkel)(?=:)", re.IGNORECASE)
        ),
        items=tuple(
            GroceryItem(name=item.name, price=p, quantity=q, unit=item.unit)
            for item in _goods(reading)
            for p, q in [_price(item)]
        ),
    )


def _utility(reading: Reading) -> Details:
    text = "\n".join(reading.lines)[:8000]
    counts = {name: sum(1 for _ in pattern.finditer(text)) for name, pattern in _UTILITIES.items()}
    best = max(counts, key=lambda name: counts[name])
    start, end = _period(reading)
    usage = _USAGE.search(text)
    return UtilityDetails(
        utility_type=best if counts[best] else None,
        provider=reading.vendor,
        usage_details=usage[0] if usage else None,
        billing_period_start=start,
        billing_period_end=end,
    )


_BUILDERS: dict[str, Callable[[Reading], Details]] = {
    "food-delivery": _food,
    "clothing": _clothing,
    "technology": _technology,
    "subscriptions": _subscription,
    "miscellaneous": _miscellaneous,
    "travel": _travel,
    "grocery": _grocery,
    "utility": _utility,
}


def _goods(reading: Reading) -> tuple[LineItem, ...]:
    return tuple(item for item in reading.items if item.name)


def _price(item: LineItem) -> tuple[Decimal, Decimal]:
    """Unit price and quantity as printed; a line that prints only its sum counts as one piece of that price."""
    if item.quantity == 1 or item.unit_price is None:
        return item.amount, Decimal(1)
    return item.unit_price, item.quantity


def _count(item: LineItem) -> tuple[Decimal, int]:
    price, quantity = _price(item)
    return (price, int(quantity)) if quantity == quantity.to_integral_value() else (item.amount, 1)


def _amount(reading: Reading, kind: Kind) -> Decimal | None:
    amounts = [
        abs(charge.amount.value)
        for charge in reading.charges
        if charge.kind is kind and not charge.is_prose and (charge.amount.mark or charge.amount.decimals == 2)
    ]
    return amounts[-1] if amounts else None


def tax_of(reading: Reading) -> Decimal | None:
    """The tax: the one that is stated, or the sum of several rates when the document states that too."""
    taxes = {
        charge.label: charge.amount.value
        for charge in reading.charges
        if charge.kind is Kind.TAX and not charge.is_prose
    }
    values = [value for value in taxes.values() if value]
    if len(set(values)) <= 1:
        return values[0] if values else None
    largest = max(values)
    rest = sum(values) - largest
    return largest if rest in (largest, Decimal(0)) or rest == largest else None


def payment_method(lines: Sequence[str]) -> str | None:
    """The brand that paid, beside its label or a masked card number.

    >>> payment_method(["Betalsätt: Kort (Visa **** 1234)"]), payment_method(["Payment method\\tPayPal"])
    ('Visa', 'PayPal')
    """
    for value in values_of(lines, _METHOD_LABEL):
        brand = _brand(value)
        if brand:
            return brand
    for line in lines[:300]:
        if _MASKED_CARD.search(line) and len(line) < 300:
            return _brand(line) or "Card"
    return next(
        (
            brand
            for line in lines[:300]
            if len(line) <= 40
            for brand in [_brand(line)]
            if brand and brand not in ("Faktura", "Card")
        ),
        None,
    )


def _brand(text: str) -> str | None:
    return next((brand for brand, pattern in _BRANDS.items() if pattern.search(text)), None)


def promo_code(reading: Reading) -> str | None:
    """A code beside its label, or in capitals in a discount's label ("Rabatt NYKUND")."""
    for value in values_of(reading.lines, _PROMO):
        match = _PROMO_CODE.match(value)
        if match:
            return match[0]
    for charge in reading.charges:
        match = _PROMO_CODE.search(charge.label) if charge.kind is Kind.DISCOUNT else None
        if match and not charge.label.isupper():
            return match[0]
    return None


def _number(reading: Reading, kind: str) -> str | None:
    return next((found.value for found in reading.identifiers if found.kind == kind), None)


def _duration(reading: Reading) -> str | None:
    text = "\n".join(reading.lines)[:6000]
    counts = {name: sum(1 for _ in pattern.finditer(text)) for name, pattern in _DURATIONS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _period(reading: Reading) -> tuple[str | None, str | None]:
    """The first two dates of a labelled period."""
    for value in values_of(reading.lines, _PERIOD):
        dates = find_dates(value, day_first=reading.day_first)
        if len(dates) >= 2 and dates[0].value <= dates[1].value:
            return dates[0].value.isoformat(), dates[1].value.isoformat()
    return None, None
