"""Reads one file of ``vendor_configs/``: stricter than a row of the table, since a file is reviewed before it counts.

A row that a person writes into the table by hand must work as well as it can (``chalicelib.domain.vendors``); a file
with a slip must not: every error names the file and the field.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import msgspec

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.vendors import ExtractionHints, VendorConfig
from chalicelib.errors import ValidationFailed

_VENDOR_ID = re.compile(r"[a-z0-9][a-z0-9._&-]{0,63}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
#: RFC 5322 "atext" without what Gmail's search gives a meaning of its own: braces and the wildcard.
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'+/=?^_`|~-]+(?:\.[a-z0-9!#$%&'+/=?^_`|~-]+)*", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}")
_HINT_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_LOGO_URL = re.compile(r"https://[^\s/@\"<>]+(?:/[^\s\"<>]*)?")

#: support.google.com/mail/answer/7190
_GMAIL_OPERATOR = re.compile(
    r"(?:^|\s)-?(?:from|to|cc|bcc|subject|label|list|filename|deliveredto|rfc822msgid|category|has|in|is|after|before"
    r"|older|newer|older_than|newer_than|size|larger|smaller):\S",
    re.IGNORECASE,
)
_BOOLEAN = re.compile(r"(?:^|\s)(?:OR|AND|AROUND)(?:\s|$)|\|")
_GROUPING = re.compile(r"[\"\u201c\u201d\u201e(){}*]")
_LONGEST_KEYWORD = 150

#: Where anybody gets a mailbox: a rule for the whole domain would take everybody's mail for the vendor's.
MAILBOX_PROVIDERS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.se",
        "icloud.com",
        "live.com",
        "live.se",
        "me.com",
        "outlook.com",
        "proton.me",
        "telia.com",
        "yahoo.com",
        "yahoo.se",
    }
)


def vendor_file_name(vendor_id: str) -> str:
    """The one name that the file of a vendor has: its id with hyphens for what file systems and shells read.

    >>> vendor_file_name("jack&jones"), vendor_file_name("amazon.com"), vendor_file_name("british_airways")
    ('jack-jones.json', 'amazon-com.json', 'british_airways.json')
    """
    return re.sub(r"[^a-z0-9_]+", "-", vendor_id.lower()).strip("-") + ".json"


def read_vendor_file(text: str, name: str) -> VendorConfig:
    """The vendor that a file describes; ``name`` is the file's name, with its suffix.

    Raises ``ValidationFailed``, whose text names the file and the field: for JSON that is none, unknown, missing or
    repeated fields, wrong types, and for every rule that ``vendor_configs/README.md`` explains.
    """
    try:
        plain = json.loads(text, object_pairs_hook=_without_repetition)
        _refuse_unknown(plain)
        vendor = msgspec.convert(plain, VendorConfig)
        _check_identity(vendor, name)
        _check_senders(vendor)
        _check_keywords(vendor)
        _check_extras(vendor)
    except json.JSONDecodeError as exc:
        raise ValidationFailed(name, f"not JSON: {exc.msg} in line {exc.lineno}") from exc
    except msgspec.ValidationError as exc:
        raise ValidationFailed(name, str(exc)) from exc
    except ValidationFailed as exc:
        raise ValidationFailed(f"{name}: {exc.field}", exc.problem) from exc
    return vendor


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, value in pairs:
        if field in found:
            raise ValidationFailed(field, "stands there twice")
        found[field] = value
    return found


def _refuse_unknown(plain: Any) -> None:
    """msgspec ignores what it does not know, which suits a row of the table and would hide a typing slip here."""
    if not isinstance(plain, dict):
        raise ValidationFailed("vendor", "must be a JSON object")
    hints = plain.get("hints")
    for holder, record, prefix in ((plain, VendorConfig, ""), (hints, ExtractionHints, "hints.")):
        known = {field.name for field in msgspec.structs.fields(record)}
        for field in holder if isinstance(holder, dict) else ():
            if field not in known:
                raise ValidationFailed(prefix + field, f"unknown field; known are {', '.join(sorted(known))}")
    if "invoice_category" not in plain:
        raise ValidationFailed("invoice_category", 'must be there: "retail" or "rental"')


def _check_identity(vendor: VendorConfig, name: str) -> None:
    if not _VENDOR_ID.fullmatch(vendor.vendor_id):
        raise ValidationFailed("vendor_id", "must be 1 to 64 of a-z 0-9 . _ & - and start with a letter or digit")
    if vendor_file_name(vendor.vendor_id) != name:
        raise ValidationFailed("vendor_id", f"belongs into a file called {vendor_file_name(vendor.vendor_id)}")
    _check_text("vendor_name", vendor.vendor_name)
    if vendor.invoice_category == "rental" and vendor.invoice_sub_type is not None:
        raise ValidationFailed("invoice_sub_type", "must be absent for a landlord")
    if vendor.invoice_category == "retail" and vendor.invoice_sub_type not in CATEGORIES:
        raise ValidationFailed("invoice_sub_type", f"must be one of {', '.join(CATEGORIES)}")


def _check_senders(vendor: VendorConfig) -> None:
    if not vendor.email_patterns:
        raise ValidationFailed("email_patterns", "must hold at least one address or domain")
    _refuse_repetition("email_patterns", vendor.email_patterns)
    for place, pattern in enumerate(vendor.email_patterns):
        field = f"email_patterns[{place}]"
        local, at, domain = pattern.rpartition("@")
        if at and (not _LOCAL_PART.fullmatch(local) or len(local) > 64):
            raise ValidationFailed(field, "must be an address or a domain, without a wildcard")
        if not DOMAIN.fullmatch(domain) or len(domain) > 189:
            raise ValidationFailed(field, "must be an address or a domain, without a wildcard")
        if not at and domain.lower() in MAILBOX_PROVIDERS:
            raise ValidationFailed(field, "is a domain of private mailboxes: give the whole address")


def _check_keywords(vendor: VendorConfig) -> None:
    _refuse_repetition("subject_keywords", vendor.subject_keywords)
    for place, keyword in enumerate(vendor.subject_keywords):
        field = f"subject_keywords[{place}]"
        _check_text(field, keyword)
        if len(keyword) > _LONGEST_KEYWORD:
            raise ValidationFailed(field, f"must be at most {_LONGEST_KEYWORD} characters")
        if _GROUPING.search(keyword):
            raise ValidationFailed(field, "must not hold quotes, brackets or a wildcard")
        for phrase in keyword.split(" AND "):
            if not any(character.isalnum() for character in phrase):
                raise ValidationFailed(field, "must hold a word on each side of AND")
            if _BOOLEAN.search(phrase):
                raise ValidationFailed(field, "only knows AND; alternatives are entries of their own")
            if _GMAIL_OPERATOR.search(phrase):
                raise ValidationFailed(field, "must not hold a Gmail operator")


def _check_extras(vendor: VendorConfig) -> None:
    if vendor.parser_type is not None and not _HINT_FIELD.fullmatch(vendor.parser_type):
        raise ValidationFailed("parser_type", "must be a word of a-z 0-9 _")
    if vendor.logo_url is not None and not _LOGO_URL.fullmatch(vendor.logo_url):
        raise ValidationFailed("logo_url", "must be an https address")
    hints = vendor.hints or ExtractionHints()
    if hints.description is not None:
        _check_text("hints.description", hints.description)
    if hints.language is not None and not _LANGUAGE.fullmatch(hints.language):
        raise ValidationFailed("hints.language", "must be an ISO 639-1 code such as sv")
    for field, label in hints.fields.items():
        if not _HINT_FIELD.fullmatch(field):
            raise ValidationFailed(f"hints.fields.{field}", "must be named by a word of a-z 0-9 _")
        _check_text(f"hints.fields.{field}", label)


def _check_text(field: str, text: str) -> None:
    if not text or text != text.strip():
        raise ValidationFailed(field, "must not be empty, nor begin or end with a space")
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise ValidationFailed(field, "must not hold control or invisible characters")


def _refuse_repetition(field: str, values: tuple[str, ...]) -> None:
    if len({value.casefold() for value in values}) < len(values):
        raise ValidationFailed(field, "must not repeat an entry")
