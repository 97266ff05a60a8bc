"""What is recorded of a purchase: once, whole, and the same however its documents and events arrive."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.app.shop_mails import body_of, days_ago, letter, purchase, receipt_mail, refund_of, today
from tests.app.shopper import Shopper
from tests.app.world import World

DETAIL_TABLES = (
    "FoodDeliveryInvoices",
    "ClothingInvoices",
    "TechnologyInvoices",
    "SubscriptionInvoices",
    "GroceryInvoices",
    "MiscellaneousUtilityInvoices",
    "MiscellaneousInvoices",
    "TravelInvoices",
)
PARSER = "parse_retail_invoice"
LONG_AGO = {"start_date": str(days_ago(300)), "end_date": str(today())}


def stored(shopper: Shopper) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of a person's purchases, by table."""
    tables = ("RetailInvoices", *DETAIL_TABLES, "IngestionLedger", "IngestionRuns")
    rows = {table: [row for row in shopper.rows(table) if row.get("RunID") != "lease"] for table in tables}
    return {table: sorted(found, key=str) for table, found in rows.items() if found}


def seen(shopper: Shopper) -> list[dict[str, Any]]:
    """The invoices with their details, without what tells which document came first."""
    found = []
    for invoice in shopper.invoices:
        whole = shopper.app.get(f"/v1/invoices/retail/{invoice.invoice_id}").body["data"]
        found.append({name: value for name, value in whole.items() if name.lower() not in {"invoiceid", "invoice_id"}})
        found[-1]["file_url"] = whole["file_url"].partition("?")[0].rpartition("_")[0].rpartition("_")[2]
    return found


# Base and details


@pytest.mark.parametrize("fault", [{"error": "500", "times": 8}, {"when": "after"}, {"kill": True}, {"skip": 1}])
def test_details_are_never_without_their_base_nor_the_other_way_round(shopper: Shopper, fault: dict[str, Any]) -> None:
    options: dict[str, Any] = {"error": "", "kill": fault == {"skip": 1}} | fault
    shopper.world.fail("dynamodb.TransactWriteItems", function=PARSER, **options)
    calls = shopper.world.sandbox.calls
    before = len(calls.calls)
    shopper.ingest(receipt_mail(purchase(), sub_type="grocery"))
    direct = [call.name for call in calls.calls[before:] if call.resource in {"RetailInvoices", "GroceryInvoices"}]
    assert set(direct) <= {"dynamodb.Query", "dynamodb.GetItem"}
    [base], [details] = shopper.rows(), shopper.rows("GroceryInvoices")
    assert base["InvoiceID"] == details["InvoiceID"]


def test_how_it_was_read_is_stored_and_served(shopper: Shopper) -> None:
    marked, plain = purchase("100.00"), purchase("200.00")
    shopper.ingest(receipt_mail(marked, form="markup"), receipt_mail(plain))
    by_order = {invoice.order_id: invoice for invoice in shopper.invoices}
    assert by_order[marked.order_id].extraction.method == "schema.org"
    assert by_order[plain.order_id].extraction.method == "rules"
    for invoice in by_order.values():
        assert 0 < invoice.extraction.confidence <= 1
        [row] = [row for row in shopper.rows() if row["InvoiceID"] == invoice.invoice_id]
        assert row["extraction"]["method"] == invoice.extraction.method


def test_what_is_doubtful_is_flagged_with_its_reason_everywhere(shopper: Shopper) -> None:
    receipt = purchase("100.00")
    contradiction = body_of(receipt, "markup").replace('"price": "100.00"', '"price": "1.00"', 1)
    shopper.ingest(letter("Kvitto", html=contradiction).as_bytes())
    invoice = shopper.only_invoice
    assert invoice.needs_review
    assert invoice.review_reasons
    [document] = [each for each in shopper.person.app.documents() if each.invoice_id]
    assert document.state == "needs_review"
    assert document.reason == ",".join(invoice.review_reasons)


# One purchase, several documents


def confirmation_and_receipt() -> tuple[bytes, bytes]:
    """Of one order, which they describe in different words."""
    order = purchase("1249.50", ago=5, delivery="49.00", name="Vinterjacka")
    receipt_day = replace(order, day=days_ago(4), lines=(replace(order.lines[0], name="Jacka, svart"),))
    confirmed = receipt_mail(order, subject=f"Orderbekräftelse {order.order_id}")
    return confirmed, receipt_mail(receipt_day, subject=f"Kvitto {order.order_id}", form="text")


