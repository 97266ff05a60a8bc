"""Single values against their source: each is returned, cleaned, or dropped with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.values.names import LONGEST_NAME, LONGEST_TEXT, clean_name, is_instruction
from chalicelib.parsing.visible.characters import reorders_text

_LONGEST_IDENTIFIER = 60
_LONGEST_LABEL = 60


class GroundedValues:
    """Checks values one by one and collects the reasons of what it drops. ``field`` names the value in reasons."""

    def __init__(self, source: SourceText, reasons: list[str]) -> None:
        self.source = source
        self.reasons = reasons

    def flag(self, reason: str) -> None:
        self.reasons.append(reason)

    def amount(self, amount: Decimal | None, field: str) -> Decimal | None:
        """A plausible amount that occurs; nought need not be printed anywhere."""
        if amount is None:
            return None
        if not isinstance(amount, Decimal) or not is_plausible(amount):
            self.flag(f"{field}_implausible")
            return None
        if field != "total_amount" and amount == 0:
            return amount
        if not self.source.has_amount(amount):
            self.flag(f"{field}_not_in_source")
            return None
        return amount

    def day(self, day: date | None, field: str) -> date | None:
        if day is None:
            return None
        if not 1990 <= day.year <= 2099:
            self.flag(f"{field}_implausible")
            return None
        if not self.source.has_date(day):
            self.flag(f"{field}_not_in_source")
            return None
        return day

    def moment(self, text: str | None, field: str) -> str | None:
        """An ISO 8601 date or time: its day has to occur."""
        if not text:
            return None
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            self.flag(f"{field}_unsafe")
            return None
        cleaned = self.text(text, field, limit=40)
        return cleaned if cleaned and self.day(day, field) else None

    def text(self, text: str | None, field: str, *, limit: int = LONGEST_NAME) -> str | None:
        """A text made safe, wherever it comes from."""
        if text is None or not text.strip():
            return None
        cleaned = clean_name(text, limit=limit)
        if cleaned is None:
            self.flag("instruction_like_text" if is_instruction(text) else f"{field}_unsafe")
            return None
        if reorders_text(text):
            self.flag("text_direction_tricks")
        if cleaned.endswith("…") and len(text) > limit:
            self.flag("overlong_text_cut")
        return cleaned

    def label(self, text: str | None, field: str) -> str | None:
        """A word that the method chose itself ("paid", "train"): it need not occur."""
        return self.text(text, field, limit=_LONGEST_LABEL)

    def name(self, text: str | None, field: str, *, limit: int = LONGEST_NAME) -> str | None:
        """A name that occurs in text, markup or headers."""
        cleaned = self.text(text, field, limit=limit)
        if cleaned is None or self.source.has_name(cleaned.rstrip("…")):
            return cleaned
        self.flag(f"{field}_not_in_source")
        return None

    def words(self, text: str | None, field: str, *, limit: int = LONGEST_TEXT, share: float = 0.8) -> str | None:
        """A description most of whose words occur."""
        cleaned = self.text(text, field, limit=limit)
        if cleaned is None or self.source.has_words(cleaned.rstrip("…"), share=share):
            return cleaned
        self.flag(f"{field}_not_in_source")
        return None

    def identifier(self, text: str | None, field: str) -> str | None:
        if text is None or not text.strip():
            return None
        cleaned = self.text(text, field, limit=LONGEST_NAME)
        if cleaned is None:
            return None
        if len(cleaned) > _LONGEST_IDENTIFIER:
            self.flag(f"{field}_implausible")
            return None
        if not self.source.has_identifier(cleaned):
            self.flag(f"{field}_not_in_source")
            return None
        return cleaned
