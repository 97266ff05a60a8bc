"""Order numbers, booking references, invoice and receipt numbers: as printed, leading zeros kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.parsing.receipts.vocabulary import compile_phrases, identifier_labels
from chalicelib.parsing.values.dates import find_dates

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("order", compile_phrases(identifier_labels.ORDER)),
    ("booking", compile_phrases(identifier_labels.BOOKING)),
    ("invoice", compile_phrases(identifier_labels.INVOICE)),
    ("receipt", compile_phrases(identifier_labels.RECEIPT)),
    ("payment", compile_phrases(identifier_labels.PAYMENT)),
)
_OTHER = compile_phrases(identifier_labels.OTHER)
_TOKEN = re.compile(r"(?<![\w@/.*-])#?(?P<token>[A-Za-z0-9ÅÄÖ]{1,20}(?:[-_/.:][A-Za-z0-9]{1,20}){0,5})(?![\w@*])")
_SEPARATOR = re.compile(
    r"^[\s\t:#.\u00a0–=-]*(?:(?:is|är|med|with|number|no|nr|id|nummer|n[°ºo]|ref|code|kod|is confirmed|av"
    r"|from)\b\.?[\s\t:#.]*)*"
    r"(?:\([^)]{0,30}\)[\s:]*)?",
    re.IGNORECASE,
)
_PHONE_OR_CARD = re.compile(r"\+\d|(?:\d{4}[ -]){3}\d{4}|[*xX•]{2,}")
_NOT_TOKENS = re.compile(r"^(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|\d+[.,]\d{1,2}|\d{1,3}%?|SE\d{12}(?:01)?|\d{6}-\d{4})$")
#: "81 200 337", "HT 88120": digits in groups, as long invoice numbers are printed, and nothing else in the cell.
_GROUPED_DIGITS = re.compile(
    r"(?:\d{2,5}(?:[ \u00a0]\d{2,5}){1,4}|[A-ZÅÄÖ]{1,4}(?:[ \u00a0]\d{3,6}){1,3})(?=\s*(?:$|\t|[.,;](?!\d)|[·|]))"
)
_MOST_LINES = 400


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the purchase: its ``kind`` (order, booking, invoice, receipt, unlabelled), value and certainty."""

    kind: str
    value: str
    score: float
    line: int


def read_identifiers(lines: Sequence[str], subject: str = "") -> list[Identifier]:
    """All numbers of the purchase, the most telling first.

    >>> [(found.kind, found.value) for found in read_identifiers(["Ordernummer:\\t00234", "Kundnummer: 77120"])]
    [('order', '00234')]
    >>> [found.value for found in read_identifiers(["Thanks!"], "Your receipt from Remix #1923-2093")]
    ['1923-2093']
    """
    found = list(_labelled(subject, 0, "", score=3.0))
    found += _bare_number(subject, 0)
    for index, line in enumerate(lines[:_MOST_LINES]):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        found += _labelled(line, index, following, score=4.0)
        found += _bare_number(line, index)
        found += _beside_a_date(line, index)
    found += _columns(lines[:_MOST_LINES])
    best: dict[str, Identifier] = {}
    for identifier in found:
        known = best.get(identifier.value)
        if known is None or identifier.score > known.score:
            best[identifier.value] = identifier
    ranked = [
        msgspec.structs.replace(identifier, score=identifier.score + (1.0 if identifier.value in subject else 0.0))
        for identifier in best.values()
    ]
    return sorted(ranked, key=lambda identifier: (-identifier.score, identifier.line))


def is_identifier(token: str) -> bool:
    """A token with a digit, or a booking code of capitals; no date, time, amount or company number.

    >>> [is_identifier(token) for token in ("A80SD99", "00234", "RB6K2Q", "XKQZPT", "confirmed", "2025-01-31", "12:30")]
    [True, True, True, True, False, False, False]
    """
    if len(token) < 3 or len(token) > 40 or _NOT_TOKENS.match(token):
        return False
    if not any(character.isdigit() for character in token):
        return 5 <= len(token) <= 8 and token.isascii() and token.isupper() and not _is_word(token)
    if find_dates(token) and re.fullmatch(r"[\d./-]+", token):
        return False
    return not re.fullmatch(r"(?:19|20)\d{2}", token) and not re.fullmatch(r"[a-zåäö]+\d{0,2}", token)


