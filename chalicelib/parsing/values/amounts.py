"""Amounts of money in running text, in the notations of Europe and North America, as exact decimals.

What separates thousands and what decimals differs by country ("1 249,00", "1.249,00", "1,249.00", "1'249.00"), and
Swedish and Norwegian shops write whole crowns as "12.985:-" or "249,-". One separator followed by three digits is open
in principle ("1.249"): prices hardly ever have three decimals, so it separates thousands unless ``decimal_hint``, the
decimal separator that the rest of the document uses, says otherwise.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

import msgspec

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.values.currencies import AMBIGUOUS_MARKS, ISO_CODES, UNAMBIGUOUS_MARKS, candidates_of

#: Spaces that separate thousands: ordinary, no-break, figure, punctuation, thin, hair, narrow no-break, mathematical.
SPACES = " \u00a0\u2007\u2008\u2009\u200a\u202f\u205f"
_MINUS = "-\u2212\u2013\u2012\ufe63\uff0d"


def _mark_pattern() -> str:
    """Codes in capitals (a few common ones in small letters too), signs and words, the longest first."""
    words = sorted({*UNAMBIGUOUS_MARKS, *AMBIGUOUS_MARKS} - {":-"}, key=len, reverse=True)
    spelled = [word for word in words if word[0].isalpha() and word[-1] != "$"]
    signs = [re.escape(word) for word in words if word not in spelled]
    # "kr" and the words are met in any case; "Ft", "Rs" and "lei" only as written, since they also begin other words
    anycase = [re.escape(w) for w in spelled if w.casefold().rstrip(".") in ("kr", "kronor", "kroner") or len(w) > 3]
    exact = [re.escape(word) for word in spelled if re.escape(word) not in anycase]
    codes = "|".join(sorted(ISO_CODES))
    letters = f"(?i:{'|'.join(anycase)}|sek|nok|dkk|eur|usd|gbp|chf)|{'|'.join(exact)}|{codes}"
    return rf"(?:{'|'.join(signs)}|(?<![^\W\d_])(?:{letters})(?![^\W\d_]))"


_MARK = _mark_pattern()
_GROUPED = (
    rf"\d{{1,3}}(?:[{SPACES}]\d{{3}}){{1,3}}(?!\d)|\d{{1,3}}(?:[.,'’]\d{{2,3}}){{0,3}}[.,'’]\d{{3}}(?!\d)|\d{{1,9}}"
)
_NUMBER = rf"(?:{_GROUPED})(?:[.,]\d{{1,4}}(?!\d))?"
_AMOUNT = re.compile(
    rf"""
    (?P<paren>\()?
    (?:(?<!\w)(?P<sign1>[{_MINUS}+])[{SPACES}]?)?
    (?:(?P<before>{_MARK})[{SPACES}]{{0,2}})?
    (?P<sign2>[{_MINUS}])?[{SPACES}]?
    (?<![\w\#])(?<!\d[.,:/])
    (?P<number>{_NUMBER})
    (?P<tail>:-|:\u2013|[.,][-\u2013](?!\d)|:\d\d(?!\d))?
    (?P<sign3>[-\u2212](?=[{SPACES}]*(?:{_MARK}|\)|$|\t)))?
    (?:[{SPACES}]{{0,2}}(?P<after>{_MARK})(?!(?<=[^\w.])\d))?
    (?P<close>\))?
    """,
    re.VERBOSE,
)
_MASK_BEFORE = re.compile(rf"(?:[*•·]{{2,}}|[xX]{{3,}}|\.{{4}}|…)[{SPACES}-]?$")
_UNIT_AFTER = re.compile(
    rf"[{SPACES}]?(?:%|‰|°|kwh|mwh|kw\b|kg\b|g\b|gb\b|mb\b|tb\b|mbit|km\b|mil\b|cm\b|mm\b|ml\b|cl\b|dl\b|l\b|lb\b|lbs\b|oz\b"
    r"|st\b|pcs\b|stk\b|stück\b|min\b|mins?\b|minuter\b|tim\b|h\b|hours?\b|days?\b|dagar\b|öre\b|øre\b|cents?\b|ct\b|m[²³23]\b"
    r"|poäng\b|points?\b|pts\b|x\b)",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}/\d{1,2}(?: \d{4})?"
    r"|\d{1,2}[:.]\d{2}[:.]\d{2})(?!\d)(?![.,]\d)"
)


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """One amount in a text: its value, the printed currency mark, and where it stands.

    ``currency`` is the ISO 4217 code when the mark leaves no doubt; ``mark`` is what was printed ("kr", "$", ":-").
    ``decimals`` is how many decimals were printed; a number with neither mark nor decimals may be anything.
    """

    value: Decimal
    start: int
    end: int
    decimals: int = 0
    mark: str | None = None
    currency: str | None = None

    @property
    def looks_like_money(self) -> bool:
        """A currency mark, or exactly two decimals."""
        return self.mark is not None or self.decimals == 2


def parse_number(text: str, *, decimal_hint: str | None = None) -> Decimal | None:
    """A number without sign or currency, as printed; ``None`` when it is no plausible amount.

    >>> [str(parse_number(text)) for text in ("1 249,00", "4.904,94", "1,249.00", "1.249", "0.842", "1'200.5", "12,5")]
    ['1249.00', '4904.94', '1249.00', '1249', '0.842', '1200.5', '12.5']
    >>> str(parse_number("1.249", decimal_hint=".")), str(parse_number("1,249", decimal_hint="."))
    ('1.249', '1249')
    """
    digits = re.sub(rf"[{SPACES}'’]", "", text)
    commas, dots = digits.count(","), digits.count(".")
    if commas and dots:
        decimal_mark = max(",.", key=digits.rfind)
        digits = digits.replace("." if decimal_mark == "," else ",", "").replace(decimal_mark, ".")
    elif commas or dots:
        mark = "," if commas else "."
        digits = digits.replace(mark, "" if _separates_thousands(digits, mark, decimal_hint) else ".")
    if not re.fullmatch(r"\d{1,12}(?:\.\d{1,4})?", digits, re.ASCII):
        return None
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    return value if is_plausible(value) else None


def _separates_thousands(digits: str, mark: str, decimal_hint: str | None) -> bool:
    whole, *groups = digits.split(mark)
    if len(groups) > 1:
        return True
    return len(groups[0]) == 3 and whole.lstrip("0") != "" and decimal_hint != mark


def find_amounts(text: str, *, decimal_hint: str | None = None) -> list[Amount]:
    """All amounts of a text in order of appearance; numbers of dates, times, percentages and measures are left out.

    >>> [(str(a.value), a.mark) for a in find_amounts("Frakt 49,00 kr, totalt SEK 1 099.50 (varav moms 25%)")]
    [('49.00', 'kr'), ('1099.50', 'SEK')]
    >>> [str(a.value) for a in find_amounts("Ordernr MB-7719-22041, 2025-03-14 kl 12:30, 412 kWh: -650,00 kr")]
    ['-650.00']
    >>> [(str(a.value), a.currency) for a in find_amounts("The amount of $50.00 CAD was charged, 29 € before")]
    [('50.00', 'CAD'), ('29', 'EUR')]
    """
    dates = [match.span() for match in _DATE_LIKE.finditer(text)]
    found = []
    for match in _AMOUNT.finditer(text):
        start, end = match.span("number")
        if any(left < end and start < right for left, right in dates):
            continue
        amount = _amount_of(match, text, decimal_hint)
        if amount is not None:
            found.append(amount)
    return found


def _amount_of(match: re.Match[str], text: str, decimal_hint: str | None) -> Amount | None:
    before, after, tail = match["before"], match["after"], match["tail"] or ""
    marks = [mark for mark in (before, after, ":-" if tail and not tail[1:].isdigit() else None) if mark]
    if tail[1:].isdigit() and not (before or after):
        return None  # "12:30" without a currency is a time
    if _MASK_BEFORE.search(text, max(match.start("number") - 8, 0), match.start("number")) and not before:
        return None  # the last digits of a card
    if not marks and (_UNIT_AFTER.match(text, match.end("number")) or _runs_on(match, text)):
        return None
    number, hint = match["number"], decimal_hint
    if tail[1:].isdigit():  # "1.156:00": öre after a colon
        number, hint = re.sub(r"\D", "", number) + "." + tail[1:], "."
    value = parse_number(number, decimal_hint=hint)
    if value is None:
        return None
    mark = _clearest(marks)
    options = candidates_of(mark) if mark else ()
    exponent = value.as_tuple().exponent
    return Amount(
        value=-value if _is_negative(match, text) else value,
        start=match.start(),
        end=match.end(),
        decimals=-exponent if isinstance(exponent, int) else 0,
        mark=mark,
        currency=options[0] if len(options) == 1 else None,
    )


def _runs_on(match: re.Match[str], text: str) -> bool:
    """A bare number glued to letters or further digits is part of an identifier."""
    start, end = match.span("number")
    glued_before = re.search(r"\w[-/.:_]$", text[max(start - 2, 0) : start])
    glued_after = re.match(r"\w|[-/:.,]\d|\.[-\u2013]", text[end : end + 2]) and not match["tail"]
    return bool(glued_before or glued_after)


def _is_negative(match: re.Match[str], text: str) -> bool:
    if match["sign2"] or match["sign3"]:
        return True
    if match["sign1"] and match["sign1"] != "+":
        left = text[match.start("sign1") - 1] if match.start("sign1") else " "
        is_dash = text[match.end("sign1")] in SPACES and match["sign1"] in "\u2013-" and not _fills_a_cell(match, text)
        return not left.isalnum() and not is_dash
    return bool(match["paren"] and match["close"] and (match["before"] or match["after"] or "." in match["number"]))


def _fills_a_cell(match: re.Match[str], text: str) -> bool:
    """Nothing else stands in its cell: then a dash with a space after it is a minus, not a bullet."""
    before = text[: match.start("sign1")].rpartition("\t")[2].rpartition("\n")[2]
    return not before.strip() and not re.split(r"[\t\n]", text[match.end() :], maxsplit=1)[0].strip()


def _clearest(marks: list[str]) -> str | None:
    """Of several marks around one number ("$50.00 CAD"), the one with the fewest meanings."""
    return min(marks, key=lambda mark: len(candidates_of(mark)), default=None)


def parse_amount(text: str, *, decimal_hint: str | None = None) -> Decimal | None:
    """The value of a text that is one amount, with or without its currency; ``None`` for anything else.

    ``decimal_hint`` is the decimal separator ("," or ".") of the surrounding document, when known.

    >>> for text in ("1 249,00 kr", "12.985:-", "4.904,94 €", "US$29.99", "Rs 1939", "SEK 99.50", "−650,00", "(12.00)",
    ...              "$50.00 CAD", "99:50", "kr 1 087,45", "29 €", "249,-"):
    ...     print(parse_amount(text), end=";")
    1249.00;12985;4904.94;29.99;1939;99.50;-650.00;-12.00;50.00;99.50;1087.45;29;249;
    >>> [parse_amount(text) for text in ("NaN", "1e9", "free", "", "12 kr + 3 kr", "99999999999")]
    [None, None, None, None, None, None]
    """
    stripped = text.strip()
    colon = re.fullmatch(r"\d{1,6}:\d\d", stripped, re.ASCII)
    if colon:
        return parse_number(stripped.replace(":", "."), decimal_hint=".")
    match = _AMOUNT.fullmatch(stripped)
    amount = _amount_of(match, stripped, decimal_hint) if match else None
    return amount.value if amount else None


def decimal_separator(text: str) -> str | None:
    """The decimal separator that a document uses, by majority of its two-decimal numbers; ``None`` when undecided.

    >>> [decimal_separator(text) for text in ("129,00 kr och 1.249,50 kr", "$1,249.00 and $3.10", "99")]
    [',', '.', None]
    """
    commas = len(re.findall(r"\d,\d\d(?![\d.,])", text))
    dots = len(re.findall(r"(?<![\d.])\d{1,3}(?:[,\s']\d{3}){0,3}\.\d\d(?![\d.,])", text))
    if commas == dots:
        return None
    return "," if commas > dots else "."
