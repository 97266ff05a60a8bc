"""The golden retail PDFs, read as the product reads them without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.invoices import Extraction
from chalicelib.parsing.retail import read_retail_file
from tests.golden.corpus import Row, read_corpus
from tests.golden.scoring import RETAIL_FIELDS, judge

ROWS = read_corpus(Path(__file__).parents[1] / "golden" / "retail" / "pdf")
INVOICES = [row for row in ROWS if row.is_receipt]
OTHERS = [row for row in ROWS if not row.is_receipt]


def read(row: Row) -> Extraction:
    return read_retail_file(row.path.name, row.path.read_bytes(), row.mail)


@pytest.mark.parametrize("row", INVOICES, ids=lambda row: row.id)
def test_an_invoice_is_read_exactly(row: Row) -> None:
    found = read(row)
    values = {
        "vendor": found.vendor_name,
        "total_amount": found.total_amount,
        "currency": found.currency,
        "invoice_date": found.invoice_date,
        "order_id": found.order_id,
        "due_date": found.due_date,
    }
    verdicts = {
        name: judge(name, None if values[name] is None else str(values[name]), row, flagged=False)
        for name in RETAIL_FIELDS
    }
    assert found.is_purchase
    assert {name for name, verdict in verdicts.items() if verdict not in ("exact", "accepted")} == set()
    assert found.category in row.categories


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.id)
def test_another_document_is_not_stored(row: Row) -> None:
    assert not read(row).is_purchase


def test_the_golden_pdfs_hold_invoices_and_others() -> None:
    assert len(INVOICES) >= 12
    assert len(OTHERS) >= 4