def test_order_and_receipt_become_the_same_invoice_whichever_comes_first(shops: World) -> None:
    confirmed, receipted = confirmation_and_receipt()
    results = []
    for deliveries in ([confirmed], [receipted]), ([receipted], [confirmed]), ([confirmed, receipted], []):
        person = shops.newcomer()
        person.connect()
        shopper = Shopper(person)
        counts = [shopper.ingest(*mails, **LONG_AGO).count for mails in deliveries]
        assert sum(counts) == 1
        results.append(seen(shopper))
        assert len(stored(shopper)["ClothingInvoices"]) == 1
    assert results[0] == results[1] == results[2]
    [[invoice], _, _] = results
    assert len(invoice["sources"]) == 2
    assert invoice["total_amount"] == 1298.5


def test_many_documents_of_one_purchase_at_once_are_one_invoice(shopper: Shopper) -> None:
    order = purchase("310.00")
    mails = [receipt_mail(order, subject=f"Kvitto {number}", pdf=True) for number in range(4)]
    assert shopper.ingest(*mails).count == 1
    assert len(shopper.whole(shopper.only_invoice.invoice_id).sources) == 8
    states = [each.state for each in shopper.person.app.documents() if each.invoice_id]
    assert sorted(states) == [*["duplicate"] * 7, "parsed"]
    assert shopper.world.sandbox.events.failed == []


def without_number(price: str, ago: int, subject: str = "Kvitto") -> bytes:
    receipt = purchase(price, ago=ago)
    text = body_of(receipt, "text").replace(f"Ordernummer: {receipt.order_id}\n", "")
    return letter(subject, text=text, ago=ago).as_bytes()


def test_equal_amounts_of_one_day_without_order_number_are_one_purchase(shopper: Shopper) -> None:
    one, other = without_number("75.00", 3), without_number("75.00", 3, "Ditt kvitto")
    assert shopper.ingest(one, other, **LONG_AGO).count == 1
    assert shopper.ingest(without_number("75.00", 4), without_number("76.00", 3), **LONG_AGO).count == 2
    assert sorted(shopper.totals()) == [Decimal(75), Decimal(75), Decimal(76)]


def test_monthly_subscriptions_of_one_amount_and_customer_number_stay_apart(shopper: Shopper) -> None:
    months = [purchase("129.00", ago=ago, order_id="KUND7714") for ago in (95, 65, 35, 5)]
    mails = [receipt_mail(receipt, sub_type="subscriptions", form="text") for receipt in months]
    assert shopper.ingest(*mails, **LONG_AGO).count == 4
    assert shopper.counts()["subscriptions"] == 4


def test_two_orders_of_one_price_on_one_day_stay_apart(shopper: Shopper) -> None:
    orders = [purchase("249.00", ago=3) for _ in range(2)]
    assert shopper.ingest(*map(receipt_mail, orders)).count == 2
    assert {invoice.order_id for invoice in shopper.invoices} == {order.order_id for order in orders}


@pytest.mark.parametrize("refund_first", [False, True])
def test_refund_under_the_order_number_of_its_purchase_is_a_negative_invoice(
    shopper: Shopper, refund_first: bool
) -> None:
    order = purchase("748.00", ago=12)
    refund = refund_of(order, "349.00", ago=3)
    mails = [receipt_mail(order), receipt_mail(refund, subject="Kvitto på återbetalning")]
    for mail in reversed(mails) if refund_first else mails:
        assert shopper.ingest(mail, **LONG_AGO).count == 1
    again = receipt_mail(refund, subject="Kvitto på återbetalning", form="text", ago=2)
    assert shopper.ingest(again, receipt_mail(order, form="text"), **LONG_AGO).count == 0
    assert sorted(shopper.totals()) == [Decimal(-349), Decimal(748)]
    assert {invoice.order_id for invoice in shopper.invoices} == {order.order_id}


def test_same_mail_in_two_inboxes_is_an_invoice_of_each(shops: World) -> None:
    mail = receipt_mail(purchase("99.00"))
    shoppers = []
    for _ in range(2):
        person = shops.newcomer()
        person.connect()
        shoppers.append(Shopper(person))
    for shopper in shoppers:
        shopper.ingest(mail)
    assert [shopper.totals() for shopper in shoppers] == [[Decimal(99)], [Decimal(99)]]


