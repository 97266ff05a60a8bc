"""Replies quote what they answer, forwards carry it: the first is noise, the second is the document."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Subject prefixes of mail programs in the languages of our users (Re, Sv, Aw, Antw, ... and Fwd, VB, WG, ...).
_REPLY_SUBJECT = re.compile(r"^\s*(?:re|sv|aw|antw|vs|rif|ref|odp)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|vb|wg|tr|doorst|vid|i|rv|enc|vl)\s*:", re.IGNORECASE)

_FORWARD_MARK = re.compile(
    r"^[>\s]*-*\s*(?:begin forwarded message|forwarded message|vidarebefordrat (?:meddelande|brev|mejl)"
    r"|videresendt (?:melding|meddelelse|besked)|weitergeleitete nachricht|message transféré|doorgestuurd bericht"
    r"|mensaje reenviado|messaggio inoltrato|välitetty viesti)\b",
    re.IGNORECASE,
)
_REPLY_MARK = re.compile(
    r"^[>\s]*(?:(?:on|den|am|le|op|il|el|på|ti|ma|ke)\b.{6,120}"
    r"\b(?:wrote|skrev|schrieb|a écrit|schreef|ha scritto|escribió|kirjoitti)\b.{0,80}:?"
    r"|.{2,60}\bskrev\b.{0,60}\d{4}.{0,40}:)\s*$",
    re.IGNORECASE,
)
_ORIGINAL_MARK = re.compile(
    r"^[>\s]*-*\s*(?:original message|ursprungligt meddelande|originalmeddelande|opprinnelig melding"
    r"|oprindelig meddelelse|ursprüngliche nachricht|message d'origine|oorspronkelijk bericht"
    r"|mensaje original|messaggio originale|alkuperäinen viesti)\s*-*\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^[>*\s]*(?P<name>from|från|fra|von|de|van|da|lähettäjä|sent|skickat|sendt|gesendet|envoyé|verzonden|date|datum|dato"
    r"|to|till|til|an|à|aan|subject|ämne|emne|betreff|objet|onderwerp|reply-to|cc)\s*:\*?\s",
    re.IGNORECASE,
)
_SENDER_HEADER = re.compile(r"^[>*\s]*(?:from|från|fra|von|de|van|da|lähettäjä)\s*:", re.IGNORECASE)
_AMOUNT_HINT = re.compile(r"\d[.,]\d\d\b|\b(?:kr|sek|eur|usd)\b|[€$£]", re.IGNORECASE)
_SHORT_NOTE_CHARACTERS = 200


def is_forward(lines: Sequence[str], subject: str) -> bool:
    """Whether a mail passes another mail on, by its subject or by the line that mail programs put in front."""
    return bool(_FORWARD_SUBJECT.match(subject)) or any(_FORWARD_MARK.match(line) for line in lines[:200])


def forwarded_sender(lines: Sequence[str]) -> str:
    """The sender that the header block of a forwarded mail names, empty when there is none.

    >>> forwarded_sender(["From: Shop AB <a@shop.example>", "Date: 3 May 2025", "Subject: Receipt", "To: Bo"])
    'Shop AB'
    """
    for index, line in enumerate(lines[:200]):
        if _SENDER_HEADER.match(line) and _is_mail_header(lines, index):
            name = re.split(r"[<\[(]|\S+@\S+", line.partition(":")[2])[0]
            return name.strip(" \"'*\u00a0")
    return ""


def without_quoted_tail(lines: Sequence[str], subject: str) -> list[str]:
    """The lines of a mail without what it quotes of an earlier one; a forwarded mail keeps its content.

    An "original message" block may be either: it is a forward when the subject does not say reply and nothing but a
    short note without amounts stands in front of it.

    >>> without_quoted_tail(["Thanks!", "On Mon, 3 Feb 2025, Shop wrote:", "> Total 12 kr"], "Re: Your order")
    ['Thanks!']
    >>> without_quoted_tail(["fyi", "Från: Shop", "Skickat: den 3 maj", "Till: Bo", "Summa 12 kr"], "VB: Kvitto")
    ['fyi', 'Summa 12 kr']
    """
    forwarded = is_forward(lines, subject)
    kept: list[str] = []
    for index, line in enumerate(lines):
        if not _starts_quotation(lines, index):
            unquoted = line.lstrip("> ") if forwarded else line
            if unquoted and not (forwarded and _is_mail_header(lines, index)):
                kept.append(unquoted)
            continue
        if _REPLY_SUBJECT.match(subject) or (_REPLY_MARK.match(line) and not forwarded):
            return kept
        before = "\n".join(kept)
        if not forwarded and (len(before) > _SHORT_NOTE_CHARACTERS or _AMOUNT_HINT.search(before)):
            return kept
        forwarded = True
    return kept


def _starts_quotation(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if len(line) > 300:
        return False
    if _REPLY_MARK.match(line) or _ORIGINAL_MARK.match(line) or _FORWARD_MARK.match(line):
        return True
    return bool(_SENDER_HEADER.match(line)) and _is_mail_header(lines, index)


def _is_mail_header(lines: Sequence[str], index: int) -> bool:
    """A "From:" or "Sent:" line counts only among others of its kind; a receipt may have a "Date:" of its own."""
    if not _HEADER.match(lines[index]):
        return False
    around = lines[max(index - 4, 0) : index + 5]
    headers = [match["name"].casefold() for match in map(_HEADER.match, around) if match]
    return len(headers) >= 3 and any(_SENDER_HEADER.match(line) for line in around)
