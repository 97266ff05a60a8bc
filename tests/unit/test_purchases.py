"""When two documents are one purchase, what they become together, and what people may enter and change."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.categories import (
    CATEGORIES,
    ClothingDetails,
    ClothingItem,
    FoodDeliveryDetails,
    GroceryDetails,
    GroceryItem,
    TravelDetails,
    converted_details,
)
from chalicelib.domain.listing import Filters, decode_cursor, encode_cursor
from chalicelib.domain.manual_entry import InvoiceChange, ManualInvoice
from chalicelib.domain.retail import (
    ExtractionNote,
    RetailInvoice,
    Source,
    better_first,
    is_same_purchase,
    merged,
    merged_details,
    purchase_marks,
    retail_invoice_id,
    user_sub_type,
)
from chalicelib.errors import InvalidRequest, ValidationFailed
from chalicelib.http.queries import ListQuery, read_query

on_a_busy_machine = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
DAY = NOON.date()


def source(document: str = "document_1", message: str = "message-1", mail_date: datetime = NOON) -> Source:
    return Source(
        document_id=document,
        message_id=message,
        s3_key=f"invoices/user_1/retail/clothing/{document}.html",
        filename="mail.html",
        mail_date=mail_date,
        method="rules",
    )


def invoice(document: str = "document_1", message: str = "", confidence: float = 0.8, **fields: Any) -> RetailInvoice:
    origin = source(document, message or f"message of {document}", fields.pop("mail_date", NOON))
    sub_type = fields.pop("sub_type", "clothing")
    stated: dict[str, Any] = {
        "vendor_name": "Provbutik",
        "vendor_id": "test-clothing",
        "invoice_date": DAY,
        "total_amount": Decimal("249.00"),
        "currency": "SEK",
        "order_id": "A-1",
    }
    return RetailInvoice(
        user_id="user_1",
        invoice_id=retail_invoice_id("user_1", document),
        user_sub_type=user_sub_type("user_1", sub_type),
        sub_type=sub_type,
        created_at=NOON,
        updated_at=NOON,
        extraction=ExtractionNote(method="rules", confidence=confidence),
        sources=(origin,),
        s3_path=origin.s3_key,
        **(stated | fields),
    )


def share_a_mark(one: RetailInvoice, other: RetailInvoice) -> bool:
    return bool(set(purchase_marks(one).all()) & set(purchase_marks(other).all()))


def are_one_purchase(one: RetailInvoice, other: RetailInvoice) -> bool:
    """As recording decides it, whichever of the two came first."""
    assert share_a_mark(one, other) == share_a_mark(other, one)
    assert is_same_purchase(one, other) == is_same_purchase(other, one)
    return share_a_mark(one, other) and is_same_purchase(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"order_id": "A-1"}, {"order_id": "a 1", "invoice_date": DAY + timedelta(days=3)}),
        ({"order_id": "A-1"}, {"order_id": "A-1", "total_amount": None}),
        ({"order_id": "A-1"}, {"order_id": None}),
        ({"order_id": None}, {"order_id": None}),
        ({"order_id": None}, {"order_id": None, "total_amount": Decimal("249")}),
        ({"total_amount": Decimal(-49)}, {"total_amount": Decimal("-49.00"), "invoice_date": DAY + timedelta(days=1)}),
        ({"message": "m"}, {"message": "m", "order_id": "RECEIPT-77"}),
        ({"message": "m"}, {"message": "m", "order_id": None, "total_amount": None}),
        (
            {"sub_type": "subscriptions", "order_id": "7714"},
            {"sub_type": "subscriptions", "order_id": "7714", "invoice_date": DAY + timedelta(days=2)},
        ),
    ],
)
def test_documents_of_one_purchase_are_recognised(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert are_one_purchase(invoice("document_1", **one), invoice("document_2", **other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"order_id": "A-1"}, {"order_id": "A-2"}, id="two orders of one price on one day"),
        pytest.param({"total_amount": Decimal(249)}, {"total_amount": Decimal(-249)}, id="refund"),
        pytest.param({"total_amount": Decimal(-49)}, {"total_amount": Decimal(-50)}, id="two refunds of one order"),
        pytest.param({"message": "m"}, {"message": "m", "total_amount": Decimal(300)}, id="two receipts in one mail"),
        pytest.param({"order_id": "#"}, {"order_id": "-", "total_amount": Decimal(7)}, id="order numbers of no letter"),
        pytest.param({"order_id": None}, {"order_id": None, "vendor_id": "another"}, id="two vendors"),
        pytest.param({"order_id": None}, {"order_id": None, "currency": "EUR"}, id="two currencies"),
        pytest.param({"order_id": None}, {"order_id": None, "total_amount": None}, id="no amount to compare"),
        pytest.param(
            {"order_id": None}, {"order_id": None, "invoice_date": DAY + timedelta(days=30)}, id="monthly subscription"
        ),
        pytest.param(
            {"sub_type": "utility", "order_id": "customer 7714"},
            {"sub_type": "utility", "order_id": "customer 7714", "invoice_date": DAY + timedelta(days=28)},
            id="two bills under one contract number",
        ),
    ],
)
def test_documents_of_two_purchases_stay_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not are_one_purchase(invoice("document_1", **one), invoice("document_2", **other))


def test_refund_does_not_claim_the_order_number_of_its_purchase() -> None:
    bought, returned = invoice(), invoice("document_2", total_amount=Decimal(-249))
    assert purchase_marks(bought).order != purchase_marks(returned).order


def test_merged_invoice_has_the_marks_of_all_its_mails() -> None:
    one, other = invoice("document_1"), invoice("document_2")
    assert set(purchase_marks(merged(one, other)).messages) == {
        *purchase_marks(one).messages,
        *purchase_marks(other).messages,
    }


readings = st.builds(
    invoice,
    confidence=st.sampled_from([0.4, 0.8, 0.8, 1.0]),
    total_amount=st.sampled_from([None, Decimal("249.00"), Decimal("252.50")]),
    currency=st.sampled_from([None, "SEK", "EUR"]),
    order_id=st.sampled_from([None, "A-1"]),
    due_date=st.sampled_from([None, DAY]),
    payment_status=st.sampled_from([None, "paid"]),
    invoice_date=st.sampled_from([DAY, DAY + timedelta(days=1)]),
    dated_by_mail=st.booleans(),
    review_reasons=st.sampled_from([(), ("total_missing",), ("currency_missing", "date_ambiguous")]),
    mail_date=st.sampled_from([NOON, NOON + timedelta(hours=2)]),
    vendor_name=st.sampled_from(["Provbutik", "PROVBUTIK AB"]),
)


def values(result: RetailInvoice) -> dict[str, Any]:
    """What does not say which document came first."""
    firsts = {"invoice_id", "created_at", "revision", "run_id"}
    return {name: value for name, value in msgspec.structs.asdict(result).items() if name not in firsts}


@on_a_busy_machine
@given(readings, readings)
def test_order_of_arrival_does_not_change_the_result(one: RetailInvoice, other: RetailInvoice) -> None:
    second = msgspec.structs.replace(other, sources=(source("document_2", "message-2"),), s3_path="second.html")
    assert values(merged(one, second)) == values(merged(second, one))


@on_a_busy_machine
@given(readings, readings)
def test_merging_never_invents_nor_mixes_totals_and_currencies(one: RetailInvoice, other: RetailInvoice) -> None:
    result = merged(one, other)
    stated = {(each.total_amount, each.currency) for each in (one, other)}
    if one.total_amount == other.total_amount or None in {one.total_amount, other.total_amount}:
        assert result.total_amount in {total for total, _ in stated}
        assert result.currency in {currency for _, currency in stated}
    else:
        assert (result.total_amount, result.currency) in stated
        assert "sources_disagree_on_total" in result.review_reasons
    assert result.needs_review == bool(result.review_reasons)


@on_a_busy_machine
@given(readings, readings)
def test_what_a_person_corrected_is_never_overruled(one: RetailInvoice, other: RetailInvoice) -> None:
    corrected = InvoiceChange(total_amount=Decimal("251.00"), currency="sek").applied_to(one)
    for result in (merged(corrected, other), merged(other, corrected)):
        assert (result.total_amount, result.currency) == (Decimal("251.00"), "SEK")
        assert not result.needs_review


def test_total_that_another_document_states_is_no_longer_missing() -> None:
    poor = invoice(total_amount=None, currency=None, review_reasons=("total_missing", "currency_missing"))
    rich = invoice("document_2", review_reasons=("items_do_not_add_up", "date_ambiguous", "order_number_missing"))
    result = merged(poor, rich)
    assert (result.total_amount, result.currency, result.needs_review) == (Decimal("249.00"), "SEK", False)


def test_currencies_that_differ_are_put_on_record() -> None:
    result = merged(invoice(), invoice("document_2", currency="EUR"))
    assert "sources_disagree_on_currency" in result.review_reasons


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"review_reasons": ()}, {"review_reasons": ("total_missing",), "confidence": 1.0}),
        ({"confidence": 0.9}, {"confidence": 0.8}),
        ({"mail_date": NOON}, {"mail_date": NOON + timedelta(minutes=1)}),
        ({"corrected": True, "confidence": 0.1}, {"confidence": 1.0}),
    ],
)
def test_better_reading_is_believed_first(better: dict[str, Any], worse: dict[str, Any]) -> None:
    one, other = invoice("document_2", **better), invoice("document_1", **worse)
    assert better_first(one, other) == better_first(other, one) == (one, other)


def test_details_are_filled_up_and_not_replaced() -> None:
    best = ClothingDetails(delivery_fee=Decimal(49), items=(ClothingItem(name="Tröja", price=Decimal(200)),))
    rest = ClothingDetails(tax=Decimal("49.80"), delivery_fee=Decimal(9), items=(ClothingItem(name="Knapp"),))
    assert merged_details(best, rest) == msgspec.structs.replace(best, tax=Decimal("49.80"))


def test_weighed_goods_become_whole_pieces_in_a_category_of_pieces() -> None:
    apples = GroceryDetails(items=(GroceryItem(name="Äpplen", price=Decimal(30), quantity=Decimal("1.243")),))
    converted = converted_details(apples, "clothing")
    assert isinstance(converted, ClothingDetails)
    assert [(item.name, item.quantity) for item in converted.items] == [("Äpplen", 1)]


@on_a_busy_machine
@given(st.sampled_from(sorted(CATEGORIES)), st.sampled_from(sorted(CATEGORIES)))
def test_poorest_details_convert_between_all_categories(one: str, other: str) -> None:
    assert type(converted_details(CATEGORIES[one].details(), other)) is CATEGORIES[other].details


def test_invoice_ids_of_one_document_differ_between_users() -> None:
    assert retail_invoice_id("user_1", "document_1") != retail_invoice_id("user_2", "document_1")


ENTRY: dict[str, Any] = {
    "sub_type": "clothing",
    "vendor_name": "Torghandeln",
    "total_amount": Decimal("129.90"),
    "currency": "SEK",
    "invoice_date": "2025-03-14",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total_amount", Decimal("NaN")),
        ("total_amount", Decimal("-Infinity")),
        ("total_amount", Decimal("1e30")),
        ("total_amount", Decimal("0.00001")),
        ("currency", "kronor"),
        ("currency", "S€K"),
        ("currency", ""),
        ("sub_type", "rental"),
        ("sub_type", ""),
        ("payment_status", "maybe"),
        ("invoice_date", "14/03/2025"),
        ("invoice_date", "2025-02-30"),
        ("invoice_date", "2025-W11-5"),
        ("invoice_date", "٢٠٢٥-٠٣-١٤"),
        ("invoice_date", "0001-01-01"),
        ("due_date", "soon"),
        ("vendor_name", "\u202egnp.exe"),
        ("vendor_name", "  "),
        ("vendor_name", "a\x00b"),
        ("order_id", "4\n2"),
    ],
)
def test_bad_value_is_refused_by_the_name_of_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        ManualInvoice(**(ENTRY | {field: value}))
    assert refusal.value.field == field
    with pytest.raises(ValidationFailed) as refusal:
        InvoiceChange(**{field: value})
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("sub_type", "details", "field"),
    [
        ("clothing", {"items": "two"}, "details.items"),
        ("clothing", {"items": [{"name": "Sko", "quantity": 1.5}]}, "details.items[0].quantity"),
        ("clothing", {"items": [{"price": 5}]}, "details.items[0]"),
        ("clothing", {"items": [{"name": 5}]}, "details.items[0].name"),
        ("clothing", {"items": [{"name": "Sko", "quantity": 10**50}]}, "details"),
        ("food-delivery", {"delivery_fee": "free"}, "details.delivery_fee"),
        ("food-delivery", {"delivery_fee": "NaN"}, "details"),
        ("food-delivery", {"items": [{"name": "Pizza", "price": 1e40}]}, "details"),
        ("travel", {"passengers": ["Alice"]}, "details.passengers[0]"),
        ("subscriptions", {"duration": ["a", "year"]}, "details.duration"),
    ],
)
def test_details_of_wrong_types_are_refused_by_their_place(sub_type: str, details: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        ManualInvoice(**(ENTRY | {"sub_type": sub_type, "details": details}))
    assert refusal.value.field == field


def test_details_that_a_category_does_not_know_are_ignored() -> None:
    entry = ManualInvoice(**(ENTRY | {"sub_type": "travel", "details": {"items": 7, "booking_reference": "QX1"}}))
    assert entry.typed_details() == TravelDetails(booking_reference="QX1")


def test_details_change_by_name_and_keep_the_rest() -> None:
    kept = FoodDeliveryDetails(delivery_fee=Decimal(39), promo_code="HELG")
    changed = InvoiceChange(details={"delivery_fee": 0}).typed_details("food-delivery", kept)
    assert changed == FoodDeliveryDetails(delivery_fee=Decimal(0), promo_code="HELG")


def test_date_that_a_person_states_is_no_longer_the_mails() -> None:
    changed = InvoiceChange(invoice_date="2025-03-01").applied_to(invoice(dated_by_mail=True))
    assert (changed.invoice_date, changed.dated_by_mail) == (date(2025, 3, 1), False)


def test_payment_status_alone_is_no_correction() -> None:
    doubtful = invoice(needs_review=True, review_reasons=("total_ambiguous",))
    changed = InvoiceChange(payment_status="paid").applied_to(doubtful)
    assert (changed.payment_status, changed.needs_review, changed.corrected) == ("paid", True, False)


def test_new_category_brings_a_new_key_for_its_index() -> None:
    changed = InvoiceChange(sub_type="grocery").applied_to(invoice())
    assert (changed.sub_type, changed.user_sub_type) == ("grocery", "user_1_grocery")


@on_a_busy_machine
@given(st.text())
def test_cursor_carries_any_position(position: str) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@on_a_busy_machine
@given(st.text())
def test_forged_cursor_is_read_or_refused_and_never_fails_otherwise(cursor: str) -> None:
    with suppress(InvalidRequest):
        decode_cursor(cursor)


@on_a_busy_machine
@given(st.dictionaries(st.sampled_from(["from", "to", "limit"]), st.text(), min_size=1))
def test_parameters_that_make_no_sense_are_refused_by_name(query: dict[str, str]) -> None:
    real = {name: value for name, value in query.items() if value and not value.strip("0123456789-")}
    if real != {name: value for name, value in query.items() if value}:
        with pytest.raises(InvalidRequest) as refusal:
            read_query(query, ListQuery).filters()
        assert str(refusal.value).partition(":")[0] in query


@on_a_busy_machine
@given(st.lists(st.sampled_from(["Bok", "Café", "ORDER-7", None])), st.sampled_from(["café", "bok order", "x"]))
def test_search_finds_each_word_without_regard_to_case(texts: Sequence[str | None], wanted: str) -> None:
    everything = " ".join(text for text in texts if text).casefold()
    assert Filters(text=wanted).finds(*texts) == all(word in everything for word in wanted.split())
