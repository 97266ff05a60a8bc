"""Events as AWS delivers them: again, in another order, at once, late; and what people are told."""

from __future__ import annotations

import json

from tests.app.belongings import belongings
from tests.app.mails import attach, facts, letter, notice_mail, notice_pdf
from tests.app.world import Person, World


def test_same_object_events_again_reversed_and_at_once_change_nothing(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1), notice_mail(2), attach(letter(), b"", "tom.pdf").as_bytes())
    tenant.ingest()
    before = (tenant.stored_invoices(), tenant.rows("IngestionLedger"), tenant.rows("IngestionRuns"), tenant.notices())
    events = [each for each in world.deliveries_about(tenant.user_id) if each.function == "parse_invoice"]
    assert len(events) == 4
    for outcome in (
        *world.sandbox.events.redeliver(reversed(events)),
        *world.sandbox.events.redeliver(events * 3, concurrently=True),
    ):
        assert outcome.error is None
    world.drain()
    after = (tenant.stored_invoices(), tenant.rows("IngestionLedger"), tenant.rows("IngestionRuns"), tenant.notices())
    assert before == after


def test_object_put_into_the_bucket_by_hand_is_parsed_too(world: World, tenant: Person) -> None:
    key = f"invoices/{tenant.user_id}/rental/by-hand.pdf"
    world.put_object(key, notice_pdf())
    world.drain()
    [invoice] = tenant.app.rentals().invoices
    assert (invoice.total, invoice.filename) == (int(facts().total), "by-hand.pdf")
    world.put_object(key, notice_pdf())
    world.drain()
    assert tenant.app.rentals().count == 1
    assert len(tenant.notices()) == 1


def test_object_of_nobody_is_erased(world: World) -> None:
    key = "invoices/user_00000000-0000-0000-0000-000000000000/rental/by-hand.pdf"
    world.put_object(key, notice_pdf())
    world.drain()
    assert world.objects("user_00000000-0000-0000-0000-000000000000") == []
    assert world.rows("RentalInvoices", "user_00000000-0000-0000-0000-000000000000") == []


def test_object_under_a_key_that_ingestion_never_writes_harms_nothing(world: World, tenant: Person) -> None:
    failed = len(world.sandbox.events.failed)
    world.put_object(f"invoices/{tenant.user_id}/castles/x.pdf", notice_pdf())
    world.put_object("invoices/x.pdf", notice_pdf())
    world.drain()
    assert tenant.rows("RentalInvoices") == []
    assert len(world.sandbox.events.failed) == failed


def test_recent_invoice_is_announced_with_amount_due_date_and_change(tenant: Person) -> None:
    tenant.receive(notice_mail(1))
    tenant.ingest()
    tenant.receive(notice_mail())
    tenant.ingest()
    announced = tenant.notices()[-1]
    amount, due = facts().total, facts().due_date
    change = amount - facts(1).total
    assert f"{amount:,.0f}" in announced.replace("\u00a0", ",")
    assert str(due.day) in announced
    assert str(due.year) in announced
    assert f"{abs(change):,.0f}" in announced


def test_historical_mails_are_told_in_one_summary_and_recent_ones_each(tenant: Person) -> None:
    tenant.receive(*(notice_mail(ago) for ago in (0, 3, 4, 5, 6)))
    tenant.ingest()
    told = tenant.notices()
    assert len(told) == 2
    [summary] = [text for text in told if "imported" in text]
    assert summary.startswith("4 ")
    assert "rental invoices" in summary


def test_nobody_hears_of_another_persons_invoice(world: World, tenant: Person) -> None:
    other = world.newcomer()
    other.connect()
    other.app.register_device("cd" * 32)
    tenant.app.register_device("ef" * 32)
    tenant.receive(notice_mail())
    tenant.ingest()
    assert other.notices() == []
    mine = [each for each in world.sandbox.notifications() if each["user_id"] == tenant.user_id]
    assert sorted(str(each["protocol"]) for each in mine) == ["application", "email"]
    assert {each["endpoint"] for each in mine if each["protocol"] == "email"} == {tenant.email}


def test_push_carries_what_apns_wants(world: World, tenant: Person) -> None:
    tenant.app.register_device("0a" * 32)
    tenant.receive(notice_mail())
    tenant.ingest()
    [push] = [
        each
        for each in world.sandbox.notifications()
        if each["user_id"] == tenant.user_id and each["protocol"] == "application"
    ]
    payload = json.loads(str(push["message"]))
    assert set(payload["aps"]["alert"]) >= {"title", "body"}
    assert payload["invoice_id"] == tenant.app.rentals().invoices[0].invoice_id
    assert len(str(push["message"]).encode()) < 4096


