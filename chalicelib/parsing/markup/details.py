"""A purchase read from markup as the detail record of its category."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal

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
    Passenger,
    PricedItem,
    SubscriptionDetails,
    TechnologyDetails,
    TravelDetails,
    UtilityDetails,
)
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.purchases import LineItem, Purchase
from chalicelib.parsing.receipts.categories import guess_category

_TOLERANCE = Decimal("0.02")
_UTILITY_WORDS = (
    ("electricity", ("el", "elnät", "electric", "electricity", "power", "energi", "energy", "kwh")),
    ("water", ("water", "vatten")),
    ("broadband", ("bredband", "broadband", "fiber", "internet")),
    ("heating", ("fjärrvärme", "heating")),
    ("gas", ("gas",)),
)


def category_of(purchase: Purchase, texts: Iterable[str | None], hint: str | None) -> str:
    """Journeys and stays are travel whoever sold them; the vendor's configured category decides next, words last."""
    if purchase.kind == "travel":
        return "travel"
    if hint is None and purchase.kind in ("event", "restaurant"):
        return "miscellaneous"
    words = "\n".join(filter(None, (*(line.name for line in purchase.lines), *texts)))
    return guess_category(words, MailContext(category=hint), purchase.seller)[0]


def details_of(category: str, purchase: Purchase) -> Details:
    """The detail record; what the markup does not state keeps its default."""
    lines = _with_unit_prices(purchase)
    tax, fee = purchase.tax or ZERO, purchase.delivery_fee
    match category:
        case "food-delivery":
            return FoodDeliveryDetails(
                delivery_fee=fee or ZERO,
                discount=purchase.discount,
                promo_code=purchase.promo_code,
                items=tuple(
                    FoodItem(name=line.name, price=_price(line), quantity=line.quantity, description=line.description)
                    for line in lines
                ),
            )
        case "clothing":
            clothes = tuple(
                ClothingItem(name=line.name, price=_price(line), quantity=_pieces(line), brand=line.brand or "")
                for line in lines
            )
            return ClothingDetails(
                tax=tax, delivery_fee=fee or ZERO, payment_method=purchase.payment_method, items=clothes
            )
        case "technology":
            return TechnologyDetails(
                tax=tax,
                delivery_fee=fee or ZERO,
                payment_method=purchase.payment_method,
                description=purchase.description,
                items=tuple(CountedItem(name=line.name, price=_price(line), quantity=_pieces(line)) for line in lines),
            )
        case _:
            return _other_details(category, purchase, lines)


def _other_details(category: str, purchase: Purchase, lines: list[LineItem]) -> Details:
    number = purchase.numbers[0] if purchase.numbers else None
    match category:
        case "subscriptions":
            return SubscriptionDetails(payment_method=purchase.payment_method, invoice_number=number)
        case "grocery":
            return GroceryDetails(
                store_name=purchase.seller,
                store_location=purchase.location,
                items=tuple(
                    GroceryItem(name=line.name, price=_price(line), quantity=line.quantity, unit=line.unit)
                    for line in lines
                ),
            )
        case "utility":
            return _utility(purchase)
        case "travel":
            return TravelDetails(
                transport_type=purchase.transport_type or "",
                transport_company=purchase.carrier or purchase.subject,
                booking_reference=number or "",
                travel_details=purchase.legs,
                passengers=tuple(Passenger(name=traveller) for traveller in purchase.travellers),
            )
        case _:
            return MiscellaneousDetails(
                tax=purchase.tax or ZERO,
                delivery_fee=purchase.delivery_fee,
                category=purchase.kind if purchase.kind in ("event", "restaurant") else None,
                description=purchase.subject or purchase.description,
                items=tuple(PricedItem(name=line.name, price=_price(line), quantity=line.quantity) for line in lines),
            )


def _utility(purchase: Purchase) -> UtilityDetails:
    words = f"{purchase.seller} {purchase.description}".casefold().split()
    kind = next((name for name, known in _UTILITY_WORDS if any(word in words for word in known)), None)
    start, end = purchase.period or (None, None)
    return UtilityDetails(
        utility_type=kind,
        provider=purchase.seller,
        usage_details=purchase.description,
        billing_period_start=start,
        billing_period_end=end,
    )


def _with_unit_prices(purchase: Purchase) -> list[LineItem]:
    """Offers state a price without saying whether it is the unit's or the line's: the order's total tells.

    Where the prices as they stand add up to the total (with or without fee, tax and discount) and the prices times
    quantities do not, they are lines' prices and are divided.
    """
    lines = [line for line in purchase.lines if line.name]
    if purchase.total is None or all(line.quantity == 1 for line in lines):
        return lines
    plain = sum((line.price or ZERO for line in lines), ZERO)
    multiplied = sum(((line.price or ZERO) * line.quantity for line in lines), ZERO)
    if not (_adds_up(plain, purchase) and not _adds_up(multiplied, purchase)):
        return lines
    return [
        LineItem(
            name=line.name,
            price=_cents(line.price / line.quantity) if line.price is not None else None,
            currency=line.currency,
            quantity=line.quantity,
            brand=line.brand,
            description=line.description,
            unit=line.unit,
        )
        for line in lines
    ]


def _adds_up(goods: Decimal, purchase: Purchase) -> bool:
    total = abs(purchase.total.amount) if purchase.total else ZERO
    reduced = goods + (purchase.delivery_fee or ZERO) - (purchase.discount or ZERO)
    sums = (goods, reduced, reduced + (purchase.tax or ZERO))
    return any(abs(candidate - total) <= _TOLERANCE for candidate in sums)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _price(line: LineItem) -> Decimal:
    return line.price if line.price is not None else ZERO


def _pieces(line: LineItem) -> int:
    """Goods in whole pieces: a broken quantity is rounded down to at least one."""
    return int(line.quantity.to_integral_value(ROUND_DOWN)) or 1
