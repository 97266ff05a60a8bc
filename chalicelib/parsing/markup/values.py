"""Single values of schema.org items: money, dates, identifiers, names, enumeration members.

schema.org asks for "1234.56" in prices, ISO 8601 in dates and absolute addresses in enumerations; mails also hold
"1.234,50 €", "EUR 99.00", "$70.00", numbers for texts, texts for objects, and empty strings for everything. An
empty or unusable value counts as absent (https://schema.org/price, https://schema.org/DateTime).
"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.markup.items import Item, Value, local_name
from chalicelib.parsing.values.amounts import find_amounts, parse_amount
from chalicelib.parsing.values.currencies import parse_currency
from chalicelib.parsing.values.dates import parse_date
from chalicelib.parsing.values.names import clean_name, tidy

_MAX_NESTING = 4
_AMOUNT_PROPERTIES = ("price", "value", "amount", "totalprice")
_CURRENCY_PROPERTIES = ("pricecurrency", "currency", "totalpricecurrency", "discountcurrency")


class Money(NamedTuple):
    """An amount as stated; ``currency`` is ISO 4217, ``mark`` a printed sign that leaves it open ("kr").

    ``ambiguous`` is set where the notation has two readings ("1.234").
    """

    amount: Decimal
    currency: str | None = None
    mark: str | None = None
    ambiguous: bool = False


def values(item: Item, *names: str) -> tuple[Value, ...]:
    """The values of the first of ``names`` (lower case) that has any that is not blank."""
    for name in names:
        found = tuple(v for v in item.properties.get(name, ()) if not (isinstance(v, str) and not v.strip()))
        if found:
            return found
    return ()


def items(item: Item, *names: str) -> tuple[Item, ...]:
    """The nested items among all of ``names``."""
    return tuple(value for name in names for value in item.properties.get(name, ()) if isinstance(value, Item))


def money_of(value: Value, nesting: int = 0) -> Money | None:
    """From a number, a text, a PriceSpecification (price) or a MonetaryAmount (value, currency)."""
    if isinstance(value, bool) or nesting > _MAX_NESTING:
        return None
    if isinstance(value, Decimal):
        amount = _without_float_noise(value)
        return Money(amount) if is_plausible(amount) else None
    if isinstance(value, str):
        return _money_of_text(value)
    stated = values(value, *_AMOUNT_PROPERTIES) or _single_bound(value)
    money = money_of(stated[0], nesting + 1) if stated else None
    if money is None:
        return None
    return _with_currency(money, currency_of(value))


def money(item: Item, *names: str) -> Money | None:
    """The first property of ``names`` that holds an amount; its own specification of a currency precedes the item's."""
    for name in names:
        for value in values(item, name):
            found = money_of(value)
            if found is not None and not (found.currency and isinstance(value, Item)):
                found = _with_currency(found, currency_of(item))
            if found is not None:
                return found
    return None


def currency_of(item: Item) -> str | None:
    """``priceCurrency`` and its relatives as an ISO 4217 code, or the mark that was given instead."""
    for value in values(item, *_CURRENCY_PROPERTIES):
        text = text_of(value)
        if text:
            return parse_currency(text) or (text if len(text) <= 6 else None)
    return None


def _with_currency(money: Money, stated: str | None) -> Money:
    if stated is None:
        return money
    code = parse_currency(stated)
    return money._replace(currency=code) if code else money._replace(mark=money.mark or stated)


def _single_bound(item: Item) -> tuple[Value, ...]:
    low, high = values(item, "minprice"), values(item, "maxprice")
    return low if low and low == high else ()


def _without_float_noise(number: Decimal) -> Decimal:
    """29.990000000000002 is what some languages write for 29.99."""
    rounded = round(number, 2) if number.is_finite() and abs(number) < 10**12 else number
    return rounded if number != rounded and abs(number - rounded) < Decimal("0.00001") else number


def _money_of_text(text: str) -> Money | None:
    text = tidy(text[:200])
    if re.fullmatch(r"-?\d{1,12}(?:\.\d{1,2}|\.\d{4,20})?", text, re.ASCII):
        amount = _without_float_noise(Decimal(text))
        return Money(amount) if is_plausible(amount) else None
    amounts = find_amounts(text)
    alone = parse_amount(text)
    if alone is None and len({found.value for found in amounts}) != 1:
        return None
    mark = next((found.mark for found in amounts if found.mark), None)
    return Money(
        alone if alone is not None else amounts[0].value,
        parse_currency(mark) if mark else None,
        mark,
        ambiguous=re.search(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])", text) is not None,
    )


