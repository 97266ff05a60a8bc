"""Swedish giro payments: check digits, OCR references, giro numbers and a payment slip's machine-readable line.

Sources: Bankgirot's OCR-referenskontroll (bankgirot.se: the last digit is a check digit by modulus 10; how strictly
banks enforce it, and whether a length digit stands before it, is agreed between payee and bank). The line's shape, and
that a reference has 2 to 25 digits, are as in our specification (after Bankgirot's "Bankgiro Inbetalningar").
Modulus 10 is the algorithm often named after Luhn. Bankgiro numbers (7 or 8 digits) and plusgiro numbers (2 to 8
digits) end in the same kind of check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

GiroKind = Literal["bankgiro", "plusgiro"]

#: Document codes of slips read by Bankgirot; every other code belongs to Plusgirot.
BANKGIRO_CODES: Final = frozenset({"41", "42"})
SHORTEST_REFERENCE: Final = 2
LONGEST_REFERENCE: Final = 25

_BANKGIRO = re.compile(r"(?<![\d-])(\d{3,4})\s?[-‐‑–]\s?(\d{4})(?![\d-])")
_PLUSGIRO = re.compile(r"(?<![\d-])(\d{1,3}(?: ?\d{2}){0,3}|\d{1,7})\s?[-‐‑–]\s?(\d)(?![\d-])")
_BARE_BANKGIRO = re.compile(r"^\D{0,3}(\d{7,8})(?!\d)")

_SLIP_LINE = re.compile(
    r"#\s*(?P<reference>\d[\d ]*\d)?\s*#"
    r"\s*(?P<kronor>\d[\d ]*?)\s*(?P<ore>\d{2})"
    r"(?:\s+(?P<check>\d))?\s*"
    r"(?:>\s*(?P<account>\d[\d -]{0,14}\d)\s*#\s*(?P<code>\d{2})\s*)?#"
)
_LONE_REFERENCE = re.compile(r"(?:^|[#:a-zåäö])\s*(?P<reference>\d{4,25})\s*#(?!\s*\d{2}\s*#)", re.IGNORECASE)


def check_digit(digits: str) -> int:
    """The modulus-10 check digit that belongs after ``digits``.

    >>> check_digit("129753400")
    8
    """
    total = 0
    for position, character in enumerate(reversed(digits)):
        product = int(character) * (2 if position % 2 == 0 else 1)
        total += product - 9 if product > 9 else product
    return -total % 10


def ends_in_check_digit(number: str) -> bool:
    """Whether the last digit of ``number`` (ASCII digits only, two or more) is the check digit of those before.

    >>> [ends_in_check_digit(number) for number in ("1297534008", "1297534009", "8", "")]
    [True, False, False, False]
    """
    return len(number) > 1 and number.isascii() and number.isdigit() and check_digit(number[:-1]) == int(number[-1])


def has_length_digit(reference: str) -> bool:
    """Whether the last digit but one counts the digits of the whole reference, modulo 10.

    Only an agreement between payee and bank says whether it must; without knowing that, its absence is no fault.

    >>> [has_length_digit(reference) for reference in ("12351", "1230")]
    [True, False]
    """
    return len(reference) > 2 and reference.isdigit() and int(reference[-2]) == len(reference) % 10


def is_reference(text: str) -> bool:
    """Whether ``text`` is a complete OCR reference: 2 to 25 digits, the last one a check digit.

    >>> [is_reference(text) for text in ("2044001713", "2044001714", "1" * 26)]
    [True, False, False]
    """
    return SHORTEST_REFERENCE <= len(text) <= LONGEST_REFERENCE and ends_in_check_digit(text)


def format_bankgiro(digits: str) -> str:
    """Puts the hyphen where Bankgirot does: before the last four digits.

    >>> format_bankgiro("9912346"), format_bankgiro("50501055")
    ('991-2346', '5050-1055')
    """
    return f"{digits[:-4]}-{digits[-4:]}"


def format_plusgiro(digits: str) -> str:
    """Puts the hyphen before the check digit; the pairwise spaces of print are left out.

    >>> format_plusgiro("41650102")
    '4165010-2'
    """
    return f"{digits[:-1]}-{digits[-1]}"


def find_bankgiro(text: str) -> str | None:
    """The first bankgiro number in ``text``, hyphenated, whether or not its check digit holds.

    An organisation number (six digits before the hyphen) is none. Without a hyphen only the start of the text counts.

    >>> [find_bankgiro(text) for text in ("991-2346", "5050 - 1055", "555555-5555", ": 9912346")]
    ['991-2346', '5050-1055', None, '991-2346']
    """
    if match := _BANKGIRO.search(text):
        return f"{match[1]}-{match[2]}"
    bare = _BARE_BANKGIRO.match(text)
    return format_bankgiro(bare[1]) if bare else None


def find_plusgiro(text: str) -> str | None:
    """The first plusgiro number in ``text`` ("12 34 56-6"), without spaces, whether or not its check digit holds.

    >>> find_plusgiro("12 34 56-6"), find_plusgiro("Pg 4165010-2"), find_plusgiro("991-2346")
    ('123456-6', '4165010-2', None)
    """
    match = _PLUSGIRO.search(text)
    return f"{match[1].replace(' ', '')}-{match[2]}" if match else None


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A payment slip's machine-readable line, as far as it is printed; amounts in kronor.

    ``payee`` is hyphenated; ``amount_checked`` says whether the amount's own check digit is there and holds.
    """

    reference: str | None
    amount: Decimal
    amount_checked: bool
    payee: str | None
    giro: GiroKind | None

    @property
    def is_complete(self) -> bool:
        """Reference, amount and payee are all there."""
        return self.reference is not None and self.payee is not None

    @property
    def holds(self) -> bool:
        """Complete, and every one of the three check digits is right."""
        return (
            self.reference is not None
            and self.payee is not None
            and self.amount_checked
            and is_reference(self.reference)
            and ends_in_check_digit(self.payee.replace("-", ""))
        )


