"""What notifications say, word for word, in both languages."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.domain.notification_texts import MONTHS, SENTENCES, SUBJECTS, UNKNOWN
from chalicelib.domain.notifications import (
    Notice,
    amount_text,
    date_text,
    imported,
    new_invoice,
    reconnect_gmail,
    reminder,
)
from chalicelib.domain.preferences import Language, Preferences
from chalicelib.domain.rental import RentalInvoice

LANGUAGES: tuple[Language, ...] = get_args(Language)
MARCH = date(2025, 3, 31)


def invoice(**changes: Any) -> RentalInvoice:
    whole: dict[str, Any] = {
        "user_id": "user_1",
        "invoice_id": "rent_1",
        "document_id": "document_1",
        "run_id": "run_1",
        "due_date_year": "2025",
        "due_date_month": "3",
        "filename": "Hyresavi.pdf",
        "s3_key": "invoices/user_1/rental/Hyresavi.pdf",
        "mail_date": datetime(2025, 3, 1, tzinfo=UTC),
        "created_at": datetime(2025, 3, 1, tzinfo=UTC),
        "vendor_name": "Provhem",
        "due_date": MARCH,
        "total": Decimal("10365.00"),
    }
    return RentalInvoice(**{**whole, **changes})


def earlier(total: str, **changes: Any) -> RentalInvoice:
    return invoice(invoice_id="rent_0", due_date=date(2025, 2, 28), total=Decimal(total), **changes)


def texts(notice: Notice) -> dict[str, str]:
    return {language: notice.in_language(language).text for language in LANGUAGES}


@pytest.mark.parametrize(
    ("amount", "english", "swedish"),
    [
        ("10365", "SEK 10,365", "10 365 kr"),
        ("10365.50", "SEK 10,365.50", "10 365,50 kr"),
        ("10365.5", "SEK 10,365.50", "10 365,50 kr"),
        ("1234567.05", "SEK 1,234,567.05", "1 234 567,05 kr"),
        ("999", "SEK 999", "999 kr"),
        ("0", "SEK 0", "0 kr"),
        ("-120", "SEK -120", "-120 kr"),
        ("-1120.25", "SEK -1,120.25", "-1 120,25 kr"),
    ],
)
def test_amounts_read_as_they_are_written_in_each_language(amount: str, english: str, swedish: str) -> None:
    assert amount_text(Decimal(amount), "en") == english
    assert amount_text(Decimal(amount), "sv") == swedish


def test_other_currencies_keep_their_code() -> None:
    assert amount_text(Decimal("12.50"), "en", "EUR") == "EUR 12.50"
    assert amount_text(Decimal("12.50"), "sv", "EUR") == "12,50 EUR"


@pytest.mark.parametrize(
    ("day", "english", "swedish"),
    [
        (MARCH, "31 March 2025", "31 mars 2025"),
        (date(2025, 5, 1), "1 May 2025", "1 maj 2025"),
        (date(2025, 10, 9), "9 October 2025", "9 oktober 2025"),
    ],
)
def test_dates_name_their_month_in_each_language(day: date, english: str, swedish: str) -> None:
    assert (date_text(day, "en"), date_text(day, "sv")) == (english, swedish)


def test_new_invoice_tells_landlord_amount_and_due_date() -> None:
    assert texts(new_invoice(invoice(), [])) == {
        "en": "Rent from Provhem: SEK 10,365, due 31 March 2025.",
        "sv": "Hyra från Provhem: 10 365 kr, förfaller 31 mars 2025.",
    }


@pytest.mark.parametrize(
    ("before", "english", "swedish"),
    [
        ("10245.00", " SEK 120 more than last month.", " 120 kr mer än förra månaden."),
        ("10365.50", " SEK 0.50 less than last month.", " 0,50 kr mindre än förra månaden."),
        ("10365.00", " Same as last month.", " Samma som förra månaden."),
    ],
)
def test_new_invoice_tells_the_change_against_last_month(before: str, english: str, swedish: str) -> None:
    told = texts(new_invoice(invoice(), [earlier(before)]))
    assert told["en"].endswith(f"2025.{english}")
    assert told["sv"].endswith(f"2025.{swedish}")


def test_rents_in_different_currencies_are_not_compared() -> None:
    assert texts(new_invoice(invoice(), [earlier("1000", currency="EUR")])) == texts(new_invoice(invoice(), []))


def test_new_invoice_says_what_could_not_be_read() -> None:
    poor = invoice(vendor_name=None, total=None, due_date=None, needs_review=True)
    assert texts(new_invoice(poor, [])) == {
        "en": "Rent from your landlord: an amount we could not read, without a due date that we could read. "
        "Please check it against the document.",
        "sv": "Hyra från din hyresvärd: ett belopp som vi inte kunde läsa, utan förfallodatum som vi kunde läsa. "
        "Jämför gärna med dokumentet.",
    }


@pytest.mark.parametrize(
    ("days", "english", "swedish"),
    [
        (0, "is due today", "förfaller i dag"),
        (1, "is due tomorrow", "förfaller i morgon"),
        (3, "is due in 3 days", "förfaller om 3 dagar"),
    ],
)
def test_reminder_says_how_long_there_is(days: int, english: str, swedish: str) -> None:
    assert texts(reminder(invoice(), MARCH, days)) == {
        "en": f"Rent from Provhem: SEK 10,365 {english}, 31 March 2025.",
        "sv": f"Hyra från Provhem: 10 365 kr {swedish}, 31 mars 2025.",
    }


def test_import_summary_counts() -> None:
    assert texts(imported(24)) == {
        "en": "24 rental invoices imported from your mail.",
        "sv": "24 hyresavier hämtades från din e-post.",
    }
    assert texts(imported(1)) == {
        "en": "1 rental invoice imported from your mail.",
        "sv": "1 hyresavi hämtades från din e-post.",
    }


def test_data_for_the_app_is_the_same_in_every_language() -> None:
    told = [new_invoice(invoice(), []).in_language(language).data for language in LANGUAGES]
    assert told == [
        {"type": "rental_invoice", "invoice_id": "rent_1", "total_amount": 10365, "due_date": "2025-03-31"}
    ] * len(LANGUAGES)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_values(language: Language) -> None:
    for table in (SENTENCES, SUBJECTS, UNKNOWN):
        assert table[language].keys() == table["en"].keys()
    for key, text in SENTENCES[language].items():
        assert placeholders(text) == placeholders(SENTENCES["en"][key])
    assert len(MONTHS[language]) == 12


def all_notices() -> Iterator[Notice]:
    yield from (new_invoice(invoice(), []), reminder(invoice(), MARCH, 2), imported(2), reconnect_gmail())


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_survive_sns_which_takes_ascii_only(language: Language) -> None:
    for notice in all_notices():
        subject = notice.in_language(language).subject
        assert subject.isascii()
        assert 0 < len(subject) < 100


def test_braces_in_a_landlords_name_are_text() -> None:
    hostile = "{total.__class__} {0}"
    assert hostile in texts(new_invoice(invoice(vendor_name=hostile), []))["sv"]


def test_preferences_decide_which_kinds_are_told() -> None:
    kinds = [notice.kind for notice in all_notices()]
    assert [kind for kind in kinds if Preferences().wants(kind)] == kinds
    quiet = Preferences(reminder_days=0, historical_summary=False)
    assert [kind for kind in kinds if quiet.wants(kind)] == ["rental_invoice", "gmail_reauth_required"]


def test_records_from_before_preferences_have_the_defaults() -> None:
    assert msgspec.convert({}, Preferences) == Preferences(
        push=True, email=True, reminder_days=3, language="en", historical_summary=True, discover_vendors=False
    )
