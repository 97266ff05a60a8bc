"""From an inbox to rental invoices: which mails count, what is kept of them, and what a second run does."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote

import msgspec
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from chalicelib.adapters.gmail import GmailMailbox
from chalicelib.domain.gmail import GmailGrant
from tests.app import swift
from tests.app.mails import LANDLORD, attach, facts, letter, notice_mail, notice_pdf, this_month
from tests.app.world import Person, World
from tests.sandbox.samples.drawing import Sheet
from tests.sandbox.samples.rent_notices import LAYOUTS, render_rent_notice, sample_notice

KEY = re.compile(r"invoices/user_[0-9a-f-]{36}/rental/[A-Za-z0-9_-]{1,110}\.pdf")


def nested(content: bytes) -> EmailMessage:
    """The PDF two multiparts deep."""
    inner = attach(letter(), content)
    outer = letter()
    outer.make_mixed()
    outer.attach(inner)
    return outer


def forwarded(content: bytes) -> EmailMessage:
    """The landlord's mail attached to another mail."""
    outer = letter()
    outer.add_attachment(attach(letter(), content))
    return outer


def name_of_rfc_2047(content: bytes) -> bytes:
    name = b"=?utf-8?Q?Hyresavi_f=C3=B6r_mars?= =?utf-8?Q?=2Epdf?="
    mail = attach(letter(), content, "x.pdf", "application/octet-stream")
    return mail.as_bytes().replace(b'filename="x.pdf"', b'filename="' + name + b'"')


#: Ways to attach a PDF, by what a reader must not rely on.
ATTACHED: dict[str, Callable[[bytes], bytes]] = {
    "type alone": lambda pdf: attach(letter(), pdf, filename=None).as_bytes(),
    "name alone": lambda pdf: attach(letter(), pdf, "Avi.pdf", "application/octet-stream").as_bytes(),
    "content alone": lambda pdf: attach(letter(), pdf, "faktura", "application/octet-stream").as_bytes(),
    "wrong type": lambda pdf: attach(letter(), pdf, "avi", "image/png").as_bytes(),
    "upper case": lambda pdf: attach(letter(), pdf, "HYRESAVI.PDF", "application/octet-stream").as_bytes(),
    "name of RFC 2231": lambda pdf: attach(letter(), pdf, "Hyresavi för mars – lägenhet.pdf").as_bytes(),
    "name of RFC 2047": name_of_rfc_2047,
    "nested multiparts": lambda pdf: nested(pdf).as_bytes(),
    "forwarded": lambda pdf: forwarded(pdf).as_bytes(),
    "bare newlines": lambda pdf: attach(letter(), pdf).as_bytes(policy=SMTP).replace(b"\r\n", b"\n"),
}


def test_notice_is_found_however_it_is_attached(tenant: Person) -> None:
    serials = dict(enumerate(ATTACHED, 1))
    tenant.receive(*(ATTACHED[way](notice_pdf(0, serial)) for serial, way in serials.items()))
    tenant.ingest()
    found = {invoice.ocr: invoice.filename for invoice in tenant.app.rentals().invoices}
    missing = [way for serial, way in serials.items() if facts(0, serial).reference not in found]
    assert missing == []
    assert all(filename.lower().endswith(".pdf") for filename in found.values())


def test_every_field_of_every_layout_reaches_the_app(tenant: Person) -> None:
    notices = {layout: sample_notice(layout, this_month()) for layout in LAYOUTS}
    mails = (attach(letter(), render_rent_notice(*each), f"{each[0]}.pdf") for each in notices.items())
    tenant.receive(*(mail.as_bytes() for mail in mails))
    assert tenant.ingest() == len(LAYOUTS)
    found = {invoice.filename.removesuffix(".pdf"): invoice for invoice in tenant.app.rentals().invoices}
    for layout, notice in notices.items():
        invoice = found[layout]
        amounts = {charge.kind: int(charge.amount) for charge in notice.charges}
        assert (invoice.rent, invoice.electricity) == (amounts["rent"], amounts["electricity"]), layout
        assert (invoice.cold_water, invoice.hot_water) == (amounts["cold_water"], amounts["hot_water"]), layout
        assert (invoice.total, invoice.vat) == (int(notice.total), int(notice.vat or 0)), layout
        due = notice.due_date
        assert invoice.due_date == due.strftime("%d-%m-%Y"), layout
        assert (invoice.due_date_month, invoice.due_date_year) == (str(due.month), str(due.year)), layout
        assert invoice.ocr == ("" if layout == "autogiro" else notice.reference), layout


