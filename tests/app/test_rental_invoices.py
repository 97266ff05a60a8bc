"""The list of rental invoices, one of them, and its file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from http.client import HTTPConnection
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.app import swift
from tests.app.mails import attach, letter, notice_mail, notice_pdf
from tests.app.world import Person


def record(person: Person, number: int, due: date | None, **changes: Any) -> None:
    """A record as ingestion stores it."""
    mail_date = due or date(2025, 7, 1)
    item = {
        "UserID": person.user_id,
        "InvoiceID": f"rent_{number:032x}",
        "document_id": f"document_{number:032x}",
        "run_id": "",
        "due_date_year": str(mail_date.year),
        "due_date_month": str(mail_date.month),
        "filename": f"avi {number}.pdf",
        "s3_key": f"invoices/{person.user_id}/rental/avi_{number}.pdf",
        "mail_date": f"{mail_date.isoformat()}T08:00:00+00:00",
        "created_at": "2025-07-01T08:00:00+00:00",
        "vendor_id": "test-landlord",
        "vendor_name": "Provhem",
        "total": Decimal(9000 + number),
        "historical": True,
    }
    if due is not None:
        item["due_date"] = due.isoformat()
    person.world.put("RentalInvoices", item | changes)


@pytest.fixture
def landlord_changes(person: Person) -> Person:
    """Two years of rent, from two landlords."""
    for number in range(24):
        vendor = ("grannhem", "Grannhem") if number % 3 == 0 else ("test-landlord", "Provhem")
        due = date(2024 + number // 12, number % 12 + 1, 28)
        record(person, number, due, vendor_id=vendor[0], vendor_name=vendor[1])
    return person


def test_invoices_are_listed_by_year_newest_first(landlord_changes: Person) -> None:
    listed = landlord_changes.app.rentals()
    assert listed.count == 24
    assert list(listed.by_year) == ["2025", "2024"]
    for year, invoices in listed.by_year.items():
        assert [invoice.due_date for invoice in invoices] == [f"28-{month:02d}-{year}" for month in range(12, 0, -1)]
        assert [invoice.due_date_month for invoice in invoices] == [str(month) for month in range(12, 0, -1)]


def test_invoice_without_a_due_date_is_filed_under_its_mails_month(person: Person) -> None:
    record(person, 1, None, total=None, needs_review=True, review_reasons=["no_due_date"])
    record(person, 2, date(2025, 8, 31))
    record(person, 3, date(2025, 6, 30))
    listed = person.app.rentals()
    assert [invoice.due_date for invoice in listed.invoices] == ["31-08-2025", "", "30-06-2025"]
    poor = listed.invoices[1]
    assert (poor.due_date_year, poor.due_date_month, poor.total, poor.ocr) == ("2025", "7", 0, "")
    assert (poor.exact_total, poor.exact_due_date) == (None, None)
    assert poor.needs_review


def test_list_of_nobody_is_empty(person: Person) -> None:
    listed = person.app.rentals()
    assert (listed.count, listed.by_year, listed.next_cursor) == (0, {}, None)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"from": "2025-01-01"}, 12),
        ({"to": "2024-12-28"}, 12),
        ({"to": "2024-12-27"}, 11),
        ({"from": "2024-06-28", "to": "2024-06-28"}, 1),
        ({"from": "2030-01-01"}, 0),
        ({"vendor": "grannhem"}, 8),
        ({"vendor": "GRANNHEM"}, 8),
        ({"vendor": "test-landlord"}, 16),
        ({"vendor": "grann"}, 0),
        ({"q": "avi 17.pdf"}, 1),
        ({"q": "GRANNHEM avi"}, 8),
        ({"q": "no such word"}, 0),
        ({"vendor": "Provhem", "from": "2025-01-01", "q": "avi"}, 8),
        ({"vendor": ""}, 24),
    ],
)
def test_filters_narrow_the_list(landlord_changes: Person, query: dict[str, str], count: int) -> None:
    listed = landlord_changes.app.rentals(**query)
    assert listed.count == len(listed.invoices) == count


@pytest.mark.parametrize("limit", [1, 5, 8, 24, 500])
def test_pages_hold_every_invoice_once_and_in_order(landlord_changes: Person, limit: int) -> None:
    found: list[swift.RentalInvoice] = []
    query: dict[str, str | int] = {"limit": limit}
    for _page in range(25):
        listed = landlord_changes.app.rentals(**query)
        assert 0 < len(listed.invoices) <= limit
        found += listed.invoices
        if listed.next_cursor is None:
            break
        query["cursor"] = listed.next_cursor
    assert [invoice.invoice_id for invoice in found] == [f"rent_{number:032x}" for number in range(23, -1, -1)]


def test_more_than_one_page_of_dynamodb_is_listed_whole(person: Person) -> None:
    padding = "x" * 350_000
    for number in range(5):
        record(person, number, date(2025, number + 1, 28), note=padding)
    assert person.app.rentals().count == 5


def test_one_invoice_has_a_link_that_downloads_its_file(tenant: Person) -> None:
    tenant.receive(attach(letter(), notice_pdf(), 'Hyresavi "mars"\u00e5.pdf').as_bytes())
    tenant.ingest()
    [listed] = tenant.app.rentals().invoices
    invoice = tenant.app.rental(listed.invoice_id)
    assert invoice.file_url is not None
    address = urlsplit(invoice.file_url)
    connection = HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", f"{address.path}?{address.query}")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, notice_pdf())
    disposition = answer.headers["Content-Disposition"]
    connection.close()
    assert disposition.startswith("attachment")
    assert disposition.isascii()
    assert disposition.count('"') == 2


def test_link_to_the_file_expires_soon(tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    [listed] = tenant.app.rentals().invoices
    assert "X-Amz-Expires=300" in (tenant.app.rental(listed.invoice_id).file_url or "")


def test_invoice_is_marked_paid_and_unpaid(person: Person) -> None:
    record(person, 1, date(2025, 8, 31))
    path = f"/v1/invoices/rental/rent_{1:032x}"
    for status in ("paid", "unpaid"):
        changed = person.app.patch(path, {"payment_status": status}).data(swift.RentalInvoice)
        assert changed.payment_status == person.app.rental(changed.invoice_id).payment_status == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_FIELDS"),
        ({"payment_status": None}, "MISSING_FIELDS"),
        ({"payment_status": "stolen"}, "VALIDATION_ERROR"),
        ({"payment_status": ""}, "VALIDATION_ERROR"),
        ({"payment_status": 1}, "VALIDATION_ERROR"),
        ({"payment_status": "paid" * 100}, "VALIDATION_ERROR"),
    ],
)
def test_payment_status_is_one_of_two(person: Person, body: dict[str, Any], code: str) -> None:
    record(person, 1, date(2025, 8, 31))
    answer = person.app.patch(f"/v1/invoices/rental/rent_{1:032x}", body)
    assert answer.refused == (400, code)
    assert "payment_status" in answer.error_message


def test_payment_status_of_what_is_not_there_creates_nothing(person: Person) -> None:
    answer = person.app.patch(f"/v1/invoices/rental/rent_{7:032x}", {"payment_status": "paid"})
    assert answer.refused == (404, "INVOICE_NOT_FOUND")
    assert person.rows("RentalInvoices") == []


def test_documents_are_paged_and_filtered_by_state(tenant: Person) -> None:
    tenant.receive(*(attach(letter(), b"", f"tom {number}.pdf").as_bytes() for number in range(5)), notice_mail())
    tenant.ingest()
    names = []
    query: dict[str, str | int] = {"state": "failed", "limit": 2}
    for _page in range(4):
        page = tenant.app.get("/v1/documents", **query).data(swift.DocumentList)
        names += [row.filename for row in page.documents]
        if page.next_cursor is None:
            break
        query["cursor"] = page.next_cursor
    assert sorted(str(name) for name in names) == [f"tom {number}.pdf" for number in range(5)]
    assert [row.state for row in tenant.app.documents(state="parsed")] == ["parsed"]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "lost"},
        {"limit": "0"},
        {"cursor": "e30"},
        {"cursor": "W1tbW1tbW1s" * 700},
        {"cursor": "eyJVc2VySUQiOiJ1c2VyX3NvbWVib2R5X2Vsc2UiLCJEb2N1bWVudElEIjoiZG9jdW1lbnRfMSJ9"},
    ],
)
def test_documents_refuse_parameters_that_make_no_sense(person: Person, query: dict[str, str]) -> None:
    answer = person.app.get("/v1/documents", **query)
    assert answer.refused == (400, "INVALID_REQUEST")


def test_cursor_of_one_list_is_refused_by_another(tenant: Person) -> None:
    tenant.receive(*(attach(letter(), b"", f"tom {number}.pdf").as_bytes() for number in range(3)))
    tenant.ingest()
    page = tenant.app.get("/v1/documents", state="failed", limit=1).data(swift.DocumentList)
    assert page.next_cursor is not None
    for other in ({}, {"state": "parsed"}):
        answer = tenant.app.get("/v1/documents", cursor=page.next_cursor, **other)
        assert answer.refused == (400, "INVALID_REQUEST")


def test_newest_first_holds_inside_and_between_years(landlord_changes: Person) -> None:
    due = [invoice.exact_due_date or "" for invoice in landlord_changes.app.rentals().invoices]
    assert all(earlier > later for earlier, later in pairwise(due))
