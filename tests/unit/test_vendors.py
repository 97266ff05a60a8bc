"""Which vendor a mail belongs to, and the Gmail searches that find a vendor's mails."""

from __future__ import annotations

import itertools
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.domain.mail import SearchWindow
from chalicelib.domain.vendors import LONGEST_QUERY, VendorConfig, gmail_queries, match_vendors
from tests.sandbox.google.query import parse_query, terms
from tests.vendor_mailbox import MARCH, Headers, vendor_mailbox


def vendor(vendor_id: str = "shop", *senders: str, keywords: tuple[str, ...] = (), **more: Any) -> VendorConfig:
    return VendorConfig(
        vendor_id=vendor_id,
        vendor_name=vendor_id.title(),
        email_patterns=senders or ("shop.example",),
        subject_keywords=keywords,
        **more,
    )


def matched(vendors: list[VendorConfig], address: str, subject: str = "Kvitto") -> list[str]:
    return [found.vendor_id for found in match_vendors(vendors, address, subject)]


@pytest.mark.parametrize(
    "address", ["kundservice@wallenstam.se", "KundService@Wallenstam.SE", " kundservice@wallenstam.se "]
)
def test_address_matches_without_regard_to_case_and_surrounding_spaces(address: str) -> None:
    assert matched([vendor("wallenstam", "Kundservice@wallenstam.se")], address) == ["wallenstam"]


@pytest.mark.parametrize(
    "address",
    [
        "avi@evilwallenstam.se",
        "kundservice@wallenstam.se.example",
        "wallenstam.se@example.com",
        "avi@wallenstam.example",
        "wallenstam.se",
        "",
    ],
)
def test_look_alikes_of_a_domain_do_not_match(address: str) -> None:
    assert matched([vendor("domain", "wallenstam.se"), vendor("address", "kundservice@wallenstam.se")], address) == []


def test_an_address_does_not_match_its_neighbours_on_the_same_domain() -> None:
    assert matched([vendor("w", "kundservice@wallenstam.se")], "xkundservice@wallenstam.se") == []


@pytest.mark.parametrize(
    "pattern", ["shop.example", "@shop.example", "*@shop.example", "*.shop.example", " Shop.Example "]
)
def test_domain_covers_its_subdomains_however_a_person_writes_it(pattern: str) -> None:
    rule = [vendor("shop", pattern)]
    assert matched(rule, "a@shop.example") == ["shop"]
    assert matched(rule, "a@mail.eu.shop.example") == ["shop"]
    assert matched(rule, "a@workshop.example") == []


def test_address_beats_domain_and_longer_domain_beats_shorter() -> None:
    rules = [vendor("group", "shop.example"), vendor("mail", "mail.shop.example"), vendor("one", "a@mail.shop.example")]
    for order in itertools.permutations(rules):
        assert matched(list(order), "a@mail.shop.example") == ["one"]
        assert matched(list(order), "b@mail.shop.example") == ["mail"]
        assert matched(list(order), "b@news.shop.example") == ["group"]


def test_longer_keyword_wins_between_equal_senders() -> None:
    rules = [vendor("rides", keywords=("receipt",)), vendor("eats", keywords=("eats receipt",))]
    assert matched(rules, "a@shop.example", "Your Eats receipt") == ["eats"]
    assert matched(rules, "a@shop.example", "Your receipt") == ["rides"]


def test_keyword_beats_a_vendor_that_takes_every_mail() -> None:
    rules = [vendor("all"), vendor("some", keywords=("kvitto",))]
    assert matched(rules, "a@shop.example", "Ditt kvitto") == ["some"]
    assert matched(rules, "a@shop.example", "Hej") == ["all"]


def test_tie_is_reported_with_all_its_vendors() -> None:
    rules = [vendor("a", keywords=("order",)), vendor("b", keywords=("kvitt",)), vendor("c", keywords=("order",))]
    assert matched(rules, "x@shop.example", "Order 1") == ["a", "c"]


