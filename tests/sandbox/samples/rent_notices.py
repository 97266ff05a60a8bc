"""Rental notices in nine layouts of our own, each drawn for a fictional landlord.

They differ in where labels and amounts stand (beside, below, in tables, on a second page), in wording, and in the way
to pay (bankgiro slip, plusgiro slip, autogiro). ``render_rent_notice`` draws any facts in any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from chalicelib.domain.invoices import RentalNotice
from tests.sandbox.samples.drawing import PLAIN, Sheet, Style
from tests.sandbox.samples.rent_facts import LAYOUT_NAMES, NoticeFacts, sample_notice, slip_line

__all__ = ["LAYOUTS", "LAYOUT_NAMES", "expected_notice", "render_rent_notice", "sample_notice"]

RIGHT: Final = 545


def render_rent_notice(layout: str, notice: NoticeFacts, style: Style = PLAIN) -> bytes:
    """Draws the notice in one of ``LAYOUTS``; the same arguments give the same bytes."""
    return draw_rent_notice(layout, notice, style).pdf()


def draw_rent_notice(layout: str, notice: NoticeFacts, style: Style = PLAIN) -> Sheet:
    """The drawing behind ``render_rent_notice``, to be changed before it is written."""
    sheet = Sheet(style)
    LAYOUTS[layout](sheet, notice)
    return sheet


def expected_notice(layout: str, notice: NoticeFacts) -> RentalNotice:
    """What the parser has to read from ``render_rent_notice(layout, notice)``."""
    return RentalNotice(
        reference=None if layout == "autogiro" else notice.reference,
        due_date=notice.due_date,
        total=notice.total,
        vat=notice.vat,
        charges=notice.charges,
        payee=None if layout == "autogiro" else notice.payee,
        landlord=notice.landlord,
    )


def _vat_line(notice: NoticeFacts) -> list[tuple[str, Decimal]]:
    """The VAT as a line of the specification, when it is one."""
    return [("Mervärdesskatt 25%", notice.vat)] if notice.vat is not None and notice.vat_added else []


def _lines(notice: NoticeFacts) -> list[tuple[str, Decimal]]:
    return [(charge.label, charge.amount) for charge in notice.charges] + _vat_line(notice)


def _labels(sheet: Sheet, notice: NoticeFacts) -> None:
    """Specification on the left, labels with amounts beside them on the right, bankgiro slip below."""
    sheet.left(50, 52, "Hyresavi", 16)
    for offset, text in enumerate((notice.landlord, "Box 100, 123 45 Exempelby", "Org.nr 555555-5555")):
        sheet.left(50, 70 + 12 * offset, text)
    for offset, text in enumerate((notice.tenant, f"{notice.street} lgh {notice.flat}", notice.town)):
        sheet.left(350, 112 + 12 * offset, text)
    sheet.left(50, 152, f"Avser: {notice.month_name}")
    sheet.left(350, 152, f"Kontraktsnr: {notice.flat}-04")
    sheet.left(50, 192, "Specifikation")
    sheet.right(RIGHT, 192, "Belopp (kr)")
    y = 208.0
    for label, amount in _lines(notice):
        sheet.left(50, y, f"{label} *" if "mätning" in label else label)
        sheet.right(RIGHT, y, notice.money(amount))
        y += 14
    if notice.vat is not None:
        sheet.left(350, y + 10, f"{'' if notice.vat_added else 'Varav '}moms: {notice.money(notice.vat)}".capitalize())
    sheet.left(350, y + 27, "Totalt att betala:", 11)
    sheet.right(RIGHT, y + 27, notice.money(notice.total), 11)
    sheet.left(350, y + 46, f"Förfallodatum: {notice.day(notice.due_date)}")
    sheet.left(50, y + 76, "* Momspliktig post. Dröjsmålsränta debiteras enligt räntelagen efter förfallodagen.", 8)
    sheet.left(50, 690, "INBETALNING/GIRERING AVI", 8)
    sheet.left(50, 710, f"Betalningsavsändare: {notice.tenant}", 8)
    sheet.left(350, 710, f"Till bankgironr {notice.payee}", 8)
    sheet.left(350, 724, f"Betalningsmottagare: {notice.landlord}", 8)
    sheet.code_line(782, slip_line(notice.reference, notice.total, notice.payee, "41"))


def _side_by_side(sheet: Sheet, notice: NoticeFacts) -> None:
    """What to pay in the left column, what for in the right one, on the same lines."""
    sheet.left(50, 60, notice.landlord, 14)
    sheet.left(330, 60, f"HYRESAVI {notice.month_name}", 12)
    sheet.left(50, 90, f"{notice.tenant}, {notice.street}, {notice.town}")
    left = [
        ("Att betala", notice.money(notice.total)),
        ("Oss tillhanda senast", notice.day(notice.due_date)),
        ("OCR-nummer", notice.reference),
        ("Bankgiro", notice.payee),
        ("Avidatum", notice.day(notice.issue_date)),
        ("Hyresgäst", notice.tenant),
        ("Objekt", f"lgh {notice.flat}"),
    ]
    if notice.vat is not None:
        left.append(("Moms" if notice.vat_added else "varav moms", notice.money(notice.vat)))
    for row, (label, value) in enumerate(left):
        sheet.left(50, 130 + 15 * row, label)
        sheet.left(155, 130 + 15 * row, value)
    for row, (label, amount) in enumerate(_lines(notice)):
        sheet.left(300, 130 + 15 * row, label)
        sheet.right(RIGHT, 130 + 15 * row, notice.money(amount))
    sheet.left(50, 700, "Ange alltid OCR-numret när du betalar. Frågor om din hyra? Ring 010-000 00 00.", 8)


def _stacked(sheet: Sheet, notice: NoticeFacts) -> None:
    """Every value stands below its label, in a row of boxes and in a list."""
    sheet.left(50, 55, notice.landlord, 12)
    sheet.left(400, 55, "Hyresfaktura", 15)
    boxes = (
        ("Förfallodag", notice.day(notice.due_date)),
        ("Referensnummer", notice.reference),
        ("Bankgironummer", notice.payee),
        ("Summa att betala", notice.money(notice.total)),
    )
    for column, (label, value) in enumerate(boxes):
        sheet.left(50 + 130 * column, 110, label, 8)
        sheet.left(50 + 130 * column, 124, value, 11)
    sheet.left(50, 170, f"Avser hyresperioden {notice.month_name}, lägenhet {notice.flat}")
    y = 200.0
    for label, amount in _lines(notice):
        sheet.left(50, y, label, 8)
        sheet.left(50, y + 12, notice.money(amount), 10)
        y += 36
    if notice.vat is not None:
        sheet.left(350, 200, "Moms" if notice.vat_added else "Varav moms", 8)
        sheet.left(350, 212, notice.money(notice.vat), 10)
    sheet.left(50, 760, f"Hyresvärd: {notice.landlord}", 8)
    sheet.code_line(790, slip_line(notice.reference, notice.total, notice.payee, "41"))


def _table(sheet: Sheet, notice: NoticeFacts) -> None:
    """A table with a header, a period column and a sum row; payment details in a second table."""
    sheet.left(40, 50, "Avi för hyra", 15)
    sheet.right(RIGHT, 50, notice.landlord, 11)
    for column, (label, value) in enumerate(
        (("Avinummer", notice.reference[:6]), ("Avidatum", notice.day(notice.issue_date)), ("Kundnummer", "40117"))
    ):
        sheet.left(40 + 120 * column, 90, label, 8)
        sheet.left(40 + 120 * column, 102, value)
    sheet.left(40, 150, "Benämning")
    sheet.left(300, 150, "Period")
    sheet.right(RIGHT, 150, "Belopp")
    y = 166.0
    for label, amount in _lines(notice):
        sheet.left(40, y, label)
        sheet.left(300, y, f"{notice.month:%Y-%m}")
        sheet.right(RIGHT, y, notice.money(amount))
        y += 13
    sheet.left(300, y + 10, "Totalt")
    sheet.right(RIGHT, y + 10, notice.money(notice.total))
    if notice.vat is not None:
        sheet.left(300, y + 24, "Momsbelopp" if notice.vat_added else "Varav moms 25 %")
        sheet.right(RIGHT, y + 24, notice.money(notice.vat))
    sheet.left(40, y + 60, "Betalas senast")
    sheet.left(160, y + 60, "OCR")
    sheet.left(300, y + 60, "Bankgiro")
    sheet.right(RIGHT, y + 60, "Belopp att betala")
    sheet.left(40, y + 74, notice.day(notice.due_date))
    sheet.left(160, y + 74, notice.reference)
    sheet.left(300, y + 74, notice.payee)
    sheet.right(RIGHT, y + 74, notice.money(notice.total))
    sheet.left(40, y + 110, f"Betalningsmottagare {notice.landlord}, Box 12, 123 45 Exempelby", 8)


def _two_pages(sheet: Sheet, notice: NoticeFacts) -> None:
    """Payment on the first page, the specification on the second, the total on both."""
    sheet.left(60, 60, notice.landlord, 12)
    sheet.left(60, 90, f"Hyresavi för {notice.month_name}", 14)
    facts = (
        ("Hyresgäst:", notice.tenant),
        ("Sista betalningsdag:", notice.day(notice.due_date)),
        ("OCR:", notice.reference),
        ("Att betala:", notice.money(notice.total)),
        ("Bankgiro:", notice.payee),
    )
    for row, (label, value) in enumerate(facts):
        sheet.left(60, 130 + 16 * row, label, 10)
        sheet.left(200, 130 + 16 * row, value, 10)
    sheet.left(60, 240, "Specifikation finns på nästa sida.")
    sheet.code_line(785, slip_line(notice.reference, notice.total, notice.payee, "41"))
    sheet.next_page()
    sheet.left(60, 60, f"Specifikation av hyresavi {notice.month_name}", 12)
    sheet.right(RIGHT, 60, "Sida 2 (2)", 8)
    y = 100.0
    for label, amount in _lines(notice):
        sheet.left(60, y, label, 10)
        sheet.right(420, y, notice.money(amount), 10)
        y += 16
    if notice.vat is not None and not notice.vat_added:
        sheet.left(60, y + 30, "Varav mervärdesskatt", 10)
        sheet.right(420, y + 30, notice.money(notice.vat), 10)
    sheet.left(60, y + 10, "Att betala", 10)
    sheet.right(420, y + 10, notice.money(notice.total), 10)


def _plusgiro(sheet: Sheet, notice: NoticeFacts) -> None:
    """A plusgiro slip; labels with a colon glued to the value."""
    sheet.left(50, 50, "HYRESAVI", 14)
    sheet.left(50, 70, notice.landlord)
    sheet.left(50, 110, f"OCR-nr:{notice.reference}")
    sheet.left(50, 124, f"Plusgiro:{notice.payee}")
    sheet.left(50, 138, f"Förfallodag:{notice.day(notice.due_date)}")
    sheet.left(50, 152, f"Att betala:{notice.money(notice.total)}")
    sheet.left(50, 190, f"Hyran avser {notice.month_name} för lägenhet {notice.flat}, {notice.street}.")
    y = 220.0
    for label, amount in _lines(notice):
        sheet.left(70, y, label)
        sheet.right(330, y, notice.money(amount))
        y += 12
    if notice.vat is not None and not notice.vat_added:
        sheet.left(70, y + 20, f"varav moms {notice.money(notice.vat)}")
    sheet.code_line(780, slip_line(notice.reference, notice.total, notice.payee, "16"))


def _autogiro(sheet: Sheet, notice: NoticeFacts) -> None:
    """No slip and no reference: the amount is drawn from the tenant's account."""
    sheet.left(50, 55, "Hyresavisering", 15)
    sheet.left(50, 80, f"Hyresvärd: {notice.landlord}")
    sheet.left(50, 110, "Beloppet betalas via autogiro. Du behöver inte göra någonting.")
    sheet.left(50, 140, f"Dras från ditt konto: {notice.day(notice.due_date)}")
    sheet.left(50, 170, f"Specifikation {notice.month_name}")
    y = 190.0
    for label, amount in _lines(notice):
        sheet.left(50, y, label)
        sheet.right(400, y, notice.money(amount))
        y += 14
    sheet.left(50, y + 8, "Summa att betala", 10)
    sheet.right(400, y + 8, notice.money(notice.total), 10)
    if notice.vat is not None and not notice.vat_added:
        sheet.left(50, y + 30, "varav moms")
        sheet.right(400, y + 30, notice.money(notice.vat))


