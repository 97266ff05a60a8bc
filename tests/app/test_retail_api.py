"""The retail endpoints: lists, counts, details, entry, change and deletion."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.app.shop_mails import CATEGORIES, days_ago, letter, purchase, receipt_mail, today
from tests.app.shopper import RETAIL, Shopper
from tests.app.world import World
from tests.sandbox.calls import Call

LONG_AGO = {"start_date": str(days_ago(300)), "end_date": str(today())}

FULL_DETAILS: dict[str, dict[str, Any]] = {
    "food-delivery": {
        "delivery_fee": 39,
        "discount": 10.5,
        "promo_code": "HELG",
        "items": [{"name": "Pizza", "price": 115, "quantity": 2, "description": "utan lök"}],
    },
    "clothing": {
        "tax": 49.8,
        "delivery_fee": 0,
        "payment_method": "Visa",
        "items": [{"name": "Tröja", "brand": "Provmärket", "price": 249, "quantity": 1}],
    },
    "technology": {
        "tax": 49.8,
        "notes": "gåva",
        "description": "kabel",
        "items": [{"name": "Kabel", "price": 99.9, "quantity": 3}],
    },
    "subscriptions": {"duration": "1 månad", "invoice_number": "F-1", "receipt_number": "K-1"},
    "grocery": {"store_name": "Hallen", "items": [{"name": "Äpplen", "price": 29.9, "quantity": 1.243, "unit": "kg"}]},
    "utility": {"utility_type": "el", "provider": "Kraft", "usage_details": "180 kWh"},
    "miscellaneous": {"tax": 5, "category": "bok", "items": [{"name": "Bok", "price": 219, "quantity": 0.5}]},
    "travel": {
        "transport_type": "train",
        "booking_reference": "QX1",
        "travel_details": [{"departure_location": "Göteborg", "arrival_location": "Lund"}],
        "passengers": [{"name": "Alice Exempel"}],
    },
}


# Lists


def test_lists_go_by_category_and_by_year_newest_first(bookkeeper: Shopper) -> None:
    for sub_type, day in (
        ("clothing", "2024-12-31"),
        ("clothing", "2025-02-01"),
        ("grocery", "2025-01-15"),
        ("clothing", "2025-01-01"),
    ):
        bookkeeper.enter(sub_type=sub_type, invoice_date=day)
    everything = bookkeeper.listed()
    assert (everything.count, everything.next_cursor) == (4, None)
    days = {group: [invoice.invoice_date for invoice in found] for group, found in everything.groups.items()}
    assert days == {"clothing": ["2025-02-01", "2025-01-01", "2024-12-31"], "grocery": ["2025-01-15"]}
    clothes = bookkeeper.listed(subtype="clothing")
    assert clothes.count == 3
    years = {year: [invoice.invoice_date for invoice in found] for year, found in clothes.groups.items()}
    assert years == {"2025": ["2025-02-01", "2025-01-01"], "2024": ["2024-12-31"]}


def test_lists_of_somebody_without_purchases_are_empty(resident: Shopper) -> None:
    assert (resident.listed().count, resident.listed().groups) == (0, {})
    assert (resident.listed(subtype="travel").count, resident.listed(subtype="travel").groups) == (0, {})
    assert resident.counts() == dict.fromkeys(CATEGORIES, 0)


def test_counts_are_counted_by_the_database(bookkeeper: Shopper) -> None:
    for sub_type in ("clothing", "clothing", "travel"):
        bookkeeper.enter(sub_type=sub_type)
    asked: list[dict[str, Any]] = []

    def note(_call: Any, parameters: Any, _answer: Any) -> None:
        asked.append(dict(parameters))

    calls = bookkeeper.world.sandbox.calls
    calls.observers.append(note)
    try:
        counts = bookkeeper.counts()
    finally:
        calls.observers.remove(note)
    assert counts == dict.fromkeys(CATEGORIES, 0) | {"clothing": 2, "travel": 1}
    queries = [parameters for parameters in asked if "KeyConditionExpression" in parameters]
    assert len(queries) == len(CATEGORIES)
    assert {query["Select"] for query in queries} == {"COUNT"}


def test_no_request_scans_a_table(bookkeeper: Shopper) -> None:
    invoice_id = bookkeeper.enter().invoice_id
    calls = bookkeeper.world.sandbox.calls
    before = len(calls.calls)
    query: dict[str, str | int] = {"from": "2025-01-01", "to": "2025-12-31", "q": "torg", "limit": 5}
    bookkeeper.listed(**query)
    bookkeeper.listed(subtype="clothing")
    bookkeeper.counts()
    bookkeeper.change(invoice_id, total_amount=5)
    bookkeeper.delete(invoice_id)
    assert "dynamodb.Scan" not in {call.name for call in calls.calls[before:]}


def test_filters_narrow_and_combine(bookkeeper: Shopper) -> None:
    for vendor, day, order_id in (
        ("Café Äpplet", "2025-01-31", "A-1"),
        ("Café Äpplet", "2025-02-01", "B-2"),
        ("Boklådan", "2025-02-28", "ORDER 77"),
    ):
        bookkeeper.enter(vendor_name=vendor, invoice_date=day, order_id=order_id)

    def days(**query: str | int) -> list[str]:
        return [invoice.invoice_date[5:] for invoice in bookkeeper.listed(**query).invoices]

    for subtype in ({}, {"subtype": "clothing"}):
        assert days(**subtype, **{"from": "2025-02-01"}) == ["02-28", "02-01"]
        assert days(**subtype, to="2025-02-01") == ["02-01", "01-31"]
        assert days(**subtype, **{"from": "2025-02-01", "to": "2025-02-01"}) == ["02-01"]
        assert days(**subtype, **{"from": "2026-01-01"}) == []
        assert days(**subtype, vendor="CAFÉ ÄPPLET") == ["02-01", "01-31"]
        assert days(**subtype, vendor="Café") == []
        assert days(**subtype, q="order bok") == ["02-28"]
        assert days(**subtype, q="äpplet", to="2025-01-31") == ["01-31"]
        assert days(**subtype, vendor="Café Äpplet", limit=1) == ["02-01"]
        assert days(**subtype, vendor="", q="", limit="", cursor="", **{"from": "", "to": ""}) == days(**subtype)


def pages(shopper: Shopper, **query: str | int) -> Iterator[list[str]]:
    """The ids of one page after the other."""
    cursor: str | None = ""
    while cursor is not None:
        page = shopper.listed(**query, **({"cursor": cursor} if cursor else {}))
        assert page.count == len(page.invoices) <= int(query["limit"])
        yield [invoice.invoice_id for invoice in page.invoices]
        cursor = page.next_cursor


DAYS = ("2025-01-01", "2025-03-03", "2025-03-03", "2025-03-03", "2025-03-03", "2025-05-05", "2025-05-05")


def test_pages_of_any_size_hold_each_invoice_once_in_the_lists_order(bookkeeper: Shopper) -> None:
    for number, day in enumerate(DAYS):
        bookkeeper.enter(invoice_date=day, vendor_name=f"Butik {number % 2}")
    for query in ({}, {"subtype": "clothing"}, {"vendor": "Butik 1"}, {"from": "2025-03-03", "to": "2025-04-01"}):
        everything = [invoice.invoice_id for invoice in bookkeeper.listed(**query).invoices]
        for limit in (1, 2, 3, 500):
            assert [each for page in pages(bookkeeper, limit=limit, **query) for each in page] == everything


def test_page_reads_little_more_than_it_shows(world: World, bookkeeper: Shopper) -> None:
    bookkeeper.enter()
    [row] = bookkeeper.person.rows("RetailInvoices")
    days = (f"2024-{month:02d}-{day:02d}" for month in range(1, 6) for day in range(1, 21))
    copies = [row | {"InvoiceID": f"retail_{day}", "invoice_date": day} for day in days]
    world.sandbox.container.dynamodb.batch_write("RetailInvoices", copies)
    read: list[int] = []

    def observe(call: Call, _parameters: object, answer: Mapping[str, Any] | None) -> None:
        if call.name == "dynamodb.Query":
            read.append((answer or {})["ScannedCount"])

    world.sandbox.calls.observers.append(observe)
    assert bookkeeper.listed(limit=5).count == 5
    assert bookkeeper.listed().count == 101
    world.sandbox.calls.observers.remove(observe)
    assert read == [25, 101]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_stay_whole_while_invoices_come_and_go(bookkeeper: Shopper, limit: int) -> None:
    kept = {bookkeeper.enter(invoice_date=day).invoice_id for day in DAYS}
    read: list[str] = []
    gone: set[str] = set()
    came: set[str] = set()
    for page in pages(bookkeeper, limit=limit):
        read += page
        if len(gone) < 2:
            gone.add(page[-1])
            assert bookkeeper.delete(page[-1]).status == 200
            came.add(bookkeeper.enter(invoice_date="2025-03-03").invoice_id)
    assert len(read) == len(set(read))
    assert kept <= set(read) <= kept | came


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"subtype": "castles"}, "subtype"),
        ({"subtype": "Clothing"}, "subtype"),
        ({"invoice-id": "retail_1"}, "subtype"),
        ({"from": "2025-02-30"}, "from"),
        ({"to": "20250101"}, "to"),
        ({"from": "2025-02-02", "to": "2025-02-01"}, "from"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"cursor": "%%%"}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"retail_1").decode()}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"2025-99-01 retail_1").decode()}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode()}, "cursor"),
        ({"cursor": "MjAyNS0wMS0wMSB4", "from": "2025-06-01"}, "cursor"),
        ({"cursor": "MjAyNS0wMS0wMSB4", "to": "2024-06-01", "subtype": "travel"}, "cursor"),
    ],
)
def test_parameters_that_make_no_sense_are_invalid_requests(
    resident: Shopper, query: dict[str, str], named: str
) -> None:
    answer = resident.app.get(RETAIL, **query)
    assert answer.refused == (400, "INVALID_REQUEST")
    assert named in answer.error_message


def test_forged_cursor_shows_nothing_of_others(bookkeeper: Shopper, resident: Shopper) -> None:
    bookkeeper.enter()
    bookkeeper.enter()
    cursor = bookkeeper.listed(limit=1).next_cursor
    assert cursor
    assert resident.listed(cursor=cursor).invoices == []


# Details


@pytest.mark.parametrize("sub_type", CATEGORIES)
def test_details_of_each_category_are_what_the_app_decodes(bookkeeper: Shopper, sub_type: str) -> None:
    rich = bookkeeper.enter(sub_type=sub_type, details=FULL_DETAILS[sub_type])
    poor = bookkeeper.enter(sub_type=sub_type)
    for invoice in (rich, poor):
        assert bookkeeper.details(invoice)
    answer = bookkeeper.app.get(RETAIL, **{"subtype": sub_type, "invoice-id": rich.invoice_id})
    served = json.loads(answer.text)["data"]["invoiceDetails"]
    for name, value in FULL_DETAILS[sub_type].items():
        if isinstance(value, list):
            assert [each | given for each, given in zip(served[name], value, strict=True)] == served[name]
        else:
            assert served[name] == value


def test_details_of_the_poorest_documents_are_what_the_app_decodes(shopper: Shopper) -> None:
    """No items, no total, no currency, no date: only that something was ordered."""
    order = {"@context": "https://schema.org", "@type": "Order", "orderNumber": "POOR-1"}
    html = f'<script type="application/ld+json">{json.dumps(order)}</script><p>Tack för din beställning POOR-1</p>'
    shopper.ingest(*(letter(f"Order {each}", sub_type=each, html=html).as_bytes() for each in CATEGORIES))
    assert shopper.counts() == dict.fromkeys(CATEGORIES, 1)
    for invoice in shopper.invoices:
        assert (invoice.total_amount, invoice.total_amount_known, invoice.currency) == (0, False, None)
        assert (invoice.invoice_date, invoice.dated_by_mail) == (str(days_ago(3)), True)
        assert invoice.needs_review
        assert shopper.details(invoice)
        assert shopper.whole(invoice.invoice_id).file_url


def test_invoice_of_somebody_else_does_not_exist(bookkeeper: Shopper, resident: Shopper) -> None:
    invoice = bookkeeper.enter()
    place = f"{RETAIL}/{invoice.invoice_id}"
    refusals = [
        resident.app.get(RETAIL, **{"subtype": "clothing", "invoice-id": invoice.invoice_id}),
        resident.app.get(place),
        resident.app.patch(place, {"total_amount": 1}),
        resident.app.delete(place),
    ]
    assert {answer.refused for answer in refusals} == {(404, "INVOICE_NOT_FOUND")}
    assert bookkeeper.whole(invoice.invoice_id).total_amount == 129.9


def test_invoice_of_another_category_or_unknown_does_not_exist(bookkeeper: Shopper) -> None:
    invoice = bookkeeper.enter()
    for sub_type, invoice_id in (("grocery", invoice.invoice_id), ("clothing", "retail_0"), ("clothing", "x" * 900)):
        answer = bookkeeper.app.get(RETAIL, **{"subtype": sub_type, "invoice-id": invoice_id})
        assert answer.refused == (404, "INVOICE_NOT_FOUND")


def test_raw_file_is_served_as_a_download(shopper: Shopper) -> None:
    receipt = purchase("845.00")
    shopper.ingest(receipt_mail(receipt))
    url = shopper.whole(shopper.only_invoice.invoice_id).file_url
    assert url
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http to the emulator
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert receipt.order_id in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url.partition("?")[0] + "x", timeout=10)  # noqa: S310 - as above


# Entry


@pytest.mark.parametrize("sub_type", CATEGORIES)
def test_entered_invoice_is_served_as_it_was_entered(bookkeeper: Shopper, sub_type: str) -> None:
    answer = bookkeeper.try_to_enter(
        sub_type=sub_type,
        total_amount=1249.5,
        currency="eur",
        order_id="A-1",
        payment_status="unpaid",
        due_date="2025-04-01",
        details=FULL_DETAILS[sub_type],
        colour="blue",
    )
    assert answer.status == 201
    invoice = bookkeeper.only_invoice
    assert (invoice.sub_type, invoice.vendor_name, invoice.invoice_date) == (sub_type, "Torghandeln", "2025-03-14")
    assert (invoice.total_amount, invoice.currency, invoice.order_id) == (1249.5, "EUR", "A-1")
    assert (invoice.payment_status, invoice.due_date) == ("unpaid", "2025-04-01")
    assert (invoice.extraction.method, invoice.needs_review) == ("manual", False)
    assert "colour" not in answer.text
    whole = bookkeeper.whole(invoice.invoice_id)
    assert (whole.file_url, whole.sources) == (None, [])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"total_amount": "NaN"}, "total_amount"),
        ({"total_amount": "Infinity"}, "total_amount"),
        ({"total_amount": "many"}, "total_amount"),
        ({"total_amount": "12,50"}, "total_amount"),
        ({"total_amount": [1]}, "total_amount"),
        ({"total_amount": True}, "total_amount"),
        ({"total_amount": 1e12}, "total_amount"),
        ({"total_amount": "1e999999999"}, "total_amount"),
        ({"total_amount": "0e999999999"}, "total_amount"),
        ({"details": {"items": [{"name": "a", "price": "-1e999999999", "quantity": 1}]}}, "details"),
        ({"details": {"items": [{"name": "a", "price": 1, "quantity": "9" * 5_000}]}}, "details"),
        ({"total_amount": 0.000001}, "total_amount"),
        ({"currency": "kr"}, "currency"),
        ({"currency": 752}, "currency"),
        ({"sub_type": "rental"}, "sub_type"),
        ({"sub_type": 1}, "sub_type"),
        ({"vendor_name": ""}, "vendor_name"),
        ({"vendor_name": " \t"}, "vendor_name"),
        ({"vendor_name": "v" * 201}, "vendor_name"),
        ({"vendor_name": "\u202etxt.exe"}, "vendor_name"),
        ({"invoice_date": "2025-02-29"}, "invoice_date"),
        ({"invoice_date": 20250314}, "invoice_date"),
        ({"due_date": "tomorrow"}, "due_date"),
        ({"due_date": ""}, "due_date"),
        ({"payment_status": "perhaps"}, "payment_status"),
        ({"order_id": "o" * 101}, "order_id"),
        ({"order_id": 7}, "order_id"),
        ({"details": []}, "details"),
        ({"details": {"items": {}}}, "details.items"),
        ({"details": {"items": [{"name": "Sko", "price": "cheap"}]}}, "details.items[0].price"),
        ({"details": {"items": [{"name": "Sko", "quantity": 10**40}]}}, "details"),
        ({"details": {"tax": {}}}, "details.tax"),
        ({"details": {"sub_type": "travel"}}, "details"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_value_is_refused_by_the_name_of_its_field(resident: Shopper, fields: dict[str, Any], named: str) -> None:
    answer = resident.try_to_enter(**fields)
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert named in answer.error_message
    if fields.keys() & {"details"}:
        return
    answer = resident.change("retail_unknown", **fields)
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert named in answer.error_message


def test_missing_fields_are_named(resident: Shopper) -> None:
    answer = resident.try_to_enter(total_amount=..., currency=None)
    assert answer.refused == (400, "MISSING_FIELDS")
    assert "total_amount" in answer.error_message
    assert "currency" in answer.error_message
    assert resident.app.post(RETAIL).refused == (400, "MISSING_FIELDS")


@pytest.mark.parametrize(
    ("amount", "code"), [("1e999", "VALIDATION_ERROR"), ("NaN", "INVALID_JSON"), ("-Infinity", "INVALID_JSON")]
)
def test_number_that_json_cannot_hold_is_refused(resident: Shopper, amount: str, code: str) -> None:
    body = f'{{"sub_type": "clothing", "vendor_name": "V", "currency": "SEK", "total_amount": {amount}}}'
    assert resident.app.send("POST", RETAIL, body.encode()).refused == (400, code)


def test_amounts_are_exact_to_the_last_digit(bookkeeper: Shopper) -> None:
    """As sent, not as a binary fraction: neither stored nor served as 0.30000000000000004."""
    amounts = ["0.3", "1234567.89", "-0.01", "129.9", "9999999.99", "0"]
    for amount in amounts:
        body = json.dumps({"sub_type": "grocery", "vendor_name": "Torget", "currency": "SEK", "total_amount": "?"})
        text = body.replace('"?"', amount)[:-1] + ', "invoice_date": "2025-03-14"}'
        details = f', "details": {{"items": [{{"name": "A", "price": {amount}, "quantity": 0.1}}]}}}}'
        answer = bookkeeper.app.send("POST", RETAIL, (text[:-1] + details).encode())
        assert answer.status == 201
        for served in (answer.text, bookkeeper.app.get(f"{RETAIL}/{answer.body['data']['InvoiceID']}").text):
            assert f'"total_amount":{amount},' in served
            assert f'"price":{amount},' in served
    assert sorted(map(str, bookkeeper.totals())) == sorted(amounts)


def test_refund_can_be_entered(bookkeeper: Shopper) -> None:
    bookkeeper.enter(total_amount=-349, payment_status="refunded")
    assert bookkeeper.only_invoice.total_amount == -349


def test_two_entries_of_the_same_are_two_invoices(bookkeeper: Shopper) -> None:
    assert bookkeeper.enter().invoice_id != bookkeeper.enter().invoice_id
    assert bookkeeper.listed().count == 2


# Change


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vendor_name", "Torghandeln AB"),
        ("total_amount", 99.95),
        ("total_amount", -5),
        ("currency", "NOK"),
        ("invoice_date", "2024-02-29"),
        ("order_id", "NEW-1"),
        ("payment_status", "paid"),
        ("due_date", "2025-05-05"),
    ],
)
def test_each_field_can_be_changed_alone(bookkeeper: Shopper, field: str, value: object) -> None:
    before = bookkeeper.enter(details=FULL_DETAILS["clothing"])
    answer = bookkeeper.change(before.invoice_id, **{field: value})
    assert answer.status == 200
    after = bookkeeper.app.get(f"{RETAIL}/{before.invoice_id}").body["data"]
    assert answer.body["data"] == after
    assert after[field] == value
    for name in ("vendor_name", "total_amount", "currency", "invoice_date", "order_id", "sub_type"):
        assert name == field or after[name] == getattr(before, name)
    assert after["items"] == [FULL_DETAILS["clothing"]["items"][0]]
    assert [invoice.invoice_date for invoice in bookkeeper.invoices] == [after["invoice_date"]]


def test_new_category_takes_the_details_along(bookkeeper: Shopper) -> None:
    invoice_id = bookkeeper.enter(details=FULL_DETAILS["clothing"]).invoice_id
    assert bookkeeper.change(invoice_id, sub_type="food-delivery", details={"promo_code": "HELG"}).status == 200
    [invoice] = bookkeeper.listed(subtype="food-delivery").invoices
    details = bookkeeper.details(invoice)
    assert ([item.name for item in details.items], details.promo_code) == (["Tröja"], "HELG")
    assert bookkeeper.listed(subtype="clothing").invoices == []
    assert bookkeeper.rows("ClothingInvoices") == []
    assert len(bookkeeper.rows("FoodDeliveryInvoices")) == 1
    counts = bookkeeper.counts()
    assert (counts["clothing"], counts["food-delivery"]) == (0, 1)


def test_bad_details_change_nothing(bookkeeper: Shopper) -> None:
    invoice = bookkeeper.enter(details=FULL_DETAILS["clothing"])
    answer = bookkeeper.change(
        invoice.invoice_id, total_amount=5, details={"items": [{"name": "Sko", "quantity": 0.5}]}
    )
    assert answer.refused == (400, "VALIDATION_ERROR")
    assert "details.items[0].quantity" in answer.error_message
    assert bookkeeper.whole(invoice.invoice_id) == invoice


def test_empty_change_changes_nothing(bookkeeper: Shopper) -> None:
    invoice = bookkeeper.enter()
    assert bookkeeper.change(invoice.invoice_id).status == 200
    assert bookkeeper.change(invoice.invoice_id, total_amount=None, colour="blue").status == 200
    assert bookkeeper.whole(invoice.invoice_id) == invoice


def test_unknown_invoice_can_be_neither_changed_nor_deleted(resident: Shopper) -> None:
    assert resident.change("retail_unknown", total_amount=5).refused == (404, "INVOICE_NOT_FOUND")
    assert resident.delete("retail_unknown").refused == (404, "INVOICE_NOT_FOUND")
    assert resident.delete("lease").refused == (404, "INVOICE_NOT_FOUND")


def test_person_who_corrects_an_invoice_has_reviewed_it(shopper: Shopper) -> None:
    html = '<script type="application/ld+json">{"@type": "Order", "orderNumber": "POOR-2"}</script><p>POOR-2</p>'
    shopper.ingest(letter("Order", html=html).as_bytes())
    invoice = shopper.only_invoice
    assert invoice.needs_review
    assert shopper.change(invoice.invoice_id, payment_status="paid").status == 200
    assert shopper.only_invoice.needs_review
    assert shopper.change(invoice.invoice_id, total_amount=0, currency="SEK").status == 200
    corrected = shopper.only_invoice
    assert (corrected.needs_review, corrected.review_reasons, corrected.total_amount_known) == (False, [], True)


def test_change_and_merge_of_one_moment_both_hold(shopper: Shopper) -> None:
    """The record changes between the reading and the writing of a change: it is worked out anew."""
    order = purchase("310.00", ago=5)
    shopper.ingest(receipt_mail(order))
    [row] = shopper.rows()
    world, parsed = shopper.world, {"done": False}

    def merge_meanwhile(call: Any, _parameters: Any, _answer: Any) -> None:
        if call.name == "dynamodb.GetItem" and call.resource == "ClothingInvoices" and not parsed["done"]:
            parsed["done"] = True
            world.put("RetailInvoices", row | {"revision": row["revision"] + 1, "payment_status": "paid"})

    world.sandbox.calls.observers.append(merge_meanwhile)
    try:
        assert shopper.change(row["InvoiceID"], total_amount=305).status == 200
    finally:
        world.sandbox.calls.observers.remove(merge_meanwhile)
    invoice = shopper.only_invoice
    assert (invoice.total_amount, invoice.payment_status) == (305, "paid")


# Deletion


def test_deleted_invoice_is_gone_with_its_files_and_stays_away(shopper: Shopper) -> None:
    order = purchase("310.00", ago=9)
    mails = receipt_mail(order, pdf=True), receipt_mail(order, form="text")
    shopper.ingest(*mails, receipt_mail(purchase("75.00", ago=9)))
    assert shopper.listed().count == 2
    [invoice] = [each for each in shopper.invoices if each.order_id == order.order_id]
    [row] = [row for row in shopper.rows() if row["InvoiceID"] == invoice.invoice_id]
    world = shopper.world
    world.aws("s3").put_object(Bucket=world.bucket, Key=row["sources"][0]["s3_key"], Body=b"a second version")
    world.drain()
    deleted = shopper.delete(invoice.invoice_id)
    assert deleted.status == 200
    assert deleted.body["data"]["deleted_invoice"] == {
        "invoice_id": invoice.invoice_id,
        "vendor_name": invoice.vendor_name,
        "sub_type": "clothing",
        "invoice_date": invoice.invoice_date,
        "total_amount": 310,
        "currency": "SEK",
    }
    assert shopper.app.get(f"{RETAIL}/{invoice.invoice_id}").refused == (404, "INVOICE_NOT_FOUND")
    assert shopper.delete(invoice.invoice_id).refused == (404, "INVOICE_NOT_FOUND")
    assert len(shopper.rows("ClothingInvoices")) == 1
    assert len(shopper.person.objects()) == 1
    assert shopper.counts()["clothing"] == 1
    shopper.ingest(**LONG_AGO)
    events = [each for each in world.deliveries_about(shopper.user_id) if each.function.startswith("parse_")]
    world.sandbox.events.redeliver(events)
    world.drain()
    assert (shopper.listed().count, len(shopper.person.objects())) == (1, 1)


def test_entered_invoice_can_be_deleted(bookkeeper: Shopper) -> None:
    invoice = bookkeeper.enter(sub_type="travel")
    assert bookkeeper.delete(invoice.invoice_id).status == 200
    assert (bookkeeper.listed().count, bookkeeper.rows("TravelInvoices")) == (0, [])


def test_document_that_is_added_during_the_deletion_goes_too(shopper: Shopper) -> None:
    shopper.ingest(receipt_mail(purchase("75.00")))
    [row] = shopper.rows()
    world, added = shopper.world, {"key": ""}

    def merge_meanwhile(call: Any, _parameters: Any, _answer: Any) -> None:
        if call.name == "s3.DeleteObjects" and not added["key"]:
            added["key"] = row["s3_path"].replace(".html", ".raw")
            world.put_object(added["key"], b"another document of the same purchase")
            sources = [*row["sources"], row["sources"][0] | {"s3_key": added["key"]}]
            world.put("RetailInvoices", row | {"revision": row["revision"] + 1, "sources": sources})

    world.sandbox.calls.observers.append(merge_meanwhile)
    try:
        assert shopper.delete(row["InvoiceID"]).status == 200
    finally:
        world.sandbox.calls.observers.remove(merge_meanwhile)
    assert added["key"]
    assert (shopper.rows(), shopper.person.objects()) == ([], [])


def test_deletion_that_fails_half_way_can_be_asked_for_again(shopper: Shopper) -> None:
    shopper.ingest(receipt_mail(purchase("75.00"), pdf=True))
    invoice_id = shopper.only_invoice.invoice_id
    shopper.world.fail("s3.DeleteObjects", "AccessDenied", times=1)
    assert shopper.delete(invoice_id).refused == (502, "DEPENDENCY_FAILURE")
    shopper.world.fail("dynamodb.TransactWriteItems", "AccessDenied", times=1)
    assert shopper.delete(invoice_id).refused == (502, "DEPENDENCY_FAILURE")
    assert shopper.delete(invoice_id).status == 200
    assert (shopper.listed().count, shopper.person.objects(), shopper.rows("ClothingInvoices")) == (0, [], [])


# The other type


def test_rents_are_neither_entered_nor_deleted(resident: Shopper, shops: World) -> None:
    entry = {"sub_type": "utility", "vendor_name": "V", "total_amount": 1, "currency": "SEK"}
    entered = resident.app.post("/v1/invoices/rental", entry | {"invoice_date": "2025-01-01"})
    deleted = resident.app.delete("/v1/invoices/rental/rent_1")
    for answer in (entered, deleted):
        assert answer.refused == (400, "INVALID_REQUEST")
        assert "Rental invoices cannot be" in answer.error_message
    assert shops.stranger().get(RETAIL).refused == (401, "INVALID_CREDENTIALS")