def text_of(value: Value) -> str | None:
    """A scalar as text; a number without exponent; the name of an item."""
    if isinstance(value, Item):
        return name_of(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() if abs(value.adjusted()) < 25 else False
        return f"{value.to_integral_value() if whole else value:f}" if abs(value.adjusted()) < 25 else None
    return tidy(html.unescape(value[:4_000])) or None


def text(item: Item, *names: str) -> str | None:
    """The first of ``names`` that holds a text."""
    for name in names:
        for value in values(item, name):
            found = text_of(value)
            if found:
                return found
    return None


def name_of(value: Value, nesting: int = 0) -> str | None:
    """The name of a person, organization, place or thing; ``None`` for addresses and what else is no name."""
    if nesting > _MAX_NESTING or isinstance(value, bool | Decimal):
        return None
    if isinstance(value, str):
        return clean_name(value)
    for key in ("name", "legalname", "alternatename"):
        for named in values(value, key):
            found = name_of(named, nesting + 1)
            if found:
                return found
    parts = [text(value, key) for key in ("givenname", "additionalname", "familyname")]
    return clean_name(" ".join(part for part in parts if part))


def name(item: Item, *names: str) -> str | None:
    """The first name among the values of ``names``."""
    for key in names:
        for value in values(item, key):
            found = name_of(value)
            if found:
                return found
    return None


_ISO_DAY = re.compile(r"\s*(\d{4})-?(\d{2})-?(\d{2})(?=\D|$)")


def day_of(value: Value) -> date | None:
    """The calendar day of a date or time as written, in the zone it is written in (ISO 8601, else any plain form)."""
    if not isinstance(value, str):
        return None
    match = _ISO_DAY.match(value)
    if match:
        try:
            found = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
        return found if 1990 <= found.year <= 2099 else None
    return parse_date(tidy(value[:100]))


def day(item: Item, *names: str) -> date | None:
    """The first of ``names`` that holds a date."""
    return next((found for name in names for value in values(item, name) if (found := day_of(value))), None)


def moment(item: Item, *names: str) -> str | None:
    """The first of ``names`` that holds a date or time, in ISO 8601 as stated, without an invented zone."""
    for key in names:
        for value in values(item, key):
            stated = tidy(value[:60]) if isinstance(value, str) else ""
            if re.fullmatch(
                r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?", stated
            ):
                return stated.replace(" ", "T", 1).replace(" ", "")
            found = day_of(value)
            if found:
                return found.isoformat()
    return None


_ID_LABEL = re.compile(
    r"^(?:(?:your|din|ditt|ihre?)\s+)?(?:order|ordre|bestellung|beställning|bestilling|booking|bokning|buchung|reservation"
    r"|confirmation|bekräftelse|invoice|faktura|rechnung|receipt|kvitto|pnr|referens|reference|ref)\w*\.?\s*"
    r"(?:number|no\.?|nr\.?|nummer|id|code|kod)?\s*[:#]\s*",
    re.IGNORECASE,
)


def identifier_of(value: Value) -> str | None:
    """An order or booking number: without its label, and without what some senders append after a comma.

    >>> [identifier_of(v) for v in ("ZJ391234 , 01/16/2022 12:50", "Order #1001", "#55-10442", Decimal("12345"))]
    ['ZJ391234', '1001', '55-10442', '12345']
    >>> [identifier_of(v) for v in ("", "N/A", "https://shop.example/o/1", "see the attached file for it", "0")]
    [None, None, None, None, None]
    """
    if isinstance(value, Item):
        inner = values(value, "value", "identifier", "@id")
        return identifier_of(inner[0]) if inner and not isinstance(inner[0], Item) else None
    stated = text_of(value)
    if not stated or clean_name(stated) is None:
        return None
    stated = _ID_LABEL.sub("", stated)
    stated = re.split(r"\s*[,;|]\s+|\s+,|\s+\(|\s+-\s+", stated)[0].strip(" #.,:;'\"")
    if len(stated) > 50 or len(stated.split()) > 4 or not re.search(r"[^\W_]", stated):
        return None
    if " " in stated and not re.search(r"\d", stated):
        return None
    return None if set(stated) <= set("0xX*-. ") else stated


def identifiers(item: Item, *names: str) -> tuple[str, ...]:
    """The identifiers under the first of ``names`` that has any."""
    for key in names:
        found = tuple(dict.fromkeys(i for value in values(item, key) if (i := identifier_of(value))))
        if found:
            return found
    return ()


def member(item: Item, *names: str) -> str:
    """An enumeration member in small letters, without prefix: ".../OrderCancelled" -> "ordercancelled"."""
    for value in values(item, *names)[:1]:
        stated = text_of(value) or (text(value, "url", "@id") if isinstance(value, Item) else None)
        return re.sub(r"[\s_-]", "", local_name(stated or "")).lower()
    return ""


def type_names(item: Item) -> frozenset[str]:
    """The item's types in small letters."""
    return frozenset(t.lower() for t in item.types)