def _payment_card(sheet: Sheet, notice: NoticeFacts) -> None:
    """A payment card whose slip has boxes: kronor and öre in columns, no check digit, no payee in the code line."""
    sheet.left(368, 48, "Hyresavi", 12)
    sheet.left(368, 62, "Att betala:", 8)
    sheet.left(440, 62, notice.money(notice.total), 8)
    sheet.left(368, 72, f"Referensnummer:{notice.reference}", 8)
    sheet.left(368, 82, "Bankgiro:", 8)
    sheet.left(440, 82, notice.payee, 8)
    sheet.left(368, 92, "Förfallodatum:", 8)
    sheet.left(440, 92, notice.day(notice.due_date), 8)
    for row, (label, value) in enumerate(
        (
            ("Fakturanummer:", notice.reference),
            ("Fakturadatum:", notice.day(notice.issue_date)),
            ("Avsändare:", notice.landlord),
            ("Org.nr:", "555555-5555"),
            ("Telefon:", "010-000 00 00"),
        )
    ):
        sheet.left(43, 140 + 11 * row, label, 8)
        sheet.left(111, 140 + 11 * row, value, 8)
    sheet.left(57, 255, "SPECIFIKATION", 10)
    sheet.right(555, 255, "BELOPP", 10)
    sheet.left(57, 270, f"{notice.street} hyra för {notice.month_name}")
    y = 284.0
    for label, amount in _lines(notice):
        sheet.left(65, y, f"-{label}:")
        sheet.right(555, y, notice.money(amount))
        y += 12
    vat = notice.vat or Decimal(0)
    for x, label, amount in ((57, "Netto", notice.total - vat), (190, "Moms", vat), (320, "Att betala", notice.total)):
        if notice.vat is not None or label != "Moms":
            sheet.left(x, y + 60, label, 10)
            sheet.left(x, y + 75, notice.money(amount))
    sheet.left(346, 590, "INBETALNING GIRERING / AVI", 10)
    sheet.left(57, 610, f"Följande belopp skall vara oss tillhanda senast : {notice.day(notice.due_date)}", 10)
    sheet.left(510, 613, "OCR", 14)
    sheet.left(57, 697, "Vänligen ange fakturanummer:", 10)
    sheet.left(57, 709, notice.reference, 10)
    sheet.left(303, 729, "Till bankgironr", 6)
    sheet.left(386, 729, "Betalningsmottagare", 6)
    sheet.left(309, 743, notice.payee, 10)
    sheet.left(386, 743, notice.landlord, 10)
    kronor, ore = f"{notice.total:,.2f}".replace(",", " ").split(".")
    for x, text in ((108, "#"), (269, "#"), (292, kronor), (335, ore), (575, "#")):
        sheet.left(x, 788, text, 10)


