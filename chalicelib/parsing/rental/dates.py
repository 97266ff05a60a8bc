"""Dates and months as Swedish documents print them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari jan",
            "februari febr feb",
            "mars mar",
            "april apr",
            "maj",
            "juni jun",
            "juli jul",
            "augusti aug",
            "september sept sep",
            "oktober okt",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH_NAME: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DASH: Final = r"[-‐‑–−]"

_FORMS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<sep>\s?{_DASH}\s?|\.|/| )(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?P<sep>{_DASH}|\.|/)(?P<month>\d\d?)(?P=sep)(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<day>\d\d?)\s?/\s?(?P<month>\d\d?)[ ,\-]{1,2}(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?::?e|:a)?\.?\s?(?P<month>{_MONTH_NAME})\.?,?\s?(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?![\d#])",
        rf"(?<!\d)(?P<year>\d\d)(?P<sep>{_DASH})(?P<month>[01]\d)(?P=sep)(?P<day>[0-3]\d)(?!\d)",
        r"(?<!\d)(?P<year>\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?![\d#])",
    )
)
_YEAR: Final = r"(?:19|20)\d\d"
_MASKABLE = re.compile(
    "|".join(
        (
            rf"(?<!\d){_YEAR}(?:\s?{_DASH}\s?|[./ ])\d\d?(?:\s?{_DASH}\s?|[./ ])\d\d?(?![\d,])",
            rf"(?<!\d)\d\d?({_DASH}|\.|/)\d\d?\1{_YEAR}(?!\d)",
            rf"(?<!\d)\d\d?\s?/\s?\d\d?(?:[ ,\-]{{1,2}}{_YEAR})?(?!\d)",
            rf"(?<!\d)\d\d{_DASH}[01]\d{_DASH}[0-3]\d(?!\d)",
            (
                rf"(?:(?<![\d.,])\d\d?(?:\s?{_DASH}\s?\d\d?)?(?::?e|\.)?\s?)?(?<![a-zåäö])(?:{_MONTH_NAME})\.?"
                rf"(?:\s?{_DASH}\s?(?:{_MONTH_NAME})\.?)?(?:,?\s?{_YEAR}|\s?[-']\d\d)?(?![\dåäöa-z])"
            ),
            rf"(?<!\d){_YEAR}\s?{_DASH}\s?[01]\d(?!\d)",
            rf"(?<!\d)[01]\d/{_YEAR}(?!\d)",
            rf"\bår\s?{_YEAR}(?!\d)",
        )
    ),
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(rf"(?<![a-zåäö])(?P<month>{_MONTH_NAME})\.?,?\s?(?P<year>(?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_LEADING = re.compile(
    r"^[\s:.*=–-]*(?:(?:den|dag|senast|på|(?:mån|tis|ons|tors|fre|lör|sön)dag(?:en)?)\b[\s:.,]*)*", re.IGNORECASE
)


def parse_date(text: str) -> date | None:
    """The date that ``text`` begins with; a year of two digits is of this century. Without a year there is no date.

    >>> [str(parse_date(text)) for text in ("2025-01-31", "2025.01.31", "31/1 2025", ": den 31 januari 2025", "250131")]
    ['2025-01-31', '2025-01-31', '2025-01-31', '2025-01-31', '2025-01-31']
    >>> parse_date("20250131"), parse_date("2025-01"), parse_date("31/1"), parse_date("2025-02-30")
    (datetime.date(2025, 1, 31), None, None, None)
    """
    text = _LEADING.sub("", text)
    for form in _FORMS:
        if match := form.match(text):
            year = int(match["year"])
            month = match["month"].lower()
            try:
                return date(year + 2000 if year < 100 else year, _MONTHS.get(month) or int(month), int(match["day"]))
            except ValueError:
                continue
    return None


def named_months(text: str) -> list[date]:
    """The first days of the months that ``text`` names with their year.

    >>> named_months("Hyra för april 2025, Maj 2025")
    [datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)]
    """
    return [date(int(match["year"]), _MONTHS[match["month"].lower()], 1) for match in _NAMED_MONTH.finditer(text)]


def mask_dates(text: str) -> str:
    """Replaces dates and months by ``¤``, as many as there were characters, so that they are not taken for amounts.

    Digits in a row without separators are left alone: they may be amounts or references.

    >>> mask_dates("mätning 2025-01 356")
    'mätning ¤¤¤¤¤¤¤ 356'
    """
    return _MASKABLE.sub(lambda match: "¤" * len(match[0]), text)
