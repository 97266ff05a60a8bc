"""Verdicts on single values, and their sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from tests.golden.corpus import Row

Verdict = Literal["exact", "accepted", "wrong_flagged", "wrong_unflagged", "missing", "invented"]
VERDICTS: tuple[Verdict, ...] = ("exact", "accepted", "wrong_flagged", "wrong_unflagged", "missing", "invented")
RETAIL_FIELDS = ("vendor", "total_amount", "currency", "invoice_date", "order_id", "due_date")
RENTAL_FIELDS = ("ocr", "due_date", "total_amount", "hyra", "el", "kallvatten", "varmvatten", "moms")
_AMOUNTS = frozenset({"total_amount", "hyra", "el", "kallvatten", "varmvatten", "moms"})


def judge(name: str, value: str | None, row: Row, *, flagged: bool) -> Verdict:
    """The verdict on one field's ``value``: the truth first, then what is accepted beside it."""
    truth = row.truth.get(name)
    if _same(name, value, truth):
        return "exact"
    accepted = row.accept.get(name, [])
    if "__any__" in accepted or any(_same(name, value, other) for other in accepted):
        return "accepted"
    if value is None:
        return "missing"
    if truth is None:
        return "invented"
    return "wrong_flagged" if flagged else "wrong_unflagged"


def _same(name: str, value: str | None, truth: str | None) -> bool:
    if value is None or truth is None:
        return value is truth
    if name in _AMOUNTS:
        try:
            return Decimal(value) == Decimal(truth)
        except InvalidOperation:
            return False
    return value.casefold() == truth.casefold() if name in ("vendor", "currency") else value == truth


@dataclass
class Score:
    """What one method did with a corpus. Counters are by field and verdict, and by category, field and verdict."""

    method: str
    documents: int = 0
    negatives: int = 0
    negatives_stored: int = 0
    positives_refused: int = 0
    categories_right: int = 0
    categories_judged: int = 0
    failures: int = 0
    milliseconds: float = 0.0
    prompt_bytes: int = 0
    verdicts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    by_category: Counter[tuple[str, str, Verdict]] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, row: Row, name: str, value: str | None, *, flagged: bool) -> None:
        """Counts one field of one document; whatever is not exact is kept as a line to read."""
        verdict = judge(name, value, row, flagged=flagged)
        self.verdicts[name, verdict] += 1
        self.by_category[row.category or "-", name, verdict] += 1
        if verdict != "exact":
            self.misses.append(f"{row.id} {name}: {verdict}: got {value!r}, truth {row.truth.get(name)!r}")

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        fields = sorted({name for name, _ in self.verdicts})
        return {
            "method": self.method,
            "documents": self.documents,
            "negatives": self.negatives,
            "negatives_stored": self.negatives_stored,
            "positives_refused": self.positives_refused,
            "categories_right": self.categories_right,
            "categories_judged": self.categories_judged,
            "failures": self.failures,
            "milliseconds_per_document": round(self.milliseconds / max(self.documents, 1), 2),
            "prompt_bytes_per_document": self.prompt_bytes // max(self.documents, 1),
            "fields": {name: {v: self.verdicts[name, v] for v in VERDICTS} for name in fields},
            "categories": {
                category: {
                    name: {
                        v: self.by_category[category, name, v] for v in VERDICTS if self.by_category[category, name, v]
                    }
                    for name in fields
                }
                for category in sorted({category for category, _, _ in self.by_category})
            },
            "misses": self.misses,
        }