def test_replayed_stream_records_announce_nothing_twice(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(0, 1))
    tenant.ingest()
    told = tenant.notices()
    assert len(told) == 2
    events = [each for each in world.deliveries_about(tenant.user_id) if each.function == "send_invoice_notification"]
    assert events
    world.sandbox.events.redeliver(events * 2, concurrently=True)
    world.drain()
    assert tenant.notices() == told


def test_change_of_a_record_announces_nothing(tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.ingest()
    told = tenant.notices()
    [invoice] = tenant.app.rentals().invoices
    tenant.app.patch(f"/v1/invoices/rental/{invoice.invoice_id}", {"payment_status": "paid"})
    tenant.world.drain()
    assert tenant.notices() == told


def test_device_that_a_summary_finds_disabled_is_forgotten(world: World, tenant: Person) -> None:
    dead = tenant.app.register_device("3d" * 32)
    arn = tenant.user_row()["devices"][dead.device_id]["endpoint_arn"]
    world.aws("sns").set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    tenant.receive(notice_mail(4), notice_mail(5))
    tenant.ingest()
    assert tenant.notices() == ["2 rental invoices imported from your mail."]
    assert tenant.user_row()["devices"] == {}


def test_disabled_device_is_forgotten_and_the_others_still_hear(world: World, tenant: Person) -> None:
    dead = tenant.app.register_device("1b" * 32)
    tenant.app.register_device("2c" * 32)
    row = tenant.user_row()
    arn = row["devices"][dead.device_id]["endpoint_arn"]
    world.aws("sns").set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    tenant.receive(notice_mail())
    tenant.ingest()
    assert len(tenant.notices()) == 2
    row = tenant.user_row()
    assert len(row["devices"]) == 1
    assert not any(arn in each for each in belongings(world, tenant))
    assert tenant.app.delete(f"/v1/user/devices/{dead.device_id}").refused == (404, "NOT_FOUND")


def test_device_registered_again_is_enabled_again(world: World, tenant: Person) -> None:
    device = tenant.app.register_device("3d" * 32)
    row = tenant.user_row()
    arn = row["devices"][device.device_id]["endpoint_arn"]
    world.aws("sns").set_endpoint_attributes(EndpointArn=arn, Attributes={"Enabled": "false"})
    assert tenant.app.register_device("3D" * 32).device_id == device.device_id
    tenant.receive(notice_mail())
    tenant.ingest()
    assert len(tenant.notices()) == 2


def test_phone_belongs_to_whoever_logged_in_on_it_last(world: World, tenant: Person) -> None:
    other = world.newcomer()
    tenant.app.register_device("4e" * 32)
    other.app.register_device("4e" * 32)
    tenant.receive(notice_mail())
    tenant.ingest()
    pushes = [each for each in world.sandbox.notifications() if "4e" in str(each) and each["protocol"] == "application"]
    assert [each for each in pushes if each["user_id"] in {tenant.user_id, other.user_id}] == []
    row = tenant.user_row()
    assert row["devices"] == {}
    row = other.user_row()
    assert len(row["devices"]) == 1


def test_removed_device_hears_nothing(tenant: Person) -> None:
    device = tenant.app.register_device("5f" * 32)
    assert tenant.app.delete(f"/v1/user/devices/{device.device_id}").status == 200
    tenant.receive(notice_mail())
    tenant.ingest()
    assert len(tenant.notices()) == 1


def test_announcement_that_sns_refused_once_is_delivered_later(world: World, tenant: Person) -> None:
    world.fail("sns.Publish", "AuthorizationError")
    tenant.receive(notice_mail())
    assert tenant.ingest() == 1
    assert len(tenant.notices()) == 1


def test_summary_that_sns_refused_once_is_delivered_later(world: World, tenant: Person) -> None:
    world.fail("sns.Publish", "AuthorizationError")
    tenant.receive(notice_mail(5), notice_mail(6))
    assert tenant.ingest() == 2
    [told] = tenant.notices()
    assert told.startswith("2 ")


def test_one_refused_announcement_blocks_no_other(world: World, tenant: Person) -> None:
    tenant.app.register_device("6a" * 32)
    world.fail("sns.Publish", "AuthorizationError")
    tenant.receive(notice_mail(), notice_mail(0, 1))
    tenant.ingest()
    assert {"Rent" in text or "Hyra" in text or "aps" in text for text in tenant.notices()} == {True}
    announced = {row["InvoiceID"] for row in tenant.rows("RentalInvoices") if "announced_at" in row}
    assert len(announced) == 2
