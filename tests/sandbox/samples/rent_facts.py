"""What a sample rental notice states, and how its numbers and dates are printed: fictional people and companies."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from chalicelib.domain.invoices import RentalCharge
from chalicelib.parsing.rental.bankgiro import check_digit

NumberFormat = Literal["whole", "decimals", "kronor", "no-break", "thin", "dash", "points", "solid"]
DateFormat = Literal["iso", "points", "slash", "words", "digits"]

MONTHS: Final = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
#: Formats that cannot print öre.
WHOLE_FORMATS: Final = frozenset({"whole", "dash", "no-break"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """A month's notice. ``vat`` is a line that adds to the total if ``vat_added``, else contained in it."""

    landlord: str
    tenant: str
    street: str
    flat: str
    town: str
    month: date
    issue_date: date
    due_date: date
    reference: str
    payee: str
    charges: tuple[RentalCharge, ...]
    vat: Decimal | None = None
    vat_added: bool = False
    numbers: NumberFormat = "whole"
    dates: DateFormat = "iso"

    @property
    def total(self) -> Decimal:
        added = self.vat if self.vat is not None and self.vat_added else Decimal(0)
        return sum((charge.amount for charge in self.charges), added)

    @property
    def month_name(self) -> str:
        return f"{MONTHS[self.month.month - 1]} {self.month.year}"

    def money(self, amount: Decimal) -> str:
        return format_amount(amount, self.numbers)

    def day(self, day: date) -> str:
        return format_date(day, self.dates)


def format_amount(amount: Decimal, numbers: NumberFormat) -> str:
    """Prints an amount in one of the formats found on Swedish notices.

    >>> [format_amount(Decimal("9300"), f) for f in ("whole", "decimals", "kronor", "dash", "points", "solid")]
    ['9 300', '9 300,00', '9 300,00 kr', '9 300:-', '9.300,00', '9300,00']
    >>> format_amount(Decimal("-120.50"), "decimals")
    '-120,50'
    """
    sign = "-" if amount < 0 else ""
    kronor, ore = f"{abs(amount):,.2f}".split(".")
    separator = {"no-break": "\u00a0", "thin": "\u2009", "points": ".", "solid": ""}.get(numbers, " ")
    kronor = kronor.replace(",", separator)
    if numbers in WHOLE_FORMATS:
        return f"{sign}{kronor}{':-' if numbers == 'dash' else ''}"
    return f"{sign}{kronor},{ore}{' kr' if numbers == 'kronor' else ''}"


def format_date(day: date, dates: DateFormat) -> str:
    """Prints a date in one of the formats found on Swedish notices.

    >>> [format_date(date(2025, 1, 31), f) for f in ("iso", "points", "slash", "words", "digits")]
    ['2025-01-31', '2025.01.31', '31/1 2025', '31 januari 2025', '250131']
    """
    if dates == "words":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    if dates == "slash":
        return f"{day.day}/{day.month} {day.year}"
    return day.strftime({"iso": "%Y-%m-%d", "points": "%Y.%m.%d", "digits": "%y%m%d"}[dates])


def make_reference(number: str, length_digit: bool = True) -> str:
    """An OCR reference for an invoice number: a length digit, if wished, and the check digit are appended.

    >>> make_reference("123"), make_reference("123", length_digit=False)
    ('12351', '1230')
    """
    body = number + (str((len(number) + 2) % 10) if length_digit else "")
    return body + str(check_digit(body))


def make_giro(body: str, plusgiro: bool = False) -> str:
    """A giro number with its check digit: bankgiro ("991234" gives "991-2346"), or plusgiro.

    >>> make_giro("991234"), make_giro("123456", plusgiro=True)
    ('991-2346', '123456-6')
    """
    digits = body + str(check_digit(body))
    return f"{digits[:-1]}-{digits[-1]}" if plusgiro else f"{digits[:-4]}-{digits[-4:]}"


def slip_line(reference: str, amount: Decimal, payee: str, code: str) -> str:
    """A payment slip's machine-readable line as Bankgirot prescribes it (code 41) or Plusgirot (others).

    >>> slip_line("2044001713", Decimal(10365), "991-2346", "41")
    '# 2044001713 #   10365 00   5 >   9912346#41#'
    """
    kronor, ore = f"{amount:.2f}".split(".")
    return f"# {reference} #   {kronor} {ore}   {check_digit(kronor + ore)} >   {payee.replace('-', '')}#{code}#"


def last_weekday_before(month: date) -> date:
    """The day rent is due: the last weekday before the month begins (jordabalken 12 kap. 20 §).

    >>> last_weekday_before(date(2025, 6, 1))
    datetime.date(2025, 5, 30)
    """
    day = month - timedelta(days=1)
    while day.weekday() > calendar.FRIDAY:
        day -= timedelta(days=1)
    return day


_LANDLORDS: Final[dict[str, tuple[str, str]]] = {
    "labels": ("Bostads AB Exempelparken", make_giro("991234")),
    "side_by_side": ("Kvarnholmens Provhus AB", make_giro("5805001")),
    "stacked": ("Stiftelsen Exempelhem", make_giro("505010")),
    "table": ("Provbo Fastigheter AB", make_giro("5912340")),
    "two_pages": ("AB Exempelbostäder", make_giro("731200")),
    "plusgiro": ("Exempelstads Hyreshus KB", make_giro("123456", plusgiro=True)),
    "autogiro": ("Lilla Provfastigheter AB", make_giro("450012")),
    "payment_card": ("Exempelby Kvarnen 7 AB", make_giro("627700")),
    "letter": ("Provvärden i Exempelby HB", make_giro("5123450")),
}
LAYOUT_NAMES: Final = tuple(_LANDLORDS)


def sample_notice(layout: str, month: date, *, serial: int = 0) -> NoticeFacts:
    """A believable notice of the landlord that uses ``layout`` for ``month`` (its first day).

    The rent rises every year and consumption varies with the month, so that a series of them looks real;
    ``serial`` tells tenants of the same landlord apart.
    """
    landlord, payee = _LANDLORDS[layout]
    months = month.year * 12 + month.month
    rent = 8150 + 110 * LAYOUT_NAMES.index(layout) + (month.year - 2020) * 240 + serial * 55
    metered = (date(month.year, month.month, 1) - timedelta(days=45)).strftime("enligt mätning %Y-%m")
    cold, hot, power = 70 + months * 7 % 31, 180 + months * 13 % 97, 210 + months * 29 % 193
    due = last_weekday_before(month)
    return NoticeFacts(
        landlord=landlord,
        tenant="Testa Testsson",
        street="Provgatan 4",
        flat="1203",
        town="123 45 Exempelby",
        month=month,
        issue_date=due - timedelta(days=18),
        due_date=due,
        reference=make_reference(f"{LAYOUT_NAMES.index(layout) + 1}{serial:03d}{month:%y%m}"),
        payee=payee,
        charges=(
            RentalCharge(kind="rent", label="Hyra", amount=Decimal(rent)),
            RentalCharge(kind="cold_water", label=f"Kallvatten {metered}", amount=Decimal(cold)),
            RentalCharge(kind="hot_water", label=f"Varmvatten {metered}", amount=Decimal(hot)),
            RentalCharge(kind="electricity", label=f"El {metered}", amount=Decimal(power)),
        ),
        vat=Decimal((cold + hot + power) // 4),
        vat_added=True,
    )


def with_charges(notice: NoticeFacts, *charges: RentalCharge) -> NoticeFacts:
    """The same notice with these lines added."""
    return replace(notice, charges=notice.charges + charges)
