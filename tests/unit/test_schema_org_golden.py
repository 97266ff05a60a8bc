"""The golden corpus of marked-up mails: every field of every document, and no negative stored."""

from __future__ import annotations

from pathlib import Path

from tests.golden.corpus import read_corpus
from tests.golden.evaluate import evaluate
from tests.golden.methods import METHODS

_CORPUS = Path(__file__).parents[1] / "golden" / "retail"


def test_markup_of_the_golden_corpus_is_read_exactly() -> None:
    rows = [row for row in read_corpus(_CORPUS) if row.id.startswith("marked-")]
    score = evaluate(rows, "markup", METHODS["markup"])
    assert len(rows) >= 49
    assert score.misses == []
    assert (score.negatives_stored, score.positives_refused, score.failures) == (0, 0, 0)
    assert score.categories_right == score.categories_judged
