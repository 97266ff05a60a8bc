"""Tells rental notices from every other kind of document, by what is printed as title and as charges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from chalicelib.domain.invoices import RentalCharge
from chalicelib.parsing.pdf.words import PageText

#: A document without a notice's title is one only if the rent is the better part of what is to be paid.
SMALLEST_SHARE_OF_RENT: Final = Decimal("0.3")

_TITLE = re.compile(
    r"^\W*(?:(?:din|er|ny|e-?|kopia(?:\s*(?:av|på))?)\s*)?"
    r"(?:hyres\s*-?\s*/?\s*(?:och\s*)?(?:avgifts\s*-?\s*)?"
    r"(?:avi|faktura|räkning|avisering|specifikation|debitering|inbetalning)"
    r"|avgifts\s*-?\s*(?:avi|faktura)|avi\b.{0,20}\bhyra|avi\b.{0,12}\b(?:månads|års)avgift"
    r"|(?:faktura|avisering)\W{0,3}(?:av\s|för\s|avseende\s|avser\s)?\s*(?:bostads)?hyra)",
    re.IGNORECASE,
)
_OTHER_TITLE = re.compile(
    r"^\W*(?:kvitto|kvittens|betalningsbekräftelse|betalningskvitto|hyresavtal|hyreskontrakt|hyresförhandling|hyreshöjning|"
    r"receipt|orderbekräftelse|uppsägning)",
    re.IGNORECASE,
)
_REMINDER = re.compile(r"^\W*(?:betalnings|hyres)?(?:påminnelse|krav)\b|^\W*inkasso(?:krav)?\b", re.IGNORECASE)
_SPACED_OUT = re.compile(r"(?<=\b[A-ZÅÄÖ]) {1,2}(?=[A-ZÅÄÖ]\b)")
_HOUSING = re.compile(
    r"lägenhet|\blgh\b|bostad|hyresgäst|hyresvärd|hyreskontrakt|kontraktsn|hyresobjekt|objektsn|fastighet|\bvån(?:ing)?\b",
    re.IGNORECASE,
)
_AUTOGIRO = re.compile(r"auto\s*giro|dras\s*från|medgivande|e-?\s*faktura", re.IGNORECASE)
_PLAIN_RENT = re.compile(
    r"(?:bostads|grund|månads|bas|kall|varm|lägenhets)?hyra|bostad|lägenhet|lgh|rum|kök|rok|för|avs|avser|avseende|"
    r"perioden?|månad(?:en)?|kvartal|inkl(?:usive)?|exkl|värme|(?:varm|kall)?vatten|el|och|möblerad|av|i|på|nr|per|kr|"
    r"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    r"jan|febr?|mar|apr|jun|jul|aug|sept?|okt|nov|dec",
    re.IGNORECASE,
)


def _short_cells(pages: Sequence[PageText]) -> list[str]:
    cells = (_SPACED_OUT.sub("", cell.text) for page in pages for cell in page.cells)
    return [text for text in cells if len(text.split()) <= 9 and not text.endswith((".", "?", "!"))]


def has_title(pages: Sequence[PageText]) -> bool:
    """Whether a short cell begins as the title of a rental notice ("Hyresavi", "Hyresfaktura", "Avi för hyra")."""
    return any(_TITLE.match(text) for text in _short_cells(pages))


def has_other_title(pages: Sequence[PageText]) -> bool:
    """Whether the document calls itself a receipt, a contract or another kind of letter."""
    return any(_OTHER_TITLE.match(text) for text in _short_cells(pages))


def is_reminder(pages: Sequence[PageText]) -> bool:
    """Whether the document calls itself a reminder or a debt collector's claim."""
    return any(_REMINDER.match(text) and len(text.split()) <= 4 for text in _short_cells(pages))


def mentions_autogiro(pages: Sequence[PageText]) -> bool:
    """Whether the notice may do without a reference, since nobody has to type one."""
    return any(_AUTOGIRO.search(cell.text) for page in pages for cell in page.cells)


def rent_is_the_matter(pages: Sequence[PageText], charges: Sequence[RentalCharge], total: Decimal | None) -> bool:
    """Whether rent of a dwelling makes up enough of the total in a document that speaks of housing."""
    rent = sum((c.amount for c in charges if c.kind == "rent" and _is_plain_rent(c.label)), Decimal(0))
    if total is None or total <= 0 or rent < SMALLEST_SHARE_OF_RENT * total:
        return False
    return any(_HOUSING.search(cell.text) for page in pages for cell in page.cells)


def _is_plain_rent(label: str) -> bool:
    """Besides months, numbers and names, the label holds only words that belong to a dwelling.

    >>> [_is_plain_rent(label) for label in ("Hyra Storgatan 5 lgh 1102 februari", "Hyra byggställning v. 12")]
    [True, False]
    """
    words = re.findall(r"[^\W\d_]+", label)
    return all(word[0].isupper() or _PLAIN_RENT.fullmatch(word) is not None for word in words)
