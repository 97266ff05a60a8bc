"""Unpaid rent is reminded of once, as many days before it is due as the person likes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.jobs import RemindJob
from tests.app.world import Person, World


def in_days(count: int) -> date:
    return datetime.now(ZoneInfo("Europe/Stockholm")).date() + timedelta(days=count)


def owe(person: Person, due: date | None, number: int = 1, **changes: Any) -> str:
    """An invoice whose own announcement is past."""
    now = datetime.now(UTC).isoformat()
    filed = due or in_days(2)
    invoice_id = f"rent_{person.user_id[-12:]}{number}"
    row = {
        "UserID": person.user_id,
        "InvoiceID": invoice_id,
        "document_id": f"document_{number}",
        "run_id": "run_1",
        "due_date_year": str(filed.year),
        "due_date_month": str(filed.month),
        "due_date": due.isoformat() if due else None,
        "filename": "Hyresavi.pdf",
        "s3_key": f"invoices/{person.user_id}/rental/{number}.pdf",
        "mail_date": now,
        "created_at": now,
        "vendor_name": "Provhem",
        "total": 9300,
        "payment_status": "unpaid",
        "historical": True,
        **changes,
    }
    person.world.put("RentalInvoices", {name: value for name, value in row.items() if value is not None})
    return invoice_id


def a_morning(world: World) -> None:
    """The daily schedule runs, and everything that follows from it."""
    world.sandbox.events.invoke("remind_due_invoices")
    world.drain()


def wish(person: Person, **changes: Any) -> None:
    assert person.app.send("PUT", "/v1/user/preferences", json.dumps(changes).encode()).status == 200


@pytest.fixture
def reader(tenant: Person) -> Iterator[Person]:
    """Somebody who is told by e-mail; their invoices are gone afterwards, so that no other test meets them."""
    yield tenant
    tenant.app.delete("/v1/user/me")


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Rent from Provhem: SEK 9,300 is due today"),
        (1, "Rent from Provhem: SEK 9,300 is due tomorrow"),
        (3, "Rent from Provhem: SEK 9,300 is due in 3 days"),
    ],
)
def test_unpaid_invoice_is_reminded_of_within_the_wished_days(reader: Person, days: int, text: str) -> None:
    owe(reader, in_days(days))
    a_morning(reader.world)
    [told] = reader.notices()
    assert told.startswith(text)


@pytest.mark.parametrize("days", [-1, 4, 40], ids=["overdue", "a day too early", "far off"])
def test_other_invoices_are_not_reminded_of(reader: Person, days: int) -> None:
    owe(reader, in_days(days))
    a_morning(reader.world)
    assert reader.notices() == []


def test_each_person_has_days_of_their_own(world: World, reader: Person) -> None:
    others = [world.newcomer() for _ in range(2)]
    for person, days in zip((reader, *others), (10, 0, 30), strict=True):
        wish(person, reminder_days=days, email=True)
        owe(person, in_days(10))
    a_morning(world)
    assert [len(person.notices()) for person in (reader, *others)] == [1, 0, 1]


def test_invoice_is_reminded_of_once_however_often_the_schedule_runs(reader: Person) -> None:
    owe(reader, in_days(2), 1)
    owe(reader, in_days(2), 2)
    for _ in range(3):
        a_morning(reader.world)
    assert len(reader.notices()) == 2


def test_paid_invoice_is_not_reminded_of_and_paying_by_the_app_counts(reader: Person) -> None:
    owe(reader, in_days(2), 1, payment_status="paid")
    invoice_id = owe(reader, in_days(2), 2)
    answer = reader.app.patch(f"/v1/invoices/rental/{invoice_id}", {"payment_status": "paid"})
    assert answer.status == 200
    a_morning(reader.world)
    assert reader.notices() == []


def test_invoice_paid_between_schedule_and_job_is_not_reminded_of(world: World, reader: Person) -> None:
    invoice_id = owe(reader, in_days(2))
    world.sandbox.events.pause()
    world.sandbox.events.invoke("remind_due_invoices")
    reader.app.patch(f"/v1/invoices/rental/{invoice_id}", {"payment_status": "paid"})
    world.sandbox.events.resume()
    world.drain()
    assert reader.notices() == []


def test_today_is_the_landlords_and_not_the_servers(world: World, reader: Person) -> None:
    """Between these two zones it is never the same day."""
    east, west = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
    invoice_id = owe(reader, datetime.now(west).date())
    reminders = world.sandbox.container.remind_due_invoices
    assert reminders.time_zone.key == "Europe/Stockholm"
    job = RemindJob(user_id=reader.user_id, invoice_id=invoice_id)
    replace(reminders, time_zone=east).remind(job)
    assert reader.notices() == []
    replace(reminders, time_zone=west).remind(job)
    [told] = reader.notices()
    assert "is due today" in told


def test_invoice_without_due_date_is_not_reminded_of(reader: Person) -> None:
    owe(reader, None)
    a_morning(reader.world)
    assert reader.notices() == []


def test_reminder_that_could_not_be_sent_is_sent_by_the_next_attempt_and_once(world: World, reader: Person) -> None:
    owe(reader, in_days(2))
    world.fail("sns.Publish", "InternalError", times=5)
    a_morning(world)
    world.sandbox.clear_faults()
    a_morning(world)
    assert len(reader.notices()) == 1


def test_reminder_reaches_the_phone(world: World, reader: Person) -> None:
    reader.app.register_device("6f" * 32)
    owe(reader, in_days(2))
    a_morning(world)
    told = [each["protocol"] for each in world.sandbox.notifications() if each["user_id"] == reader.user_id]
    assert "application" in told


def test_reminder_is_in_the_persons_language_and_reaches_nobody_else(world: World, reader: Person) -> None:
    neighbour = world.newcomer()
    wish(neighbour, email=True)
    wish(reader, language="sv")
    owe(reader, in_days(2))
    a_morning(world)
    [told] = reader.notices()
    assert told.startswith("Hyra från Provhem: 9 300 kr förfaller om 2 dagar, ")
    assert neighbour.notices() == []


def test_record_that_cannot_be_read_keeps_nobody_from_being_reminded(reader: Person) -> None:
    owe(reader, in_days(1), 1, charges="not a list")
    owe(reader, in_days(1), 2)
    a_morning(reader.world)
    assert len(reader.notices()) == 1


def calls_of_a_schedule(world: World) -> Counter[str]:
    world.sandbox.calls.clear()
    world.sandbox.events.invoke("remind_due_invoices")
    calls = [call.name for call in world.sandbox.calls.calls if call.function == "remind_due_invoices"]
    world.drain()
    return Counter(calls)


def test_schedule_asks_once_a_month_however_many_owe_and_never_scans(world: World, reader: Person) -> None:
    owe(reader, in_days(2))
    few = calls_of_a_schedule(world)
    people = [reader, *(world.newcomer() for _ in range(4))]
    for person in people:
        owe(person, in_days(2), 2)
        owe(person, in_days(3), 3)
    many = calls_of_a_schedule(world)
    months = {(in_days(count).year, in_days(count).month) for count in range(31)}
    assert few["dynamodb.Query"] == many["dynamodb.Query"] == len(months)
    assert many["dynamodb.BatchGetItem"] <= few["dynamodb.BatchGetItem"] + 1
    assert not {"dynamodb.Scan", "dynamodb.GetItem", "dynamodb.UpdateItem", "sns.Publish"} & many.keys()


def test_deleted_persons_job_is_harmless(world: World, person: Person) -> None:
    owe(person, in_days(2))
    world.sandbox.events.pause()
    world.sandbox.events.invoke("remind_due_invoices")
    assert person.app.delete("/v1/user/me").status == 200
    world.sandbox.events.resume()
    assert world.drain()["failed"] == 0
    assert person.rows("RentalInvoices") == []
