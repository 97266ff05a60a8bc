"""Vendors are data: whose mails count, how they are found in Gmail, and which vendor a mail belongs to."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from chalicelib.domain.mail import SearchWindow

#: Gmail documents no limit for ``q``; its search box and API refuse very long ones, 1,500 characters are safe.
LONGEST_QUERY = 1500

#: RFC 5321, 4.5.3.1: a path of 256 octets holds an address of 254.
_LONGEST_SENDER = 254
_LONGEST_SUBJECT_TERM = 400

InvoiceCategory = Literal["rental", "retail"]

#: What senders write for a hyphen or an apostrophe; Gmail's search ignores either, our comparison must not stumble.
_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | dict.fromkeys("\u2018\u2019", "'")
)
#: An address or domain that stays one word in a Gmail query, whatever somebody wrote into the table.
_QUERY_WORD = re.compile(r"""\w[^\s"(){}<>,;:]*""")


class ExtractionHints(msgspec.Struct, frozen=True, kw_only=True):
    """What a person who knows the vendor's mails can tell the extraction; all of it optional."""

    description: str | None = None
    language: str | None = None
    fields: dict[str, str] = {}


class VendorConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the VendorConfig table and one file of ``vendor_configs/``.

    ``email_patterns`` are addresses ("kundservice@wallenstam.se") or domains ("wallenstam.se", covering its
    subdomains). ``subject_keywords`` are alternatives; inside one, `` AND `` joins phrases that must all occur, as
    whole words. No keyword at all means every mail of the sender. ``invoice_sub_type`` is one of the eight retail
    categories. A row written by hand may leave ``invoice_category`` out, as rows of the original system do
    (reference/data-storage.txt lists no such field): it is a shop's.
    """

    vendor_id: str
    vendor_name: str
    invoice_category: InvoiceCategory = "retail"
    invoice_sub_type: str | None = None
    email_patterns: tuple[str, ...]
    subject_keywords: tuple[str, ...] = ()
    parser_type: str | None = None
    active: bool = True
    logo_url: str | None = None
    supports_pdf: bool = False
    hints: ExtractionHints | None = None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES).casefold().split())


def _occurs(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as whole words, which is how Gmail's search reads it too."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        if not (_in_word(before) and _in_word(phrase[0])) and not (_in_word(after) and _in_word(phrase[-1])):
            return True
        start = text.find(phrase, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _senders(vendor: VendorConfig) -> list[str]:
    """Addresses and domains in lower case. ``@shop.example`` and ``*@shop.example``, as people write, are domains."""
    patterns = (pattern.strip().casefold().lstrip("*@.") for pattern in vendor.email_patterns)
    return [each for each in patterns if len(each) <= _LONGEST_SENDER and _QUERY_WORD.fullmatch(each)]


def _keywords(vendor: VendorConfig) -> list[list[str]]:
    """The phrases of each keyword, folded; blank ones do not count."""
    split = ([_folded(phrase) for phrase in keyword.split(" AND ")] for keyword in vendor.subject_keywords)
    return [kept for phrases in split if (kept := [phrase for phrase in phrases if phrase])]


def sender_specificity(vendor: VendorConfig, address: str) -> int:
    """How well a sender's address fits: 0 not at all, else longer patterns and whole addresses weigh more.

    >>> shop = VendorConfig(vendor_id="x", vendor_name="X", invoice_category="retail",
    ...                     email_patterns=("shop.example", "kvitto@mail.shop.example"))
    >>> [sender_specificity(shop, a) for a in ("a@shop.example", "kvitto@mail.shop.example", "a@badshop.example")]
    [12, 1024, 0]
    """
    address = address.strip().casefold()
    _, at, domain = address.rpartition("@")
    best = 0
    for wanted in _senders(vendor):
        if "@" in wanted:
            fits, weight = address == wanted, 1000 + len(wanted)
        else:
            fits, weight = bool(at) and f".{domain}".endswith(f".{wanted}"), len(wanted)
        if fits:
            best = max(best, weight)
    return best


def keyword_specificity(vendor: VendorConfig, subject: str) -> int:
    """How well a subject fits: 0 not at all, else the letters of the longest keyword whose phrases all occur.

    >>> shop = VendorConfig(vendor_id="x", vendor_name="X", email_patterns=("shop.example",),
    ...                     subject_keywords=("Order # AND confirmed", "kvitto"))
    >>> [keyword_specificity(shop, s) for s in ("Order #7 is confirmed!", "Ditt KVITTO", "Order #7", "Kvittorulle")]
    [16, 6, 0, 0]
    """
    keywords = _keywords(vendor)
    if not keywords:
        return 1
    folded = _folded(subject)
    return max((sum(map(len, each)) for each in keywords if all(_occurs(phrase, folded) for phrase in each)), default=0)


def match_vendors(vendors: Iterable[VendorConfig], address: str, subject: str) -> list[VendorConfig]:
    """The vendors that fit a mail best: one normally, several when they fit equally well, none when none does.

    The sender counts before the subject: a whole address beats a domain, a longer domain a shorter one, and between
    equals the longer keyword wins.
    """
    scored = [
        ((sender, keyword), vendor)
        for vendor in vendors
        if (sender := sender_specificity(vendor, address)) and (keyword := keyword_specificity(vendor, subject))
    ]
    best = max((score for score, _ in scored), default=None)
    return [vendor for score, vendor in scored if score == best]


def _any_of(terms: Sequence[str]) -> str:
    return f"{{{' '.join(terms)}}}" if len(terms) > 1 else "".join(terms)


def _subject_terms(vendor: VendorConfig) -> tuple[str, ...]:
    """``subject:`` terms, one a keyword. None at all, which finds more, when one keyword is nothing to search for."""
    terms = []
    for phrases in _keywords(vendor):
        words = [" ".join(phrase.replace('"', " ").split()) for phrase in phrases if any(map(_in_word, phrase))]
        joined = " ".join(f'subject:"{each}"' for each in words)
        if not 0 < len(joined) <= _LONGEST_SUBJECT_TERM:
            return ()
        terms.append(f"({joined})" if len(words) > 1 else joined)
    return tuple(dict.fromkeys(terms))


def _clause(senders: Sequence[str], subjects: Sequence[str]) -> str:
    """``from:`` and ``subject:`` terms; see support.google.com/mail/answer/7190 for the operators."""
    return f"({' '.join(part for part in (_any_of(senders), _any_of(subjects)) if part)})"


def _fitting(terms: Sequence[str], room: int) -> list[list[str]]:
    """The terms in their order, in groups of at most ``room`` characters, a space after each; at least one group."""
    groups: list[list[str]] = [[]]
    used = 0
    for term in terms:
        if groups[-1] and used + len(term) + 1 > room:
            groups.append([])
            used = 0
        groups[-1].append(term)
        used += len(term) + 1
    return groups


def _clauses(vendors: Sequence[VendorConfig], room: int) -> Iterator[str]:
    """Clauses of at most ``room`` characters; vendors whose mails have the same subjects share theirs."""
    senders: dict[tuple[str, ...], list[str]] = {}
    for vendor in vendors:
        shared = senders.setdefault(_subject_terms(vendor), [])
        shared += [term for pattern in _senders(vendor) if (term := f"from:{pattern}") not in shared]
    for subjects, wanted in senders.items():
        for some_subjects in _fitting(subjects, room // 2):
            for some_senders in _fitting(wanted, room - len(_clause((), some_subjects)) - len("{} ")):
                if some_senders:
                    yield _clause(some_senders, some_subjects)


def _time_terms(window: SearchWindow) -> str:
    """``after:``/``before:`` as epoch seconds: bare dates would mean midnight in Los Angeles (Gmail API guide).

    A window's ends are not always whole seconds: rounding outwards finds every mail of the window.
    """
    terms = []
    if window.after is not None:
        terms.append(f"after:{math.floor(window.after.timestamp()) - 1}")
    if window.before is not None:
        terms.append(f"before:{math.ceil(window.before.timestamp())}")
    return " ".join(terms)


def fingerprint(vendors: Iterable[VendorConfig]) -> str:
    """Changes whenever a vendor is added, removed, or looked for in another way."""
    looked_for = sorted((vendor.vendor_id, vendor.email_patterns, vendor.subject_keywords) for vendor in vendors)
    return hashlib.sha256(repr(looked_for).encode()).hexdigest()[:16]


def gmail_queries(vendors: Sequence[VendorConfig], window: SearchWindow = SearchWindow()) -> Iterator[str]:  # noqa: B008
    """As few Gmail searches as their length allows, which together find every mail of the vendors in the window.

    They may find more (Gmail's words know no punctuation): ``match_vendors`` decides.
    """
    times = _time_terms(window)
    room = LONGEST_QUERY - len(times) - len("{} ")
    for clauses in _fitting(list(_clauses(vendors, room)), room):
        if clauses:
            yield f"{_any_of(clauses)} {times}".strip()