def test_ten_mails_with_one_attachment_name_make_ten_invoices(tenant: Person) -> None:
    tenant.receive(*(notice_mail(ago, filename="Hyresavi.pdf") for ago in range(10)))
    assert tenant.ingest() == 10
    listed = tenant.app.rentals()
    assert listed.count == len(listed.invoices) == 10
    assert {invoice.filename for invoice in listed.invoices} == {"Hyresavi.pdf"}
    assert len({each["Key"] for each in tenant.objects()}) == 10
    assert {invoice.total for invoice in listed.invoices} == {int(facts(ago).total) for ago in range(10)}


def test_two_notices_in_one_mail_make_two_invoices(tenant: Person) -> None:
    mail = attach(attach(letter(), notice_pdf(0)), notice_pdf(1))
    tenant.receive(mail.as_bytes())
    assert tenant.ingest() == 2


HOSTILE_NAMES = (
    "../../../etc/passwd.pdf",
    "..\\..\\windows\\avi.pdf",
    "a" * 300 + ".pdf",
    "\u202efdp.exe.pdf",
    "avi\u0000\u0007\u001b[31m.pdf",
    "%2e%2e%2f%2e%2e%2favi.pdf",
    "invoices/user_00000000-0000-0000-0000-000000000000/rental/x.pdf",
    "hyresavi?x=1&y=2#z.pdf",
    "🏠🔑.pdf",
    "åäö.pdf",
    ".pdf",
    " . .pdf",
    "CON.pdf",
)


def test_hostile_attachment_names_become_safe_keys(tenant: Person) -> None:
    tenant.receive(*(attach(letter(), notice_pdf(), name).as_bytes() for name in HOSTILE_NAMES))
    assert tenant.ingest() == len(HOSTILE_NAMES)
    for stored in tenant.objects():
        assert KEY.fullmatch(stored["Key"])
        assert stored["Key"].split("/")[1] == tenant.user_id
    for invoice in tenant.app.rentals().invoices:
        assert invoice.filename.isprintable()
        assert not set(invoice.filename) & set("/\\\u202e")
        assert len(invoice.filename) <= 130


def test_raw_file_carries_what_is_known_of_its_mail(world: World, tenant: Person) -> None:
    subject = "Hyresavi för mars 🏠 " + "ä" * 400
    mail = attach(letter(subject), notice_pdf())
    tenant.receive(mail.as_bytes())
    assert tenant.ingest() == 1
    [stored] = tenant.objects()
    head = world.aws("s3").head_object(Bucket=world.bucket, Key=stored["Key"])
    metadata = head["Metadata"]
    assert head["ContentType"] == "application/pdf"
    assert metadata["vendor"] == "test-landlord"
    assert metadata["sender"] == LANDLORD
    assert subject.startswith(unquote(metadata["subject"])[:20])
    assert metadata["message-id"]
    assert metadata["part"]
    assert datetime.fromisoformat(metadata["mail-date"]).tzinfo is not None
    assert sum(len(name) + len(value) for name, value in metadata.items()) < 2048
    body = world.aws("s3").get_object(Bucket=world.bucket, Key=stored["Key"])["Body"].read()
    assert body == notice_pdf()


def test_header_as_long_as_a_mail_harms_neither_its_mail_nor_the_others(tenant: Person) -> None:
    endless = notice_mail(1).replace(b"Subject: Hyresavi", b"Subject: Hyresavi " + b"x" * 500_000)
    tenant.receive(endless, notice_mail())
    assert tenant.ingest() == 2


def test_search_is_paged_to_the_end(world: World, tenant: Person) -> None:
    tenant.receive(*(letter(f"Hyresavi {number}").as_bytes() for number in range(510)))
    stored = world.secret(tenant.user_id)
    assert stored is not None
    grant, spent = msgspec.convert(stored, GmailGrant), list[int]()
    mailbox = GmailMailbox(grant, lambda: grant, world.sandbox.google_url, spent.append)
    pages = list(mailbox.search("subject:hyresavi"))
    assert [len(page) for page in pages] == [500, 10]
    assert len({message_id for page in pages for message_id in page}) == 510
    assert len(spent) == tenant.google_calls("gmail.messages.list") == 2


def test_second_run_downloads_nothing_and_changes_nothing(tenant: Person) -> None:
    tenant.receive(*(notice_mail(ago) for ago in range(4)), letter("Hyresavi utan bilaga").as_bytes())
    assert tenant.ingest() == 4
    before = (tenant.google_calls("gmail.messages.get"), tenant.objects(), tenant.stored_invoices(), tenant.notices())
    assert tenant.ingest() == 0
    assert tenant.app.ingest_latest() == 200
    tenant.world.drain()
    after = (tenant.google_calls("gmail.messages.get"), tenant.objects(), tenant.stored_invoices(), tenant.notices())
    assert before == after


