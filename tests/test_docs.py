"""The README says what is true: settings, commands, endpoints and tables are those of the code."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(field.name.upper() for field in fields(Settings))


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_readme_states_the_default_of_each_setting(field: object) -> None:
    name, default = field.name.upper(), str(field.default)  # type: ignore[attr-defined]
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    stated = row.split("|")[2].strip().strip("`").replace(" ", "")
    assert stated == default.replace(" ", "")


def test_every_make_target_named_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_every_path_named_in_the_readme_exists() -> None:
    named = set(re.findall(r"`((?:chalicelib|tests|docker|vendor_configs|\.chalice)/[\w./-]*)`", README))
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_extra_tables_of_the_stack_are_explained() -> None:
    stack = (ROOT / ".chalice" / "stack.yaml").read_text(encoding="utf-8")
    extra = {"IngestionLedger", "IngestionRuns", "Sessions", "RateLimits", "ExtractionCache"}
    for table in extra | set(re.findall(r"TableName: (UserVendors\w*)", stack)):
        assert f"| `{table}` |" in README
