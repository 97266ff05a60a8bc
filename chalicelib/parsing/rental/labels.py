"""The words of Swedish rental notices: which field a label announces, and what kind of charge a line is.

Collected from what landlords print ("Totalt att betala", "Oss tillhanda senast", "Kallvatten enligt mätning 2025-01
*"); words may be glued together, so every space is optional.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from chalicelib.domain.invoices import ChargeKind
from chalicelib.parsing.pdf.words import Cell


class Field(Enum):
    """What a label announces. ``OTHER`` is announced by labels that only matter because they end a search."""

    TOTAL = auto()
    SUM = auto()
    DUE_DATE = auto()
    ISSUE_DATE = auto()
    OCR = auto()
    REFERENCE = auto()
    INVOICE_NUMBER = auto()
    BANKGIRO = auto()
    PLUSGIRO = auto()
    VAT = auto()
    LANDLORD = auto()
    OTHER = auto()


def _spaced(*alternatives: str) -> str:
    return "|".join(alternative.replace(" ", r"\s*") for alternative in alternatives)


#: Earlier entries win where two match at the same place, so longer wordings come first.
_LABELS: Final[tuple[tuple[Field, str], ...]] = (
    (
        Field.DUE_DATE,
        _spaced(
            "(?:belopp |att )?(?:betala|inbetala)s? senast(?: den)?",
            "(?:(?:skall?|ska) vara )?(?:oss |betalning(?:en)? )?(?:oss )?tillhanda(?: senast)?(?: den)?",
            "(?:oss )?senast tillhanda",
            "förfallo(?:datum|dag|dat)",
            "förfaller(?: till betalning)?(?: den)?",
            "(?:sista )?betal(?:nings|ar|)?(?:dag|datum)(?:en)?",
            "(?:autogiro)?drag(?:nings|s)?(?:dag|datum)",
            "(?:beloppet )?dras(?: från (?:ditt|ert) konto)?(?: den)?",
            "överföringsdag",
            "senast(?= (?:den )?\\d)",
        ),
    ),
    (
        Field.TOTAL,
        _spaced(
            "(?:totalt?|summa|belopp|total belopp|totalbelopp)? att betala(?: (?:nu|kr|sek))?",
            "totalsumma",
            "slutsumma",
            "totalbelopp",
            "avibelopp",
            "fakturabelopp",
            "summa avi",
            "belopp att (?:dra|debitera)s?",
            "dragningsbelopp",
        ),
    ),
    (
        Field.OCR,
        _spaced(
            "ocr(?: ?[-/]? ?(?:nummer|nr|referens(?:nummer|nr)?|ref))?(?:[ /]*(?:referens(?:nummer)?|meddelande))?"
        ),
    ),
    (Field.OTHER, _spaced("(?:vår|er|din|kund) referens", "referensperson")),
    (Field.REFERENCE, _spaced("(?:betalnings|inbetalnings)?referens(?:nummer|nr)?", "betalnings(?:nummer|nr|id)")),
    (Field.INVOICE_NUMBER, _spaced("faktura(?: ?-? ?)?(?:nummer|nr)", "avi(?: ?-? ?)?(?:nummer|nr)")),
    (Field.ISSUE_DATE, _spaced("(?:faktura|avi|utskrifts|avierings|utställnings)datum", "utskriven")),
    (Field.BANKGIRO, _spaced("bank ?giro(?:t|konto| ?nummer| ?nr)?", "bg(?: ?-? ?nr)?(?![a-zåäö])")),
    (Field.PLUSGIRO, _spaced("(?:plus|post) ?giro(?:t|konto| ?nummer| ?nr)?", "pg(?: ?-? ?nr)?(?![a-zåäö])")),
    (
        Field.OTHER,
        _spaced(
            "moms ?-? ?(?:reg|nr|nummer|sats|pliktig|underlag|grundande)\\w*",
            "netto(?:belopp)?(?![a-zåäö])",
            "(?:del|netto|års)summa",
            "(?:kund|kontrakts|avtals|objekts|lägenhets|hyresgäst|org(?:anisations)?)\\.?-? ?(?:nummer|nr)",
            "(?:telefon|tel|e-?post|avser|period|hyresperiod|kontrakt|objekt|objektsadress)(?=\\s*:)",
            "(?:kronor|öre|autogiro|e-?faktura|kundnr|swish)(?![a-zåäö])",
        ),
    ),
    (
        Field.VAT,
        _spaced(
            "(?:varav |summa |total )?(?:moms(?:belopp)?|mervärdes?skatt)(?![a-zåäö])"
            "(?: \\(?\\d{1,2}(?:[.,]\\d+)? ?%\\)?)?"
        ),
    ),
    (Field.LANDLORD, _spaced("betalningsmottagare", "hyresvärd", "fastighetsägare", "avsändare", "mottagare")),
    (Field.SUM, _spaced("total(?:t|summa)?", "summa(?: (?:hyra|avgifter|kr))?", "belopp")),
)

_ANY_LABEL: Final = re.compile(
    r"(?<![a-zåäöé])(?:" + "|".join(f"(?P<f{n}>{pattern})" for n, (_, pattern) in enumerate(_LABELS)) + ")(?![a-zåäö])",
    re.IGNORECASE,
)
_NOT_THE_VAT_ITSELF: Final = re.compile(r"(?:inkl(?:usive|\.)?|exkl(?:usive|\.)?|ex\.?|utan|före|efter|plus)\s*$", re.I)


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A label found in a cell, and the cell's text from its end to the next label."""

    field: Field
    cell: Cell
    label: str
    rest: str


