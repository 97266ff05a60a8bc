"""Retail ingestion: which mails are searched, what is stored of them, and what the answer tells."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.mail import SearchWindow
from chalicelib.domain.vendors import gmail_queries
from tests.app.shop_mails import (
    attach,
    body_of,
    days_ago,
    letter,
    purchase,
    receipt_mail,
    sender,
    today,
    vendor_row,
)
from tests.app.shopper import RETAIL, Shopper
from tests.app.world import World
from tests.sandbox.samples import receipts
from tests.sandbox.sandbox import Sandbox


def last_fetch(shopper: Shopper) -> str | None:
    [user] = [row for row in shopper.rows("Users") if row["UserID"] == shopper.user_id]
    return user.get("last_retail_invoice_fetch")


def order_ids(shopper: Shopper) -> set[str | None]:
    return {invoice.order_id for invoice in shopper.invoices}


# What is searched


def test_first_ingestion_reaches_back_thirty_days(shopper: Shopper) -> None:
    recent, old = purchase(ago=28), purchase(ago=33)
    ingestion = shopper.ingest(receipt_mail(recent), receipt_mail(old))
    assert order_ids(shopper) == {recent.order_id}
    assert (ingestion.count, ingestion.mails, ingestion.errors) == (1, 1, [])
    assert date.fromisoformat(ingestion.dates.start) in {days_ago(30), days_ago(31)}
    assert date.fromisoformat(ingestion.dates.end) in {today(), today() + timedelta(days=1)}


def test_later_ingestion_begins_at_the_last_one_and_downloads_nothing_twice(shopper: Shopper) -> None:
    first, second = purchase(ago=20), purchase("75.00", ago=0)
    shopper.ingest(receipt_mail(first))
    assert last_fetch(shopper) is not None
    downloads = shopper.person.google_calls("gmail.messages.get")
    assert downloads == 1
    again = shopper.ingest()
    assert (again.count, again.mails, again.by_vendor) == (0, 0, {})
    assert shopper.person.google_calls("gmail.messages.get") == downloads
    assert date.fromisoformat(again.dates.start) >= days_ago(2)
    shopper.ingest(receipt_mail(second))
    assert order_ids(shopper) == {first.order_id, second.order_id}
    assert shopper.person.google_calls("gmail.messages.get") == downloads + 1


def test_dates_bound_the_search_to_whole_days_and_move_nothing_else(shopper: Shopper) -> None:
    before, first, last, after = (purchase(ago=ago) for ago in (101, 100, 90, 89))
    mails = [receipt_mail(receipt) for receipt in (before, first, last, after)]
    ingestion = shopper.ingest(*mails, start_date=str(days_ago(100)), end_date=str(days_ago(90)))
    assert order_ids(shopper) == {first.order_id, last.order_id}
    assert (ingestion.dates.start, ingestion.dates.end) == (str(days_ago(100)), str(days_ago(90)))
    assert last_fetch(shopper) is None


def test_category_narrows_the_search_and_leaves_the_rest_for_later(shopper: Shopper) -> None:
    shirt, beans = purchase(), purchase("19.00")
    mails = receipt_mail(shirt, sub_type="clothing"), receipt_mail(beans, sub_type="grocery")
    narrowed = shopper.ingest(*mails, vendor_category="grocery")
    assert (narrowed.by_vendor, order_ids(shopper)) == ({"test-grocery": 1}, {beans.order_id})
    assert shopper.ingest().by_vendor == {"test-clothing": 1}
    assert shopper.counts()["clothing"] == shopper.counts()["grocery"] == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"start_date": "2025-01-01"}, "INVALID_REQUEST", "end_date"),
        ({"end_date": "2025-01-01"}, "INVALID_REQUEST", "start_date"),
        ({"start_date": "2025-02-01", "end_date": "2025-01-31"}, "VALIDATION_ERROR", "start_date"),
        ({"start_date": "2025-02-30", "end_date": "2025-03-01"}, "VALIDATION_ERROR", "start_date"),
        ({"start_date": "2025-W01-1", "end_date": "2025-03-01"}, "VALIDATION_ERROR", "start_date"),
        ({"start_date": "2025-01-01", "end_date": "tomorrow"}, "VALIDATION_ERROR", "end_date"),
        ({"start_date": "", "end_date": ""}, "VALIDATION_ERROR", "start_date"),
        ({"start_date": "0001-01-01", "end_date": "9999-12-31"}, "VALIDATION_ERROR", "start_date"),
        ({"start_date": 20250101, "end_date": "2025-01-31"}, "VALIDATION_ERROR", "start_date"),
        ({"vendor_category": "food"}, "VALIDATION_ERROR", "vendor_category"),
        ({"vendor_category": ["clothing"]}, "VALIDATION_ERROR", "vendor_category"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(
    resident: Shopper, body: dict[str, Any], code: str, field: str
) -> None:
    answer = resident.app.post(f"{RETAIL}/ingest", body)
    assert answer.refused == (400, code)
    assert field in answer.error_message
    assert resident.rows("IngestionRuns") == []


def test_ingestion_needs_a_connected_gmail(bookkeeper: Shopper) -> None:
    assert bookkeeper.app.post(f"{RETAIL}/ingest").refused == (409, "GMAIL_TOKEN_EXPIRED")


def test_retail_has_no_invoice_of_the_month(shopper: Shopper) -> None:
    assert shopper.app.post(f"{RETAIL}/ingest/latest").refused == (404, "NOT_FOUND")


def test_message_that_cannot_be_kept_is_told_of_and_tried_again(shopper: Shopper) -> None:
    kept, lost = purchase(), purchase("75.00")
    shopper.world.fail("s3.PutObject", "AccessDenied", times=1)
    first = shopper.ingest(receipt_mail(kept), receipt_mail(lost))
    assert (first.count, first.errors) == (1, ["s3_AccessDenied"])
    assert last_fetch(shopper) is None
    assert sorted(shopper.states().values()) == ["failed", "failed", "parsed"]
    second = shopper.ingest()
    assert (second.count, second.errors) == (1, [])
    assert last_fetch(shopper) is not None
    assert order_ids(shopper) == {kept.order_id, lost.order_id}


def test_message_that_gmail_does_not_give_costs_the_others_nothing(shopper: Shopper) -> None:
    mails = [receipt_mail(purchase(str(price))) for price in (10, 20, 30)]
    shopper.world.fail("gmail.messages.get", "400", times=1)
    assert shopper.ingest(*mails).count == 2
    assert last_fetch(shopper) is None
    assert shopper.ingest().count == 1


def test_all_vendors_are_searched_with_as_few_calls_as_the_query_length_allows(shopper: Shopper) -> None:
    vendors = shopper.world.sandbox.container.vendors.active("retail")
    assert len(vendors) > 80
    queries = list(gmail_queries(vendors, SearchWindow()))
    shopper.ingest()
    assert shopper.person.google_calls("gmail.messages.list") <= len(queries) + 1
    assert len(queries) < len(vendors) / 5


def test_weekly_schedule_ingests_for_everybody_who_is_connected(tmp_path: Path) -> None:
    with Sandbox(tmp_path, environ={"BCRYPT_COST": "4"}) as sandbox:
        world = World(sandbox, tmp_path)
        world.put("VendorConfig", vendor_row("clothing"))
        connected = [Shopper(world.newcomer()) for _ in range(2)]
        stranger = Shopper(world.newcomer())
        for shopper in (*connected, stranger):
            shopper.person.receive(receipt_mail(purchase()))
        for shopper in connected:
            shopper.person.connect()
        assert sandbox.events.invoke("fetch_retail_invoices") == {"enqueued": 2}
        assert world.drain()["failed"] == 0
        assert [len(shopper.invoices) for shopper in (*connected, stranger)] == [1, 1, 0]


# What is stored


def test_raw_file_lies_under_its_category_with_the_mails_facts_as_metadata(shopper: Shopper) -> None:
    receipt = purchase(ago=4)
    subject = "Kvitto på \u201dbyxor\u201d och annat \N{JEANS} " + "mycket " * 200
    shopper.ingest(receipt_mail(receipt, subject=subject))
    [key] = shopper.object_keys()
    pattern = rf"invoices/{shopper.user_id}/retail/clothing/test-clothing_{receipt.day}_[0-9a-f]{{16}}\.html"
    assert re.fullmatch(pattern, key)
    head = shopper.world.aws("s3").head_object(Bucket=shopper.world.bucket, Key=key)
    metadata: dict[str, str] = head["Metadata"]
    assert metadata["vendor"] == "test-clothing"
    assert metadata["sender"] == "receipt@clothing.shop.example"
    assert metadata["subject"].startswith("Kvitto p")
    assert metadata["mail-date"].startswith(str(receipt.day))
    assert {"message-id", "part"} <= set(metadata)
    assert all(value.isascii() and value.isprintable() for value in metadata.values())
    assert sum(len(name) + len(value) for name, value in metadata.items()) <= 2048
    assert head["ContentType"] == "text/html; charset=utf-8"


def test_mail_of_plain_text_becomes_an_invoice(shopper: Shopper) -> None:
    shopper.ingest(receipt_mail(purchase("1249.50"), form="text"))
    assert (shopper.totals(), shopper.only_invoice.currency) == ([Decimal("1249.5")], "SEK")
    assert [key.rpartition(".")[2] for key in shopper.object_keys()] == ["html"]


def test_markup_of_text_in_a_mail_of_plain_text_stays_text(shopper: Shopper) -> None:
    text = body_of(purchase("1249.50"), "text") + '<script type="application/ld+json">{"@type": "Order"}</script><b>'
    shopper.ingest(letter("Kvitto", text=text).as_bytes())
    assert shopper.totals() == [Decimal("1249.5")]


def test_body_and_pdf_of_one_purchase_are_one_invoice_with_two_sources(shopper: Shopper) -> None:
    receipt = purchase("1249.50")
    ingestion = shopper.ingest(receipt_mail(receipt, pdf=True))
    assert (ingestion.count, ingestion.by_vendor) == (1, {"test-clothing": 1})
    invoice = shopper.whole(shopper.only_invoice.invoice_id)
    assert {source.filename for source in invoice.sources} == {"mail.html", f"Kvitto {receipt.order_id}.pdf"}
    assert sorted(key.rpartition(".")[2] for key in shopper.object_keys()) == ["html", "pdf"]
    assert (invoice.total_amount, invoice.order_id) == (1249.5, receipt.order_id)


def test_receipt_that_is_only_a_pdf_becomes_an_invoice(shopper: Shopper) -> None:
    receipt = purchase("845.00")
    mail = attach(letter("Ditt kvitto", text="Hej! Ditt kvitto är bifogat."), receipts.as_pdf(receipt))
    shopper.ingest(mail.as_bytes())
    assert (shopper.totals(), shopper.only_invoice.order_id) == ([Decimal(845)], receipt.order_id)


def test_two_receipts_in_one_mail_are_two_invoices(shopper: Shopper) -> None:
    mail = letter("Dina kvitton", text="Hej! Dina kvitton är bifogade.")
    for price in ("100.00", "250.00"):
        attach(mail, receipts.as_pdf(purchase(price)), "Kvitto.pdf")
    assert shopper.ingest(mail.as_bytes()).count == 2
    assert sorted(shopper.totals()) == [Decimal(100), Decimal(250)]
    assert len(shopper.object_keys()) == 3


def test_pdf_that_cannot_be_read_does_not_cost_the_receipt_in_the_body(shopper: Shopper) -> None:
    receipt = purchase("99.00")
    mail = attach(letter("Kvitto", html=body_of(receipt)), b"%PDF-1.7 and then nothing of use")
    assert shopper.ingest(mail.as_bytes()).count == 1
    [failed] = [each for each in shopper.person.app.documents() if each.state == "failed"]
    assert failed.filename == "Kvitto.pdf"
    assert failed.reason


def lying_mail(declared: str, encoding: str, html: str) -> bytes:
    """A mail whose one part is in ``encoding`` and declares whatever it likes."""
    head = f"From: {sender('clothing')}\r\nSubject: Kvitto\r\nDate: {letter()['Date']}\r\nMIME-Version: 1.0\r\n"
    return f"{head}{declared}Content-Transfer-Encoding: 8bit\r\n\r\n".encode() + html.encode(encoding)


LIES = (
    ("Content-Type: text/html; charset=us-ascii\r\n", "utf-8", ""),
    ("Content-Type: text/html; charset=utf-16\r\n", "utf-8", ""),
    ("Content-Type: text/html; charset=x-unheard-of\r\n", "utf-8", ""),
    ("Content-Type: text/html; charset=utf-8\r\n", "windows-1252", ""),
    ("Content-Type: text/html; charset=utf-8\r\n", "utf-8", '<meta charset="iso-8859-1">'),
    ("Content-Type: text/html\r\n", "windows-1252", '<meta charset="windows-1252">'),
)


def test_mails_that_lie_about_their_charset_are_read_as_they_are(shopper: Shopper) -> None:
    mails = []
    for declared, encoding, meta in LIES:
        html = body_of(purchase("1249.50", name="Röd tröja")).replace('<meta charset="utf-8">', meta)
        mails.append(lying_mail(declared, encoding, html.replace("&#847;&zwnj;", "")))
    assert shopper.ingest(*mails).count == len(LIES)
    for invoice in shopper.invoices:
        assert (invoice.total_amount, invoice.currency) == (1249.5, "SEK")
        assert [item.name for item in shopper.details(invoice).items] == ["Röd tröja"]


def test_answer_counts_mails_and_invoices_by_vendor(shopper: Shopper) -> None:
    mails = [receipt_mail(purchase(str(price)), sub_type="clothing") for price in (10, 20)]
    mails.append(receipt_mail(purchase("30"), sub_type="travel"))
    mails.append(letter("Veckans nyheter", sub_type="travel", text="Läs mer på vår blogg.").as_bytes())
    ingestion = shopper.ingest(*mails)
    assert (ingestion.count, ingestion.mails) == (3, 4)
    assert ingestion.by_vendor == {"test-clothing": 2, "test-travel": 1}


# Vendors are data


def test_vendor_that_somebody_adds_to_the_table_counts_at_once(shopper: Shopper) -> None:
    dynamodb = shopper.world.aws("dynamodb")
    dynamodb.put_item(
        TableName="VendorConfig",
        Item={
            "vendor_id": {"S": "kvarnen"},
            "vendor_name": {"S": "Kvarnens Bageri"},
            "invoice_sub_type": {"S": "grocery"},
            "email_patterns": {"SS": ["@kvarnen.example", "order@kvarnen.example"]},
            "subject_keywords": {"L": [{"S": "kvitto AND bageri"}]},
            "active": {"BOOL": True},
            "added_by": {"S": "a colleague"},
        },
    )
    mails = [
        receipt_mail(purchase("42.00"), subject=subject, sent_by="Kvarnen <hej@post.kvarnen.example>")
        for subject in ("Kvitto från ditt bageri", "Kvitto")
    ]
    ingestion = shopper.ingest(*mails)
    assert ingestion.by_vendor == {"kvarnen": 1}
    assert (shopper.only_invoice.vendor_name, shopper.only_invoice.sub_type) == ("Kvarnens Bageri", "grocery")


def test_vendor_that_is_switched_off_counts_no_longer(shopper: Shopper) -> None:
    row = vendor_row("clothing") | {"vendor_id": "off", "email_patterns": ["off.example"]}
    mail = receipt_mail(purchase(), sent_by="Off <receipt@off.example>")
    shopper.world.put("VendorConfig", row | {"active": False})
    assert shopper.ingest(mail).mails == 0
    shopper.world.put("VendorConfig", row)
    assert shopper.ingest(start_date=str(days_ago(9)), end_date=str(today())).by_vendor == {"off": 1}


BROKEN_ROWS: tuple[dict[str, Any], ...] = (
    {"email_patterns": "not a list"},
    {"email_patterns": [7]},
    {"email_patterns": []},
    {"email_patterns": ["a b {c} -from:x", "", "@", "*"]},
    {"subject_keywords": ["", " AND ", '"', ")("]},
    {"vendor_name": 7},
    {"invoice_category": "castles"},
    {"active": "perhaps"},
    {"hints": ["none"]},
)


def test_broken_rows_harm_nobody(shopper: Shopper) -> None:
    ids = [f"broken-{number}" for number in range(len(BROKEN_ROWS))]
    for vendor_id, broken in zip(ids, BROKEN_ROWS, strict=True):
        shopper.world.put("VendorConfig", vendor_row("grocery") | {"vendor_id": vendor_id} | broken)
    try:
        assert shopper.ingest(receipt_mail(purchase())).by_vendor == {"test-clothing": 1}
    finally:
        for vendor_id in ids:
            shopper.world.put("VendorConfig", {"vendor_id": vendor_id})


def test_vendors_of_no_known_category_leave_it_to_the_document(shopper: Shopper) -> None:
    receipt = purchase("55.00", name="Nötfärs 800 g och mjölk 1,5 l")
    mails = []
    for number, sub_type in enumerate(("Kläder", "clothing/../../rental", "rental", "", 7)):
        odd = {"vendor_id": f"odd-{number}", "email_patterns": [f"odd{number}.example"], "invoice_sub_type": sub_type}
        shopper.world.put("VendorConfig", vendor_row("clothing") | odd)
        mails.append(receipt_mail(receipt, sent_by=f"Odd <receipt@odd{number}.example>"))
    flight = {"@type": "FlightReservation", "reservationNumber": "QX1", "totalPrice": "55.00", "priceCurrency": "SEK"}
    html = receipts.as_html(receipt, markup={"@context": "https://schema.org"} | flight)
    mails.append(letter("Bokning QX1", html=html, sent_by="Odd <receipt@odd0.example>").as_bytes())
    shopper.ingest(*mails)
    assert shopper.totals() == [Decimal(55)] * 6
    assert shopper.counts()["travel"] == 1
    for invoice in shopper.invoices:
        assert shopper.details(invoice)
