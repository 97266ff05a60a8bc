"""Which of the eight categories a document belongs to, by its words."""

from __future__ import annotations

import re

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.vocabulary import compile_phrases
from chalicelib.parsing.receipts.vocabulary.category_words import CATEGORY_WORDS, NAME_STEMS
from chalicelib.parsing.values.dates import find_dates

_PATTERNS: dict[str, tuple[tuple[int, re.Pattern[str]], ...]] = {
    category: tuple((weight, compile_phrases({"": words})) for weight, words in weighted.items())
    for category, weighted in CATEGORY_WORDS.items()
}
_MOST_CHARACTERS = 12_000
_MOST_REPEATS = 3
_LEAST_SCORE = 3.0
_PERIOD_WEIGHT = 4.0
_DAY = r"(?:[^\W\d_]{3,9}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,9}\.?)"
#: "Aug 15 – Sep 15, 2025", "1 sep - 30 sep 2025": the first day has no year of its own.
_SHORT_PERIOD = re.compile(rf"(?<!\w){_DAY} ?[-–—] ?{_DAY},? \d{{4}}")
#: The German company form is no weight.
_LIMITED_PARTNERSHIP = re.compile(r"(?<=Co[. ]) ?KG\b")
_RANGE = re.compile(r"[\s\u00a0]*(?:[-–—]|to|till|bis|until|t\.o\.m\.)[\s\u00a0]*", re.IGNORECASE)


def guess_category(text: str, mail: MailContext, seller: str | None = None) -> tuple[str, bool]:
    """The category and whether it is certain. A vendor's configured category is taken as it is.

    ``seller`` is the vendor's name when it is known from elsewhere than the sender.

    >>> guess_category("Pad thai 139 kr, vårrullar, dricks till bud", MailContext(subject="Kvitto"))
    ('food-delivery', True)
    >>> guess_category("Tack!", MailContext())
    ('miscellaneous', False)
    """
    if mail.category in CATEGORIES:
        return str(mail.category), True
    text = _LIMITED_PARTNERSHIP.sub("", text[:_MOST_CHARACTERS])
    scores = {category: _score(category, text, mail, seller) for category in _PATTERNS}
    scores["subscriptions"] += _PERIOD_WEIGHT * _names_a_period(text)
    ranked = sorted(scores, key=lambda category: scores[category], reverse=True)
    best, second = ranked[0], ranked[1]
    if scores[best] < _LEAST_SCORE:
        return "miscellaneous", False
    return best, scores[best] >= 1.4 * scores[second]


def _names_a_period(text: str) -> bool:
    """Whether some line names a month or a year from one date to another, as subscriptions do."""
    for line in text.splitlines():
        if len(line) > 200 or not any(separator in line for separator in "-–—"):
            continue
        dates = find_dates(line, day_first=True)
        between = line[dates[0].end : dates[1].start] if len(dates) == 2 else ""
        if _RANGE.fullmatch(between) and 26 <= (dates[1].value - dates[0].value).days % 365 <= 32:
            return True
        if _SHORT_PERIOD.search(line):
            return True
    return False


def _score(category: str, text: str, mail: MailContext, vendor: str | None) -> float:
    """Words count up to three times each, in the subject twice as much."""
    seller = f"{mail.sender_name} {mail.sender_address.rpartition('@')[2]} {vendor or ''}".casefold()
    score = 2.0 * any(stem.strip() in seller for stem in NAME_STEMS[category].split(";"))
    names = _LIMITED_PARTNERSHIP.sub("", f"{mail.subject}\n{mail.sender_name}\n{vendor or ''}")
    for weight, pattern in _PATTERNS[category]:
        counts: dict[str, int] = {}
        for match in pattern.finditer(text):
            word = match[0].casefold()
            counts[word] = min(counts.get(word, 0) + 1, _MOST_REPEATS)
        score += weight * sum(1 + 0.25 * (count - 1) for count in counts.values())
        score += 2 * weight * len({match[0].casefold() for match in pattern.finditer(names)})
    return score
