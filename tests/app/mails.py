"""Mails as landlords send them, as raw bytes, with rental notices of the sandbox's samples."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

from tests.sandbox.samples.rent_facts import NoticeFacts
from tests.sandbox.samples.rent_notices import render_rent_notice, sample_notice

LANDLORD = "avi@provhem.example"
NEIGHBOUR_LANDLORD = "faktura@grannhem.example"


def this_month() -> date:
    return datetime.now(UTC).date().replace(day=1)


def months_ago(count: int) -> date:
    """The first day of a month before this one."""
    months = this_month().year * 12 + this_month().month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def facts(ago: int = 0, serial: int = 0) -> NoticeFacts:
    """The notice whose mail came ``ago`` months before this month and which is due at that month's end."""
    return sample_notice("labels", months_ago(ago - 1), serial=serial)


@cache
def notice_pdf(ago: int = 0, serial: int = 0) -> bytes:
    return render_rent_notice("labels", facts(ago, serial))


def pdf_of(notice: NoticeFacts) -> bytes:
    return render_rent_notice("labels", notice)


def sent_on(ago: int) -> datetime:
    """Early on the first of a month, but never in the future."""
    return datetime.combine(months_ago(ago), time(6, 30), UTC)


def letter(
    subject: str = "Hyresavi", sender: str = f"Provhem <{LANDLORD}>", sent: datetime | None = None
) -> EmailMessage:
    """A mail without attachments."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "tenant@gmail.com"
    message["Subject"] = subject
    message["Date"] = format_datetime(sent or datetime.now(UTC) - timedelta(hours=1))
    message.set_content("Hej! Här kommer avin.")
    return message


def attach(
    message: EmailMessage, content: bytes, filename: str | None = "Hyresavi.pdf", kind: str = "application/pdf"
) -> EmailMessage:
    maintype, _, subtype = kind.partition("/")
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=filename)
    return message


def notice_mail(ago: int = 0, serial: int = 0, filename: str | None = "Hyresavi.pdf", **headers: str) -> bytes:
    """A landlord's mail with one notice, sent ``ago`` months ago (0: an hour ago)."""
    sent = sent_on(ago) if ago else datetime.now(UTC) - timedelta(hours=1)
    message = letter(sent=sent, **headers)
    return attach(message, notice_pdf(ago, serial), filename).as_bytes()
