"""One .eml file as the mailbox knows it: identity, date, labels and the words that search looks at."""

from __future__ import annotations

import email.utils
import hashlib
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.sandbox.google import mime
from tests.sandbox.google.words import visible_text, words

_INDEXED_CHARACTERS = 200_000
_MARKUP_CHARACTERS = 2_000_000
_HEADER_CHARACTERS = 50_000
_ADDRESS = re.compile(r"""[^\s<>,;:"()\[\]@]{1,320}@[^\s<>,;:"()\[\]@]{1,255}""")
_SNIPPET_CHARACTERS = 200
#: The date of mail that tells none: no usable Date and no usable Received header.
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
SYSTEM_LABELS = (
    "INBOX", "UNREAD", "STARRED", "IMPORTANT", "SENT", "DRAFT", "SPAM", "TRASH", "CHAT", "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS", "CATEGORY_PURCHASES",
)  # fmt: skip
_PURCHASE_WORDS = frozenset({
    "receipt", "invoice", "order", "purchase", "booking", "reservation", "payment", "faktura", "kvitto", "köp",
    "orderbekräftelse", "beställning", "bokning", "bokningsbekräftelse", "betalning", "hyresavi",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """Who a header names: the addresses in it (also those in display names), and all its words."""

    addresses: frozenset[str]
    all_words: str

    @classmethod
    def of(cls, header: str) -> People:
        addresses = (address.strip(".'").casefold() for address in _ADDRESS.findall(header[:_HEADER_CHARACTERS]))
        return cls(frozenset(addresses), words(header[:_HEADER_CHARACTERS]))


@dataclass(frozen=True, slots=True)
class Mail:
    """`internal_date` is in epoch milliseconds; the `*_words` are in the form of `words.words`."""

    id: str
    path: Path
    signature: tuple[int, int]
    internal_date: int
    labels: tuple[str, ...]
    snippet: str
    people: dict[str, People]
    rfc822_id: str
    list_words: str
    subject_words: str
    body_words: str
    filenames: tuple[str, ...]
    has_attachment: bool

    @property
    def size(self) -> int:
        return self.signature[1]

    @property
    def order(self) -> tuple[int, str]:
        return self.internal_date, self.id


def read_mail(path: Path, relative: str, signature: tuple[int, int]) -> Mail:
    """Reads and indexes a file; `relative` is its path below the mailbox directory. `OSError` if it is gone."""
    data = path.read_bytes()
    root = mime.parse(data)
    text = _body_text(root)
    parts = list(root.walk())
    return Mail(
        id=message_id(relative, data),
        path=path,
        signature=signature,
        internal_date=int(internal_date(root).timestamp() * 1000),
        labels=_labels(root),
        snippet=_snippet(text),
        people={name: People.of(_joined(root, name)) for name in ("from", "to", "cc", "bcc", "delivered-to")},
        rfc822_id=root.header("message-id").strip().strip("<>"),
        list_words=words(root.header("list-id")),
        subject_words=words(root.header("subject")),
        body_words=words(text),
        filenames=tuple(part.filename for part in parts if part.filename),
        has_attachment=any(part.is_attachment for part in parts if not part.children),
    )


def message_id(relative: str, data: bytes) -> str:
    """16 hexadecimal digits, as Gmail's, from path and content: the same file always has the same id."""
    digest = hashlib.sha256(relative.encode("utf-8", "surrogateescape") + b"\0" + data).hexdigest()
    return "1" + digest[:15]


def internal_date(root: mime.Part) -> datetime:
    """The Date header; if it is missing or unreadable the newest Received header (its end); else `UNDATED`."""
    date = _date(root.header("date"))
    if date is not None:
        return date
    stamps = [value.rpartition(";")[2] for name, value in root.headers if name.lower() == "received"]
    received = [stamp for stamp in map(_date, stamps) if stamp is not None]
    return max(received, default=UNDATED)


def _date(value: str) -> datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(value.strip())
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        return aware if aware.timestamp() >= 0 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _snippet(text: str) -> str:
    """The first words, with HTML's special characters escaped as Gmail writes them."""
    start = " ".join(text[:4000].split())[:_SNIPPET_CHARACTERS]
    return html.escape(start).replace("&#x27;", "&#39;")


def _joined(root: mime.Part, name: str) -> str:
    return ", ".join(value for key, value in root.headers if key.lower() == name)


def _body_text(root: mime.Part) -> str:
    """What a reader sees: plain text first, then the text of the HTML; attachments do not count."""
    bodies = [part for part in root.walk() if part.is_body]
    bodies.sort(key=lambda part: part.mime_type == "text/html")
    texts = (visible_text(p.text[:_MARKUP_CHARACTERS]) if p.mime_type == "text/html" else p.text for p in bodies)
    return " ".join(text[:_INDEXED_CHARACTERS] for text in texts)[:_INDEXED_CHARACTERS]


def _labels(root: mime.Part) -> tuple[str, ...]:
    """Label ids: those of an `X-Gmail-Labels` header (as Google Takeout writes it), else an unread inbox mail.

    Gmail sorts mail by learned rules that nobody knows; here a subject with a word of a purchase is
    CATEGORY_PURCHASES and CATEGORY_UPDATES, other mail with List-Unsubscribe is CATEGORY_PROMOTIONS.
    """
    written = [name.strip() for name in root.header("x-gmail-labels").split(",") if name.strip()]
    if written:
        return tuple(dict.fromkeys(label_id(name) for name in written))
    if _PURCHASE_WORDS.intersection(words(root.header("subject")).split()):
        return "UNREAD", "CATEGORY_UPDATES", "CATEGORY_PURCHASES", "INBOX"
    category = "CATEGORY_PROMOTIONS" if root.header("list-unsubscribe") else "CATEGORY_PERSONAL"
    return "UNREAD", category, "INBOX"


def label_id(name: str) -> str:
    """The id of a label's name: system labels in capitals, the user's own as `Label_<number>`.

    >>> label_id("Category Purchases"), label_id("inbox")
    ('CATEGORY_PURCHASES', 'INBOX')
    """
    system = name.upper().replace(" ", "_")
    aliases = {"DRAFTS": "DRAFT", "BIN": "TRASH", "PRIMARY": "CATEGORY_PERSONAL"}
    system = aliases.get(system, system)
    if system in SYSTEM_LABELS:
        return system
    return f"Label_{int(hashlib.sha256(name.casefold().encode('utf-8', 'replace')).hexdigest()[:8], 16)}"