def _is_word(token: str) -> bool:
    """Shouted words are no codes: codes have few vowels in a row, words are pronounceable."""
    return bool(re.search(r"[AEIOUYÅÄÖ]", token)) and not re.search(r"[^AEIOUYÅÄÖ]{4}", token)


def _labelled(line: str, index: int, following: str, *, score: float) -> Iterator[Identifier]:
    if len(line) > 600:
        return
    others = [match.span() for match in _OTHER.finditer(line)]
    for rank, (kind, pattern) in enumerate(_KINDS):
        for match in pattern.finditer(line):
            if any(
                left < match.end() and match.start() < right
                for left, right in others
                if right - left > match.end() - match.start()
            ):
                continue
            token = _token_after(line, match.end(), others)
            bonus = (
                1.0
                if len(match[0]) > 8 or "nr" in match[0].lower() or "#" in line[match.start() : match.end() + 3]
                else 0.0
            )
            if token is None and following and not line[match.end() :].strip(" :#.\t"):
                token = _token_after(following, 0, [span.span() for span in _OTHER.finditer(following)])
                bonus -= 0.5
            if token is not None:
                yield Identifier(kind=kind, value=token, score=score + bonus - 0.6 * rank, line=index)


def _token_after(line: str, position: int, others: Sequence[tuple[int, int]]) -> str | None:
    rest = line[position : position + 80]
    separator = _SEPARATOR.match(rest)
    start = separator.end() if separator else 0
    if any(position <= left <= position + start for left, _ in others):
        return None
    match = _TOKEN.match(rest, start)
    if match is None or _PHONE_OR_CARD.search(rest[start : start + 24]):
        return None
    grouped = _GROUPED_DIGITS.match(rest, match.start("token"))
    token = match["token"].rstrip(".:-/_") if grouped is None else grouped[0]
    if not is_identifier(token) or (
        find_dates(rest[start : start + 24]) and find_dates(rest[start:])[0].start <= 1 + start
    ):
        return None
    if (
        re.match(r"\s?(?:kr|sek|eur|usd|€|\$|%|st\b|kwh)", rest[(grouped or match).end() :], re.IGNORECASE)
        or rest[start : start + 1] in "$€£"
    ):
        return None
    return token


def _bare_number(line: str, index: int) -> Iterator[Identifier]:
    """ "#103571871" or "(#1045)"."""
    if len(line) > 200:
        return
    for match in re.finditer(r"(?<!\w)#\s?([A-Za-z0-9][A-Za-z0-9-]{2,30})(?!\w)", line):
        digits = sum(character.isdigit() for character in match[1])
        if digits >= 3 and is_identifier(match[1]) and not _OTHER.search(line[: match.start()]):
            yield Identifier(kind="unlabelled", value=match[1], score=2.5, line=index)


def _beside_a_date(line: str, index: int) -> Iterator[Identifier]:
    """A row of a number and a date and nothing else heads many receipts."""
    cells = line.split("\t")
    if len(cells) != 2 or len(line) > 80:
        return
    for cell, other in (cells, cells[::-1]):
        dates = find_dates(other)
        token = cell.removeprefix("#").strip()
        if (
            dates
            and dates[0].end - dates[0].start >= len(other) - 8
            and _TOKEN.fullmatch(token)
            and is_identifier(token)
        ):
            yield Identifier(kind="unlabelled", value=token, score=2.0, line=index)


def _columns(lines: Sequence[str]) -> Iterator[Identifier]:
    """A row of labels above a row of values."""
    for index in range(len(lines) - 1):
        labels, values = lines[index].split("\t"), lines[index + 1].split("\t")
        if len(labels) < 2 or len(labels) != len(values):
            continue
        for label, value in zip(labels, values, strict=True):
            for rank, (kind, pattern) in enumerate(_KINDS):
                token = value.removeprefix("#").strip()
                if pattern.fullmatch(label.strip(" :#")) and _TOKEN.fullmatch(token) and is_identifier(token):
                    yield Identifier(kind=kind, value=token, score=4.5 - 0.6 * rank, line=index)