def find_labels(cell: Cell) -> Iterator[LabelHit]:
    """Yields the labels in a cell from left to right; a word that merely begins like a label is none."""
    matches = [match for match in _ANY_LABEL.finditer(cell.text) if not _is_vat_of_something(match)]
    ends = [*(match.start() for match in matches), len(cell.text)][1:]
    for match, end in zip(matches, ends, strict=True):
        field = _LABELS[int(str(match.lastgroup)[1:])][0]
        yield LabelHit(field, cell, match[0], cell.text[match.end() : end])


def _is_vat_of_something(match: re.Match[str]) -> bool:
    """ "exkl. moms" and the like name another amount than the VAT."""
    field = _LABELS[int(str(match.lastgroup)[1:])][0]
    return field is Field.VAT and _NOT_THE_VAT_ITSELF.search(match.string[: match.start()]) is not None


#: What is let besides the dwelling, and corrections of earlier months: "other" whatever else the label says.
_BESIDES = _spaced(
    "p-? ?plats", "parkering", "garage", "carport", "bilplats", "motorvärm", "mc-? ?plats", "cykel", "förråd",
    "källar(?:e|förråd)", "vind(?:s?förråd|srum)?(?![a-zåäö])", "retroaktiv", "retro(?![a-zåäö])", "router", "modem",
    "utrustning", "verktyg", "släp(?![a-zåäö])", "släpvagn", "fordon", "(?<![a-zåäö])bil(?![a-zåäö])", "tv-? ?box",
    "bredband", "kabel-? ?tv", "möbler", "möblemang", "laddning", "laddstolpe", "laddplats", "festlokal", "gästrum",
    "container", "saldo", "skuld", "tillgodo",
)  # fmt: skip
#: What makes a line about the rent something else than the rent.
_NOT_THE_RENT = _spaced(
    "rabatt", "avdrag", "tillägg", "tillval", "reduktion", "reducering", "nedsättning", "justering", "höjning",
    "korrigering", "kredit", "avräkning", "reglering", "avgår", "maskin", "tvättstuga", "beredare", "mätare",
    "per år", "årshyra", "ny hyra", "nuvarande", "tidigare", "föregående",
)  # fmt: skip
_OTHER_CHARGE = _spaced(
    "internet", "fiber", "(?<![a-zåäö])tv(?![a-zåäö])", "digital", "avgift", "ränta", "avrundning", "öresutjämning",
    "värme", "(?<![a-zåäö])vatten", "sophämtning", "renhållning", "avfall", "tvätt", "nyckel", "ersättning",
    "fastighetsskatt", "städ", "försäkring", "deposition", "bränsle", "kyla", "trädgård", "uteplats", "balkong",
    "hyresgästför", "inbetalt", "betalt", "obetal", "diskmaskin", "säkerhetsdörr", "förhandling", "underhåll",
)  # fmt: skip
_STREET: Final = "[a-zåäö]*(?:gata|väg|gränd|torg|stig|plan(?![a-zåäö])|backe)"
_RENT = _spaced(
    "(?:bostads?|grund|månads|bas|kall|varm|lägenhets|lgh|netto|brutto|kvartals|lokal|total)?-? ?hyra(?![a-zåäö])",
    "(?:bostads|lägenhets)avgift", "(?:månads|års)avgift,? (?:bostad|lägenhet|lgh)", "avgift bostad",
)  # fmt: skip
_COLD_WATER = _spaced("kall-?vatten", "(?<![a-zåäö])kv(?![a-zåäö])", "vatten,? kallt?(?![a-zåäö])")
_HOT_WATER = _spaced("varm-?vatten", "(?<![a-zåäö])vv(?![a-zåäö])", "vatten,? varmt?(?![a-zåäö])")
_ELECTRICITY = _spaced(
    "(?<![a-zåäö])(?:hushålls-?|lägenhets-?)?el(?![a-zåäö]|-?(?:bil|ladd))", "(?<![a-zåäö])el(?=enligt)",
    "(?<![a-zåäö])el-?(?:förbrukning|avgift|kostnad|energi|mätning|debitering|tillägg|nät|handel)", "elektricitet",
    "hushållsel", "(?<![a-zåäö])ström(?![a-zåäö])",
)  # fmt: skip


