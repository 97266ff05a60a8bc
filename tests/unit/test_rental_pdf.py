"""The rental parser against notices of our own drawing: every layout, format and way of drawing, and misprints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.invoices import ChargeKind, RentalCharge, RentalNotice
from chalicelib.errors import DocumentIgnored, DocumentRejected, DocumentUnreadable
from chalicelib.parsing.rental.notice import parse_rental_notice
from chalicelib.parsing.rental.review import ReviewReason
from tests.sandbox.samples.drawing import PLAIN, Sheet, Style
from tests.sandbox.samples.rent_facts import (
    WHOLE_FORMATS,
    DateFormat,
    NoticeFacts,
    NumberFormat,
    last_weekday_before,
    make_reference,
    sample_notice,
    slip_line,
)
from tests.sandbox.samples.rent_notices import LAYOUT_NAMES, draw_rent_notice, expected_notice, render_rent_notice
from tests.sandbox.samples.swedish_invoices import OTHER_DOCUMENTS, render_swedish_document

FEBRUARY: Final = date(2025, 2, 1)
REFERENCE: Final = make_reference("20440017")
BANKGIRO: Final = "991-2346"
STYLES: Final = {
    "plain": PLAIN,
    "odd drawing order": Style(shuffle=3),
    "columns off the baseline": Style(jitter=2.5),
    "letter by letter": Style(letters=True),
    "word by word without spaces": Style(glued=True),
    "embedded font": Style(embedded=True),
    "turned page": Style(turned=True),
    "everything at once": Style(shuffle=9, jitter=1.5, letters=True, embedded=True, turned=True),
}
NUMBER_FORMATS: Final[tuple[NumberFormat, ...]] = ("whole", "decimals", "kronor", "no-break", "dash", "points", "solid")
DATE_FORMATS: Final[tuple[DateFormat, ...]] = ("iso", "points", "slash", "words", "digits")


def charge(kind: ChargeKind, label: str, amount: str) -> RentalCharge:
    return RentalCharge(kind=kind, label=label, amount=Decimal(amount))


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("style", STYLES)
def test_a_notice_is_read_however_its_page_is_drawn(layout: str, style: str) -> None:
    notice = sample_notice(layout, FEBRUARY)
    assert parse_rental_notice(render_rent_notice(layout, notice, STYLES[style])) == expected_notice(layout, notice)


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_thin_spaces_part_thousands(layout: str) -> None:
    notice = replace(sample_notice(layout, FEBRUARY), numbers="thin")
    pdf = render_rent_notice(layout, notice, Style(embedded=True))
    assert parse_rental_notice(pdf) == expected_notice(layout, notice)


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_vat_contained_in_the_lines_is_told_from_vat_as_a_line(layout: str) -> None:
    notice = replace(sample_notice(layout, FEBRUARY), vat_added=False)
    assert parse_rental_notice(render_rent_notice(layout, notice)) == expected_notice(layout, notice)


OTHER_LINES: Final = st.sampled_from(
    ["P-plats 14", "Garage", "Bredband", "Kabel-TV", "Förråd", "Retroaktiv hyra 2024-11", "Tillval säkerhetsdörr"]
)
DEDUCTIONS: Final = st.sampled_from(["Hyresrabatt", "Avdrag balkong", "Hyresreduktion"])


@st.composite
def any_facts(draw: st.DrawFn) -> tuple[str, NoticeFacts]:
    layout = draw(st.sampled_from(LAYOUT_NAMES))
    month = date(draw(st.integers(2019, 2031)), draw(st.integers(1, 12)), 1)
    numbers = draw(st.sampled_from(NUMBER_FORMATS))
    ore = st.just(0) if numbers in WHOLE_FORMATS else st.sampled_from([0, 50, 37])

    def amount(least: int, most: int) -> Decimal:
        return Decimal(draw(st.integers(least, most))) + Decimal(draw(ore)) / 100

    base = sample_notice(layout, month, serial=draw(st.integers(0, 999)))
    metered = [replace_amount(line, amount(1, 1999)) for line in base.charges[1:] if draw(st.booleans())]
    others = draw(st.lists(OTHER_LINES, unique=True, max_size=3))
    deductions = draw(st.lists(DEDUCTIONS, unique=True, max_size=2))
    charges = (
        RentalCharge(kind="rent", label=draw(st.sampled_from(["Hyra", "Grundhyra", "Hyra bostad", "Månadshyra"])),
                     amount=amount(3000, 29999)),
        *metered,
        *(RentalCharge(kind="other", label=label, amount=amount(10, 2500)) for label in others),
        *(RentalCharge(kind="other", label=label, amount=-amount(10, 900)) for label in deductions),
    )  # fmt: skip
    vat = amount(1, 900) if metered else None
    return layout, replace(
        base,
        charges=charges,
        vat=vat,
        vat_added=vat is not None and draw(st.booleans()),
        numbers=numbers,
        dates=draw(st.sampled_from(DATE_FORMATS)),
    )


def replace_amount(line: RentalCharge, amount: Decimal) -> RentalCharge:
    return RentalCharge(kind=line.kind, label=line.label, amount=amount)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=any_facts(), shuffle=st.integers(0, 99), letters=st.booleans())
def test_any_facts_in_any_layout_are_read_back_exactly(
    facts: tuple[str, NoticeFacts], shuffle: int, letters: bool
) -> None:
    layout, notice = facts
    pdf = render_rent_notice(layout, notice, Style(shuffle=shuffle, letters=letters))
    assert parse_rental_notice(pdf) == expected_notice(layout, notice)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), layout=st.sampled_from(LAYOUT_NAMES), by=st.integers(1, 9))
def test_a_misprinted_digit_is_harmless_or_flagged(data: st.DataObject, layout: str, by: int) -> None:
    notice = sample_notice(layout, FEBRUARY)
    sheet = draw_rent_notice(layout, notice)
    sheet.misprint(data.draw(st.integers(0, sheet.digits() - 1)), by)
    try:
        parsed = parse_rental_notice(sheet.pdf())
    except DocumentRejected:
        return
    assert parsed.review_reasons or checked(parsed) == checked(expected_notice(layout, notice))


def checked(notice: RentalNotice) -> tuple[object, ...]:
    """The fields that carry or are covered by a check; a date printed once and a contained VAT are not."""
    return notice.reference, notice.total, notice.payee, tuple((line.kind, line.amount) for line in notice.charges)


@pytest.mark.parametrize("kind", OTHER_DOCUMENTS)
@pytest.mark.parametrize("style", ["plain", "letter by letter", "word by word without spaces"])
def test_other_swedish_documents_are_ignored(kind: str, style: str) -> None:
    with pytest.raises(DocumentIgnored, match="not_a_rental_notice"):
        parse_rental_notice(render_swedish_document(kind, FEBRUARY, STYLES[style]))


def drawn(draw: Callable[[Sheet], None]) -> RentalNotice:
    sheet = Sheet()
    draw(sheet)
    return parse_rental_notice(sheet.pdf())


def payment(sheet: Sheet, total: str, reference: str = REFERENCE, due: str = "2025-01-31") -> None:
    """A title and what to pay, when, to whom."""
    sheet.left(50, 60, "HYRESAVI", 14)
    sheet.left(50, 80, "Provbo AB")
    rows = (("Förfallodatum", due), ("OCR", reference), ("Bankgiro", BANKGIRO), ("Att betala", total))
    for row, (label, value) in enumerate(rows):
        sheet.left(50, 600 + 14 * row, label)
        sheet.left(150, 600 + 14 * row, value)


def specification(sheet: Sheet, *lines: tuple[str, ...], top: float = 200) -> None:
    """Labels with one or more right aligned amounts."""
    for row, (label, *amounts) in enumerate(lines):
        sheet.left(50, top + 14 * row, label)
        for column, amount in enumerate(reversed(amounts)):
            sheet.right(500 - 80 * column, top + 14 * row, amount)


def test_lines_of_every_kind_are_kept_with_their_amounts() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "9 211")
        specification(
            sheet,
            ("Hyra", "8 432,00"),
            ("Retroaktiv hyra 2024-11", "-120,00"),
            ("P-plats 14", "550,00"),
            ("Bredband", "199,00"),
            ("Zonfördelning", "150,40"),
            ("Öresavrundning", "-0,40"),
        )

    notice = drawn(draw)
    assert notice.charges == (
        charge("rent", "Hyra", "8432.00"),
        charge("other", "Retroaktiv hyra 2024-11", "-120.00"),
        charge("other", "P-plats 14", "550.00"),
        charge("other", "Bredband", "199.00"),
        charge("other", "Zonfördelning", "150.40"),
        charge("other", "Öresavrundning", "-0.40"),
    )
    assert (notice.amount_of("rent"), notice.amount_of("electricity"), notice.vat) == (Decimal(8432), None, None)
    assert notice.review_reasons == ()


@pytest.mark.parametrize("columns", ["net, VAT, gross", "gross, VAT, net"])
def test_the_column_that_adds_up_is_the_lines_amount(columns: str) -> None:
    lines = [("Hyra", "8 432,00", "0,00", "8 432,00"), ("El", "400,00", "100,00", "500,00")]
    headers = ("Netto", "Moms", "Belopp")

    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 932,00")
        if columns == "net, VAT, gross":
            specification(sheet, ("Specifikation", *headers), *lines)
        else:
            specification(sheet, ("Specifikation", *headers[::-1]), *((line[0], *line[:0:-1]) for line in lines))

    notice = drawn(draw)
    assert notice.charges == (charge("rent", "Hyra", "8432.00"), charge("electricity", "El", "500.00"))
    assert (notice.total, notice.vat, notice.review_reasons) == (Decimal("8932.00"), Decimal("100.00"), ())


def test_quantities_prices_and_periods_are_no_amounts() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 875,00")
        specification(
            sheet,
            ("Hyra lgh 1203 2025-02-01 - 2025-02-28", "8 432,00"),
            ("Kallvatten 3,2 m3 à 27,10 kr", "87,00"),
            ("El", "178 kWh", "2,00 kr/kWh", "356,00"),
        )

    assert [line.amount for line in drawn(draw).charges] == [Decimal("8432.00"), Decimal("87.00"), Decimal("356.00")]


def test_the_sum_row_is_the_total_where_every_line_has_a_column_to_pay() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.left(50, 60, "HYRESAVI", 14)
        specification(
            sheet,
            ("Specifikation", "Netto", "Moms", "Att betala"),
            ("Hyra", "8 432,00", "0,00", "8 432,00"),
            ("El", "400,00", "100,00", "500,00"),
            ("Summa", "8 832,00", "100,00", "8 932,00"),
        )
        sheet.left(50, 600, f"OCR {REFERENCE}  Förfallodatum fredag 31 januari 2025")

    notice = drawn(draw)
    assert (notice.total, notice.vat, notice.amount_of("electricity")) == (Decimal(8932), Decimal(100), Decimal(500))
    assert notice.review_reasons == ()


def test_an_address_beside_a_label_is_not_its_value() -> None:
    def draw(sheet: Sheet) -> None:
        sheet.left(50, 60, "Hyresavi")
        specification(sheet, ("Hyra", "8 432"))
        for row, (label, neighbour, value) in enumerate(
            (
                ("OCR-nummer", "Testa Testsson", REFERENCE),
                ("Totalt att betala", "Provgatan 4", "8 432,00 kr"),
                ("Förfallodatum", "123 45 Exempelby", "2025-01-31"),
            )
        ):
            sheet.left(50, 300 + 40 * row, label)
            sheet.left(200, 300 + 40 * row, neighbour)
            sheet.left(50, 312 + 40 * row, value)

    notice = drawn(draw)
    assert (notice.reference, notice.total, notice.due_date) == (REFERENCE, Decimal(8432), date(2025, 1, 31))
    assert notice.review_reasons == ()


def test_a_specification_repeated_on_a_second_page_counts_once() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 788")
        specification(sheet, ("Hyra", "8 432"), ("El", "356"))
        sheet.next_page()
        specification(sheet, ("Hyra", "8 432,00"), ("El", "356,00"), ("Totalt", "8 788,00"), top=100)

    notice = drawn(draw)
    assert [line.amount for line in notice.charges] == [Decimal(8432), Decimal(356)]
    assert notice.review_reasons == ()


def test_equal_lines_count_twice_when_the_total_says_so() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "9 332")
        specification(sheet, ("Hyra", "8 432"), ("P-plats", "450"), ("P-plats", "450"))

    assert [line.amount for line in drawn(draw).charges] == [8432, 450, 450]


def test_a_page_with_thousands_of_cells_is_no_notice() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432")
        for number in range(7000):
            sheet.left(5 + number % 25 * 22, 5 + number // 25 * 3, "El", 2)

    with pytest.raises(DocumentIgnored, match="not_a_rental_notice"):
        drawn(draw)


def test_a_minus_may_stand_before_or_after() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 012")
        specification(
            sheet, ("Hyra", "8 432"), ("Hyresrabatt", "120-"), ("Avdrag", "–200"), ("Kreditering", "- 100,00")
        )

    assert [line.amount for line in drawn(draw).charges[1:]] == [-120, -200, -100]


def test_an_association_fee_counts_as_the_rent_of_its_notice() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "4 350")
        sheet.left(300, 60, "Avgiftsavi")
        specification(sheet, ("Månadsavgift", "4 100"), ("Bredband", "250"))

    assert drawn(draw).amount_of("rent") == 4100


def test_a_sum_that_does_not_hold_is_flagged_and_nothing_is_changed() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 700")
        specification(sheet, ("Hyra", "8 432"), ("El", "356"))

    notice = drawn(draw)
    assert (notice.total, [line.amount for line in notice.charges]) == (Decimal(8700), [Decimal(8432), Decimal(356)])
    assert notice.review_reasons == (ReviewReason.CHARGES_DO_NOT_ADD_UP,)


def test_a_reference_without_valid_check_digit_is_kept_and_flagged() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432", reference="20440017138")
        specification(sheet, ("Hyra", "8 432"))

    notice = drawn(draw)
    assert (notice.reference, notice.review_reasons) == ("20440017138", (ReviewReason.REFERENCE_CHECK_DIGIT,))


def test_a_valid_slip_wins_over_contradicting_labels() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432", reference=make_reference("991"))
        specification(sheet, ("Hyra", "8 532"))
        sheet.code_line(780, slip_line(REFERENCE, Decimal(8532), BANKGIRO, "41"))

    notice = drawn(draw)
    assert (notice.reference, notice.total) == (REFERENCE, Decimal("8532.00"))
    assert set(notice.review_reasons) == {ReviewReason.REFERENCE_CONFLICT, ReviewReason.TOTAL_CONFLICT}


def test_a_slip_that_fails_its_check_digit_loses_to_the_label() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432")
        specification(sheet, ("Hyra", "8 432"))
        sheet.code_line(780, slip_line(REFERENCE, Decimal(8432), BANKGIRO, "41").replace("8432 00", "8532 00"))

    notice = drawn(draw)
    assert notice.total == 8432
    assert set(notice.review_reasons) == {ReviewReason.SLIP_CHECK_DIGIT, ReviewReason.TOTAL_CONFLICT}


def test_only_the_first_of_several_notices_is_read_and_that_is_flagged() -> None:
    def draw(sheet: Sheet) -> None:
        for number, (month, due) in enumerate((("januari", "2024-12-30"), ("februari", "2025-01-31"))):
            reference = make_reference(f"2044{number}")
            payment(sheet, "8 432", reference, due)
            specification(sheet, (f"Hyra {month} 2025", "8 432"))
            sheet.code_line(780, slip_line(reference, Decimal(8432), BANKGIRO, "41"))
            sheet.next_page()

    notice = drawn(draw)
    assert (notice.reference, notice.due_date) == (make_reference("20440"), date(2024, 12, 30))
    assert (notice.total, len(notice.charges)) == (Decimal(8432), 1)
    assert notice.review_reasons == (ReviewReason.SEVERAL_NOTICES,)


def test_a_reminder_is_flagged() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 492")
        sheet.left(300, 60, "Betalningspåminnelse", 14)
        specification(sheet, ("Hyra", "8 432"), ("Påminnelseavgift", "60"))

    assert drawn(draw).review_reasons == (ReviewReason.PAYMENT_REMINDER,)


@pytest.mark.parametrize("due", ["2024-12-01", "2026-01-31"])
def test_a_due_date_far_from_the_notice_is_flagged(due: str) -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432", due=due)
        sheet.left(300, 80, "Fakturadatum: 2025-01-10")
        specification(sheet, ("Hyra februari 2025", "8 432"))

    assert drawn(draw).review_reasons == (ReviewReason.DUE_DATE_IMPLAUSIBLE,)


def test_a_notice_without_specification_states_its_total_and_no_charges() -> None:
    notice = drawn(lambda sheet: payment(sheet, "8 432"))
    assert (notice.total, notice.charges, notice.vat) == (Decimal(8432), (), None)
    assert notice.review_reasons == (ReviewReason.CHARGES_MISSING,)


def test_sentences_with_numbers_are_no_charges() -> None:
    def draw(sheet: Sheet) -> None:
        payment(sheet, "8 432")
        specification(sheet, ("Hyra", "8 432"))
        sheet.left(50, 700, "Årshyra 101 184 kr. El ingår inte. Moms.reg.nr SE555555555501. Lägenhet 1203, 76 kvm.")
        sheet.left(50, 715, "Referensränta 8 procentenheter. Vid frågor om din avi, ange kundnummer 40117.")

    notice = drawn(draw)
    assert (notice.charges, notice.vat, notice.review_reasons) == ((charge("rent", "Hyra", "8432"),), None, ())


def test_a_page_without_text_has_a_reason_of_its_own() -> None:
    with pytest.raises(DocumentUnreadable, match="no_text"):
        parse_rental_notice(Sheet().pdf())


def test_more_pages_than_any_notice_has_are_refused() -> None:
    sheet = Sheet()
    for _ in range(51):
        sheet.left(50, 50, "Hyresavi")
        sheet.next_page()
    with pytest.raises(DocumentUnreadable, match="too_many_pages"):
        parse_rental_notice(sheet.pdf())


@pytest.mark.parametrize(
    ("pdf", "reason"),
    [
        (b"", "empty_file"),
        (b"%PDF-", "truncated_or_damaged"),
        (b"PK\x03\x04 startxref", "not_a_pdf"),
        (b" " * 1100 + b"%PDF-1.4 startxref", "not_a_pdf"),
        (b"%PDF-1.4 startxref" + bytes(20 * 1024 * 1024), "too_large"),
        (b"%PDF-1.4\nstartxref\n0\n%%EOF", "truncated_or_damaged"),
    ],
)
def test_what_is_no_readable_pdf_says_why(pdf: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable) as refused:
        parse_rental_notice(pdf)
    assert refused.value.reason == reason


def test_rent_is_due_on_a_weekday_in_samples() -> None:
    assert {last_weekday_before(date(2025, month, 1)).weekday() for month in range(1, 13)} <= set(range(5))