def _letter(sheet: Sheet, notice: NoticeFacts) -> None:
    """A private landlord's typewritten invoice: no title but the word Faktura, columns made of spaces."""
    font = "Courier"
    sheet.left(50, 60, notice.landlord, 10, font)
    sheet.left(50, 84, f"Faktura till {notice.tenant}, {notice.street}, lägenhet {notice.flat}", 10, font)
    y = 120.0
    for label, amount in _lines(notice):
        sheet.left(50, y, f"{label:<44}{notice.money(amount):>14}", 10, font)
        y += 13
    sheet.left(50, y, f"{'Att betala':<44}{notice.money(notice.total):>14}", 10, font)
    if notice.vat is not None and not notice.vat_added:
        sheet.left(50, y + 26, f"Varav moms {notice.money(notice.vat)}", 10, font)
    sheet.left(50, y + 52, f"Betalas senast den {notice.day(notice.due_date)} till bankgiro {notice.payee}", 10, font)
    sheet.left(50, y + 65, f"OCR {notice.reference}", 10, font)


LAYOUTS: Final[dict[str, Callable[[Sheet, NoticeFacts], None]]] = {
    "labels": _labels,
    "side_by_side": _side_by_side,
    "stacked": _stacked,
    "table": _table,
    "two_pages": _two_pages,
    "plusgiro": _plusgiro,
    "autogiro": _autogiro,
    "payment_card": _payment_card,
    "letter": _letter,
}