def parse_slip_line(text: str) -> SlipLine | None:
    """Reads ``# <OCR> # <kronor> <öre> <check digit> > <giro>#41#``; reference, check digit and payee may be missing.

    The amount's check digit covers kronor and öre written together. Returns ``None`` when there is no such line.

    >>> line = parse_slip_line("# 2044001713 #   10365 00   5 >   9912346#41#")
    >>> line.reference, str(line.amount), line.payee, line.holds
    ('2044001713', '10365.00', '991-2346', True)
    >>> parse_slip_line("#  # 6 254 00 #").is_complete
    False
    """
    match = _SLIP_LINE.search(text)
    if match is None:
        return None
    kronor = match["kronor"].replace(" ", "")
    if len(kronor) > 8:
        return None
    payee, giro = _slip_payee(match["account"], match["code"])
    return SlipLine(
        reference=match["reference"].replace(" ", "") if match["reference"] else None,
        amount=Decimal(f"{kronor}.{match['ore']}"),
        amount_checked=match["check"] is not None and check_digit(kronor + match["ore"]) == int(match["check"]),
        payee=payee,
        giro=giro,
    )


def _slip_payee(account: str | None, code: str | None) -> tuple[str | None, GiroKind | None]:
    if not account:
        return None, None
    digits = re.sub(r"\D", "", account)
    return (format_bankgiro(digits), "bankgiro") if code in BANKGIRO_CODES else (format_plusgiro(digits), "plusgiro")


def find_slip_reference(text: str) -> str | None:
    """The reference of a slip line of which only ``<OCR> #`` is legible; the giro number before ``#41#`` is none.

    >>> find_slip_reference("1297534008 #"), find_slip_reference("9912346#41#")
    ('1297534008', None)
    """
    match = _LONE_REFERENCE.search(text)
    return match["reference"] if match else None