def test_correction_of_a_person_survives_the_next_document(shopper: Shopper) -> None:
    confirmed, receipted = confirmation_and_receipt()
    shopper.ingest(confirmed)
    [invoice] = shopper.invoices
    assert shopper.change(invoice.invoice_id, total_amount=1200, vendor_name="Min butik").status == 200
    shopper.ingest(receipted, **LONG_AGO)
    [merged] = shopper.invoices
    assert (merged.total_amount, merged.vendor_name, merged.needs_review) == (1200, "Min butik", False)
    assert len(shopper.whole(merged.invoice_id).sources) == 2


# Events


@pytest.mark.parametrize("concurrently", [False, True])
def test_events_delivered_again_in_any_order_change_nothing(shopper: Shopper, concurrently: bool) -> None:
    order = purchase("310.00", ago=9)
    newsletter = letter("Nyheter", text="Läs mer på vår blogg.").as_bytes()
    refund = receipt_mail(refund_of(order, "310.00", ago=2), subject="Återbetalning")
    shopper.ingest(receipt_mail(order, pdf=True), refund, newsletter)
    before, objects = stored(shopper), shopper.object_keys()
    events = [each for each in shopper.world.deliveries_about(shopper.user_id) if each.function.startswith("parse_")]
    assert len(events) >= 4
    again = [*reversed(events), *events]
    outcomes = shopper.world.sandbox.events.redeliver(again, concurrently=concurrently)
    shopper.world.drain()
    assert [outcome.error for outcome in outcomes] == [None] * len(again)
    assert (stored(shopper), shopper.object_keys()) == (before, objects)


def test_object_that_somebody_puts_into_the_bucket_is_read_too(shopper: Shopper) -> None:
    key = f"invoices/{shopper.user_id}/retail/grocery/by-hand.html"
    shopper.world.put_object(key, body_of(purchase("61.00")).encode())
    shopper.world.drain()
    assert (shopper.totals(), shopper.only_invoice.sub_type) == ([Decimal(61)], "grocery")


@pytest.mark.parametrize("name", ["grocery/empty.html", "unknown/kind.html", "grocery/deep/er.html", "loose.html"])
def test_strange_object_harms_nobody(shopper: Shopper, name: str) -> None:
    shopper.world.put_object(f"invoices/{shopper.user_id}/retail/{name}", b"" if "empty" in name else b"<p>Hej")
    assert shopper.world.drain()["failed"] == 0
    assert shopper.invoices == []


def test_user_who_leaves_while_receipts_are_being_read_leaves_nothing_behind(shopper: Shopper) -> None:
    events = shopper.world.sandbox.events
    shopper.ingest(receipt_mail(purchase("10.00"), pdf=True))
    events.pause()
    try:
        for number in range(3):
            key = f"invoices/{shopper.user_id}/retail/grocery/late-{number}.html"
            shopper.world.put_object(key, body_of(purchase("20.00")).encode())
        assert shopper.app.delete("/v1/user/me").status == 200
        shopper.world.put_object(f"invoices/{shopper.user_id}/retail/grocery/later.html", b"<p>Kvitto")
    finally:
        events.resume()
    old = [each for each in shopper.world.deliveries_about(shopper.user_id) if each.function.startswith("parse_")]
    assert all(outcome.error is None for outcome in events.redeliver(old))
    assert shopper.world.drain()["failed"] == 0
    assert {table: rows for table in shopper.world.tables() if (rows := shopper.person.rows(table))} == {}
    assert shopper.person.objects() == []


def test_user_who_leaves_between_reading_and_writing_gets_no_record(shopper: Shopper) -> None:
    world = shopper.world
    key = f"invoices/{shopper.user_id}/retail/grocery/slow.html"
    world.put_object(key, body_of(purchase("20.00")).encode())
    world.drain()
    [event] = [each for each in world.deliveries_about(key) if each.function == PARSER]
    row = next(row for row in shopper.rows("IngestionLedger") if row.get("s3_key") == key)
    assert shopper.app.delete("/v1/user/me").status == 200
    world.put_object(key, body_of(purchase("30.00")).encode())
    world.put("IngestionLedger", row | {"state": "stored"})
    assert world.sandbox.events.redeliver([event])[0].error is None
    world.drain()
    assert shopper.rows() == shopper.rows("GroceryInvoices") == []
    assert shopper.person.objects() == []
