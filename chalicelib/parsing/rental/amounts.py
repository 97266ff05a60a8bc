"""Amounts of money as Swedish documents print them.

Thousands are parted by spaces of every kind (or points), decimals by a comma (or a point, or a colon in "8 432:50"),
whole kronor may end in ":-", and a minus may stand before or after the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from chalicelib.domain.money import LARGEST_PLAUSIBLE_AMOUNT
from chalicelib.parsing.rental.dates import mask_dates

#: No-break, figure, thin, hair, narrow no-break and other spaces that word processors put between thousands.
SPACES: Final = "\u00a0\u2000-\u200a\u202f\u205f\u3000\t"
MASK: Final = "¤"

_ANY_SPACE = re.compile(f"[{SPACES}]")
_QUANTITY = re.compile(
    r"\d[\d ]*(?:[.,]\d+)?\s?(?:%|procent\b|m[23³²]|kubik\w*|kvm\b|kwh\b|mwh\b|liter\b|l\b|st\b|dagar\b|dgr\b|mån\b|"
    r"rum\b|rok\b|öre\b)(?![\w])",
    re.IGNORECASE,
)
_RATE = re.compile(r"\d[\d ]*(?:[.,]\d+)?\s?(?:kr|öre)\s?/\s?\w+", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\w.,/#¤])(?<!\d[:\-−–])"
    r"(?P<minus>[-−–]\s?)?(?:(?:kr|sek)\.?\s?)?(?P<inner>[-−]\s?)?"
    r"(?P<whole>\d{1,3}(?: \d{3})+|\d{1,3}(?:\.\d{3})+(?=,|(?![.\d]))|\d{1,8})"
    r"(?:[,.:](?P<decimals>\d{1,2})(?!\d)|[,:.][-–—−]{1,2}(?=\s|$|k)(?P<dash>))?"
    r"(?P<after>[-−](?![\w-]))?"
    r"(?:\s?(?:kr|sek|kronor)(?![a-zåäö])\.?)?(?P<later>[-−](?![\w-]))?"
    r"(?![\w%/#]|[.,:]\d|[-−–]\d|¤)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AmountSpan:
    """An amount in kronor and where it stands in the text it was read from."""

    value: Decimal
    start: int
    end: int


def plain_spaces(text: str) -> str:
    """Replaces every kind of space by an ordinary one, one for one, so that positions stay valid."""
    return _ANY_SPACE.sub(" ", text)


def find_amounts(text: str) -> Iterator[AmountSpan]:
    """Yields the amounts in ``text``, left to right. Dates, months, percentages and measured quantities are none.

    Two spaces in a row end a number: callers put them between columns.

    >>> [str(span.value) for span in find_amounts("Hyra april 2025  8 432  Rabatt -120  Moms 25 % 1.173,50 kr  60,00-")]
    ['8432', '-120', '1173.50', '-60.00']
    >>> [str(span.value) for span in find_amounts("8 432:-  9\\u202f300,00  2025-01  3,2 m3  kr 12:50  1 234 567")]
    ['8432', '9300.00', '12.50', '1234567']
    """
    masked = _mask(_RATE, mask_dates(plain_spaces(text)))
    masked = _mask(_QUANTITY, masked)
    for match in _AMOUNT.finditer(masked):
        value = Decimal(match["whole"].replace(" ", "").replace(".", "") + "." + (match["decimals"] or ""))
        if match["decimals"] is None:
            value = value.to_integral_value()
        if value > LARGEST_PLAUSIBLE_AMOUNT:
            continue
        negative = any(match[sign] for sign in ("minus", "inner", "after", "later")) and not _is_bullet(masked, match)
        yield AmountSpan(value=-value if negative else value, start=match.start(), end=match.end())


def parse_amount(text: str) -> Decimal | None:
    """The amount that ``text`` consists of, or ``None`` when it holds anything else, or several.

    >>> str(parse_amount(" - 9 300,00 kr ")), parse_amount("8 432 av 9 000"), parse_amount("lgh 12")
    ('-9300.00', None, None)
    """
    spans = list(find_amounts(text))
    if len(spans) != 1:
        return None
    rest = text[: spans[0].start] + text[spans[0].end :]
    return None if re.search(r"[^\s:*=().¤]", re.sub(r"(?i)\b(?:kr|sek|kronor)\b", "", rest)) else spans[0].value


def _mask(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: MASK * len(match[0]), text)


def _is_bullet(text: str, match: re.Match[str]) -> bool:
    """A dash with a space after it, behind other words, parts them from the amount: "Hyra - 8 432"."""
    lead = match["minus"]
    return bool(lead and len(lead) > 1 and text[: match.start()].strip() and not (match["after"] or match["later"]))
