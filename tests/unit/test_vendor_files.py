"""A vendor file with a slip is refused, and the error names the file and the field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.vendor_files import read_vendor_file, vendor_file_name
from chalicelib.errors import ValidationFailed
from chalicelib.services.vendors.load_vendors import read_vendor_configs

SHOP: dict[str, Any] = {
    "vendor_id": "shop",
    "vendor_name": "Shop",
    "invoice_category": "retail",
    "invoice_sub_type": "clothing",
    "email_patterns": ["shop.example"],
    "subject_keywords": ["kvitto", "Order # AND confirmed"],
    "logo_url": "https://shop.example/logo.svg",
    "supports_pdf": True,
    "active": True,
    "hints": {"description": "Receipts.", "language": "sv", "fields": {"order_id": "Beställningsnr"}},
}
LANDLORD = {
    "vendor_id": "shop",
    "vendor_name": "Landlord",
    "invoice_category": "rental",
    "email_patterns": ["Kund+avi@landlord.example"],
}


def without(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != field}


def problem(text: str, name: str = "shop.json") -> str:
    with pytest.raises(ValidationFailed) as caught:
        read_vendor_file(text, name)
    return str(caught.value)


def test_every_field_is_read() -> None:
    vendor = read_vendor_file(json.dumps(SHOP), "shop.json")
    assert vendor.invoice_sub_type == "clothing"
    assert vendor.subject_keywords == ("kvitto", "Order # AND confirmed")
    assert vendor.hints is not None
    assert vendor.hints.fields == {"order_id": "Beställningsnr"}


def test_landlord_needs_neither_category_nor_keywords() -> None:
    vendor = read_vendor_file(json.dumps(LANDLORD), "shop.json")
    assert (vendor.invoice_category, vendor.active, vendor.subject_keywords) == ("rental", True, ())


@pytest.mark.parametrize(
    ("vendor_id", "name"),
    [("amazon.com", "amazon-com.json"), ("jack&jones", "jack-jones.json"), ("sl", "sl.json"), ("a.&b.", "a-b.json")],
)
def test_file_name_is_safe_in_shells_and_file_systems(vendor_id: str, name: str) -> None:
    assert vendor_file_name(vendor_id) == name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vendor_id", ""),
        ("vendor_id", "Shop"),
        ("vendor_id", "../shop"),
        ("vendor_id", "s" * 65),
        ("vendor_id", "another"),
        ("vendor_name", ""),
        ("vendor_name", " Shop"),
        ("vendor_name", "Sh\u202eop"),
        ("invoice_sub_type", "shoes"),
        ("invoice_sub_type", None),
        ("email_patterns", []),
        ("email_patterns", ["shop.example", "SHOP.example"]),
        ("subject_keywords", ["kvitto", "Kvitto"]),
        ("logo_url", "http://shop.example/logo.svg"),
        ("logo_url", "https://user@shop.example/logo.svg"),
        ("parser_type", "Shop Parser"),
        ("hints.description", " "),
        ("hints.language", "swedish"),
        ("hints.fields.Order-ID", "x"),
        ("hints.fields.order_id", ""),
    ],
)
def test_error_names_the_file_and_the_field(field: str, value: object) -> None:
    holder, _, inner = field.partition(".")
    if not inner:
        row = SHOP | {field: value}
    elif inner.startswith("fields."):
        row = SHOP | {"hints": {"fields": {inner.removeprefix("fields."): value}}}
    else:
        row = SHOP | {holder: {inner: value}}
    assert problem(json.dumps(row)).startswith(f"shop.json: {field}: ")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            "shop",
            "se",
            "*.shop.example",
            "*@shop.example",
            "@shop.example",
            "a b@shop.example",
            "a@b@shop.example",
        ),
        *("a..b@shop.example", "a@shop", "Shop <a@shop.example>", "shop.example/x", "-shop.example", "å.example"),
        *("gmail.com", "Outlook.com", "a{b}@shop.example", f"{'a' * 65}@shop.example", f"{'a.' * 100}example"),
    ],
)
def test_pattern_is_an_address_or_a_company_s_domain(pattern: str) -> None:
    assert problem(json.dumps(SHOP | {"email_patterns": ["x.example", pattern]})).startswith(
        "shop.json: email_patterns[1]: "
    )


@pytest.mark.parametrize("pattern", ["a@gmail.com", "invoice+statements@mail.shop.example", "a.b-c@shop-1.co.uk"])
def test_address_may_be_of_any_kind(pattern: str) -> None:
    assert read_vendor_file(json.dumps(SHOP | {"email_patterns": [pattern]}), "shop.json").email_patterns == (pattern,)


@pytest.mark.parametrize(
    "keyword",
    [
        *(
            "",
            " kvitto",
            "#",
            "Order AND #",
            " AND kvitto",
            "Order AND ",
            "a AND OR",
            "kvitto OR receipt",
            "kvitto|receipt",
        ),
        *(
            '"kvitto"',
            "“kvitto”",
            "{kvitto}",
            "kvitt*",
            "from:boss",
            "kvitto -subject:rea",
            "has:attachment",
            "AND kvitto",
        ),
        *("kvitto\n", "kvi\u200btto", "k" * 151),
    ],
)
def test_keyword_is_plain_words(keyword: str) -> None:
    assert problem(json.dumps(SHOP | {"subject_keywords": ["order", keyword]})).startswith(
        "shop.json: subject_keywords[1]: "
    )


@pytest.mark.parametrize(
    "keyword", ["Ordered:", "Order # AND confirmed", "Vi har behandlat din order:", "in: 3 days", "pand and co"]
)
def test_punctuation_of_real_subjects_is_no_operator(keyword: str) -> None:
    assert read_vendor_file(json.dumps(SHOP | {"subject_keywords": [keyword]}), "shop.json").active


def test_landlord_has_no_retail_category() -> None:
    assert problem(json.dumps(LANDLORD | {"invoice_sub_type": "utility"})).startswith("shop.json: invoice_sub_type: ")


@pytest.mark.parametrize(
    "field", ["vendor_id", "vendor_name", "invoice_category", "invoice_sub_type", "email_patterns"]
)
def test_missing_field_is_named(field: str) -> None:
    text = problem(json.dumps(without(SHOP, field)))
    assert text.startswith("shop.json: ")
    assert field in text


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (SHOP | {"subject_keyword": ["x"]}, "subject_keyword"),
        (SHOP | {"hints": {"lang": "sv"}}, "hints.lang"),
    ],
)
def test_unknown_field_is_refused(row: dict[str, Any], field: str) -> None:
    assert problem(json.dumps(row)).startswith(f"shop.json: {field}: unknown field")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (SHOP | {"active": "yes"}, "active"),
        (SHOP | {"email_patterns": "shop.example"}, "email_patterns"),
        (SHOP | {"subject_keywords": [7]}, "subject_keywords"),
        (SHOP | {"invoice_category": "shop"}, "invoice_category"),
        (SHOP | {"hints": "sv"}, "hints"),
    ],
)
def test_wrong_type_is_named(row: dict[str, Any], field: str) -> None:
    text = problem(json.dumps(row))
    assert text.startswith("shop.json: ")
    assert f"$.{field}" in text


@pytest.mark.parametrize("text", ["", "{", "[]", '"shop"', "null", '{"vendor_id": "shop", "vendor_id": "shop"}'])
def test_text_that_is_no_object_is_refused(text: str) -> None:
    assert problem(text).startswith("shop.json: ")


def test_folder_is_read_in_the_order_of_ids_and_only_its_json(tmp_path: Path) -> None:
    for vendor_id in ("b", "a.b", "a"):
        text = json.dumps(SHOP | {"vendor_id": vendor_id})
        (tmp_path / vendor_file_name(vendor_id)).write_text(text, encoding="utf-8")
    (tmp_path / "README.md").write_text("Vendors", encoding="utf-8")
    assert [vendor.vendor_id for vendor in read_vendor_configs(tmp_path)] == ["a", "a.b", "b"]


def test_folder_without_a_vendor_is_a_wrong_path(tmp_path: Path) -> None:
    with pytest.raises(ValidationFailed, match="holds no vendor file"):
        read_vendor_configs(tmp_path)


def test_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_bytes(json.dumps(SHOP, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(ValidationFailed, match=r"shop\.json: is not UTF-8"):
        read_vendor_configs(tmp_path)
