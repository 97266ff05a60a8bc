"""A tenant's landlords: two years of notices as they really arrive, what breaks parsers, and what only looks like rent.

She moved 18 months ago, and for some months also paid for a storeroom and a parking place. One notice never came, one
holds a retroactive charge, one arrived inside another mail, one in ISO-8859-1, and several under hostile file names.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import Final

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from chalicelib.domain.invoices import RentalCharge
from tests.sandbox.samples.mails import Attached, compose, compose_in_latin_1, forwarded, moment
from tests.sandbox.samples.rent_facts import NoticeFacts, with_charges
from tests.sandbox.samples.rent_notices import render_rent_notice, sample_notice
from tests.sandbox.samples.swedish_invoices import render_swedish_document

WALLENSTAM: Final = "Wallenstam Kundservice <kundservice@wallenstam.se>"

#: Months ago (0: the notice that is due this month) in which something is special about the flat's notices.
_FORWARDED, _NEVER_CAME, _RETROACTIVE, _OLD_PROGRAM = 4, 7, 10, 12


@dataclass(frozen=True, slots=True)
class Landlord:
    """Who sends notices, in which layout, and for which months (0: the one that is due this month, 1: the one before).

    ``only`` replaces what a flat's notice lists. ``filenames`` overrides ``filename`` for single months.
    """

    vendor_id: str
    layout: str
    sender: str
    subject: str
    filename: str
    months: range
    only: tuple[RentalCharge, ...] = ()
    vat: Decimal | None = None
    filenames: Mapping[int, str] = field(default_factory=dict)


LANDLORDS: Final = (
    Landlord("wallenstam", "labels", WALLENSTAM, "Hyresavi {month}", "Hyresavi.pdf", range(18)),
    Landlord(
        "sample-provbo",
        "table",
        "Provbo <avi@provbo.example>",
        "Din hyresavi för {month}",
        "Avi {month}.PDF",
        range(18, 26),
        filenames={
            19: "..\\..\\Windows\\Hyresavi.pdf",
            20: "/etc/cron.d/hyresavi.pdf",
            21: "Hyresavi\u202efdp.exe.pdf",
            22: "H" + "y" * 300 + "resavi.pdf",
            23: 'avi"; rm -rf ~; ".pdf',
            24: "Hyresavi \U0001f3e0 ett två.pdf",
        },
    ),
    Landlord(
        "sample-exempelbostader",
        "two_pages",
        "Exempelbostäder <hyra@exempelbostader.example>",
        "Hyresavi förråd {month}",
        "avi.pdf",
        range(4),
        only=(RentalCharge(kind="other", label="Hyra förråd", amount=Decimal(450)),),
    ),
    Landlord(
        "sample-hyreshus",
        "plusgiro",
        "Hyreshus <faktura@hyreshus.example>",
        "Hyresavi p-plats {month}",
        "faktura",
        range(2, 5),
        only=(RentalCharge(kind="other", label="P-plats 17", amount=Decimal(600)),),
        vat=Decimal(150),
    ),
)

#: Rows of VendorConfig for the fictional landlords: adding one is all that a new landlord takes.
VENDOR_ROWS: Final = tuple(
    {
        "vendor_id": landlord.vendor_id,
        "vendor_name": landlord.sender.partition(" <")[0],
        "invoice_category": "rental",
        "email_patterns": [landlord.sender.partition("<")[2].rstrip(">")],
        "subject_keywords": ["hyresavi"],
        "active": True,
        "supports_pdf": True,
    }
    for landlord in LANDLORDS
    if landlord.vendor_id.startswith("sample-")
)


@dataclass(frozen=True, slots=True)
class NoticeMail:
    """A mail, and the notice in it as its layout prints it."""

    landlord: Landlord
    notice: NoticeFacts
    mail: Message


@dataclass(frozen=True, slots=True)
class BadMail:
    """A mail whose attachment must end as a recorded document, for the ledger's ``reason``."""

    reason: str
    mail: Message


@dataclass(frozen=True, slots=True)
class Decoy:
    """A mail that must not become an invoice, and why not, for people."""

    why: str
    mail: Message

    @property
    def sender(self) -> str:
        return parseaddr(str(self.mail["From"]))[1]

    @property
    def subject(self) -> str:
        return str(make_header(decode_header(str(self.mail["Subject"]))))

    @property
    def has_file(self) -> bool:
        return self.mail.is_multipart()


