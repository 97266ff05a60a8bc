"""Single values of a language model's answer: read generously, believed only after ``grounding``.

Models write numbers for texts and texts for numbers, decimal commas, "N/A", and the word null. A value that cannot be
read is ``None``, and the caller says so; nothing is ever guessed. No text is longer and no number larger than what a
record could hold, whatever was answered.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.values.amounts import parse_amount
from chalicelib.parsing.values.dates import parse_date

LONGEST_TEXT = 2_000
_LONGEST_NUMBER = 40
_NULL_WORDS = frozenset(
    {"", "n/a", "na", "none", "null", "nil", "undefined", "unknown", "nan", "-", "--", "tbd", "not stated", "okänd"}
)
_TRUE, _FALSE = frozenset({"true", "yes", "ja", "1"}), frozenset({"false", "no", "nej", "0"})
_PLAIN = re.compile(r"-?\d{1,12}(?:\.\d{1,4})?", re.ASCII)
_QUANTITY = re.compile(r"(?:[x×]\s?)?(\d{1,6}(?:[.,]\d{1,4})?)\s?(?:[x×]|[^\W\d_]{1,12}\.?)?", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?", re.ASCII)


def is_null(value: object) -> bool:
    """Whether nothing is stated: null, or one of the words that models write for it.

    >>> [is_null(value) for value in (None, "N/A", " null ", "0", 0, False)]
    [True, True, True, False, False, False]
    """
    return value is None or (isinstance(value, str) and value.strip(" .\t\n").casefold() in _NULL_WORDS)


def text_of(value: object) -> str | None:
    """A text, also from a number; never from a list or an object.

    >>> [text_of(value) for value in (" Yllegatan AB ", 12345, Decimal("12.50"), True, ["x"], "none")]
    ['Yllegatan AB', '12345', '12.50', None, None, None]
    """
    if is_null(value) or isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return f"{Decimal(value):f}" if _is_bounded(Decimal(value)) else None
    if not isinstance(value, str):
        return None
    # JSON can spell half a surrogate pair, which no encoding and no table takes
    return value[:LONGEST_TEXT].encode("utf-8", "ignore").decode().strip() or None


def amount_of(value: object) -> Decimal | None:
    """An exact amount from a number or from a text in any notation, with or without its currency.

    >>> [str(amount_of(value)) for value in ("1249.10", "1 249,10 kr", "-650", Decimal("12.5"), 7, "1.249,00 €")]
    ['1249.10', '1249.10', '-650', '12.5', '7', '1249.00']
    >>> [amount_of(value) for value in ("NaN", "free", Decimal("Infinity"), True, {}, "1e9", Decimal("1e99999999"))]
    [None, None, None, None, None, None, None]
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return number if _is_bounded(number) and is_plausible(number) else None
    text = text_of(value)
    if text is None or len(text) > _LONGEST_NUMBER:
        return None
    # "1.249" was most likely copied as printed; two or fewer decimals are what was asked for
    if _PLAIN.fullmatch(text) and len(text.partition(".")[2]) != 3:
        number = Decimal(text)
        return number if is_plausible(number) else None
    return parse_amount(text)


def count_of(value: object) -> int | None:
    """A whole number; what is not whole has no count.

    >>> [count_of(value) for value in (2, "3", "2 st", Decimal("2.0"), "1,5", True, 10**12)]
    [2, 3, 2, 2, None, None, None]
    """
    number = quantity_of(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def quantity_of(value: object) -> Decimal | None:
    """A number of pieces or a weight, also with its unit: "2 st", "0,842 kg", "3 x".

    >>> [str(quantity_of(value)) for value in ("0.842", "0,842 kg", "3 x", 2, "1 000 g")]
    ['0.842', '0.842', '3', '2', 'None']
    """
    if not isinstance(value, str):
        return amount_of(value)
    match = _QUANTITY.fullmatch(value.strip()[:_LONGEST_NUMBER])
    return Decimal(match[1].replace(",", ".")) if match else None


def truth_of(value: object) -> bool | None:
    """A truth value, also from the words for it."""
    if isinstance(value, bool):
        return value
    word = (text_of(value) or "").casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def day_of(value: object) -> date | None:
    """A day in ISO 8601, or in any form that can be read in one way only.

    >>> [str(day_of(value)) for value in ("2025-03-14", "2025-03-14T10:00", "14 mars 2025", "3/4/2025", 20250314)]
    ['2025-03-14', '2025-03-14', '2025-03-14', 'None', '2025-03-14']
    """
    text = text_of(value)
    return parse_date(text) if text is not None and len(text) <= 100 else None


def moment_of(value: object) -> str | None:
    """A date or time in ISO 8601 as stated; other forms keep their day.

    >>> [moment_of(value) for value in ("2025-03-14 07:05", "14 mars 2025 kl 07:05", "soon", "2025-02-31")]
    ['2025-03-14T07:05', '2025-03-14', None, None]
    """
    day = day_of(value)
    text = text_of(value)
    if day is None or text is None:
        return None
    return text.replace(" ", "T", 1).replace(" ", "") if _MOMENT.fullmatch(text) else day.isoformat()


def _is_bounded(number: Decimal) -> bool:
    """Arithmetic on a number with a huge exponent overflows, or takes all memory when written out."""
    return number.is_finite() and abs(number.adjusted()) < 30 and len(number.as_tuple().digits) <= _LONGEST_NUMBER
