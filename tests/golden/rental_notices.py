"""Golden files of the rental parser: what it reads from sample notices, one JSON file a layout.

``python -m tests.golden.rental_notices`` writes them anew; a change in them is reviewed as a diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from chalicelib.parsing.rental.notice import parse_rental_notice
from tests.sandbox.samples.drawing import Style
from tests.sandbox.samples.rent_facts import DateFormat, NoticeFacts, NumberFormat, sample_notice
from tests.sandbox.samples.rent_notices import LAYOUT_NAMES, render_rent_notice

FOLDER: Final = Path(__file__).parent / "rental"
_VARIANTS: Final[tuple[tuple[str, date, NumberFormat, DateFormat, bool], ...]] = (
    ("whole kronor", date(2024, 1, 1), "whole", "iso", True),
    ("decimals", date(2024, 6, 1), "decimals", "words", True),
    ("kronor, VAT contained", date(2025, 2, 1), "kronor", "slash", False),
    ("points", date(2025, 12, 1), "points", "points", True),
    ("thin spaces, digits for dates", date(2026, 3, 1), "thin", "digits", False),
)


def variants(layout: str) -> Iterator[tuple[str, NoticeFacts]]:
    """The notices whose reading a layout's golden file holds, each with its name."""
    for name, month, numbers, dates, vat_added in _VARIANTS:
        facts = sample_notice(layout, month)
        yield name, replace(facts, numbers=numbers, dates=dates, vat_added=vat_added)


def read_variant(layout: str, facts: NoticeFacts) -> dict[str, Any]:
    """What the parser reads from one of a layout's notices, as JSON values."""
    style = Style(embedded=facts.numbers == "thin")
    notice = parse_rental_notice(render_rent_notice(layout, facts, style))
    read: dict[str, Any] = json.loads(msgspec.json.encode(notice))
    return read


def golden_path(layout: str) -> Path:
    """Where a layout's golden file is."""
    return FOLDER / f"{layout}.json"


def regenerate() -> None:
    """Writes all golden files from what the parser reads now."""
    FOLDER.mkdir(exist_ok=True)
    for layout in LAYOUT_NAMES:
        readings = {name: read_variant(layout, facts) for name, facts in variants(layout)}
        golden_path(layout).write_text(json.dumps(readings, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    regenerate()
