"""Check digits, references, giro numbers and slip lines."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.parsing.rental.bankgiro import (
    check_digit,
    ends_in_check_digit,
    find_bankgiro,
    find_plusgiro,
    has_length_digit,
    is_reference,
    parse_slip_line,
)
from tests.sandbox.samples.rent_facts import make_giro, make_reference, slip_line

DIGITS = st.text("0123456789", min_size=1, max_size=23)


@given(DIGITS)
def test_a_made_reference_is_valid_and_counts_its_digits(number: str) -> None:
    assert is_reference(make_reference(number))
    assert has_length_digit(make_reference(number))


@given(DIGITS, st.data())
def test_any_single_wrong_digit_breaks_the_check_digit(number: str, data: st.DataObject) -> None:
    reference = number + str(check_digit(number))
    place = data.draw(st.integers(0, len(reference) - 1))
    wrong = str((int(reference[place]) + data.draw(st.integers(1, 9))) % 10)
    assert not ends_in_check_digit(reference[:place] + wrong + reference[place + 1 :])


@pytest.mark.parametrize("text", ["", "7", "12a4", "²²", "1" * 26])
def test_what_is_no_reference(text: str) -> None:
    assert not is_reference(text)


@given(
    reference=DIGITS.map(make_reference),
    amount=st.integers(0, 99_999_999).map(lambda ore: Decimal(ore) / 100),
    body=st.text("123456789", min_size=6, max_size=7),
)
def test_a_slip_line_is_read_back(reference: str, amount: Decimal, body: str) -> None:
    line = parse_slip_line(slip_line(reference, amount, make_giro(body), "41"))
    assert line is not None
    assert (line.reference, line.amount, line.payee, line.giro) == (reference, amount, make_giro(body), "bankgiro")
    assert line.holds


def test_codes_other_than_bankgirots_name_a_plusgiro() -> None:
    line = parse_slip_line(slip_line("2044001713", Decimal(8432), make_giro("123456", plusgiro=True), "16"))
    assert line is not None
    assert (line.payee, line.giro, line.holds) == ("123456-6", "plusgiro", True)


@pytest.mark.parametrize(
    "text",
    [
        "# 2044001713 # 10365 00 6 > 9912346#41#",
        "# 2044001714 # 10365 00 5 > 9912346#41#",
        "# 2044001713 # 10365 00 5 > 9912347#41#",
        "# 2044001713 # 10365 00 > 9912346#41#",
        "# # 6 254 00 #",
    ],
)
def test_a_slip_line_that_is_wrong_or_incomplete_does_not_hold(text: str) -> None:
    line = parse_slip_line(text)
    assert line is not None
    assert not line.holds


@pytest.mark.parametrize("text", ["", "#", "# 2044001713 #", "nr 1 # 2", "# 1 # " + "9" * 40 + " 00 #"])
def test_other_text_with_number_signs_is_no_slip_line(text: str) -> None:
    assert parse_slip_line(text) is None


def test_giro_numbers_are_told_from_other_hyphenated_numbers() -> None:
    assert [find_bankgiro(text) for text in ("Bankgiro 5050‑1055", "555555-5555", "010-123 45 67")] == [
        "5050-1055",
        None,
        None,
    ]
    assert [find_plusgiro(text) for text in ("Pg 1 23 45 - 6", "991-2346")] == ["12345-6", None]
