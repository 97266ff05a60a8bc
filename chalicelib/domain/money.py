"""Amounts of money: exact decimals, and the whole kronor that the iOS app shows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

#: No invoice of a private person is larger; a bigger number is a phone number, a reference or an attack.
LARGEST_PLAUSIBLE_AMOUNT = Decimal(10_000_000)


def whole_units(amount: Decimal | None) -> int:
    """Rounds half away from zero to whole units, as Swedish öresavrundning does; nothing known counts as 0.

    >>> [whole_units(Decimal(text)) for text in ("1057.50", "1057.49", "-120.5")]
    [1058, 1057, -121]
    >>> whole_units(None)
    0
    """
    return int((amount or Decimal(0)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_plausible(amount: Decimal) -> bool:
    """A finite number, not absurdly large, with at most four decimals.

    Asked without arithmetic, which refuses exponents that a text may well have.

    >>> [is_plausible(Decimal(text)) for text in ("12.50", "-1e7", "NaN", "Infinity", "1e12", "0.00001")]
    [True, True, False, False, False, False]
    >>> [is_plausible(Decimal(text)) for text in ("1e999999999", "-1e999999999", "0e999999999", "1e-999999999")]
    [False, False, False, False]
    """
    if not amount.is_finite() or amount.copy_abs() > LARGEST_PLAUSIBLE_AMOUNT:
        return False
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and -4 <= exponent <= LARGEST_PLAUSIBLE_AMOUNT.adjusted()
