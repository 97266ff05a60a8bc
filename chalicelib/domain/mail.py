"""Mail as the product sees it: a message with bodies and attachments, and what is known about it while it is read."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import NamedTuple

import msgspec

_SAFE_IN_KEYS = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_STEM = 80


class MailContext(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a document before it is read: its mail's headers and the vendor that matched it.

    ``date`` is when Gmail received the mail (aware); ``category`` and ``language`` are hints of the vendor's
    configuration, to be believed less than the document itself.
    """

    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    date: datetime | None = None
    vendor_name: str | None = None
    category: str | None = None
    language: str | None = None


class SearchWindow(NamedTuple):
    """A span of time to search mail in, half open: ``after <= received < before``; aware; None is unbounded."""

    after: datetime | None = None
    before: datetime | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf of a message. ``part`` is its path in the MIME tree ("0.1"), stable for one message."""

    part: str
    filename: str
    content_type: str
    content: bytes

    @property
    def is_pdf(self) -> bool:
        """By type, by name or by its first kilobyte: senders get each of the three wrong (PDF 32000-1, 7.5.2)."""
        return (
            self.content_type in {"application/pdf", "application/x-pdf", "application/acrobat"}
            or self.filename.lower().rstrip(". ").endswith(".pdf")
            or b"%PDF-" in self.content[:1024]
        )


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed message; bodies are text as declared by their parts, empty when there is none."""

    subject: str
    sender_name: str
    sender_address: str
    html: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()


def display_filename(name: str) -> str:
    """An attachment's name as a person may see it: last path component, no control characters, at most 120.

    >>> display_filename("../../etc/Hyresavi\\x00 mars.PDF")
    'Hyresavi mars.PDF'
    >>> display_filename("")
    'attachment'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    tidy = " ".join(kept.split()).strip(". ")
    if len(tidy) > 120:
        stem, dot, suffix = tidy.rpartition(".")
        tidy = f"{stem[:110]}.{suffix}" if dot and len(suffix) <= 8 else tidy[:120]
    return tidy or "attachment"


def key_stem(name: str) -> str:
    """A name reduced to what is safe in an S3 key, a URL and a file system; without its suffix.

    >>> key_stem("Hyresavi för mars (2).pdf")
    'Hyresavi-for-mars-2'
    >>> key_stem("..\\\\..\\\\%2e%2e/ok.pdf"), key_stem("\\u202egnp.pdf"), key_stem("")
    ('ok', 'gnp', 'document')
    """
    stem = re.sub(r"\.pdf$", "", display_filename(name) if name else "", flags=re.IGNORECASE)
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return _SAFE_IN_KEYS.sub("-", ascii_only).strip("-_")[:_LONGEST_STEM] or "document"
