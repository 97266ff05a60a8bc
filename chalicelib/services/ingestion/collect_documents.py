"""Which parts of a mail are documents worth keeping."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import NamedTuple

from chalicelib.domain.documents import Document, document_id, rental_key, retail_key
from chalicelib.domain.mail import Attachment, Email, display_filename

#: The part that stands for a mail's body, whichever of its parts that is.
_BODY = "body"


class FoundDocument(NamedTuple):
    """One part of a mail that may be an invoice, and where its raw file goes."""

    document_id: str
    part: str
    filename: str
    content: bytes
    content_type: str
    s3_key: str


#: From a mail and its message's ledger row to the documents in it.
CollectDocuments = Callable[[Email, Document], list[FoundDocument]]


def rental_documents(email: Email, message: Document) -> list[FoundDocument]:
    """Every PDF of a landlord's mail, by type, name or content."""
    found = []
    for attachment in email.attachments:
        if attachment.is_pdf:
            identity = document_id(message.account, message.message_id, attachment.part)
            filename = _pdf_name(attachment)
            key = rental_key(message.user_id, filename, identity)
            found.append(_pdf(identity, attachment, filename, key))
    return found


def retail_documents(email: Email, message: Document) -> list[FoundDocument]:
    """The body of a shop's mail (its text where it has no HTML), and every PDF attached to it."""
    found = []
    body = email.html.strip() or _as_html(email.text)
    if body:
        identity = document_id(message.account, message.message_id, _BODY)
        key = _retail_key(message, identity, ".html")
        content = body.encode("utf-8", "replace")
        found.append(FoundDocument(identity, _BODY, "mail.html", content, "text/html; charset=utf-8", key))
    for attachment in email.attachments:
        if attachment.is_pdf:
            identity = document_id(message.account, message.message_id, attachment.part)
            key = _retail_key(message, identity, ".pdf")
            found.append(_pdf(identity, attachment, _pdf_name(attachment), key))
    return found


def _pdf(identity: str, attachment: Attachment, filename: str, key: str) -> FoundDocument:
    return FoundDocument(identity, attachment.part, filename, attachment.content, "application/pdf", key)


def _pdf_name(attachment: Attachment) -> str:
    filename = display_filename(attachment.filename or "invoice.pdf")
    return filename if filename.lower().endswith(".pdf") else f"{filename}.pdf"


def _retail_key(message: Document, identity: str, suffix: str) -> str:
    vendor = message.vendor_id or "unknown"
    day = message.mail_date.date()
    return retail_key(message.user_id, message.sub_type or "miscellaneous", vendor, day, identity, suffix=suffix)


def _as_html(text: str) -> str:
    return f"<!DOCTYPE html><html><body><pre>{escape(text)}</pre></body></html>" if text.strip() else ""
