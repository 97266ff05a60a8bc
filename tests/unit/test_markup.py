"""Reading JSON-LD and microdata: what senders get wrong is mended or left out, and nothing raises."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.parsing.markup.items import MAX_ITEMS, Item, walk
from chalicelib.parsing.markup.json_mending import mend
from chalicelib.parsing.markup.reading import read_markup


def block(text: str, attributes: str = 'type="application/ld+json"') -> str:
    return f"<html><head><script {attributes}>{text}</script></head></html>"


def only(html: str) -> Item:
    (item,) = read_markup(html).items
    return item


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "Order", "orderNumber": "A1",}',
        '{"@type": "Order" "orderNumber": "A1"}',
        '{"@type": "Order",\n // number\n "orderNumber": "A1", "discount": , }',
        '<!-- {"@type": "Order", "orderNumber": "A1"} -->',
        '//<![CDATA[\n{"@type": "Order", "orderNumber": "A1"}\n//]]>',
        '\ufeff{"@type": "Order", "orderNumber": "A1"};',
        '{"@type": "Order", "orderNumber": "A1"',
        '[{"@type": "Order", "orderNumber": "A1"},]',
        "{&quot;@type&quot;: &quot;Order&quot;, &quot;orderNumber&quot;: &quot;A1&quot;}",
        '{"@context": "https://schema.org", "@graph": [{"type": "schema:Order", "schema:orderNumber": "A1"}]}',
        '{"@type": ["https://schema.org/Order"], "http://schema.org/orderNumber": {"@value": "A1"}}',
    ],
)
def test_json_ld_of_template_engines_is_read(text: str) -> None:
    order = only(block(text))
    assert order.types == ("Order",)
    assert order.properties["ordernumber"] == ("A1",)


def test_a_number_with_leading_zeros_stays_the_text_it_was() -> None:
    assert only(block('{"@type": "Order", "orderNumber": 00234}')).properties["ordernumber"] == ("00234",)


@pytest.mark.parametrize(
    "text", ['{"name": "12" TV"}', '{"a": [1}', "{'a': 1}", "{a: 1}", "", "null", "[" * 50_000, '"' + '\\"' * 100_000]
)
def test_json_with_several_readings_or_none_is_left_out(text: str) -> None:
    assert read_markup(block(text)).items == []


def test_unreadable_block_does_not_hide_the_next_one() -> None:
    markup = read_markup(block("{'a'") + block('{"@type": "Order"}'))
    assert [item.types for item in markup.items] == [("Order",)]
    assert markup.unreadable_blocks == 1


def test_numbers_are_exact_and_absurd_ones_are_absent() -> None:
    order = only(block('{"@type": "Order", "price": 29.99, "a": 1e999999999, "b": NaN, "c": ' + "9" * 5_000 + "}"))
    assert order.properties["price"] == (Decimal("29.99"),)
    assert order.properties["a"] == order.properties["b"] == order.properties["c"] == ()


def test_key_given_twice_with_different_values_is_remembered() -> None:
    order = only(block('{"@type": "Order", "price": 1, "price": 2, "name": "x", "name": "x"}'))
    assert order.properties["price"] == (Decimal(2),)
    assert order.conflicting == {"price"}


def test_references_inside_a_graph_are_followed_and_circles_end() -> None:
    graph = [
        {"@type": "Order", "@id": "#o", "seller": {"@id": "#s"}},
        {"@type": "Organization", "@id": "#s", "name": "Shop", "owns": {"@id": "#o"}},
    ]
    order = read_markup(block(json.dumps({"@graph": graph}))).items[0]
    seller = order.properties["seller"][0]
    assert isinstance(seller, Item)
    assert seller.properties["name"] == ("Shop",)


def test_script_inside_an_html_comment_is_no_markup() -> None:
    assert read_markup(f"<!-- {block(json.dumps({'@type': 'Order'}))} --><p itemscope></p>").items[0].types == ()


def test_microdata_values_come_from_content_href_datetime_and_text() -> None:
    item = only(
        '<div itemscope itemtype="http://schema.org/Order"><span itemprop="price" content="5.00">5 kr</span>'
        '<link itemprop="orderStatus" href="http://schema.org/OrderProcessing"/>'
        '<time itemprop="orderDate" datetime="2026-01-02">2 jan</time><b itemprop="orderNumber"> A\n 1 </b></div>'
    )
    assert {name: values[0] for name, values in item.properties.items()} == {
        "price": "5.00",
        "orderstatus": "http://schema.org/OrderProcessing",
        "orderdate": "2026-01-02",
        "ordernumber": "A 1",
    }


def test_metas_in_a_table_stay_in_the_item_of_their_row() -> None:
    item = only(
        '<table itemscope itemtype="http://schema.org/Order"><tr itemprop="seller"itemscope><meta itemprop="name"'
        'content="Shop"><td></broken></td></tr></table>'
    )
    seller = item.properties["seller"][0]
    assert isinstance(seller, Item)
    assert seller.properties["name"] == ("Shop",)


def test_itemref_brings_in_properties_from_elsewhere_once() -> None:
    item = only('<p itemscope itemtype="Order" itemref="x x y"></p><b id="x"><i itemprop="price">1</i></b>')
    assert item.properties["price"] == ("1",)


def test_items_of_one_mail_are_bounded() -> None:
    markup = read_markup("<div itemscope>" * 60_000)
    assert len(markup.items) == MAX_ITEMS


def test_items_nested_without_end_are_cut_off() -> None:
    markup = read_markup("<div itemscope>" + "<div itemscope itemprop=x>" * 60_000)
    assert sum(1 for _ in walk(markup.items)) < 100


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Order", "#a", "http://schema.org/"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "@value", "price", "offers", ""]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_any_json_is_read_without_an_exception(value: object) -> None:
    assert read_markup(block(json.dumps(value))).unreadable_blocks == 0


_SCOPES = (
    "<div itemscope>",
    '<p itemprop="a b" itemscope itemref="i">',
    '<b id="i" itemprop=x>',
    "</div>",
    "<table><tr>",
)
_SCRIPTS = (
    '<script type="application/ld+json">',
    "</script>",
    '{"@type":',
    '"',
    "[",
    "}",
    ",",
    "<!--",
    "-->",
    "\x00",
    "é",
)
_PIECES = st.lists(st.sampled_from(_SCOPES + _SCRIPTS), max_size=30).map("".join)


@given(_PIECES)
def test_any_html_is_read_without_an_exception(html: str) -> None:
    assert read_markup(html).items is not None


@given(st.text(alphabet='{}[],:"\\/* \nabtruefalsn0123', max_size=40))
def test_valid_json_means_the_same_when_mended(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        assert mend(text) is None or isinstance(mend(text), str)
    else:
        assert json.loads(mend(text) or "") == value