def month_before(today: date, ago: int) -> date:
    """The first day of the month ``ago`` months before today's; negative: after it."""
    months = today.year * 12 + today.month - 1 - ago
    return date(months // 12, months % 12 + 1, 1)


def notice_mails(today: date) -> Iterator[NoticeMail]:
    """Every notice that is rent, newest first for each landlord."""
    for landlord in LANDLORDS:
        for ago in landlord.months:
            if landlord.vendor_id == "wallenstam" and ago == _NEVER_CAME:
                continue
            notice = _notice(landlord, ago, today)
            yield NoticeMail(landlord, notice, _notice_mail(landlord, notice, ago, today))


def _notice(landlord: Landlord, ago: int, today: date) -> NoticeFacts:
    notice = sample_notice(landlord.layout, month_before(today, ago - 1))
    if landlord.only:
        return replace(notice, charges=landlord.only, vat=landlord.vat)
    if landlord.vendor_id == "wallenstam" and ago == _RETROACTIVE:
        return with_charges(notice, RentalCharge(kind="other", label="Retroaktiv hyra 2 månader", amount=Decimal(480)))
    return notice


def _notice_mail(landlord: Landlord, notice: NoticeFacts, ago: int, today: date) -> Message:
    filename = landlord.filenames.get(ago, landlord.filename).format(month=notice.month_name)
    subtype = "pdf" if filename.lower().endswith(".pdf") else "octet-stream"
    file = Attached(filename, render_rent_notice(landlord.layout, notice), subtype)
    sent = moment(min(notice.issue_date, today), today)
    subject = landlord.subject.format(month=notice.month_name)
    text = f"Hej!\n\nHär kommer din hyresavi för {notice.month_name}.\n\nVänliga hälsningar\n{notice.landlord}\n"
    special = ago if landlord.vendor_id == "wallenstam" else None
    if special == _OLD_PROGRAM:
        return compose_in_latin_1(
            landlord.sender, f"{subject} på nytt sätt", sent, text, file=replace(file, filename="Hyresavi för dig.pdf")
        )
    mail = compose(landlord.sender, subject, sent, text, files=[file])
    if special == _FORWARDED:
        return forwarded(landlord.sender, f"VB: {subject}", sent + timedelta(hours=3), mail)
    return mail


def bad_mails(today: date) -> Iterator[BadMail]:
    """The landlord's mails with files that no parser can or should read as rent."""
    whole = render_rent_notice("labels", sample_notice("labels", month_before(today, 30)))
    electricity = render_swedish_document("electricity", month_before(today, 3))
    rows = (
        ("empty_file", "../../../etc/passwd.pdf", b""),
        ("not_a_pdf", "Hyresavi.pdf", b"MZ\x90\x00 this is no PDF"),
        ("truncated_or_damaged", "Hyresavi kopia.pdf", whole[: len(whole) // 3]),
        ("encrypted", "Hyresavi skyddad.pdf", _encrypted()),
        ("no_text", "Hyresavi inskannad.pdf", _without_text()),
        ("not_a_rental_notice", "Elfaktura.pdf", electricity),
    )
    for number, (reason, filename, content) in enumerate(rows):
        sent = moment(today - timedelta(days=40 + 31 * number), today)
        subject = "Hyresavi (kopia)" if reason != "not_a_rental_notice" else "El som inte ingår i din hyresavi"
        yield BadMail(reason, compose(WALLENSTAM, subject, sent, "Se bilaga.", files=[Attached(filename, content)]))


def _encrypted() -> bytes:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, invariant=1, encrypt=StandardEncryption("hemligt", strength=128))
    paper.drawString(50, 700, "Hyresavi")
    paper.save()
    return buffer.getvalue()


def _without_text() -> bytes:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, invariant=1)
    paper.rect(50, 600, 400, 120, fill=1)
    paper.save()
    return buffer.getvalue()


def decoys(today: date) -> Iterator[Decoy]:
    """Phishing with a notice of its own, and the mail of an ordinary week."""
    notice = [Attached("Hyresavi.pdf", render_rent_notice("labels", sample_notice("labels", month_before(today, 5))))]
    rows: tuple[tuple[str, str, str, list[Attached]], ...] = (
        (
            "a look-alike domain",
            "Wallenstam Kundservice <kundservice@evil-wallenstam.se>",
            "Hyresavi - nytt bankgiro!",
            notice,
        ),
        ("known address, only as name", '"kundservice@wallenstam.se" <betala@bedrageri.example>', "Hyresavi", notice),
        (
            "another domain behind it",
            "Wallenstam <kundservice@wallenstam.se.betala.example>",
            "Hyresavi, påminnelse",
            notice,
        ),
        ("not from the landlord", "Bo Granne <bo@example.com>", "VB: Hyresavi", notice),
        ("nothing attached", WALLENSTAM, "Hyresavi: nu digitalt", []),
        ("subject is not rent", WALLENSTAM, "Välkommen på gårdsfest", []),
        ("ordinary mail", "Bo Granne <bo@example.com>", "Sv: hyresavi, fick du också höjning?", []),
        ("ordinary mail", "Veckans Erbjudande <nyhetsbrev@butik.example>", "20 % på allt i helgen", []),
        ("ordinary mail", "Paketombudet <info@paket.example>", "Ditt paket är på väg", []),
        ("ordinary mail", "Mamma <mamma@example.com>", "Middag på söndag?", []),
    )
    for number, (why, sender, subject, files) in enumerate(rows):
        sent = moment(today - timedelta(days=3 + 9 * number), today)
        yield Decoy(why, compose(sender, subject, sent, "Hej!\n\nVi hörs.\n", files=files))
    sent = moment(today - timedelta(days=60), today)
    text = "Hej!\n\nÄntligen: nya färger i trapphuset. Hör av dig om du har frågor.\n"
    yield Decoy("subject is not rent", compose_in_latin_1(WALLENSTAM, "Målning av trapphus på gården", sent, text))
