"""Words of receipts as data, language by language: adding a language is adding lines, no code.

Each entry maps a language (ISO 639-1; "no" covers both Norwegian forms) to phrases separated by semicolons. ``*`` in a
phrase stands for any letters, which Swedish, German and Dutch compounds need ("*rabatt" is also "sommarrabatt").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Phrases = Mapping[str, str]


def phrases_of(entry: Phrases) -> list[str]:
    """The single phrases of all languages of an entry, longest first.

    >>> phrases_of({"sv": "att betala; summa", "en": "total"})
    ['att betala', 'summa', 'total']
    """
    phrases = {phrase.strip() for text in entry.values() for phrase in text.split(";")}
    return sorted((phrase for phrase in phrases if phrase), key=lambda phrase: (-len(phrase), phrase))


def compile_phrases(*entries: Phrases | Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any phrase as whole words, in any case, with any spacing.

    >>> compile_phrases({"sv": "*rabatt"}).search("Sommarrabatt 10%")[0]
    'Sommarrabatt'
    """
    phrases: list[str] = []
    for entry in entries:
        phrases.extend(phrases_of(entry) if isinstance(entry, Mapping) else entry)
    alternatives = []
    for phrase in sorted(phrases, key=lambda text: (-len(text), text)):
        words = [re.escape(word).replace(r"\*", r"\w*") for word in phrase.split()]
        alternatives.append(r"[\s\u00a0]+".join(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)
