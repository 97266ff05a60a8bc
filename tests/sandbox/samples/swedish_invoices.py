"""Swedish documents that are no rental notices, though they have a bankgiro, an OCR number, VAT and words of housing.

Fictional companies. Each is drawn for a month, so that a mailbox can hold a series of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from tests.sandbox.samples.drawing import PLAIN, Sheet, Style
from tests.sandbox.samples.rent_facts import MONTHS, format_amount, make_giro, make_reference, slip_line

RIGHT: Final = 540


def render_swedish_document(kind: str, month: date, style: Style = PLAIN) -> bytes:
    """Draws one of ``OTHER_DOCUMENTS`` for a month (its first day); the same arguments give the same bytes."""
    sheet = Sheet(style)
    OTHER_DOCUMENTS[kind](sheet, month)
    return sheet.pdf()


def _month(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def _invoice(sheet: Sheet, month: date, company: str, title: str, lines: Sequence[tuple[str, str]]) -> None:
    """An invoice with a specification, a payment box and a slip."""
    amounts = [Decimal(amount) for _, amount in lines]
    total = sum(amounts, Decimal(0))
    reference = make_reference(f"77{len(company)}{month:%y%m}31")
    sheet.left(50, 50, company, 14)
    sheet.left(400, 50, title, 12)
    sheet.left(50, 80, "Testa Testsson, Provgatan 4 lgh 1203, 123 45 Exempelby")
    y = 120.0
    for (label, _), amount in zip(lines, amounts, strict=True):
        sheet.left(50, y, label)
        sheet.right(RIGHT, y, format_amount(amount, "decimals"))
        y += 14
    sheet.left(50, y + 10, "varav moms 25%")
    sheet.right(RIGHT, y + 10, format_amount((total / 5).quantize(Decimal("0.01")), "decimals"))
    sheet.left(50, y + 30, "Att betala", 11)
    sheet.right(RIGHT, y + 30, format_amount(total, "kronor"), 11)
    sheet.left(50, y + 60, f"OCR-nummer: {reference}")
    sheet.left(250, y + 60, f"Bankgiro: {make_giro('5512340')}")
    sheet.left(400, y + 60, f"Förfallodatum: {month + timedelta(days=27):%Y-%m-%d}")
    sheet.code_line(780, slip_line(reference, total, make_giro("5512340"), "41"))


def _electricity(sheet: Sheet, month: date) -> None:
    lines = (
        ("Elhandel 312 kWh", "356.20"),
        ("Elnät fast avgift", "145.00"),
        ("Energiskatt", "168.48"),
        ("El förbrukning föregående månad", "57.32"),
    )
    _invoice(sheet, month, "Exempelkraft AB", f"Elfaktura {_month(month)}", lines)
    sheet.left(50, 300, "Anläggning: lägenhet 1203. Byter du hyresvärd eller bostad? Anmäl flytt i god tid.")


def _broadband(sheet: Sheet, month: date) -> None:
    lines = (
        ("Bredband 250", "389.00"),
        ("Hyra router", "49.00"),
        ("Månadsavgift mobil", "199.00"),
        ("Fakturaavgift", "39.00"),
    )
    _invoice(sheet, month, "Provfiber Sverige AB", f"Faktura {_month(month)}", lines)


def _home_insurance(sheet: Sheet, month: date) -> None:
    lines = (("Hemförsäkring hyresrätt", "129.00"), ("Tillägg cykel", "21.00"))
    _invoice(sheet, month, "Exempelby Försäkring", f"Premieavi {_month(month)}", lines)
    sheet.left(50, 320, "Försäkringen gäller din lägenhet och dina saker. Försäkringstagare: hyresgäst.")


def _tenants_union(sheet: Sheet, month: date) -> None:
    lines = (("Medlemsavgift hushåll", "98.00"), ("Frivilligt stöd", "20.00"))
    _invoice(sheet, month, "Exempelbygdens Hyresgäster", "Medlemsavi", lines)
    sheet.left(50, 320, "Fråga oss om din hyra, din hyresavi eller din hyresvärd.")


def _tool_hire(sheet: Sheet, month: date) -> None:
    lines = (("Hyra byggställning vecka 12", "4200.00"), ("Hyra släpvagn", "650.00"), ("Transport", "300.00"))
    _invoice(sheet, month, "Maskinhyran i Exempelby AB", "Faktura", lines)
    sheet.left(50, 320, "Leverans till fastighet Provgatan 4.")


def _self_storage(sheet: Sheet, month: date) -> None:
    lines = ((f"Hyra förråd 4 m2 {_month(month)}", "795.00"), ("Försäkring", "59.00"))
    _invoice(sheet, month, "Provlager AB", "Faktura", lines)


def _webshop(sheet: Sheet, month: date) -> None:
    lines = (("Golvlampa Prov, svart", "799.00"), ("Garderob till lägenhet", "1895.00"), ("Frakt", "49.00"))
    _invoice(sheet, month, "Möbelprovet AB", "Faktura", lines)


def _association_letter(sheet: Sheet, month: date) -> None:
    sheet.left(50, 60, "Bostadsrättsföreningen Provet", 14)
    sheet.left(50, 90, "Information om avgifter och ny layout på din hyresavi", 11)
    for row, text in enumerate(
        (
            f"Från och med {_month(month)} ser din hyresavi lite annorlunda ut.",
            "Hyra, varmvatten och moms redovisas på egna rader.",
            "Avgiften ska som vanligt betalas senast sista vardagen i månaden.",
            "OCR-numret hittar du längst ned på avin. Bankgiro: 991-2346.",
            "Med vänliga hälsningar, styrelsen",
        )
    ):
        sheet.left(50, 120 + 14 * row, text)


def _rent_increase(sheet: Sheet, month: date) -> None:
    sheet.left(50, 60, "Provbo Fastigheter AB", 14)
    sheet.left(50, 90, "Hyreshöjning", 12)
    rows = (("Nuvarande hyra", "8 432 kr"), ("Ny hyra", "8 730 kr"), ("Höjning", "298 kr"))
    for row, (label, amount) in enumerate(rows):
        sheet.left(50, 120 + 14 * row, label)
        sheet.right(300, 120 + 14 * row, amount)
    sheet.left(50, 180, f"Den nya hyran för lägenhet 1203 gäller från {_month(month)}.")


def _contract(sheet: Sheet, month: date) -> None:
    sheet.left(50, 60, "HYRESAVTAL BOSTAD", 14)
    rows = (
        ("Hyresvärd", "Provbo Fastigheter AB"),
        ("Hyresgäst", "Testa Testsson"),
        ("Lägenhet", "1203"),
        ("Hyra per månad", "8 432 kr"),
        ("Bankgiro", "991-2346"),
        ("Tillträde", f"{month:%Y-%m-%d}"),
    )
    for row, (label, value) in enumerate(rows):
        sheet.left(50, 100 + 16 * row, label)
        sheet.left(200, 100 + 16 * row, value)
    sheet.left(50, 220, "Hyran betalas i förskott senast sista vardagen före varje kalendermånads början.")


def _receipt(sheet: Sheet, month: date) -> None:
    sheet.left(50, 60, "KVITTO", 14)
    sheet.left(50, 90, "Provlivs Exempelby AB   Org.nr 555555-5555")
    rows = (
        ("Mjölk 1,5 l", "21,90"),
        ("Bröd", "34,50"),
        ("Kaffe", "59,90"),
        ("Totalt", "116,30"),
        ("Moms 12%", "12,46"),
    )
    for row, (label, amount) in enumerate(rows):
        sheet.left(50, 120 + 12 * row, label)
        sheet.right(220, 120 + 12 * row, amount)
    sheet.left(50, 200, f"{month:%Y-%m-%d} 17:42  Kontokort ****1234")


def _paid_rent_receipt(sheet: Sheet, month: date) -> None:
    sheet.left(50, 60, "Kvittens på betald hyra", 14)
    rows = (
        ("Hyra lägenhet 1203", "8 432 kr"),
        ("Total", "8 432 kr"),
        ("Betaldatum", f"{month:%Y-%m-%d}"),
        ("OCR", "2044001713"),
    )
    for row, (label, value) in enumerate(rows):
        sheet.left(50, 100 + 14 * row, label)
        sheet.left(200, 100 + 14 * row, value)


OTHER_DOCUMENTS: Final[dict[str, Callable[[Sheet, date], None]]] = {
    "electricity": _electricity,
    "broadband": _broadband,
    "home_insurance": _home_insurance,
    "tenants_union": _tenants_union,
    "tool_hire": _tool_hire,
    "self_storage": _self_storage,
    "webshop": _webshop,
    "association_letter": _association_letter,
    "rent_increase": _rent_increase,
    "contract": _contract,
    "receipt": _receipt,
    "paid_rent_receipt": _paid_rent_receipt,
}
