"""The rental parser reads what its golden files say, and the golden files say what was drawn."""

from __future__ import annotations

import json

import msgspec
import pytest

from chalicelib.domain.invoices import RentalNotice
from tests.golden.rental_notices import FOLDER, golden_path, read_variant, variants
from tests.sandbox.samples.rent_notices import LAYOUT_NAMES, expected_notice, render_rent_notice


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_notices_are_read_as_the_golden_file_says(layout: str) -> None:
    golden = json.loads(golden_path(layout).read_text(encoding="utf-8"))
    assert {name: read_variant(layout, facts) for name, facts in variants(layout)} == golden


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_golden_files_state_the_facts_that_were_drawn(layout: str) -> None:
    golden = json.loads(golden_path(layout).read_text(encoding="utf-8"))
    for name, facts in variants(layout):
        assert msgspec.convert(golden[name], RentalNotice) == expected_notice(layout, facts)


def test_no_golden_file_is_left_of_a_layout_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LAYOUT_NAMES)


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_the_same_facts_give_the_same_bytes(layout: str) -> None:
    _, facts = next(variants(layout))
    assert render_rent_notice(layout, facts) == render_rent_notice(layout, facts)
