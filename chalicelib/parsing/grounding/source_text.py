"""What a document says, as evidence: does an amount, a date, a number or a name occur in it, in whatever spelling?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.items import Item, walk
from chalicelib.parsing.markup.reading import read_markup
from chalicelib.parsing.markup.values import money_of, text_of
from chalicelib.parsing.values.amounts import SPACES, Amount, find_amounts
from chalicelib.parsing.values.currencies import candidates_of
from chalicelib.parsing.values.dates import MONTHS, find_dates
from chalicelib.parsing.values.names import folded
from chalicelib.parsing.visible.text import visible_text

_MAX_CHARS = 400_000
_DAYS_OF_A_YEARLESS_DATE = 370


@dataclass(frozen=True)
class SourceText:
    """The texts that a record may quote: what a person sees, what the markup states, and the mail's own headers.

    ``visible`` is the clean text of the mail or PDF; ``stated`` are the markup's values one a line and
    ``stated_amounts`` those of them that are amounts. ``reorders_text`` tells of direction overrides in the text.
    """

    visible: str
    mail: MailContext = field(default_factory=MailContext)
    stated: str = ""
    stated_amounts: frozenset[Decimal] = frozenset()
    reorders_text: bool = False

    @classmethod
    def of_html(cls, html: str, mail: MailContext) -> SourceText:
        """The evidence of an HTML mail. Never raises."""
        seen = visible_text(html)
        scalars = [
            value
            for item in walk(read_markup(html).items)
            for values in item.properties.values()
            for value in values
            if not isinstance(value, Item)
        ]
        amounts = {money.amount for value in scalars if (money := money_of(value)) is not None}
        return cls(
            visible=seen.text[:_MAX_CHARS],
            mail=mail,
            stated="\n".join(text for value in scalars if (text := text_of(value)))[:_MAX_CHARS],
            stated_amounts=frozenset(abs(amount) for amount in amounts),
            reorders_text=seen.reorders_text,
        )

    @cached_property
    def printed(self) -> tuple[Amount, ...]:
        """The amounts that a person sees, in order of appearance."""
        return tuple(find_amounts(self.visible))

    @cached_property
    def _amounts(self) -> frozenset[Decimal]:
        texts = f"{self.mail.subject}\n{self.visible}"
        read = [found.value for hint in (None, ".", ",") for found in find_amounts(texts, decimal_hint=hint)]
        return frozenset(abs(value) for value in read) | self.stated_amounts

    @cached_property
    def _all(self) -> str:
        return "\n".join((self.mail.subject, self.visible, self.stated))

    @cached_property
    def _folded(self) -> str:
        headers = (self.mail.sender_name, self.mail.sender_address, self.mail.vendor_name or "")
        return f" {folded(' '.join((self._all, *headers)))} "

    @cached_property
    def _squeezed(self) -> str:
        return self._folded.replace(" ", "")

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._folded.split())

    @cached_property
    def _dates(self) -> frozenset[date]:
        return frozenset(f.value for day_first in (True, False) for f in find_dates(self._all, day_first=day_first))

    def has_amount(self, amount: Decimal) -> bool:
        """Whether the value occurs, in any notation and with any sign ("1 249,00" is 1249)."""
        wanted = abs(amount)
        if wanted in self._amounts:
            return True
        whole, _, cents = f"{wanted:.2f}".partition(".")
        if cents == "00" or wanted != wanted.quantize(Decimal("0.01")):
            return False
        # prices with raised cents lose their decimal mark: "29" beside "99"
        grouped = rf"[{SPACES}.,']?".join(re.escape(part) for part in f"{int(whole):,}".split(","))
        return re.search(rf"(?<![\d.,]){grouped}[{SPACES}\t]?{cents}(?![\d.,]?\d)", self.visible) is not None

    def prints_amount(self, amount: Decimal) -> bool:
        """Whether a person sees the value."""
        return abs(amount) in {abs(found.value) for found in self.printed}

    @property
    def prints_money(self) -> bool:
        """Whether a person sees any amount of money at all."""
        return any(found.looks_like_money for found in self.printed)

    def has_date(self, day: date) -> bool:
        """Whether the day occurs in any spelling; without its year only if it is near the mail's own date."""
        if day in self._dates or re.search(rf"(?<!\d){day:%Y%m%d}(?!\d)", self._all):
            return True
        sent = self.mail.date
        if sent is None or abs((sent.date() - day).days) > _DAYS_OF_A_YEARLESS_DATE:
            return False
        names = "|".join(re.escape(name) for name, month in MONTHS.items() if month == day.month)
        spelled = (
            rf"(?<!\d)0?{day.day}(?:st|nd|rd|th|er|:e|e|\.)?\s*(?:of|de)?\s*(?:{names})(?![^\W\d_])"
            rf"|(?<![^\W\d_])(?:{names})\.?\s+0?{day.day}(?!\d)|(?<![\d/.-])0?{day.day}/0?{day.month}(?![\d/-])"
        )
        return re.search(spelled, self._all, re.IGNORECASE) is not None

    def has_identifier(self, identifier: str) -> bool:
        """Whether the number occurs as a word of its own, regardless of case, spaces and hyphens."""
        characters = re.sub(r"[\W_]", "", identifier)[:100]
        if not characters:
            return False
        spaced = r"[\s\-_/.]{0,2}".join(re.escape(character) for character in characters)
        return re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", self._all, re.IGNORECASE) is not None

    def has_name(self, name: str) -> bool:
        """Whether the name occurs in text, markup or headers, regardless of case, spaces and punctuation."""
        wanted = folded(name)
        if not wanted:
            return False
        return f" {wanted} " in self._folded or (len(wanted) >= 5 and wanted.replace(" ", "") in self._squeezed)

    def has_words(self, text: str, *, share: float = 0.8) -> bool:
        """Whether at least ``share`` of the words occur somewhere."""
        words = folded(text).split()
        known = sum(word in self._words for word in words)
        return bool(words) and (known >= share * len(words) or self.has_name(text))

    def has_currency(self, code: str) -> bool:
        """Whether the ISO code or a mark that may mean it occurs beside an amount or in the markup."""
        if re.search(rf"(?<![A-Za-z]){re.escape(code)}(?![A-Za-z])", self._all, re.IGNORECASE):
            return True
        marks = {found.mark for found in (*self.printed, *find_amounts(self.stated)) if found.mark}
        return any(code in candidates_of(mark) for mark in marks)
