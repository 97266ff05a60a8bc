"""Legs, travellers and means of transport, where a booking labels them plainly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from chalicelib.domain.categories import Leg, Passenger
from chalicelib.parsing.receipts.labelled_text import values_of
from chalicelib.parsing.receipts.vocabulary import compile_phrases, detail_words
from chalicelib.parsing.values.dates import find_dates

_TRANSPORT = {name: compile_phrases({"": words}) for name, words in detail_words.TRANSPORT.items()}
_PASSENGER = compile_phrases(detail_words.PASSENGER_LABELS)
_FROM = compile_phrases(detail_words.FROM_LABELS)
_TO = compile_phrases(detail_words.TO_LABELS)
_PLACE = r"[A-ZÅÄÖÆØÜÉ][\w.'’åäöæøüéèç]*(?:[ /][A-ZÅÄÖÆØÜÉ(][\w.'’)åäöæøüéèç]*){0,3}(?: \([A-Z]{3}\))?"
_VEHICLE = re.compile(
    r"^(?:tåg|train|flight|flyg|buss|bus|zug|flug|vol|resa|avgång|tur|utresa|hemresa|outbound|return)\s+", re.IGNORECASE
)
_ROUTE = re.compile(rf"(?<!\w)(?P<start>{_PLACE})\s*(?:-|–|—|→|➔|›|>|till|to|nach)\s+(?P<end>{_PLACE})(?!\w)")
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?![\d:])(?:\s?(?P<half>am|pm)\b)?", re.IGNORECASE
)
_NAME = re.compile(r"^[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,4}$")
_MOST_LEGS = 12
_MOST_PASSENGERS = 20


def transport_type(text: str) -> str:
    """ "flight", "train", "bus", "ferry", "hotel", "car" or "taxi"; empty when the words do not tell.

    >>> transport_type("Tåg 421, vagn 3, plats 21"), transport_type("Tack")
    ('train', '')
    """
    counts = {name: sum(1 for _ in pattern.finditer(text[:10_000])) for name, pattern in _TRANSPORT.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def read_legs(lines: Sequence[str], *, day_first: bool | None = None) -> tuple[Leg, ...]:
    """Legs from "A - B" beside a date, or from labelled places; each leg once.

    >>> read_legs(["Stockholm C - Göteborg C, 2025-07-04 07:24, 2 klass"])[0].departure_date
    '2025-07-04T07:24'
    """
    legs: dict[tuple[str, str, str | None], Leg] = {}
    for index, line in enumerate(lines[:300]):
        match = _ROUTE.search(line.replace("\t", " "))
        if match is None:
            continue
        moments = _moments("\n".join((line, *lines[index + 1 : index + 3])), day_first)
        if not moments:
            continue
        leg = _leg(match["start"], match["end"], moments)
        legs.setdefault((leg.departure_location, leg.arrival_location, leg.departure_date), leg)
    return tuple(legs.values())[:_MOST_LEGS] or _labelled_legs(lines, day_first)


def _leg(start: str, end: str, moments: Sequence[str]) -> Leg:
    return Leg(
        departure_location=_VEHICLE.sub("", start.strip()),
        arrival_location=end.strip(),
        departure_date=moments[0],
        arrival_date=moments[1] if len(moments) > 1 else None,
    )


def _labelled_legs(lines: Sequence[str], day_first: bool | None) -> tuple[Leg, ...]:
    starts = list(values_of(lines, _FROM))[:_MOST_LEGS]
    ends = list(values_of(lines, _TO))[:_MOST_LEGS]
    if not starts or len(starts) != len(ends):
        return ()
    return tuple(_labelled_leg(start, end, day_first) for start, end in zip(starts, ends, strict=True))


def _labelled_leg(start: str, end: str, day_first: bool | None) -> Leg:
    departures, arrivals = _moments(start, day_first), _moments(end, day_first)
    return Leg(
        departure_location=_place_of(start),
        arrival_location=_place_of(end),
        departure_date=departures[0] if departures else None,
        arrival_date=arrivals[0] if arrivals else None,
    )


def _place_of(value: str) -> str:
    for found in reversed(find_dates(value)):
        value = value[: found.start] + value[found.end :]
    return _TIME.sub("", value).strip(" ,:-–()kl.")[:80]


def _moments(text: str, day_first: bool | None) -> list[str]:
    """Dates with the time that follows each, as ISO 8601; a time of its own belongs to the date before it."""
    moments: list[str] = []
    dates = find_dates(text, day_first=day_first)
    for position, found in enumerate(dates):
        until = dates[position + 1].start if position + 1 < len(dates) else found.end + 40
        times = list(_TIME.finditer(text, found.end, min(until, len(text))))
        moments += [_moment(found.value, time) for time in times[:2]] or [found.value.isoformat()]
    return moments


def _moment(day: date, time: re.Match[str]) -> str:
    hour = int(time["hour"])
    half = (time["half"] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{day.isoformat()}T{hour:02d}:{time['minute']}"


def read_passengers(lines: Sequence[str]) -> tuple[Passenger, ...]:
    """Travellers by their labels; several names may share one, separated by commas.

    >>> [passenger.name for passenger in read_passengers(["Resenärer: Eva Ek, Bo Ek", "Passagerare 1"])]
    ['Eva Ek', 'Bo Ek']
    """
    names: dict[str, None] = {}
    for value in values_of(lines, _PASSENGER):
        for part in re.split(r",|;| och | and | & |\t", value):
            name = re.sub(
                r"\([^)]*\)|^\d+[.:]?\s*|\b(?:mr|mrs|ms|miss|mstr)\b\.?", "", part, flags=re.IGNORECASE
            ).strip(" :-")
            if _NAME.match(name) and not _PASSENGER.search(name):
                names.setdefault(name, None)
    return tuple(Passenger(name=name) for name in names)[:_MOST_PASSENGERS]
