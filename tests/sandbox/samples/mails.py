"""MIME mails as senders' programs make them; the same arguments give the same bytes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, parseaddr
from typing import TypeVar

ACCOUNT = "alice@gmail.com"
RECEIVER = f"Alice Exempel <{ACCOUNT}>"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail; ``subtype`` as in ``application/<subtype>``."""

    filename: str
    content: bytes
    subtype: str = "pdf"


def compose(
    sender: str, subject: str, sent: datetime, text: str, *, html: str = "", files: Sequence[Attached] = ()
) -> EmailMessage:
    """A mail to the account: plain text, with an HTML alternative and attachments where there are any."""
    message = EmailMessage()
    _address(message, sender, subject, sent)
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for file in files:
        message.add_attachment(file.content, maintype="application", subtype=file.subtype, filename=file.filename)
    return _with_plain_boundaries(message)


def compose_in_latin_1(
    sender: str, subject: str, sent: datetime, text: str, *, subtype: str = "plain", file: Attached | None = None
) -> Message:
    """A mail of an older program: all in ISO-8859-1, also headers and file names as encoded words (RFC 2047)."""
    body = MIMEText(text, subtype, "iso-8859-1")
    message: Message = body
    if file is not None:
        message = MIMEMultipart()
        message.attach(body)
        attachment = MIMEApplication(file.content, file.subtype)
        name = Header(file.filename, "iso-8859-1").encode()
        attachment["Content-Disposition"] = f'attachment; filename="{name}"'
        message.attach(attachment)
    name, address = parseaddr(sender)
    encoded_sender = f"{Header(name, 'iso-8859-1').encode()} <{address}>"
    _address(message, encoded_sender, Header(subject, "iso-8859-1").encode(), sent)
    return _with_plain_boundaries(message)


def forwarded(sender: str, subject: str, sent: datetime, original: EmailMessage) -> EmailMessage:
    """A mail that carries another one as message/rfc822."""
    message = compose(sender, subject, sent, "Hej!\n\nHär kommer ditt brev igen, som bilaga.\n")
    message.add_attachment(original)
    return _with_plain_boundaries(message)


def moment(day: date, today: date, at: time = time(6, 40)) -> datetime:
    """The day at a time of day, in UTC: never after now when the day is today."""
    return datetime.combine(day, at if day < today else time(0, 1), UTC)


AnyMessage = TypeVar("AnyMessage", bound=Message)


def _with_plain_boundaries(message: AnyMessage) -> AnyMessage:
    """Boundaries that do not change from run to run, as ``email``'s own would."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_sample_{number}_=")
    return message


def _address(message: Message, sender: str, subject: str, sent: datetime) -> None:
    message["From"] = sender
    message["To"] = RECEIVER
    message["Subject"] = subject
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = f"<{sent:%Y%m%d%H%M}.{zlib.crc32((sender + subject).encode())}@sample.example>"
