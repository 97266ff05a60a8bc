"""The golden mails without markup, read by rules alone."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.rules import extract_by_rules
from chalicelib.parsing.visible.charset import decode_html
from chalicelib.parsing.visible.text import visible_text

GOLDEN = Path(__file__).parents[1] / "golden" / "retail"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (GOLDEN / "manifest.plain.jsonl").open(encoding="utf-8")]
RECEIPTS = [row for row in ROWS if row["is_receipt"]]
OTHERS = [row for row in ROWS if not row["is_receipt"]]


def extract(row: dict[str, Any]) -> Extraction:
    sender = re.fullmatch(r"(.*?) <(.*)>", row["mail"]["sender"])
    assert sender is not None
    mail = MailContext(subject=row["mail"]["subject"], sender_name=sender[1], sender_address=sender[2])
    html = decode_html((GOLDEN / row["file"]).read_bytes(), None)
    return extract_by_rules(visible_text(html, subject=mail.subject), mail)


@pytest.mark.parametrize("row", RECEIPTS, ids=lambda row: row["id"])
def test_a_receipt_is_read_exactly(row: dict[str, Any]) -> None:
    found, truth = extract(row), row["truth"]
    assert found.is_purchase
    assert found.total_amount == Decimal(truth["total_amount"])
    assert found.currency == truth["currency"]
    assert found.order_id in (row["accept"]["order_id"] or [None])
    assert found.invoice_date == (date.fromisoformat(truth["invoice_date"]) if truth["invoice_date"] else None)
    assert found.due_date == (date.fromisoformat(truth["due_date"]) if truth["due_date"] else None)
    assert found.vendor_name == truth["vendor"]
    assert found.category in row["category_accept"]


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row["id"])
def test_another_mail_is_not_stored(row: dict[str, Any]) -> None:
    found = extract(row)
    assert not found.is_purchase
    assert found.ignored_reason


def test_the_golden_mails_cover_every_category_in_both_languages() -> None:
    from chalicelib.domain.categories import CATEGORIES

    for language in ("sv", "en"):
        for category in CATEGORIES:
            rows = [row for row in RECEIPTS if row["category"] == category and f"-{language}-" in row["id"]]
            assert len(rows) >= 3, (language, category)
