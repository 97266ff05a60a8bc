"""Which mails a query means. Words match whole tokens (`words.words`), as in Gmail, never parts of longer words."""

from __future__ import annotations

import calendar
import re
import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo

from tests.sandbox.google.mail import Mail, label_id
from tests.sandbox.google.query import Term, matches, parse_query, terms
from tests.sandbox.google.words import words

Predicate = Callable[[Mail], bool]
_HIDDEN = frozenset({"SPAM", "TRASH"})
_SIZE_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
_PEOPLE = {"from": "from", "to": "to", "cc": "cc", "bcc": "bcc", "deliveredto": "delivered-to"}


def search(mails: tuple[Mail, ...], q: str, account: str, include_hidden: bool, now: datetime) -> list[Mail]:
    """The mails that `q` finds, in the given order.

    Spam and trash count only when asked for: by `include_hidden`, or by in:spam, in:trash or in:anywhere in the query.
    """
    node = parse_query(q)
    tests = {term: predicate(term, account, now) for term in terms(node)}
    asked = include_hidden or any(map(_names_hidden, tests))

    def found(mail: Mail) -> bool:
        return (asked or not _HIDDEN.intersection(mail.labels)) and matches(node, lambda term: tests[term](mail))

    return [mail for mail in mails if found(mail)]


def predicate(term: Term, account: str, now: datetime) -> Predicate:
    """The meaning of one term. What has no meaning (an unreadable date) is searched for as text."""
    operator, text = term.operator, term.text
    meaning: Predicate | None = None
    if operator in _PEOPLE:
        meaning = _person(_PEOPLE[operator], account if text.lower() == "me" else text)
    elif operator in ("after", "newer", "before", "older", "newer_than", "older_than"):
        meaning = _date(operator, text, now)
    elif operator in ("size", "larger", "smaller", "larger_than", "smaller_than"):
        meaning = _size(operator, text)
    elif operator in _FIELDS:
        meaning = _FIELDS[operator](text)
    return meaning or _text(text if not operator or not text else f"{operator} {text}")


def _text(text: str) -> Predicate:
    """A word or phrase anywhere: subject, body, addresses, attachment names. Punctuation alone matches everything."""
    wanted = words(text)
    address = text.casefold() if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else ""

    def found(mail: Mail) -> bool:
        if wanted in mail.subject_words or wanted in mail.body_words:
            return True
        if any(wanted in people.all_words or address in people.addresses for people in mail.people.values()):
            return True
        return any(wanted in words(name) for name in mail.filenames)

    return found


def _person(header: str, text: str) -> Predicate:
    """A full address is compared whole; a domain or a name is a phrase of the header's words."""
    wanted = words(text)
    address = text.casefold().strip("<>").lstrip("*")  # Gmail ignores a wildcard
    if re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        return lambda mail: address in mail.people[header].addresses
    return lambda mail: wanted in mail.people[header].all_words


def _subject(text: str) -> Predicate:
    wanted = words(text)
    return lambda mail: wanted in mail.subject_words


def _filename(text: str) -> Predicate:
    wanted = words(text)
    return lambda mail: any(wanted in words(name) for name in mail.filenames)


def _has(text: str) -> Predicate:
    if text.lower() == "attachment":
        return lambda mail: mail.has_attachment
    if text.lower() in ("userlabels", "nouserlabels"):
        some = text.lower() == "userlabels"
        return lambda mail: some == any(label.startswith("Label_") for label in mail.labels)
    return lambda mail: False


def _label(text: str) -> Predicate:
    """in: and label: name a label; label: writes spaces and slashes of a name as hyphens."""
    if text.lower() in ("anywhere", "all"):
        return lambda mail: True
    ids = {label_id(text), label_id(text.replace("-", " ")), label_id(text.replace("-", "/"))}
    return lambda mail: not ids.isdisjoint(mail.labels)


def _category(text: str) -> Predicate:
    wanted = label_id(f"category_{text}")
    return lambda mail: wanted in mail.labels


def _is(text: str) -> Predicate:
    state = text.lower()
    if state == "read":
        return lambda mail: "UNREAD" not in mail.labels
    return lambda mail: label_id(state) in mail.labels


def _message_id(text: str) -> Predicate:
    wanted = text.strip("<>").casefold()
    return lambda mail: bool(wanted) and mail.rfc822_id.casefold() == wanted


def _list(text: str) -> Predicate:
    wanted = words(text)
    return lambda mail: wanted in mail.list_words and len(wanted) > 1


def _size(operator: str, text: str) -> Predicate | None:
    read = re.fullmatch(r"(\d{1,12})([km]?)b?", text.lower())
    if read is None:
        return None
    size = int(read[1]) * _SIZE_UNITS[read[2]]
    if operator.startswith("smaller"):
        return lambda mail: mail.size < size
    return lambda mail: mail.size > size


def _date(operator: str, text: str, now: datetime) -> Predicate | None:
    """after: includes its moment, before: does not (API guide: `after:2014/01/01 before:2014/02/01` is January)."""
    moment = _ago(text, now) if operator.endswith("_than") else instant(text)
    if moment is None:
        return None
    limit = moment * 1000
    if operator in ("after", "newer", "newer_than"):
        return lambda mail: mail.internal_date >= limit
    return lambda mail: mail.internal_date < limit


def instant(text: str) -> int | None:
    """Epoch seconds of a search date: seconds as they are; a day is its midnight in Los Angeles.

    >>> instant("1388552400"), instant("2014/01/01"), instant("2014-01-01"), instant("01/31/2014"), instant("soon")
    (1388552400, 1388563200, 1388563200, 1391155200, None)
    """
    if re.fullmatch(r"\d{5,12}", text):
        return int(text)
    day = re.fullmatch(r"(?P<y>\d{4})[/.-](?P<m>\d{1,2})[/.-](?P<d>\d{1,2})", text)
    day = day or re.fullmatch(r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})", text)
    if day is None:
        return None
    try:
        return int(datetime(int(day["y"]), int(day["m"]), int(day["d"]), tzinfo=_pacific()).timestamp())
    except (ValueError, OverflowError):
        return None


def _ago(text: str, now: datetime) -> int | None:
    """`7d`, `2m`, `1y` (and hours) before now, in calendar months and years."""
    read = re.fullmatch(r"(\d{1,5})([hdmy])", text.lower())
    if read is None:
        return None
    count, unit = int(read[1]), read[2]
    if unit in "hd":
        return int((now - timedelta(hours=count * (24 if unit == "d" else 1))).timestamp())
    month = now.year * 12 + now.month - 1 - count * (12 if unit == "y" else 1)
    if month < 12 * 1970:
        return 0
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(now.replace(year=year, month=month + 1, day=min(now.day, last)).timestamp())


def _pacific() -> tzinfo:
    try:
        return zoneinfo.ZoneInfo("America/Los_Angeles")
    except zoneinfo.ZoneInfoNotFoundError:  # a machine without a time zone database: PST, as Google's guide has it
        return timezone(timedelta(hours=-8))


def _names_hidden(term: Term) -> bool:
    return term.operator in ("in", "label", "is") and term.text.lower() in ("spam", "trash", "bin", "anywhere")


_FIELDS: dict[str, Callable[[str], Predicate]] = {
    "subject": _subject,
    "filename": _filename,
    "has": _has,
    "in": _label,
    "label": _label,
    "category": _category,
    "is": _is,
    "rfc822msgid": _message_id,
    "list": _list,
}
