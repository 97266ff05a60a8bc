"""Dates in running text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.parsing.receipts.dates import read_purchase_dates
from chalicelib.parsing.values.dates import MONTHS, day_first_evidence, find_dates, parse_date

DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@given(DATES, st.sampled_from(sorted(MONTHS)))
def test_every_month_name_reads_back(day: date, name: str) -> None:
    expected = date(day.year, MONTHS[name], min(day.day, 28))
    for text in (f"{expected.day} {name} {day.year}", f"{name.title()} {expected.day}, {day.year}"):
        assert parse_date(text) == expected


@given(DATES)
def test_numeric_forms_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d.%m.%Y}") == day
    assert parse_date(f"{day:%d/%m/%Y}", day_first=True) == day
    assert parse_date(f"{day:%m/%d/%Y}", day_first=False) == day
    assert parse_date(f"{day.day}/{day.month} {day.year}") == day


@given(st.text(alphabet="0123456789/.- mars,Januy\u00a0", max_size=40))
def test_whatever_is_found_is_a_date_in_place(text: str) -> None:
    for found in find_dates(text):
        assert 1990 <= found.value.year <= 2099
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize("text", ["31.02.2025", "2025-13-01", "0/0/2025", "32 mars 2025", "3/9/2025", "1899-01-01"])
def test_impossible_and_undecided_dates_are_refused(text: str) -> None:
    assert parse_date(text) is None


def test_language_and_currency_decide_slashed_dates() -> None:
    assert day_first_evidence("3/9/2025", language="sv") is True
    assert day_first_evidence("3/9/2025", language="en-US") is False
    assert day_first_evidence("3/9/2025 and 25/9/2025", currency="USD") is True


@pytest.mark.parametrize(
    "line",
    [
        "Skickad: 2025-03-01",
        "Departure\t2025-03-01 07:24",
        "Next charge: March 1, 2025",
        "Giltig till 2025-03-01",
        "Period\t2025-02-01 - 2025-03-01",
        "1 feb - 1 mars 2025",
        "Estimated delivery: Saturday, March 1, 2025",
        "Free cancellation until 1 March 2025",
        "Check-in: lördag 1 mars 2025",
        "Upphämtning\n2025-03-01 10:00 Arlanda",
    ],
)
def test_other_dates_are_not_the_purchase(line: str) -> None:
    assert read_purchase_dates(["Tack för din order", *line.splitlines()]).purchase is None


@pytest.mark.parametrize(
    "lines",
    [
        ["Orderdatum: 2025-03-01"],
        ["ORDERDATUM", "1 mars 2025"],
        ["Fakturanr\tDatum\tBelopp", "551\t2025-03-01\t12 kr"],
        ["MB-7719\t1 mars 2025"],
        ["Paid March 1, 2025"],
        ["Vi har dragit 59 kr från ditt kort den 1 mars 2025."],
        ["Order A1189 - 1/3/2025 19:21"],
        ["This is a receipt for your recent purchase on 2025-03-01."],
        ["Vi har i dag, 2025-03-01, återbetalat 749,00 kr."],
        ["Order #8F2C1 · 1 Mar 2025 · Paid with card ending 3090"],
        ["Your gift of $75.00 to the fund on March 1, 2025"],
        ["Datum 25-03-01 08:12"],
    ],
)
def test_the_purchase_date_is_found_by_its_label_or_place(lines: list[str]) -> None:
    assert read_purchase_dates(lines, day_first=True).purchase == date(2025, 3, 1)


def test_a_date_after_the_mail_is_not_the_purchase() -> None:
    found = read_purchase_dates(["Datum: 2025-07-04", "Bokad 2025-06-18"], received=date(2025, 6, 18))
    assert found.purchase == date(2025, 6, 18)


def test_a_weekday_between_label_and_date_leaves_no_doubt() -> None:
    assert read_purchase_dates(["Ordered on: Tuesday, 9 September 2025"]).is_certain


def test_a_date_by_its_place_is_not_labelled() -> None:
    assert not read_purchase_dates(["MB-7719\t1 mars 2025"]).is_labelled


def test_the_due_date_is_kept_apart() -> None:
    found = read_purchase_dates(["Fakturadatum\t2025-01-31", "Förfallodatum\t2025-02-28"])
    assert (found.purchase, found.due) == (date(2025, 1, 31), date(2025, 2, 28))
