"""Currencies as data: ISO 4217 codes, the marks that people print for them, and what decides an ambiguous mark.

Codes follow ISO 4217 (active national currencies, no funds or metals). "kr" is written for the Swedish, Norwegian,
Danish and Icelandic crown alike and "$" for some twenty dollars, so a mark alone may leave a currency open: then the
document's country, language and the sender's domain decide, and without any of them the currency stays unknown.
"""

from __future__ import annotations

import re

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
    VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL
"""
ISO_CODES: frozenset[str] = frozenset(_CODES.split())

#: Marks that mean one currency. Longer marks are tried first, so "US$" is never read as "$".
UNAMBIGUOUS_MARKS: dict[str, str] = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "₩": "KRW",
    "₫": "VND",
    "₦": "NGN",
    "฿": "THB",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON",
    "US$": "USD",
    "US $": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "CDN$": "CAD",
    "AU$": "AUD",
    "A$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "SG$": "SGD",
    "NT$": "TWD",
    "MX$": "MXN",
    "R$": "BRL",
    "CN¥": "CNY",
    "JP¥": "JPY",
    "Fr.": "CHF",
    "SFr.": "CHF",
    "euro": "EUR",
    "euros": "EUR",
    "dollars": "USD",
    "svenska kronor": "SEK",
    "norske kroner": "NOK",
    "danske kroner": "DKK",
}

#: Marks that several currencies share, the likeliest first.
AMBIGUOUS_MARKS: dict[str, tuple[str, ...]] = {
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("SEK", "NOK", "DKK", "ISK"),
    "kronor": ("SEK",),
    "kroner": ("NOK", "DKK"),
    ":-": ("SEK", "NOK", "DKK"),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "¥": ("JPY", "CNY"),
    "Rs": ("INR", "PKR", "LKR", "NPR", "MUR"),
    "Rs.": ("INR", "PKR", "LKR", "NPR", "MUR"),
}

#: Words of a text that speak for a currency's country. Weights: 3 a tax or payment system of that country, 2 its name,
#: 1 everyday words of its language.
_EVIDENCE: dict[str, tuple[tuple[int, str], ...]] = {
    "SEK": (
        (3, r"\bbankgiro\b|\bplusgiro\b|\bswish\b|\borg\.?\s?(?:nr|nummer)\.?:?\s*\d{6}-\d{4}|\bSE\d{12}\b|\böre\b"),
        (2, r"\bsverige\b|\bsweden\b|\bstockholm\b|\bgöteborg\b|\bmalmö\b|\buppsala\b"),
        (1, r"\boch\b|\bär\b|\bför\b|\bmoms\b|\bsumma\b|\btotalt\b|\batt betala\b|\bkvitto\b|\btack\b|\bbeställning"),
        (1, r"\w[äö]\w"),
        (1, r"\w*(?:kvitto|bekräftelse)\b|\bordernr\b|\bordernummer\b|\bleverans\b|\bbetalning\b|\bvarav\b|\bköp\b"),
    ),
    "NOK": (
        (3, r"\bvipps\b|\bmva\b|\bNO\s?\d{9}\s?MVA\b"),
        (2, r"\bnorge\b|\bnorway\b|\boslo\b|\bbergen\b|\btrondheim\b|\bstavanger\b"),
        (1, r"\bikke\b|\bdin bestilling\b|\btakk\b|\bkvittering\b|\bå betale\b|\btotalt\b|\børe\b"),
        (1, r"\w[æø]\w"),
    ),
    "DKK": (
        (3, r"\bmobilepay\b|\bdankort\b|\bcvr\b"),
        (2, r"\bdanmark\b|\bdenmark\b|\bkøbenhavn\b|\bcopenhagen\b|\baarhus\b|\bodense\b"),
        (1, r"\bikke\b|\bdin ordre\b|\btak for\b|\bkvittering\b|\bat betale\b|\bi alt\b|\bpris\b"),
        (1, r"\w[æø]\w"),
    ),
    "ISK": ((2, r"\bísland\b|\biceland\b|\breykjav[ií]k\b"),),
    "CAD": ((3, r"\bGST/HST\b|\bHST\b|\bPST\b|\bQST\b|\bTPS\b|\bTVQ\b"), (2, r"\bcanadian dollars?\b")),
    "AUD": ((3, r"\bABN\b"), (2, r"\baustralia\b|\baustralian dollars?\b")),
    "NZD": ((2, r"\bnew zealand\b"),),
    "SGD": ((2, r"\bsingapore\b"),),
    "HKD": ((2, r"\bhong kong\b"),),
    "MXN": ((3, r"\bRFC\b.*\bIVA\b"), (2, r"\bméxico\b")),
    "INR": ((3, r"\bGSTIN\b|\bCGST\b"), (2, r"\bindia\b|\bmumbai\b|\bdelhi\b|\bbengaluru\b")),
    "PKR": ((2, r"\bpakistan\b|\bkarachi\b|\blahore\b|\bislamabad\b"),),
    "LKR": ((2, r"\bsri lanka\b|\bcolombo\b"),),
    "NPR": ((2, r"\bnepal\b|\bkathmandu\b"),),
    "MUR": ((2, r"\bmauritius\b"),),
    "CNY": ((2, r"\bchina\b|\bbeijing\b|\bshanghai\b"),),
    "JPY": ((2, r"\bjapan\b|\btokyo\b|円"),),
}
_COMPILED = {
    code: tuple((weight, re.compile(pattern, re.IGNORECASE)) for weight, pattern in patterns)
    for code, patterns in _EVIDENCE.items()
}
_DOMAIN_COUNTRY = {
    "se": "SEK",
    "no": "NOK",
    "dk": "DKK",
    "is": "ISK",
    "ca": "CAD",
    "au": "AUD",
    "nz": "NZD",
    "sg": "SGD",
    "hk": "HKD",
    "mx": "MXN",
    "in": "INR",
    "pk": "PKR",
    "lk": "LKR",
    "np": "NPR",
    "mu": "MUR",
    "cn": "CNY",
    "jp": "JPY",
}
_LANGUAGE_COUNTRY = {"sv": "SEK", "nb": "NOK", "no": "NOK", "nn": "NOK", "da": "DKK", "is": "ISK", "ja": "JPY"}
_MAX_EVIDENCE_CHARS = 60_000


def parse_currency(text: str) -> str | None:
    """The ISO 4217 code that a whole text names, or ``None``: unknown, or shared by several currencies.

    "$" alone is read as the US dollar, its commonest meaning; "kr" alone stays open.

    >>> [parse_currency(text) for text in ("sek", " € ", "US$", "$", "kr", "Euro", "svenska kronor", "XYZ", "")]
    ['SEK', 'EUR', 'USD', 'USD', None, 'EUR', 'SEK', None, None]
    """
    mark = " ".join(text.split())
    if mark.upper() in ISO_CODES:
        return mark.upper()
    if mark == "$":
        return "USD"
    lowered = mark.casefold()
    for known, code in UNAMBIGUOUS_MARKS.items():
        if known.casefold() == lowered:
            return code
    options = candidates_of(mark)
    return options[0] if len(options) == 1 else None


def candidates_of(mark: str) -> tuple[str, ...]:
    """All currencies that a printed mark may mean, the likeliest first; empty for no mark at all.

    >>> candidates_of("kr"), candidates_of("EUR"), candidates_of("pts")
    (('SEK', 'NOK', 'DKK', 'ISK'), ('EUR',), ())
    """
    cleaned = " ".join(mark.split())
    if cleaned.upper() in ISO_CODES:
        return (cleaned.upper(),)
    for known, code in UNAMBIGUOUS_MARKS.items():
        if known.casefold() == cleaned.casefold():
            return (code,)
    for known, codes in AMBIGUOUS_MARKS.items():
        if known.casefold() == cleaned.casefold():
            return codes
    return ()


def named_currencies(text: str) -> set[str]:
    """The ISO 4217 codes of everyday currencies that a text mentions in capitals.

    >>> named_currencies("All prices in SEK. TRY again, PEN 5, TOP offers")
    {'SEK'}
    """
    everyday = "SEK|NOK|DKK|ISK|EUR|USD|GBP|CAD|AUD|NZD|CHF|PLN|CZK|JPY|INR|PKR|AED|QAR|SAR"
    return set(re.findall(rf"(?<![A-Za-z0-9])(?:{everyday})(?![A-Za-z0-9])", text[:_MAX_EVIDENCE_CHARS]))


def resolve_currency(mark: str, *, text: str = "", domain: str = "", language: str | None = None) -> str | None:
    """The currency that ``mark`` means in a document, or ``None`` when its text, sender and language do not tell.

    ``text`` is the document's visible text, ``domain`` the sender's domain, ``language`` a BCP 47 tag.

    >>> resolve_currency("kr", text="Tack för din beställning. Summa 120 kr, varav moms 24 kr")
    'SEK'
    >>> resolve_currency("kr", text="Total 120 kr", domain="mail.butikk.no")
    'NOK'
    >>> resolve_currency("kr", text="Total 120 kr") is None
    True
    >>> resolve_currency("$", text="Total $12 incl. GST/HST")
    'CAD'
    """
    options = candidates_of(mark)
    if len(options) <= 1:
        return options[0] if options else None
    scores = {code: _score(code, text[:_MAX_EVIDENCE_CHARS], domain, language) for code in options}
    best = max(options, key=lambda code: scores[code])
    runner_up = max((score for code, score in scores.items() if code != best), default=0)
    if scores[best] > runner_up:
        return best
    return "USD" if mark.strip() == "$" and not any(scores.values()) else None


def _score(code: str, text: str, domain: str, language: str | None) -> int:
    score = sum(weight for weight, pattern in _COMPILED.get(code, ()) if pattern.search(text))
    if re.search(rf"(?<![A-Z]){code}(?![A-Za-z])", text):
        score += 4
    if _DOMAIN_COUNTRY.get(domain.rpartition(".")[2].casefold()) == code:
        score += 3
    if language and _LANGUAGE_COUNTRY.get(language.casefold().split("-", maxsplit=1)[0]) == code:
        score += 2
    return score
