"""Amounts and currencies in the notations of Europe and North America."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.values.amounts import decimal_separator, find_amounts, parse_amount
from chalicelib.parsing.values.currencies import parse_currency, resolve_currency


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1\u00a0249,00 kr", "1249.00"),
        ("1\u202f249,00\u00a0kr", "1249.00"),
        ("1\u2009249 kr", "1249"),
        ("12.985:-", "12985"),
        ("1.156:50 SEK", "1156.50"),
        ("4.904,94 €", "4904.94"),
        ("€4,904.94", "4904.94"),
        ("1'249.50 CHF", "1249.50"),
        ("1,23,456.00", "123456.00"),
        ("US$29.99", "29.99"),
        ("Rs. 1,939", "1939"),
        ("-650,00 kr", "-650.00"),
        ("- € 2,00", "-2.00"),
        ("−49,00 kr", "-49.00"),
        ("(£5.00)", "-5.00"),
        ("650,00-", "-650.00"),
        ("kr 298,-", "298"),
        ("99 kronor", "99"),
        ("0,00 kr", "0.00"),
    ],
)
def test_notations_of_many_countries_are_read(text: str, value: str) -> None:
    assert parse_amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "kr", "NaN", "Infinity", "1e9", "99 999 999 999 kr", "12 kr 13 kr", "25%", "A12"])
def test_what_is_no_plausible_amount_is_refused(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-03",
        "07.10.2024",
        "18/6 2025",
        "kl 12:30",
        "MB-7719-22041",
        "412 kWh",
        "25 %",
        "#12345",
        "Visa ****4410",
        "Visa •••• 4410",
        "98,4 öre",
        "0,842 kg",
    ],
)
def test_dates_times_measures_and_numbers_are_no_amounts(text: str) -> None:
    assert find_amounts(text) == []


def test_a_sign_belongs_to_the_number_that_follows_it() -> None:
    found = find_amounts("Personal 7788 $18.75 and $50.00 CAD")
    assert [(amount.value, amount.mark) for amount in found if amount.mark] == [
        (Decimal("18.75"), "$"),
        (Decimal("50.00"), "CAD"),
    ]


FORMATS: dict[str, tuple[str, dict[str, str | int | None]]] = {
    "sv": ("{:,.2f} kr", {",": "\u00a0", ".": ","}),
    "de": ("{:,.2f} €", {",": ".", ".": ","}),
    "en": ("${:,.2f}", {}),
    "ch": ("CHF {:,.2f}", {",": "'"}),
    "fr": ("{:,.2f} EUR", {",": "\u202f", ".": ","}),
}


@given(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2), st.sampled_from(sorted(FORMATS)))
def test_an_amount_in_any_locale_reads_back(value: Decimal, locale: str) -> None:
    pattern, marks = FORMATS[locale]
    text = pattern.format(abs(value)).translate(str.maketrans(marks))
    assert parse_amount(f"-{text}" if value < 0 else text) == value


@given(st.text(alphabet="0123456789.,:-–−()kr$€ \u00a0SEKUD/%#\n\t", max_size=60))
def test_whatever_is_found_is_plausible_and_in_place(text: str) -> None:
    for amount in find_amounts(text):
        assert is_plausible(amount.value)
        assert 0 <= amount.start < amount.end <= len(text)


def test_one_separator_is_read_as_the_document_uses_it() -> None:
    assert parse_amount("1.249", decimal_hint=",") == 1249
    assert parse_amount("0,842", decimal_hint=",") == Decimal("0.842")
    assert decimal_separator("Totalt 1.249,50 och 3,10") == ","


@pytest.mark.parametrize(
    ("mark", "text", "domain", "language", "code"),
    [
        ("kr", "Tack för din beställning, moms ingår", "", None, "SEK"),
        ("kr", "Heraf moms. CVR 00000000", "", "da", "DKK"),
        ("kr", "Takk. Vipps. Org.nr 900 000 000 MVA", "", None, "NOK"),
        ("kr", "Total", "shop.se", None, "SEK"),
        ("kr", "Total", "shop.example", "en", None),
        ("$", "Total", "", None, "USD"),
        ("$", "All amounts in CAD", "", None, "CAD"),
        ("Rs", "Karachi, Pakistan", "", None, "PKR"),
    ],
)
def test_a_shared_mark_is_decided_by_evidence_or_stays_open(
    mark: str, text: str, domain: str, language: str | None, code: str | None
) -> None:
    assert resolve_currency(mark, text=text, domain=domain, language=language) == code


def test_currency_codes_signs_and_words_are_known() -> None:
    assert [parse_currency(text) for text in ("SEK", "eur", "£", "zł", "CA$", "kr", "points")] == [
        "SEK",
        "EUR",
        "GBP",
        "PLN",
        "CAD",
        None,
        None,
    ]