def test_sender_without_a_fitting_subject_matches_nothing() -> None:
    assert matched([vendor(keywords=("kvitto",))], "a@shop.example", "Rea!") == []


@pytest.mark.parametrize(
    ("subject", "fits"),
    [
        ("Order #7 is CONFIRMED", True),
        ("Confirmed: your order # 7", True),
        ("Order #7", False),
        ("Ditt kvitto", True),
        ("confirmed", False),
    ],
)
def test_and_joins_phrases_and_entries_are_alternatives(subject: str, fits: bool) -> None:
    rule = [vendor(keywords=("Order # AND confirmed", "kvitto"))]
    assert matched(rule, "a@shop.example", subject) == (["shop"] if fits else [])


@pytest.mark.parametrize(
    "subject",
    [
        unicodedata.normalize("NFD", "Orderbekräftelse - Ordernummer: 1"),
        "ORDERBEKRÄFTELSE – ORDERNUMMER: 1",
        "Orderbekräftelse\u00a0-\u2009Ordernummer: 1",
        "Orderbekräftelse -\r\n Ordernummer: 1",
        "Ｏrderbekräftelse - Ordernummer: 1",
    ],
)
def test_subjects_are_compared_as_people_read_them(subject: str) -> None:
    assert matched([vendor(keywords=("Orderbekräftelse - Ordernummer:",))], "a@shop.example", subject) == ["shop"]


def test_typographic_apostrophe_equals_the_typewritten_one() -> None:
    assert matched([vendor(keywords=("order's confirmed",))], "a@shop.example", "Your order’s confirmed") == ["shop"]


@pytest.mark.parametrize("subject", ["Hej David", "Avier", "navi", "avi_2"])
def test_keyword_is_whole_words_like_gmails_search(subject: str) -> None:
    assert matched([vendor(keywords=("avi",))], "a@shop.example", subject) == []


def test_later_occurrence_as_a_whole_word_counts() -> None:
    assert matched([vendor(keywords=("avi",))], "a@shop.example", "David: avi/2025") == ["shop"]


def test_blank_keywords_of_a_row_written_by_hand_do_not_count() -> None:
    assert matched([vendor(keywords=("", "  ", " AND "))], "a@shop.example", "Hej") == ["shop"]


@pytest.mark.parametrize("pattern", ["", " ", "@", "*", "-shop.example", "Shop <a@shop.example>", "a b", '"', "x)y"])
def test_pattern_that_is_no_sender_matches_nothing_and_searches_for_nothing(pattern: str) -> None:
    rule = [vendor("bad", pattern)]
    assert matched(rule, "a@shop.example") == []
    assert list(gmail_queries(rule)) == []


def test_row_without_a_category_is_a_shop() -> None:
    row = {"vendor_id": "x", "vendor_name": "X", "email_patterns": ["x.example"]}
    assert msgspec.convert(row, VendorConfig).invoice_category == "retail"


def test_no_vendor_means_no_search() -> None:
    assert list(gmail_queries([])) == []


def test_one_vendor_is_one_plain_search() -> None:
    rule = vendor("w", "kundservice@wallenstam.se", keywords=("Hyresavi",))
    assert list(gmail_queries([rule])) == ['(from:kundservice@wallenstam.se subject:"hyresavi")']


def test_window_is_epoch_seconds_rounded_outwards() -> None:
    start = datetime(2025, 3, 1, 0, 0, 0, 250_000, tzinfo=UTC)
    (query,) = gmail_queries([vendor()], SearchWindow(start, start + timedelta(days=31)))
    seconds = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp())
    assert query == f"(from:shop.example) after:{seconds - 1} before:{seconds + 31 * 86400 + 1}"


