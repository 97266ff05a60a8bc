"""When something was bought, and until when it is to be paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from chalicelib.parsing.receipts.vocabulary import compile_phrases, date_labels
from chalicelib.parsing.values.dates import FoundDate, find_dates

_PURCHASE = compile_phrases(date_labels.PURCHASE)
_DUE = compile_phrases(date_labels.DUE)
_OTHER = compile_phrases(date_labels.OTHER)
_RANGE = re.compile(
    r"^\s*(?:\d{1,2}[:.]\d{2}\s*)?(?:-|–|—|to|till|bis|t\.?o\.?m\.?|until|au|tot|al|til)\s*$", re.IGNORECASE
)
_TIME_WORDS = r"\b(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|am|pm|kl\.?|at|um|uhr|klo|à|om|utc|gmt|ces?t|the|den|am|le|el)\b\.?"
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun måndag "
    "tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag montag dienstag mittwoch donnerstag "
    "freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche maandag dinsdag woensdag donderdag "
    "vrijdag zaterdag zondag lunes martes miércoles jueves viernes sábado domingo maanantai tiistai keskiviikko "
    "torstai perjantai lauantai sunnuntai lunedì martedì mercoledì giovedì venerdì sabato domenica"
)
_TIME_OR_WEEKDAY = re.compile(rf"{_TIME_WORDS}|\b(?:{_WEEKDAYS.replace(' ', '|')})\b\.?", re.IGNORECASE)
_LAST_WEEKDAY = re.compile(rf"(?<=[\s:])(?:{_WEEKDAYS.replace(' ', '|')})\b\.?,?\s*$", re.IGNORECASE)
#: A sentence that tells of the purchase itself ("we charged your card on ...", "your order of ...").
_DEED = re.compile(
    r"\b(?:charged|paid|bought|purchased|ordered|refunded|your order|your purchase|donation|debiterat"
    r"|debiterades|dragit|drog|betalat"
    r"|betalade|köpte|köpt|beställt|beställde|bokat|bokade|återbetalat|ditt köp|din beställning|din order"
    r"|din gåva|gjord|gift|gave|donated|skänkte|gett|spende|bestellung|einkauf"
    r"|commande|achat|bestelling|pedido|compra|ordre|bestilling|køb|tilaus|ordine|acquisto"
    r"|(?:din|your|ihre|votre) (?:faktura|invoice|bill|rechnung|facture))\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"\b(?:of|on|from|från|den|vom|am|du|le|van|op|del|el|den|fra|d|av)\b", re.IGNORECASE)
#: "Order 8812 · 21 Nov 2025 · Paid": cells of a line that is no table.
_BULLET = re.compile(r" [·•|] ")
_MOST_LINES = 600
_TOP_LINES = 25
_DEED_REACH = 25
#: What a label next to a date scores; a date by its place alone stays below.
_LABELLED = 3.0


class _Reading(msgspec.Struct, frozen=True):
    value: date
    role: str
    score: float
    line: int


class PurchaseDates(msgspec.Struct, frozen=True, kw_only=True):
    """The purchase's date and the due date; ``None`` when not stated.

    ``is_certain`` and ``is_labelled`` (a label names it, no guess by its place) speak of the first.
    """

    purchase: date | None = None
    due: date | None = None
    is_certain: bool = True
    is_labelled: bool = False


def read_purchase_dates(
    lines: Sequence[str], *, day_first: bool | None = None, received: date | None = None
) -> PurchaseDates:
    """Dates by what their labels say. A date after the day the mail was ``received`` is not the purchase's.

    >>> found = read_purchase_dates(["Orderdatum: 18/6 2025", "Avresa\\t2025-07-04", "Betalas senast 2025-07-18"])
    >>> str(found.purchase), str(found.due), found.is_labelled
    ('2025-06-18', '2025-07-18', True)
    >>> read_purchase_dates(["DATE SHIPPED:", "January 12, 2016"]).purchase is None
    True
    """
    readings = list(_readings(lines[:_MOST_LINES], day_first))
    latest = received + timedelta(days=2) if received else date.max
    purchases = [found for found in readings if found.role == "purchase" and found.value <= latest]
    dues = [found for found in readings if found.role == "due"]
    purchase = max(purchases, key=lambda found: (found.score, -found.line), default=None)
    due = max(dues, key=lambda found: (found.score, -found.line), default=None)
    rivals = {
        found.value for found in purchases if purchase and found.score >= purchase.score - 0.5 and found is not purchase
    } - ({purchase.value} if purchase else set())
    return PurchaseDates(
        purchase=purchase.value if purchase else None,
        due=due.value if due else None,
        is_certain=not rivals and (purchase is None or purchase.score >= 2),
        is_labelled=purchase is not None and purchase.score >= _LABELLED,
    )


def _readings(lines: Sequence[str], day_first: bool | None) -> Iterator[_Reading]:
    for index, line in enumerate(lines):
        if not any(character.isdigit() for character in line) or len(line) > 1500:
            continue
        flat = _BULLET.sub(" \t ", line.replace("\t", " \t "))
        dates = find_dates(flat, day_first=day_first)
        for position, found in enumerate(dates):
            if _is_in_range(flat, dates, position):
                continue
            start = dates[position - 1].end if position else 0
            before = flat[start : found.start]
            header = _header_above(lines, index, flat, found)
            role, score = _role(header or before, lines, index, flat, found)
            if role:
                yield _Reading(found.value, role, score, index)


def _header_above(lines: Sequence[str], index: int, flat: str, found: FoundDate) -> str:
    """The heading of a date's column: the cell above it, when the row above has no digits and as many cells."""
    cells = lines[index].split("\t")
    above = lines[index - 1].split("\t") if index else []
    if len(cells) < 2 or len(above) != len(cells) or re.search(r"\d", lines[index - 1]):
        return ""
    column = flat[: found.start].count("\t")
    is_alone = len(cells[column].strip()) - (found.end - found.start) <= 6
    opens = not re.search(r"\w", flat[: found.start].rpartition("\t")[2])
    return above[column] if is_alone or opens else ""