def test_new_mail_is_all_that_a_later_run_downloads(tenant: Person) -> None:
    tenant.receive(notice_mail(1), notice_mail(2))
    tenant.ingest()
    downloads = tenant.google_calls("gmail.messages.get")
    tenant.receive(notice_mail())
    assert tenant.ingest() == 1
    assert tenant.google_calls("gmail.messages.get") == downloads + 1


def test_ingesting_twice_at_once_gives_one_record_and_one_notification_each(tenant: Person) -> None:
    tenant.receive(*(notice_mail(0, serial) for serial in range(5)))
    together = threading.Barrier(3)

    def race(path: str) -> int:
        together.wait()
        return tenant.app.post(path).status

    paths = ["/v1/invoices/rental/ingest", "/v1/invoices/rental/ingest", "/v1/invoices/rental/ingest/latest"]
    with ThreadPoolExecutor(3) as pool:
        assert all(status in {200, 201, 204} for status in pool.map(race, paths))
    tenant.world.drain()
    assert len(tenant.stored_invoices()) == tenant.app.rentals().count == 5
    assert len(tenant.notices()) == 5
    assert len({each["Key"] for each in tenant.objects()}) == 5


def test_latest_answers_not_yet_then_now_then_before(tenant: Person) -> None:
    tenant.receive(notice_mail(3))
    assert tenant.app.ingest_latest() == 204
    tenant.receive(notice_mail())
    assert tenant.app.ingest_latest() == 201
    assert tenant.app.ingest_latest() == 200
    tenant.world.drain()
    assert tenant.app.rentals().count == 1


