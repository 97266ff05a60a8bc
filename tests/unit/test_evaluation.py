"""The evaluator's verdicts, on a made-up corpus."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from chalicelib.domain.invoices import Extraction
from tests.golden.corpus import Row, read_corpus
from tests.golden.evaluate import evaluate, main, table
from tests.golden.methods import Method
from tests.golden.scoring import judge


def row(**values: object) -> Row:
    return Row(**{"id": "x", "path": Path("x.html"), "is_receipt": True, "truth": {"order_id": "A"}, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("truth", "accept", "value", "flagged", "verdict"),
    [
        ("12.50", [], "12.5", False, "exact"),
        (None, [], None, False, "exact"),
        ("12.50", ["10"], "10.00", False, "accepted"),
        ("12.50", [None], None, False, "accepted"),
        ("12.50", ["__any__"], "7", False, "accepted"),
        ("12.50", [], "7", True, "wrong_flagged"),
        ("12.50", [], "7", False, "wrong_unflagged"),
        ("12.50", [], None, True, "missing"),
        (None, [], "7", True, "invented"),
    ],
)
def test_verdicts(truth: str | None, accept: list[str | None], value: str | None, flagged: bool, verdict: str) -> None:
    document = row(truth={"total_amount": truth}, accept={"total_amount": accept})
    assert judge("total_amount", value, document, flagged=flagged) == verdict


def corpus(folder: Path) -> Path:
    (folder / "html").mkdir()
    (folder / "html" / "a.html").write_text(
        '<script type="application/ld+json">'
        '{"@type":"Order","orderNumber":"A","price":"5","priceCurrency":"EUR"}</script>',
        encoding="utf-8",
    )
    (folder / "html" / "b.html").write_text("<p>News</p>", encoding="utf-8")
    truth = {
        "vendor": None,
        "total_amount": "5.00",
        "currency": "EUR",
        "invoice_date": None,
        "order_id": "A",
        "due_date": None,
    }
    rows = [
        {
            "id": "a",
            "file": "html/a.html",
            "is_receipt": True,
            "category": "miscellaneous",
            "schema_org": True,
            "truth": truth,
        },
        {"id": "b", "file": "html/b.html", "is_receipt": False, "schema_org": True, "truth": dict.fromkeys(truth)},
        {"file": "html/b.html", "why": "hostile, without truth"},
    ]
    (folder / "manifest.tiny.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return folder


def test_markup_method_on_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main([str(corpus(tmp_path)), "--method", "markup", "--json", str(report), "--verbose"]) == 0
    (score,) = json.loads(report.read_text())
    assert score["fields"]["total_amount"]["exact"] == 1
    assert (score["documents"], score["negatives"], score["negatives_stored"]) == (3, 1, 0)
    assert "total_amount" in capsys.readouterr().out


def test_storing_a_negative_refusing_a_receipt_and_raising_are_counted(tmp_path: Path) -> None:
    def contrary(document: Row) -> Extraction | None:
        if document.id == "a":
            return None
        if document.is_hostile:
            raise ValueError
        return Extraction(method="rules", is_purchase=True, total_amount=Decimal(1))

    score = evaluate(read_corpus(corpus(tmp_path)), "contrary", Method(contrary, lambda _: True))
    assert (score.negatives_stored, score.positives_refused, score.failures) == (1, 1, 1)
    assert score.verdicts["order_id", "missing"] == 1
    assert "negatives stored 1 of 1" in table(score)


def test_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
