"""Dates in running text: ISO 8601, numeric forms of Europe and the United States, month names of ten languages.

"3/9/2025" is 3 September in Europe and 9 March in the United States. Such a date is read only with evidence
(``day_first``: language, currency or another date of the same document); without any it is not read at all. Dotted
dates ("07.10.2024") are day first everywhere, and dates that do not exist ("31.02.2025") are refused.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

#: Month names and their abbreviations in English, Swedish, Norwegian, Danish, German, Dutch, French, Spanish, Italian,
#: and Finnish (the stem before "kuu", "kuuta"). No spelling means two months, whatever the language.
_MONTH_NAMES: tuple[str, ...] = (
    "january jan januari januar jänner januar janvier janv enero ene gennaio gen tammi",
    "february feb februari februar febr février fevrier févr fevr febrero febbraio febb helmi",
    "march mar mars märz maerz mrz maart mrt marzo maalis",
    "april apr avril avr abril abr aprile huhti",
    "may maj mai mei mayo maggio mag touko",
    "june jun juni juin junio giugno giu kesä kesa",
    "july jul juli juillet juil julio luglio lug heinä heina",
    "august aug augusti augustus août aout agosto ago elo",
    "september sep sept septembre septiembre setiembre settembre set syys",
    "october oct oktober okt octobre octubre ottobre ott loka",
    "november nov novembre noviembre marras",
    "december dec desember des dezember dez décembre decembre déc diciembre dic dicembre joulu",
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NAMED = rf"(?P<month_name>{_MONTH})(?:kuuta|kuu)?\.?"
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2099
#: No receipt in a mailbox is from before 2015: of two readings of a short date that decides.
_RECENT = 15

_FORMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d.])(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日",
        (
            rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|e|:e|º|°)?\.?(?:[\s\-/]|\sde\s|\sof\s){{0,2}}{_NAMED}"
            r"[\s,\-/]{0,2}(?:del?\s)?[’']?(?P<year>\d{4}|\d{2})(?!\d|:\d)"
        ),
        rf"(?<![^\W\d_]){_NAMED}\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<year>\d{{4}})(?!\d)",
        rf"(?<![^\W\d_]){_NAMED}-(?P<day>\d{{1,2}})-(?P<year>\d{{4}})(?!\d)",
        r"(?<![\d./\-])(?P<first>\d{1,2})(?P<sep>[-/.])\s?(?P<second>\d{1,2})(?P=sep)\s?(?P<year>\d{4}|\d{2})(?![\d]|[./\-]\d)",
        r"(?<![\d./\-])(?P<day>\d{1,2})/(?P<month>\d{1,2})[\s,-]{1,2}(?P<year>(?:19|20)\d{2})(?![\d:])",
    )
)


class FoundDate(msgspec.Struct, frozen=True, kw_only=True):
    """One date in a text and where it stands."""

    value: date
    start: int
    end: int


def _calendar_date(year: str, month: int, day: int) -> date | None:
    number = int(year) + 2000 if len(year) == 2 else int(year)
    if not _EARLIEST_YEAR <= number <= _LATEST_YEAR:
        return None
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _numeric(match: re.Match[str], day_first: bool | None) -> date | None:
    first, second, year = int(match["first"]), int(match["second"]), match["year"]
    if match["sep"] == "-" and len(year) == 2 and int(year) < _RECENT <= first:
        return _calendar_date(match["first"], second, int(year))  # "25-09-13": the Swedish short form, year first
    if match["sep"] == "." or (match["sep"] == "-" and day_first is None):
        return _calendar_date(year, second, first)
    if first > 12 or first == second:
        return _calendar_date(year, second, first)
    if second > 12:
        return _calendar_date(year, first, second)
    if day_first is None:
        return None
    return _calendar_date(year, second, first) if day_first else _calendar_date(year, first, second)


def _date_of(match: re.Match[str], day_first: bool | None) -> date | None:
    groups = match.groupdict()
    if groups.get("first"):
        return _numeric(match, day_first)
    name = groups.get("month_name")
    month = MONTHS[name.casefold()] if name else int(match["month"])
    return _calendar_date(match["year"], month, int(match["day"]))


def find_dates(text: str, *, day_first: bool | None = None) -> list[FoundDate]:
    """All dates of a text in order of appearance, each place read once, by the first form that fits it.

    >>> [str(found.value) for found in find_dates("Köpt 18/6 2025, resa 2025-07-04 07:24, faktura den 3 februari 2025")]
    ['2025-06-18', '2025-07-04', '2025-02-03']
    >>> [str(found.value) for found in find_dates("Jan 18, 2023; JULY 10, 2023 – AUGUST 1, 2023; 7. Oktober 2024")]
    ['2023-01-18', '2023-07-10', '2023-08-01', '2024-10-07']
    """
    found: list[FoundDate] = []
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(start < other.end and other.start < end for other in found):
                continue
            value = _date_of(match, day_first)
            if value is not None:
                found.append(FoundDate(value=value, start=start, end=end))
    return sorted(found, key=lambda item: item.start)


def parse_date(text: str, *, day_first: bool | None = None) -> date | None:
    """The date of a text that holds exactly one (a time or weekday beside it does no harm), else ``None``.

    >>> for text in ("2025-03-14T12:30:00+01:00", "07.10.2024", "18/6 2025", "Jan 18, 2023", "den 3 februari 2025",
    ...              "20th May 2014", "3 de febrero de 2025", "1er mars 2025", "18 Jan 23", "20250203"):
    ...     print(parse_date(text), end=";")
    2025-03-14;2024-10-07;2025-06-18;2023-01-18;2025-02-03;2014-05-20;2025-02-03;2025-03-01;2023-01-18;2025-02-03;
    >>> [parse_date("3/9/2025", day_first=choice) for choice in (None, True, False)]
    [None, datetime.date(2025, 9, 3), datetime.date(2025, 3, 9)]
    >>> [parse_date(text) for text in ("31.02.2025", "2025-13-01", "soon", "1/1/2025 - 31/1/2025", "")]
    [None, None, None, None, None]
    """
    compact = re.fullmatch(r"\s*(\d{4})(\d\d)(\d\d)\s*", text, re.ASCII)
    if compact:
        return _calendar_date(compact[1], int(compact[2]), int(compact[3]))
    values = {found.value for found in find_dates(text[:200], day_first=day_first)}
    return values.pop() if len(values) == 1 else None


def day_first_evidence(text: str, *, language: str | None = None, currency: str | None = None) -> bool | None:
    """Whether slashed dates of a document put the day first; ``None`` when nothing tells.

    Another date of the document that can be read in one way only decides first, then the language and the currency:
    month first is the custom of the United States (CLDR, territory US), day first of nearly everywhere else.

    >>> day_first_evidence("Order 3/9/2025, delivered 3/22/2025")
    False
    >>> day_first_evidence("Order 3/9/2025", currency="USD"), day_first_evidence("Order 3/9/2025", currency="GBP")
    (False, True)
    >>> day_first_evidence("Order 3/9/2025") is None
    True
    """
    votes = set()
    for match in re.finditer(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})(?![\d/])", text):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second or second > 12 >= first:
            votes.add(first > 12)
    if len(votes) == 1:
        return votes.pop()
    primary, _, region = (language or "").casefold().partition("-")
    if primary and primary != "en":
        return True
    if region in ("us", "gb", "au", "nz", "ie", "in"):
        return region != "us"
    return None if currency is None else currency != "USD"
