"""Documents that ingestion saw: their identity, their keys in S3, and their rows in the ledger."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.domain.mail import key_stem

DocumentState = Literal["found", "stored", "parsed", "duplicate", "ignored", "needs_review", "failed"]
DocumentKind = Literal["rental", "retail"]

#: States that a document does not leave by itself.
FINAL_STATES: frozenset[DocumentState] = frozenset({"parsed", "duplicate", "ignored", "needs_review", "failed"})
#: A part of this name stands for the message itself: its row says that all of its parts are stored.
WHOLE_MESSAGE = ""


def document_id(account: str, message_id: str, part: str) -> str:
    """The identity of one part of one message of one Google account: the same however often it is seen.

    >>> document_id("1", "18c", "0.1") == document_id("1", "18c", "0.1") != document_id("1", "18c", "0.2")
    True
    """
    return "document_" + _digest(account, message_id, part)


def message_row_id(account: str, message_id: str, kind: DocumentKind) -> str:
    """The row that says that a message is worked off: for one kind only, since both kinds search the same inbox."""
    return "message_" + _digest(account, message_id, kind)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def rental_invoice_id(document: str) -> str:
    """The invoice that a rental document becomes; derived, so that a second parse finds the first one's record."""
    return "rent_" + document.removeprefix("document_")


def rental_key(user_id: str, filename: str, document: str) -> str:
    """``invoices/{user_id}/rental/{name}.pdf``; the document's digest keeps equal attachment names apart."""
    return f"invoices/{user_id}/rental/{key_stem(filename)}_{document.removeprefix('document_')[:16]}.pdf"


def retail_key(user_id: str, sub_type: str, vendor: str, day: date, document: str, *, suffix: str) -> str:
    """``invoices/{user_id}/retail/{sub_type}/{vendor}_{date}_{hash}{suffix}``; ``suffix`` is ".html" or ".pdf".

    >>> retail_key("user_1", "clothing", "Jack & Jones", date(2025, 3, 14), "document_0123456789abcdef", suffix=".html")
    'invoices/user_1/retail/clothing/Jack-Jones_2025-03-14_0123456789abcdef.html'
    """
    digest = document.removeprefix("document_")[:16]
    return f"invoices/{user_id}/retail/{sub_type}/{key_stem(vendor)}_{day.isoformat()}_{digest}{suffix}"


class ObjectKey(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice key taken apart; ``sub_type`` is set for retail only."""

    user_id: str
    kind: DocumentKind
    sub_type: str | None = None

    @classmethod
    def parse(cls, key: str) -> ObjectKey | None:
        """``None`` for a key that ingestion never writes.

        >>> ObjectKey.parse("invoices/user_1/retail/grocery/ica_2025-01-02_ab.pdf").sub_type
        'grocery'
        """
        match key.split("/"):
            case ["invoices", user_id, "rental", name] if name:
                return cls(user_id=user_id, kind="rental")
            case ["invoices", user_id, "retail", sub_type, name] if name:
                return cls(user_id=user_id, kind="retail", sub_type=sub_type)
            case _:
                return None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger. Times are aware, in UTC; ``mail_date`` is when Gmail received the mail.

    ``historical`` documents are imported without a notification of their own. ``run_id`` is the ingestion run that
    found the document and counts it. ``reason`` is a stable snake_case word. ``sub_type`` and ``language`` are what
    the vendor's configuration says of its retail mails.
    """

    user_id: str = msgspec.field(name="UserID")
    document_id: str = msgspec.field(name="DocumentID")
    kind: DocumentKind
    account: str
    message_id: str
    part: str
    state: DocumentState
    run_id: str
    updated_at: datetime
    mail_date: datetime
    vendor_id: str | None = None
    vendor_name: str | None = None
    filename: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    sub_type: str | None = None
    language: str | None = None
    subject: str | None = None
    s3_key: str | None = None
    content_hash: str | None = None
    historical: bool = False
    reason: str | None = None
    attempts: int = 0
    invoice_id: str | None = None
    method: str | None = None
