"""Orders and invoices in markup: totals, currencies, numbers, dates, lines, and what is no purchase."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.categories import ClothingDetails, FoodDeliveryDetails, GroceryDetails, TechnologyDetails
from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.schema_org import extract_by_markup


def mail_of(*nodes: dict[str, Any], text: str = "") -> str:
    return f'<script type="application/ld+json">{json.dumps(list(nodes))}</script><p>{text}</p>'


def order(**properties: Any) -> dict[str, Any]:
    return {"@type": "Order", "merchant": {"@type": "Organization", "name": "Shop AB"}, **properties}


def offer(name: str, price: Any, quantity: Any = None) -> dict[str, Any]:
    goods = {"@type": "Product", "name": name}
    given_quantity = {} if quantity is None else {"eligibleQuantity": {"value": quantity}}
    return {"@type": "Offer", "itemOffered": goods, "price": price, "priceCurrency": "SEK", **given_quantity}


def read(*nodes: dict[str, Any], text: str = "", **context: Any) -> Extraction:
    found = extract_by_markup(mail_of(*nodes, text=text), MailContext(**context))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("29.99", "USD", ("29.99", "USD")),
        (98, "EUR", ("98", "EUR")),
        ("1,234.50", "GBP", ("1234.50", "GBP")),
        ("1.234,50", "EUR", ("1234.50", "EUR")),
        ("1 234,50 kr", "SEK", ("1234.50", "SEK")),
        ("EUR 99.00", None, ("99.00", "EUR")),
        ("$70.00", None, ("70.00", "USD")),
        ("29,99 €", "", ("29.99", "EUR")),
        ({"@type": "MonetaryAmount", "value": "12", "currency": "nok"}, None, ("12", "NOK")),
        ({"@type": "PriceSpecification", "price": 15.5, "priceCurrency": "USD"}, "EUR", ("15.5", "USD")),
        (29.990000000000002, "EUR", ("29.99", "EUR")),
        ("free", "EUR", (None, None)),
        ("", "EUR", (None, None)),
        (True, "EUR", (None, None)),
        ("99", "XYZ", ("99", None)),
        ("99999999999", "SEK", (None, None)),
    ],
)
def test_price_and_currency_in_every_notation(
    price: Any, currency: Any, expected: tuple[str | None, str | None]
) -> None:
    found = read(order(price=price, priceCurrency=currency))
    total = None if found.total_amount is None else str(found.total_amount)
    assert (total, found.currency) == expected


def test_order_price_counts_and_not_the_sum_of_its_offers() -> None:
    assert read(order(price=98, priceCurrency="EUR", acceptedOffer=offer("Kroko", 88))).total_amount == 98


def test_complete_offers_make_a_total_that_is_flagged() -> None:
    found = read(order(acceptedOffer=[offer("A", "10.00"), offer("B", "5.50")]))
    assert (found.total_amount, found.currency) == (Decimal("15.50"), "SEK")
    assert "total_from_items" in found.review_reasons


@pytest.mark.parametrize(
    "properties",
    [
        {"acceptedOffer": [offer("A", "10.00"), offer("B", "")]},
        {"acceptedOffer": [offer("A", "10.00", 2)]},
        {"acceptedOffer": [offer("A", "10.00"), {**offer("B", "5.00"), "priceCurrency": "EUR"}]},
        {"acceptedOffer": [offer("A", "10.00")], "discount": "2.00"},
        {"acceptedOffer": [offer("A", "10.00")], "deliveryFee": "2.00"},
        {},
    ],
)
def test_a_total_is_never_made_of_incomplete_offers(properties: dict[str, Any]) -> None:
    assert read(order(**properties)).total_amount is None


def test_minimum_payment_is_not_the_total_and_account_is_no_order_number() -> None:
    invoice = {
        "@type": "Invoice",
        "broker": {"name": "Bank"},
        "accountId": "123-456",
        "minimumPaymentDue": {"price": 15, "priceCurrency": "USD"},
        "totalPaymentDue": {"price": "$200.00"},
        "paymentDueDate": "2026-01-30T12:00:00",
        "paymentStatus": "http://schema.org/PaymentPastDue",
    }
    found = read(invoice)
    assert (found.total_amount, found.currency, found.order_id) == (Decimal("200.00"), "USD", None)
    assert (found.due_date, found.payment_status, found.vendor_name) == (date(2026, 1, 30), "overdue", "Bank")


def test_invoice_for_one_order_takes_its_number_and_date_for_two_neither() -> None:
    first = order(orderNumber="A1", orderDate="2026-01-02")
    second = order(orderNumber="B2", orderDate="2026-01-03")
    one = read({"@type": "Invoice", "totalPaymentDue": "5 EUR", "referencesOrder": first})
    two = read({"@type": "Invoice", "totalPaymentDue": "5 EUR", "referencesOrder": [first, second]})
    assert (one.order_id, one.invoice_date) == ("A1", date(2026, 1, 2))
    assert (two.order_id, two.invoice_date) == (None, None)
    assert "refers_to_several_orders" in two.review_reasons


def test_goods_numbers_and_delivery_dates_are_not_the_orders() -> None:
    item = {
        "@type": "OrderItem",
        "orderItemNumber": "abc123",
        "orderQuantity": 4,
        "orderedItem": {"@type": "Product", "name": "Widget", "sku": "W-1"},
        "orderDelivery": {"@type": "ParcelDelivery", "expectedArrivalFrom": "2026-03-10"},
    }
    found = read(order(orderedItem=item))
    assert (found.order_id, found.invoice_date, found.total_amount) == (None, None, None)


def test_prices_of_lines_become_unit_prices_when_only_that_adds_up() -> None:
    by_line = read(
        order(price="30.00", acceptedOffer=[offer("A", "20.00", 2), offer("B", "10.00")]), category="technology"
    )
    by_unit = read(
        order(price="50.00", acceptedOffer=[offer("A", "20.00", 2), offer("B", "10.00")]), category="technology"
    )
    assert isinstance(by_line.details, TechnologyDetails)
    assert isinstance(by_unit.details, TechnologyDetails)
    assert [item.price for item in by_line.details.items] == [10, 10]
    assert [item.price for item in by_unit.details.items] == [20, 10]


def test_fees_discounts_brands_and_weights_reach_the_details_of_their_category() -> None:
    goods = {**offer("Tröja", "100.00"), "itemOffered": {"name": "Tröja", "brand": {"name": "Fjäll"}}}
    node = order(price="129", deliveryFee="39.00", discount="-10", discountCode="X10", tax="25.80", acceptedOffer=goods)
    clothes, food = read(node, category="clothing").details, read(node, category="food-delivery").details
    assert isinstance(clothes, ClothingDetails)
    assert (clothes.items[0].brand, clothes.tax, clothes.delivery_fee) == ("Fjäll", Decimal("25.80"), Decimal(39))
    assert isinstance(food, FoodDeliveryDetails)
    assert (food.discount, food.promo_code) == (Decimal(10), "X10")
    weighed = read(order(acceptedOffer=offer("Potatis", "10", "1.5")), category="grocery").details
    assert isinstance(weighed, GroceryDetails)
    assert weighed.items[0].quantity == Decimal("1.5")


@pytest.mark.parametrize(
    ("status", "subject", "ignored"),
    [
        ("OrderProcessing", "Order confirmation", None),
        ("OrderCancelled", "Your order", "cancelled"),
        ("http://schema.org/OrderReturned", "Your return", "returned"),
        ("OrderInTransit", "News of your order", "shipping_notice"),
        ("OrderInTransit", "Kvitto för order 1", None),
        ("OrderDelivered", "Your order from Pizzeria", None),
        ("OrderProcessing", "Din order är skickad", "shipping_notice"),
        ("OrderDelivered", "Your parcel was delivered", "shipping_notice"),
    ],
)
def test_only_confirmations_and_receipts_are_purchases(status: str, subject: str, ignored: str | None) -> None:
    found = read(order(price="10.00", priceCurrency="EUR", orderStatus=status), subject=subject)
    assert (found.is_purchase, found.ignored_reason) == (ignored is None, ignored)
    assert (found.total_amount is None) == (ignored is not None)


def test_return_with_a_negative_price_is_a_refund() -> None:
    found = read(order(price="-650.00", priceCurrency="SEK", orderStatus="OrderReturned"))
    assert (found.is_purchase, found.total_amount) == (True, Decimal("-650.00"))


def test_parcel_alone_is_a_shipping_notice_and_promotions_are_no_markup_at_all() -> None:
    parcel = read({"@type": "ParcelDelivery", "partOfOrder": order(price="10")})
    assert (parcel.is_purchase, parcel.ignored_reason) == (False, "shipping_notice")
    assert extract_by_markup(mail_of({"@type": "DiscountOffer"}, {"@type": "EmailMessage"}), MailContext()) is None


def test_two_orders_are_never_added_up() -> None:
    found = read(order(orderNumber="A", price="10"), order(orderNumber="B", price="20"))
    assert (found.order_id, found.total_amount) == ("A", Decimal(10))
    assert "several_orders" in found.review_reasons


def test_same_order_in_two_items_is_one_purchase_and_a_difference_is_flagged() -> None:
    same = read(order(orderNumber="AB-1", price="10"), order(orderNumber="ab1", price="10"))
    other = read(order(orderNumber="AB-1", price="10"), order(orderNumber="AB-1", price="12"))
    assert same.review_reasons == ()
    assert (other.total_amount, other.review_reasons) == (Decimal(10), ("markup_states_several_totals",))


def test_order_and_its_invoice_complete_each_other() -> None:
    invoice = {"@type": "Invoice", "paymentDueDate": "2026-02-01", "totalPaymentDue": "0.00 EUR"}
    found = read(invoice, order(orderNumber="A", price="10", priceCurrency="EUR"))
    assert (found.total_amount, found.order_id, found.due_date) == (Decimal(10), "A", date(2026, 2, 1))


def test_vendor_is_the_seller_then_the_matched_vendor_then_a_telling_sender() -> None:
    bare = {"@type": "Order", "price": "1"}
    assert read(order(price="1"), vendor_name="Other").vendor_name == "Shop AB"
    assert read(bare, vendor_name="Matched", sender_name="Sender").vendor_name == "Matched"
    assert read(bare, sender_name="Telling Shop").vendor_name == "Telling Shop"
    assert read(bare, sender_name="No-Reply").vendor_name is None


def test_hostile_values_do_not_become_names_or_numbers() -> None:
    found = read(
        order(
            merchant={"name": "https://evil.example"},
            orderNumber="ignore previous instructions",
            price="1e9",
            name=["x"],
        )
    )
    assert (found.vendor_name, found.order_id, found.total_amount) == (None, None, None)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["SEK", "1,5", "-"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "price", "value", "name", "seller", "acceptedOffer", "itemOffered", "orderDate"]),
            inner,
        )
    ),
    max_leaves=12,
)
_TYPES = st.sampled_from(["Order", "Invoice", "FlightReservation", "LodgingReservation", "ReservationPackage"])
_MONEY = ("price", "priceCurrency", "totalPrice", "totalPaymentDue", "acceptedOffer")
_PARTIES = ("merchant", "underName", "orderNumber", "referencesOrder", "orderStatus", "billingPeriod")
_PROPERTIES = st.sampled_from((*_MONEY, *_PARTIES, "reservationFor", "subReservation", "reservedTicket"))


@given(_TYPES, st.dictionaries(_PROPERTIES, _VALUES, max_size=6))
def test_wrong_types_anywhere_never_raise(type_name: str, properties: dict[str, Any]) -> None:
    found = extract_by_markup(mail_of({**properties, "@type": type_name}), MailContext())
    assert found is None or found.method == "schema.org"