def _pattern(alternatives: str, before: str = "", after: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{alternatives}){after}", re.IGNORECASE)


#: The first pattern that is found decides; a label that begins as the rent may go on with what the rent includes.
_KINDS: Final[tuple[tuple[ChargeKind, re.Pattern[str]], ...]] = (
    ("other", _pattern(_BESIDES, after=f"(?!{_STREET})")),
    ("rent", _pattern(_RENT, before=r"^\W*", after=f"(?!.*(?:{_NOT_THE_RENT})(?!{_STREET}))")),
    ("other", _pattern(_spaced("kall- ?(?:och|&|/|\\+) ?varm-?vatten", "varm- ?(?:och|&|/|\\+) ?kall-?vatten"))),
    ("other", _pattern(r"\bel(?:\s*,\s*\w+)?\s*(?:och|&|/|\+)\s*(?:värme|\w*vatten)|vatten\s*(?:och|&|/|\+)\s*el\b")),
    ("cold_water", _pattern(_COLD_WATER)),
    ("hot_water", _pattern(_HOT_WATER)),
    ("electricity", _pattern(_ELECTRICITY)),
    ("other", _pattern(_NOT_THE_RENT, after=f"(?!{_STREET})")),
    ("rent", _pattern(_RENT, before="(?<![a-zåäö])")),
    ("other", _pattern(_OTHER_CHARGE)),
)
_DWELLING: Final = re.compile(
    r"^(?:bostad|bostadslägenhet|lägenhet|lokal|lgh|(?:månads|års)avgift)(?![a-zåäö])", re.IGNORECASE
)


def charge_kind(label: str) -> ChargeKind | None:
    """The kind of charge a line's label names, or ``None`` when no word of it is known.

    "rent" is what the app shows as Hyra: the recurring rent of the dwelling under any of its names. Parking, storage,
    broadband, discounts, corrections of earlier months ("Retroaktiv hyra") and fees are "other": a person comparing
    this month's rent with last month's wants them apart.

    >>> [charge_kind(label) for label in ("-Hyra bostad", "Grundhyra", "Retroaktiv hyra", "Hyra p-plats", "Hyresavi")]
    ['rent', 'rent', 'other', 'other', None]
    >>> [charge_kind(label) for label in ("Hyra inkl. varmvatten", "Hyra Garagegatan", "Hyresrabatt", "Eltillägg")]
    ['rent', 'rent', 'other', 'electricity']
    >>> [charge_kind(label) for label in ("El enligt mätning 2025-01 *", "IMD kallvatten", "Varmvatten", "Elbilsladd")]
    ['electricity', 'cold_water', 'hot_water', None]
    """
    return next((kind for kind, pattern in _KINDS if pattern.search(label)), None)


def names_a_dwelling(label: str) -> bool:
    """Whether the label only names what is let ("Bostad", "Lägenhet 1203", an association's
    "Månadsavgift"), which some landlords print for the rent; elsewhere it means nothing.

    >>> [names_a_dwelling(label) for label in ("Bostadslägenhet", "Lägenhet 806", "Bostadstillägg")]
    [True, True, False]
    """
    return _DWELLING.match(label) is not None
