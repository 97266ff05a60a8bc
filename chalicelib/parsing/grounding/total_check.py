"""Do a receipt's lines explain its total?"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from itertools import combinations, product

from chalicelib.domain.categories import ZERO, Details

_ROUNDING = Decimal("0.02")
_WHOLE_CROWNS = Decimal("0.50")
_MOST_PRINTED = 30


def explains_total(
    details: Details | None, total: Decimal, currency: str | None, printed: Collection[Decimal]
) -> bool | None:
    """Whether items, fees, tax and discounts add up to ``total``; ``None`` when there are not enough priced lines.

    Receipts differ in what the lines hold already, so tax and fee may each be included or added and a discount taken
    off or not; prices may be the units' or the lines'. Each line may be rounded, and cash totals of Nordic crowns are
    rounded to whole ones. A rest that is itself among the ``printed`` amounts (a tip, a service fee), or the sum or the
    difference of two of them (a fee and a discount), is explained by those lines.
    """
    items = getattr(details, "items", ())
    if not items or any(item.price == ZERO for item in items):
        return None
    goods = {sum((i.price * i.quantity for i in items), ZERO), sum((i.price for i in items), ZERO)}
    extras = [
        _optional(getattr(details, name, None), sign)
        for name, sign in (("tax", 1), ("delivery_fee", 1), ("discount", -1))
    ]
    sums = {base + sum(parts, ZERO) for base in goods for parts in product(*extras)}
    tolerance = _ROUNDING + Decimal("0.005") * len(items)
    if currency in ("SEK", "NOK", "DKK", "ISK") and total == total.to_integral_value():
        tolerance = max(tolerance, _WHOLE_CROWNS)
    rests = [abs(abs(candidate) - abs(total)) for candidate in sums]
    explained = _rests_of(printed, total)
    return any(rest <= tolerance or any(abs(rest - other) <= tolerance for other in explained) for rest in rests)


def _rests_of(printed: Collection[Decimal], total: Decimal) -> set[Decimal]:
    smaller = sorted({abs(amount) for amount in printed if 0 < abs(amount) < abs(total)})[:_MOST_PRINTED]
    pairs = list(combinations(smaller, 2))
    return {*smaller, *(a + b for a, b in pairs), *(b - a for a, b in pairs)}


def _optional(amount: Decimal | None, sign: int) -> tuple[Decimal, ...]:
    return (ZERO, sign * abs(amount)) if amount else (ZERO,)
