"""A model's answer is untrusted text: read generously, bounded, refused with one typed error."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.categories import (
    CATEGORIES,
    ClothingDetails,
    ClothingItem,
    Details,
    GroceryDetails,
    GroceryItem,
    Leg,
    Passenger,
    TravelDetails,
)
from chalicelib.domain.invoices import ChargeKind, Extraction, RentalCharge, RentalNotice
from chalicelib.domain.mail import MailContext
from chalicelib.errors import DependencyFailure, ModelAnswerInvalid
from chalicelib.parsing.grounding.grounding import ground
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.model.answer import read_model_answer
from chalicelib.parsing.model.reading import LONGEST_ANSWER
from chalicelib.parsing.model.schema import (
    MEANINGS,
    NOTICE_STATED,
    STATED,
    details_schema,
    notice_schema,
    response_schema,
)

#: What an extraction holds beside what the model states.
_OURS = {"method", "model", "confidence", "review_reasons"}


def answer(**values: Any) -> str:
    return json.dumps({"is_purchase": True, "category": "grocery", **values})


def refused(text: str) -> str:
    with pytest.raises(ModelAnswerInvalid) as caught:
        read_model_answer(text)
    return caught.value.reason


def leaves(schema: Any, path: str = "") -> dict[str, dict[str, Any]]:
    """Every property of a schema by its path."""
    found: dict[str, dict[str, Any]] = {}
    for name, inner in schema.get("properties", {}).items():
        found[f"{path}{name}"] = inner
        found |= leaves(inner, f"{path}{name}.")
    if "items" in schema:
        found |= leaves(schema["items"], path)
    return found


@pytest.mark.parametrize("category", CATEGORIES.values(), ids=list(CATEGORIES))
def test_the_schema_asks_for_every_field_of_a_category(category: Any) -> None:
    (reference,), components = msgspec.json.schema_components([category.details], ref_template="{name}")
    record = components[reference["$ref"]]
    asked = details_schema(category.details)
    assert set(asked["properties"]) == set(record["properties"])
    for name, inner in record["properties"].items():
        if inner.get("type") == "array":
            member = components[inner["items"]["$ref"]]
            assert set(asked["properties"][name]["items"]["properties"]) == set(member["properties"])
    assert asked["properties"]["sub_type"]["enum"] == [category.sub_type]
    assert asked in response_schema()["properties"]["details"]["anyOf"]


def test_the_schema_asks_for_every_field_of_an_extraction_but_our_own() -> None:
    assert list(response_schema()["properties"]) == list(STATED)
    assert set(STATED) == {field.name for field in msgspec.structs.fields(Extraction)} - _OURS


def test_everything_is_required_and_nothing_has_bounds() -> None:
    text = json.dumps([response_schema(), notice_schema()])
    for keyword in ("maxItems", "minItems", "minimum", "maximum", "format", "pattern", "$ref", "additionalProperties"):
        assert f'"{keyword}"' not in text

    def check(schema: Any) -> None:
        if isinstance(schema, dict):
            assert sorted(schema.get("required", [])) == sorted(schema.get("properties", {}))
            for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", []), schema.get("items")]:
                check(inner)

    check(response_schema())
    check(notice_schema())


def test_every_meaning_belongs_to_a_field() -> None:
    known = {
        path.rpartition(".")[2] for category in CATEGORIES.values() for path in leaves(details_schema(category.details))
    }
    noticed = notice_schema()["properties"]
    known |= {*noticed, *noticed["charges"]["items"]["properties"]}
    assert set(MEANINGS) <= known | set(STATED)


def test_the_schema_of_a_notice_asks_for_every_field_but_our_own() -> None:
    fields = {field.name for field in msgspec.structs.fields(RentalNotice)}
    assert set(NOTICE_STATED) == fields - {"currency", "review_reasons"}
    assert set(notice_schema()["properties"]) == {*NOTICE_STATED, "is_rental_notice", "slip_line"}
    charge = notice_schema()["properties"]["charges"]["items"]["properties"]
    assert set(charge) == {field.name for field in msgspec.structs.fields(RentalCharge)}
    assert set(charge["kind"]["enum"]) == set(get_args(ChargeKind))


def test_amounts_are_asked_for_as_texts() -> None:
    schema = response_schema()["properties"]
    assert schema["total_amount"]["type"] == ["string", "null"]
    grocery = details_schema(GroceryDetails)["properties"]["items"]["items"]["properties"]
    assert grocery["price"]["type"] == ["string", "null"]
    clothing = details_schema(ClothingDetails)["properties"]["items"]["items"]["properties"]
    assert clothing["quantity"]["type"] == ["integer", "null"]


@pytest.mark.parametrize("category", CATEGORIES.values(), ids=list(CATEGORIES))
def test_what_the_schema_asks_for_can_be_read_back(category: Any) -> None:
    """A new field that is asked for and not read, or read as something else, fails here."""
    filled = _filled(details_schema(category.details))
    found = read_model_answer(answer(category=category.sub_type, details=filled))
    assert found.review_reasons == ()
    _assert_all_read(found.details)


def _filled(schema: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for name, inner in schema["properties"].items():
        if "enum" in inner:
            values[name] = inner["enum"][0]
        elif inner["type"] == "array":
            values[name] = [_filled(inner["items"])]
        elif inner["type"] == ["integer", "null"]:
            values[name] = 7
        else:
            values[name] = "2025-03-14" if name.endswith(("_date", "_start", "_end")) else "12.50"
    return values


def _assert_all_read(record: Any) -> None:
    assert record is not None
    for field in msgspec.structs.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, tuple):
            assert len(value) == 1, field.name
            _assert_all_read(value[0])
        else:
            assert value != field.default, field.name


def test_a_whole_answer_is_read() -> None:
    found = read_model_answer(
        answer(
            ignored_reason="none",
            category="clothing",
            vendor_name="Yllegatan Mode",
            total_amount="1249.10",
            currency="SEK",
            invoice_date="2026-03-04",
            order_id="YM-20418",
            due_date=None,
            payment_status="paid",
            details={
                "sub_type": "clothing",
                "tax": "249.82",
                "delivery_fee": "49.00",
                "payment_method": None,
                "items": [{"name": "Ulltröja", "price": "600.05", "quantity": 2, "brand": None}],
            },
        )
    )
    assert found == Extraction(
        method="gemini",
        is_purchase=True,
        category="clothing",
        vendor_name="Yllegatan Mode",
        total_amount=Decimal("1249.10"),
        currency="SEK",
        invoice_date=date(2026, 3, 4),
        order_id="YM-20418",
        payment_status="paid",
        details=ClothingDetails(
            tax=Decimal("249.82"),
            delivery_fee=Decimal("49.00"),
            items=(ClothingItem(name="Ulltröja", price=Decimal("600.05"), quantity=2),),
        ),
    )


def test_a_journey_is_read() -> None:
    leg = {"departure_location": "Lund", "arrival_location": "Umeå", "departure_date": "2025-03-14 07:05"}
    details = {"transport_type": "train", "travel_details": [leg], "passengers": [{"name": "Maja Ek"}]}
    found = read_model_answer(answer(category="travel", details=details))
    assert found.details == TravelDetails(
        transport_type="train",
        travel_details=(Leg(departure_location="Lund", arrival_location="Umeå", departure_date="2025-03-14T07:05"),),
        passengers=(Passenger(name="Maja Ek"),),
    )


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("1249.10", "1249.10"),
        ("1 249,10", "1249.10"),
        ("1\u00a0249,10 kr", "1249.10"),
        ("1.249,10 €", "1249.10"),
        (1249.1, "1249.1"),
        (1249, "1249"),
        ("-650,00", "-650.00"),
        ("1.249", "1249"),
    ],
)
def test_amounts_in_any_notation_are_exact(stated: object, read: str) -> None:
    found = read_model_answer(answer(total_amount=stated))
    assert str(found.total_amount) == read
    assert found.review_reasons == ()


def test_a_json_number_keeps_its_decimals() -> None:
    found = read_model_answer('{"is_purchase": true, "total_amount": 0.10}')
    assert str(found.total_amount) == "0.10"


@pytest.mark.parametrize("name", ["total_amount", "vendor_name", "currency", "invoice_date", "order_id", "due_date"])
@pytest.mark.parametrize("word", [None, "", "N/A", "null", " None ", "unknown", "-", "n/a."])
def test_words_for_nothing_mean_nothing(name: str, word: object) -> None:
    found = read_model_answer(answer(**{name: word}))
    assert getattr(found, name) is None
    assert found.review_reasons == ()


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("total_amount", "free"),
        ("total_amount", True),
        ("total_amount", {"value": 12}),
        ("total_amount", ["12.00"]),
        ("total_amount", "12.00 + 3.00"),
        ("total_amount", 1e300),
        ("total_amount", "1e5"),
        ("total_amount", "9" * 400),
        ("currency", "kr"),
        ("currency", "$"),
        ("currency", "Kronor och ören i svenska pengar"),
        ("currency", "XQX"),
        ("invoice_date", "3/4/2025"),
        ("invoice_date", "2025-02-31"),
        ("invoice_date", "yesterday"),
        ("invoice_date", [2025, 3, 4]),
        ("order_id", {"number": "A-1"}),
        ("vendor_name", ["Yllegatan"]),
        ("vendor_name", False),
        ("category", "pets"),
        ("category", 7),
        ("details", "see above"),
        ("details", [1, 2]),
    ],
)
def test_a_value_of_the_wrong_type_is_dropped_and_said(name: str, stated: object) -> None:
    found = read_model_answer(answer(**{name: stated}))
    assert getattr(found, name) is None
    assert found.review_reasons == (f"{name}_unreadable",)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_none(literal: str) -> None:
    found = read_model_answer(f'{{"is_purchase": true, "total_amount": {literal}, "details": {{"tax": {literal}}}}}')
    assert found.total_amount is None


@pytest.mark.parametrize("literal", ["1e999999999", "-1e-999999999", "1E9999999999999999999", "9" * 10_000, "1e99"])
def test_numbers_beyond_arithmetic_are_dropped(literal: str) -> None:
    details = f'{{"items": [{{"name": "Ost", "price": {literal}, "quantity": {literal}}}]}}'
    found = read_model_answer(
        f'{{"is_purchase": true, "category": "grocery", "total_amount": {literal}, "details": {details}}}'
    )
    assert found.total_amount is None
    assert found.details == GroceryDetails(items=(GroceryItem(name="Ost"),))


@pytest.mark.parametrize(
    ("stated", "category"),
    [
        ("Food Delivery", "food-delivery"),
        ("food_delivery", "food-delivery"),
        ("GROCERIES", "grocery"),
        ("subscription", "subscriptions"),
        ("other", "miscellaneous"),
    ],
)
def test_other_spellings_of_a_category_are_understood(stated: str, category: str) -> None:
    assert read_model_answer(answer(category=stated)).category == category


def test_a_missing_category_is_taken_from_the_details() -> None:
    found = read_model_answer(answer(category=None, details={"sub_type": "utility", "provider": "Vätterkraft"}))
    assert found.category == "utility"
    assert getattr(found.details, "provider", None) == "Vätterkraft"


def test_details_of_another_category_are_dropped() -> None:
    found = read_model_answer(answer(category="grocery", details={"sub_type": "travel", "transport_type": "train"}))
    assert (found.details, found.review_reasons) == (None, ("details_of_other_category",))


def test_unknown_keys_are_ignored() -> None:
    found = read_model_answer(answer(confidence=1, method="manual", review_reasons=["x"], model="m", details={"q": 1}))
    assert (found.method, found.model, found.confidence, found.review_reasons) == ("gemini", None, 0.0, ())
    assert found.details == GroceryDetails()


def test_members_without_what_they_need_are_left_out_and_said() -> None:
    items = [{"name": "Ost", "price": "12,50", "quantity": "0,842 kg", "unit": 5}, {"price": "9"}, "Bröd", None, [[]]]
    found = read_model_answer(answer(details={"sub_type": "grocery", "items": items}))
    assert found.details == GroceryDetails(
        items=(GroceryItem(name="Ost", price=Decimal("12.50"), quantity=Decimal("0.842"), unit="5"),)
    )
    assert found.review_reasons == ("items_unreadable",)


def test_a_part_of_a_piece_is_no_count() -> None:
    items = [{"name": "Sko", "price": "12", "quantity": "1.5"}, {"name": "Hatt", "price": "3", "quantity": "2 st"}]
    found = read_model_answer(answer(category="clothing", details={"items": items}))
    assert [item.quantity for item in getattr(found.details, "items", ())] == [1, 2]
    assert found.review_reasons == ("quantity_unreadable",)


def test_endless_lists_and_texts_are_cut() -> None:
    items = [{"name": "x", "price": "1"}] * 1_500
    found = read_model_answer(answer(vendor_name="Y" * 50_000, details={"items": items}))
    assert len(getattr(found.details, "items", ())) == 300
    assert len(found.vendor_name or "") == 2_000
    assert found.review_reasons == ("items_cut_off",)


def test_half_a_surrogate_pair_reaches_no_record() -> None:
    found = read_model_answer('{"is_purchase": true, "vendor_name": "A\\ud83dB", "order_id": "\\udfff"}')
    assert (found.vendor_name, found.order_id) == ("AB", None)


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "```\n{}```",
        "Here you are:\n{}\nAnything else?",
        "I read {{your mail}} and {{}} found {}",
        "\ufeff{}",
        "[{}]",
        '{{"note": "first"}} {}',
    ],
)
def test_what_surrounds_the_object_is_skipped(wrapped: str) -> None:
    text = wrapped.replace("{{", "\0").replace("}}", "\1").replace("{}", answer(order_id="A-17"))
    assert read_model_answer(text.replace("\0", "{").replace("\1", "}")).order_id == "A-17"


def test_an_answer_that_was_cut_off_anywhere_is_refused() -> None:
    whole = answer(vendor_name='A {"is_purchase": true} shop', details={"items": [{"name": "Ost", "price": "1"}]})
    for length in range(len(whole)):
        assert refused(whole[:length]) in {"empty", "truncated", "no_json_object"}


def test_a_complete_part_of_an_answer_that_was_cut_off_is_no_answer() -> None:
    assert refused('{"draft": {"is_purchase": true, "total_amount": "1"}, "is_purchase": true, "total') == "truncated"
    assert refused('{"draft": {"is_purchase": true, "total_amount": "1"}, "is_purchase": true,') == "truncated"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("I cannot help with that.", "no_json_object"),
        ("{is_purchase: true}", "no_json_object"),
        ("{}", "no_json_object"),
        ('"is_purchase"', "no_json_object"),
        ('{"category": "grocery"}', "no_json_object"),
        ('{"is_purchase": null}', "is_purchase_missing"),
        ('{"is_purchase": "perhaps"}', "is_purchase_missing"),
        ('{"is_purchase": [true]}', "is_purchase_missing"),
        ('{"a":' * 100_000, "too_long"),
        ('{"a":' * 30_000, "too_deep"),
        (" " * (LONGEST_ANSWER + 1), "too_long"),
    ],
)
def test_an_answer_without_an_object_is_refused(text: str, reason: str) -> None:
    assert refused(text) == reason


def test_a_refusal_is_a_failure_of_the_dependency_without_a_value_in_its_text() -> None:
    with pytest.raises(DependencyFailure) as caught:
        read_model_answer('{"is_purchase": "Yllegatan 848.00"}')
    assert str(caught.value) == "gemini generateContent failed: is_purchase_missing"


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ("newsletter", "newsletter"),
        ("Shipping notice", "shipping_notice"),
        ("because", "not_a_receipt"),
        (None, "not_a_receipt"),
    ],
)
def test_no_purchase_has_a_known_reason_and_no_values(stated: object, reason: str) -> None:
    found = read_model_answer(answer(is_purchase=False, ignored_reason=stated, total_amount="12.00"))
    assert found == Extraction(method="gemini", is_purchase=False, ignored_reason=reason)


@pytest.mark.parametrize("word", [True, "true", "Yes", "ja", 1, "1"])
def test_words_for_true_are_understood(word: object) -> None:
    assert read_model_answer(answer(is_purchase=word)).is_purchase


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["N/A", "1e9", "12,50", "9" * 99]),
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
_ITEMS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "price", "quantity", "brand", "unit"), _JSON)), max_size=4
)
_DETAIL_NAMES = sorted({f.name for c in CATEGORIES.values() for f in msgspec.structs.fields(c.details)} - {"items"})
_DETAILS = st.fixed_dictionaries(
    {},
    optional={"sub_type": st.sampled_from([*CATEGORIES]), "items": _ITEMS | _JSON}
    | dict.fromkeys(_DETAIL_NAMES, _JSON),
)
_ANSWERS = st.fixed_dictionaries(
    {
        "is_purchase": st.just(True) | _JSON,
        "category": st.sampled_from([*CATEGORIES]) | _JSON,
        "details": _DETAILS | _JSON,
    },
    optional={name: _JSON for name in STATED if name not in {"is_purchase", "category", "details"}},
)


@given(st.text(max_size=400) | st.text(alphabet='{}[]":,\\ \n`0123456789.eE+-truefalsnNI_pcha', max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)
    _read_or_refuse('{"is_purchase": true, ' + text)
    _read_or_refuse(answer(vendor_name="x") + text)


@given(_ANSWERS)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused_and_states_nothing_that_is_not_in_the_mail(value: Any) -> None:
    found = _read_or_refuse(json.dumps(value))
    if found is None:
        return
    msgspec.json.encode(found)
    grounded = ground(found, SourceText(visible="Hej", mail=MailContext()))
    assert grounded.total_amount is None
    assert (grounded.currency, grounded.order_id, grounded.invoice_date, grounded.due_date) == (None, None, None, None)
    _assert_well_typed(grounded.details)


def _read_or_refuse(text: str) -> Extraction | None:
    try:
        return read_model_answer(text)
    except ModelAnswerInvalid:
        return None


def _assert_well_typed(details: Details | None) -> None:
    """The same record comes back from its own JSON: every field has its declared type."""
    if details is not None:
        again = msgspec.json.decode(msgspec.json.encode(details), type=type(details))
        assert again == details