def _is_in_range(flat: str, dates: Sequence[FoundDate], position: int) -> bool:
    found = dates[position]
    if position + 1 < len(dates) and _RANGE.match(flat[found.end : dates[position + 1].start]):
        return True
    if position and _RANGE.match(flat[dates[position - 1].end : found.start]):
        return True
    # "1 sep - 30 sep 2025": the first day of the range has no year of its own
    return bool(
        re.search(r"(?<![\w-])\d{1,2}\.?\s?(?:[^\W\d_]{3,10}\.?)?\s?(?:-|–|—|till?|to|bis)\s?$", flat[: found.start])
    )


def _role(before: str, lines: Sequence[str], index: int, flat: str, found: FoundDate) -> tuple[str, float]:
    """The role that the nearest label gives, and how sure it is; ``""`` for a date that is neither."""
    label = _nearest_label(before)
    if not re.search(r"[^\W\d_]{2}", label):
        return _unlabelled_role(lines, index, flat, found)
    matches = [
        (match.end(), match.end() - match.start(), role, match)
        for role, pattern in (("purchase", _PURCHASE), ("due", _DUE), ("", _OTHER))
        for match in pattern.finditer(label)
    ]
    deed_before = _DEED.search(label) and _PREPOSITION.search(label[-6:])
    if not matches and (deed_before or _DEED.search(flat[found.end : found.end + _DEED_REACH])):
        return "purchase", 2.0
    if not matches:
        return _unlabelled_role(lines, index, flat, found) if len(label.split()) <= 3 else ("", 0.0)
    _, length, role, match = max(matches, key=lambda item: (item[0], item[1], item[2] != "purchase"))
    if role in ("", "purchase") and _PREPOSITION.fullmatch(match[0]) and _DEED.search(label):
        return "purchase", 2.0
    if role == "purchase" and any(item[2] != "purchase" and item[1] >= length for item in matches) and length < 6:
        return "", 0.0
    is_whole = length >= len(label.strip(" :.\t")) - 2
    gap = len(label) - match.end()
    return role, (3.0 if gap <= 4 else 1.0) + is_whole + (0.5 if length > 6 else 0.0)


def _nearest_label(before: str) -> str:
    cells = [cell.strip() for cell in before.split("\t")]
    if len(cells) > 1 and not cells[-1] and re.search(r"\d{3}", cells[-2]):
        return ""  # the cell before is a number of its own, not a label
    worded = [cell for cell in cells if re.search(r"[^\W\d_]{2}", _TIME_OR_WEEKDAY.sub("", cell))]
    sentence = re.split(r"[.!?] ", worded[-1])[-1] if worded else ""
    return _LAST_WEEKDAY.sub("", sentence)[-70:]


def _unlabelled_role(lines: Sequence[str], index: int, flat: str, found: FoundDate) -> tuple[str, float]:
    """A date alone on its line takes the heading above it, or stands for the document when it is near the top."""
    rest = _TIME_OR_WEEKDAY.sub(" ", flat[: found.start] + " " + flat[found.end :])
    words = re.findall(r"[^\W\d_]{2,}", rest)
    if "\t" in flat and re.search(r"\d{3}", rest) and len(rest.strip()) <= 60:
        return "purchase", 2.0
    if len(words) > 2 or len(rest.strip()) > 45:
        return "", 0.0
    above = lines[index - 1] if index else ""
    opens = not flat[: found.start].strip()
    if (opens or not words) and above and len(above) <= 45 and not re.search(r"\d", above):
        labelled = {
            role for role, pattern in (("purchase", _PURCHASE), ("due", _DUE), ("", _OTHER)) if pattern.search(above)
        }
        if "due" in labelled:
            return "due", 3.0
        if "" in labelled:
            return "", 0.0
        if labelled:
            return "purchase", 3.5
    return ("purchase", 2.5 if index <= _TOP_LINES else 2.0) if len(words) <= 2 else ("", 0.0)