def test_latest_knows_what_the_whole_ingestion_brought(tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    assert tenant.app.ingest_latest() == 200


def test_schedule_fetches_for_connected_people_only(world: World, person: Person, tenant: Person) -> None:
    world.disconnect_everybody_but(tenant)
    other = world.newcomer()
    other.receive(notice_mail())
    tenant.receive(notice_mail())
    gone = world.newcomer()
    gone.connect()
    gone.app.delete("/v1/auth/gmail")
    gone.receive(notice_mail())
    result = world.sandbox.events.invoke("fetch_latest_invoice")
    assert result == {"enqueued": 1}
    world.drain()
    assert [each.app.rentals().count for each in (tenant, other, gone)] == [1, 0, 0]
    assert gone.google_calls("gmail.messages.list") == other.google_calls("gmail.messages.list") == 0


def encrypted_pdf() -> bytes:
    buffer = io.BytesIO()
    paper = canvas.Canvas(buffer, encrypt=StandardEncryption("secret", ownerPassword="owner", canPrint=0))
    paper.drawString(50, 700, "Hyresavi")
    paper.save()
    return buffer.getvalue()


BROKEN = {
    "empty": b"",
    "truncated": notice_pdf(5)[: len(notice_pdf(5)) // 3],
    "encrypted": encrypted_pdf(),
    "program": b"MZ\x90\x00 this program cannot be run in DOS mode",
    "text": b"Hyresavi\nAtt betala: 9 000",
}


def test_broken_pdfs_are_recorded_with_reasons_and_the_rest_is_ingested(tenant: Person) -> None:
    mails = [attach(letter(), content, f"{name}.pdf").as_bytes() for name, content in BROKEN.items()]
    tenant.receive(notice_mail(1), *mails, notice_mail())
    tenant.ingest()
    told = tenant.notices()
    assert tenant.app.rentals().count == 2
    failed = {row.filename: row.reason for row in tenant.app.documents() if row.state in {"failed", "ignored"}}
    assert set(failed) == {f"{name}.pdf" for name in BROKEN}
    assert all(re.fullmatch(r"[a-z0-9_]+", reason or "") for reason in failed.values())
    assert {row.filename for row in tenant.app.documents(state="failed")} <= set(failed)
    assert tenant.ingest() == 0
    assert tenant.notices() == told


def test_broken_pdf_beside_a_good_one_in_one_mail_costs_nothing(tenant: Person) -> None:
    tenant.receive(attach(attach(letter(), b"", "tom.pdf"), notice_pdf()).as_bytes())
    tenant.ingest()
    assert tenant.app.rentals().count == 1
    assert [row.filename for row in tenant.app.documents(state="failed")] == ["tom.pdf"]


def test_invoices_that_are_no_rent_are_never_stored_as_rent(tenant: Person) -> None:
    sheet = Sheet()
    lines = ["FAKTURA", "Elnätet i Exempelby AB", "Elöverföring 812 kWh", "Att betala: 914,00 kr"]
    lines += ["Förfallodatum: 2026-03-31", "OCR: 12351", "Bankgiro 991-2346"]
    for number, text in enumerate(lines):
        sheet.left(50, 60 + 20 * number, text)
    tenant.receive(attach(letter("Hyresavi och elfaktura"), sheet.pdf(), "faktura.pdf").as_bytes())
    tenant.ingest()
    assert tenant.app.rentals().count == 0
    [row] = tenant.app.documents()
    assert row.state in {"ignored", "failed"}
    assert row.reason


def test_mails_of_look_alike_senders_are_left_alone(tenant: Person) -> None:
    domain = LANDLORD.partition("@")[2]
    senders = (f"avi@evil-{domain}", f"avi@{domain}.evil.example", f'"{LANDLORD}" <pay@evil.example>', f"no@{domain}")
    tenant.receive(*(notice_mail(sender=sender) for sender in senders))
    assert tenant.ingest() == 0
    assert tenant.app.rentals().count == 0
    assert tenant.objects() == []


def test_landlord_is_one_row_of_configuration(world: World, tenant: Person) -> None:
    sender = "Nyhem <avi@nyhem.example>"
    tenant.receive(notice_mail(sender=sender, subject="Din avi"))
    assert tenant.ingest() == 0
    row = {"vendor_id": "nyhem", "vendor_name": "Nyhem", "invoice_category": "rental"}
    world.put("VendorConfig", row | {"email_patterns": ["nyhem.example"], "subject_keywords": ["avi"]})
    assert tenant.ingest() == 1
    assert tenant.app.rentals().invoices[0].vendor_name == "Nyhem"


def test_nobody_sees_anything_of_somebody_else(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    [invoice] = tenant.app.rentals().invoices
    other = world.newcomer()
    path = f"/v1/invoices/rental/{invoice.invoice_id}"
    assert other.app.get(path).refused == (404, "INVOICE_NOT_FOUND")
    assert other.app.patch(path, {"payment_status": "paid"}).refused == (404, "INVOICE_NOT_FOUND")
    [run] = [row["RunID"] for row in tenant.rows("IngestionRuns") if str(row["RunID"]).startswith("run_")]
    assert other.app.get(f"/v1/ingestions/{run}").refused == (404, "NOT_FOUND")
    assert other.app.rentals().count == 0
    assert other.app.documents() == []
    progress = tenant.app.get(f"/v1/ingestions/{run}").data(swift.RunProgress)
    assert (progress.status, progress.count, progress.documents, progress.done) == ("done", 1, 1, 1)


def test_same_google_account_of_two_people_gives_each_their_own_invoices(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    other = world.newcomer()
    other.app.connect(tenant.account)
    assert tenant.ingest() == 1
    assert other.ingest() == 1
    assert other.app.rentals().count == tenant.app.rentals().count == 1


def poorest_pdf() -> bytes:
    sheet = Sheet()
    sheet.left(50, 60, "Hyresavi", 16)
    sheet.left(50, 90, "Bostads AB Exempelparken")
    sheet.left(50, 130, "Hyra 8 400")
    sheet.left(50, 160, "OCR 12351  Bankgiro 991-2346")
    return sheet.pdf()


def test_poorest_document_still_decodes_or_is_explained(tenant: Person) -> None:
    tenant.receive(attach(letter(), poorest_pdf()).as_bytes())
    tenant.ingest()
    listed = tenant.app.rentals()
    [row] = tenant.app.documents()
    if listed.count:
        [invoice] = listed.invoices
        assert invoice.needs_review
        assert invoice.review_reasons
        today = datetime.now(UTC) + timedelta(hours=1)
        assert (invoice.due_date, invoice.due_date_year) == ("", str(today.year))
        assert invoice.due_date_month in {str(today.month), str((today - timedelta(days=1)).month)}
        assert invoice.total == 0
        assert row.state == "needs_review"
    else:
        assert row.reason


def test_amounts_are_whole_kronor_rounded_half_up_with_the_exact_ones_beside(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    [row] = tenant.rows("RentalInvoices")
    charges = [{"kind": "rent", "label": "Hyra", "amount": Decimal("8432.50")}]
    changes = {"total": Decimal("9300.49"), "vat": Decimal("173.5"), "charges": charges}
    world.put("RentalInvoices", row | changes)
    [invoice] = tenant.app.rentals().invoices
    assert (invoice.total, invoice.exact_total) == (9300, 9300.49)
    assert (invoice.rent, invoice.electricity) == (8433, 0)
    assert (invoice.vat, invoice.exact_vat) == (174, 173.5)