def test_quotes_in_a_keyword_do_not_end_the_phrase() -> None:
    (query,) = gmail_queries([vendor(keywords=('Ditt "kvitto" from:boss.example',))])
    assert {term.operator for term in terms(parse_query(query))} == {"from", "subject"}
    assert [term.text for term in terms(parse_query(query)) if term.operator == "from"] == ["shop.example"]


@pytest.mark.parametrize("keyword", ["#", "Order AND #", "x" * 2000])
def test_keyword_that_cannot_be_searched_for_still_finds_its_mails(keyword: str, tmp_path: Path) -> None:
    rules = [vendor(keywords=(keyword, "kvitto"))]
    subject = "Order # 7" if "#" in keyword else keyword
    with vendor_mailbox(tmp_path, [Headers("a@shop.example", subject)]) as mailbox:
        assert mailbox.found(gmail_queries(rules)) == {0}
    assert matched(rules, "a@shop.example", subject) == ["shop"]


def test_vendors_with_the_same_subjects_share_one_clause() -> None:
    (query,) = gmail_queries(
        [vendor("a", "a.example", keywords=("kvitto",)), vendor("b", "b.example", keywords=("kvitto",))]
    )
    assert query == '({from:a.example from:b.example} subject:"kvitto")'


def test_searches_stay_below_the_limit_and_are_few() -> None:
    rules = [vendor(f"v{n}", f"shop{n}.example", keywords=(f"kvitto {n}", "order")) for n in range(200)]
    window = SearchWindow(MARCH, MARCH + timedelta(days=30))
    queries = list(gmail_queries(rules, window))
    assert max(map(len, queries)) <= LONGEST_QUERY
    assert len(queries) <= sum(map(len, queries)) // (LONGEST_QUERY - 150) + 1
    assert all(" after:" in query and " before:" in query for query in queries)


def test_vendor_too_long_for_one_search_is_split_and_loses_nothing(tmp_path: Path) -> None:
    keywords = tuple(f"a rather long subject about receipt number {n}" for n in range(80))
    senders = tuple(f"sender-number-{n}@a-rather-long-domain.example" for n in range(40))
    rule = vendor("long", *senders, keywords=keywords)
    mails = [Headers(senders[n % 40], keywords[n]) for n in range(0, 80, 9)]
    queries = list(gmail_queries([rule]))
    assert max(map(len, queries)) <= LONGEST_QUERY
    with vendor_mailbox(tmp_path, mails) as mailbox:
        assert mailbox.found(queries) == set(range(len(mails)))


def test_searches_find_exactly_the_matching_mails_of_a_generated_mailbox(tmp_path: Path) -> None:
    """Every sender with every subject, inside and outside the window: the search agrees with the local decision."""
    rules = [
        vendor("rent", "kundservice@landlord.example", keywords=("hyresavi",)),
        vendor("shop", "shop.example", keywords=("orderbekräftelse", "order AND confirmed")),
        vendor("twin", "twin.example", "twin.example.org", keywords=("orderbekräftelse", "order AND confirmed")),
        vendor("all", "billing+all@all.example"),
    ]
    senders = [
        *("kundservice@landlord.example", "a@landlord.example", "a@shop.example", "a@mail.shop.example"),
        *("a@workshop.example", "a@twin.example.org", "billing+all@all.example", "billing@all.example"),
    ]
    subjects = ["Hyresavi mars", "ORDERBEKRÄFTELSE 7", "Your order is confirmed", "Your order", "Orderbekräftelsen"]
    dates = [MARCH, MARCH + timedelta(days=40)]
    mails = [Headers(*each) for each in itertools.product(senders, subjects, dates)]
    window = SearchWindow(MARCH - timedelta(days=1), MARCH + timedelta(days=30))
    wanted = {
        n for n, each in enumerate(mails) if each.date == MARCH and match_vendors(rules, each.sender, each.subject)
    }
    with vendor_mailbox(tmp_path, mails) as mailbox:
        assert mailbox.found(gmail_queries(rules, window)) == wanted
    assert len(wanted) == 1 + 2 * 2 + 2 + 5
