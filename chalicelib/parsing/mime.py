"""Raw mail to bodies and attachments, whatever its sender got wrong.

``email.policy.default`` follows RFC 5322, 2045, 2047 and 2231, but its header parser raises on some of the malformed
headers that real mail carries; each header is therefore read on its own, and falls back to its raw text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import parseaddr
from urllib.parse import unquote

from chalicelib.domain.mail import Attachment, Email
from chalicelib.errors import DocumentUnreadable

#: Deeper or broader mails are attacks; real ones have a handful of parts.
_MOST_PARTS = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def parse_mail(raw: bytes) -> Email:
    """Raises ``DocumentUnreadable`` for what is no mail at all; a damaged part is left out, the rest is kept."""
    if not raw.strip():
        raise DocumentUnreadable("empty_mail")
    try:
        message = message_from_bytes(raw, policy=policy.default)
    except Exception as exc:
        raise DocumentUnreadable("unreadable_mail") from exc
    name, address = parseaddr(_header(message, "From"))
    bodies: dict[str, str] = {}
    attachments: list[Attachment] = []
    for number, (path, part) in enumerate(_leaves(message)):
        if number >= _MOST_PARTS:
            break
        _read_leaf(path, part, bodies, attachments)
    return Email(
        subject=_header(message, "Subject"),
        sender_name=name,
        sender_address=address.lower(),
        html=bodies.get("text/html", ""),
        text=bodies.get("text/plain", ""),
        attachments=tuple(attachments),
    )


def _read_leaf(path: str, part: Message, bodies: dict[str, str], attachments: list[Attachment]) -> None:
    try:
        content_type = part.get_content_type()
        payload = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - as above: a part that cannot be decoded is skipped, not the mail
        return
    content = payload if isinstance(payload, bytes) else b""
    filename = _filename(part)
    attached = bool(filename) or part.get_content_disposition() == "attachment"
    if content_type in {"text/html", "text/plain"} and not attached:
        bodies.setdefault(content_type, _text(part, content))
    else:
        attachments.append(Attachment(part=path, filename=filename, content_type=content_type, content=content))


def _leaves(message: Message) -> Iterator[tuple[str, Message]]:
    """Leaves with their path; attached mails (message/rfc822) are entered. A stack, since nesting is the sender's."""
    stack: list[tuple[str, Message]] = [("0", message)]
    while stack:
        path, part = stack.pop()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list):
            children = [(f"{path}.{number}", child) for number, child in enumerate(payload)]
            stack.extend(reversed([child for child in children if isinstance(child[1], Message)]))
        else:
            yield path, part


def _header(message: Message, name: str) -> str:
    """A header as one line of text, decoded where it can be."""
    try:
        value = str(message[name] or "")
    except Exception:  # noqa: BLE001 - a malformed header: its raw text, decoded by the older and more patient parser
        value = _patient(message, name)
    return _CONTROL.sub(" ", value).strip()


def _patient(message: Message, name: str) -> str:
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        parts = decode_header(raw)
        return "".join(
            part.decode(charset or "latin-1", "replace") if isinstance(part, bytes) else part for part, charset in parts
        )
    except (LookupError, ValueError):
        return raw


def _filename(part: Message) -> str:
    """The attachment's name: RFC 2231 or, as many senders do, RFC 2047 inside the quotes, or percent-encoded."""
    try:
        name = str(part.get_filename() or "")
    except Exception:  # noqa: BLE001 - a malformed parameter: the part is still found by its type or content
        return ""
    if "=?" in name:
        try:
            pieces = decode_header(name)
            name = "".join(p.decode(c or "latin-1", "replace") if isinstance(p, bytes) else p for p, c in pieces)
        except (LookupError, ValueError):
            pass
    return unquote(name) if "%" in name else name


def _text(part: Message, content: bytes) -> str:
    """A body by its declared charset; a wrong or unknown one falls back to UTF-8, then to windows-1252."""
    declared = part.get_content_charset() if isinstance(part, EmailMessage) else None
    for charset in filter(None, (declared, "utf-8", "windows-1252")):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")
