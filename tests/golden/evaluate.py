"""Measures every extraction method on a corpus: ``python -m tests.golden.evaluate CORPUS_DIR``.

Per field: exact; accepted (another right answer); wrong and flagged for review; wrong and not flagged; missing (stated,
but not found); invented (found, but not stated). Documents without truth (hostile ones) count as failures when a
method raises, and by nothing else.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from chalicelib.domain.invoices import Extraction, RentalNotice
from chalicelib.parsing.visible.text import visible_text
from tests.golden.corpus import Row, read_corpus
from tests.golden.methods import METHODS, Answer, Method
from tests.golden.scoring import RENTAL_FIELDS, RETAIL_FIELDS, VERDICTS, Score

_SURE = 0.5


def evaluate(rows: Iterable[Row], name: str, method: Method) -> Score:
    """One method over all rows that it can answer."""
    score = Score(name)
    for row in rows:
        if method.applies(row):
            _measure(row, method, score)
    return score


def _measure(row: Row, method: Method, score: Score) -> None:
    score.documents += 1
    score.prompt_bytes += 0 if row.is_pdf else len(visible_text(row.html()).text.encode())
    started = time.perf_counter()
    try:
        answer = method.answer(row)
    except Exception as exc:  # noqa: BLE001 - the boundary of the evaluation: a method that raises is a finding
        score.failures += 1
        score.misses.append(f"{row.id}: raised {type(exc).__name__}")
        return
    finally:
        score.milliseconds += (time.perf_counter() - started) * 1000
    if not row.is_hostile:
        _score(row, answer, method.wants(row), score)


def _score(row: Row, answer: Answer, wanted: bool, score: Score) -> None:
    stored = answer is not None and (isinstance(answer, RentalNotice) or answer.is_purchase)
    if not wanted:
        score.negatives += 1
        score.negatives_stored += stored
        if stored:
            score.misses.append(f"{row.id}: stored although it is none")
        return
    if not stored:
        score.positives_refused += 1
    values = _rental_values(answer) if row.is_rental else _retail_values(answer)
    flagged = _is_flagged(answer)
    for name in RENTAL_FIELDS if row.is_rental else RETAIL_FIELDS:
        score.add(row, name, values.get(name) if stored else None, flagged=flagged)
    if isinstance(answer, Extraction) and stored and row.categories:
        score.categories_judged += 1
        score.categories_right += answer.category in row.categories


def _is_flagged(answer: Answer) -> bool:
    if answer is None:
        return False
    return bool(answer.review_reasons) or (isinstance(answer, Extraction) and answer.confidence < _SURE)


def _retail_values(answer: Answer) -> dict[str, str | None]:
    if not isinstance(answer, Extraction):
        return {}
    values = {
        "vendor": answer.vendor_name,
        "total_amount": answer.total_amount,
        "currency": answer.currency,
        "invoice_date": answer.invoice_date,
        "order_id": answer.order_id,
        "due_date": answer.due_date,
    }
    return {name: None if value is None else str(value) for name, value in values.items()}


def _rental_values(answer: Answer) -> dict[str, str | None]:
    if not isinstance(answer, RentalNotice):
        return {}
    values = {
        "ocr": answer.reference,
        "due_date": answer.due_date,
        "total_amount": answer.total,
        "hyra": answer.amount_of("rent"),
        "el": answer.amount_of("electricity"),
        "kallvatten": answer.amount_of("cold_water"),
        "varmvatten": answer.amount_of("hot_water"),
        "moms": answer.vat,
    }
    return {name: None if value is None else str(value) for name, value in values.items()}


def table(score: Score) -> str:
    """The score as a person reads it."""
    lines = [
        (
            f"{score.method}: {score.documents} documents, {score.milliseconds / max(score.documents, 1):.1f} ms and "
            f"{score.prompt_bytes // max(score.documents, 1)} prompt bytes each"
        )
    ]
    lines.append(f"  {'field':<14}" + "".join(f"{verdict:>17}" for verdict in VERDICTS) + f"{'exact %':>9}")
    fields = [
        name
        for name in dict.fromkeys((*RETAIL_FIELDS, *RENTAL_FIELDS))
        if any(score.verdicts[name, v] for v in VERDICTS)
    ]
    for name in fields:
        counts = [score.verdicts[name, verdict] for verdict in VERDICTS]
        lines.append(f"  {name:<14}" + "".join(f"{n:>17}" for n in counts) + f"{100 * counts[0] / sum(counts):>9.1f}")
    lines.extend(_category_lines(score, fields))
    lines.append(
        f"  categories right {score.categories_right} of {score.categories_judged}; invoices refused "
        f"{score.positives_refused}; negatives stored {score.negatives_stored} of {score.negatives}; "
        f"failures {score.failures}"
    )
    return "\n".join(lines)


def _category_lines(score: Score, fields: Sequence[str]) -> list[str]:
    """Exact of judged, by category."""
    lines = []
    for category in sorted({category for category, _, _ in score.by_category}):
        cells = []
        for name in fields:
            counts = {verdict: score.by_category[category, name, verdict] for verdict in VERDICTS}
            if any(counts.values()):
                cells.append(f"{name} {counts['exact']}/{sum(counts.values())}")
        lines.append(f"  {category:<14} " + ", ".join(cells))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one table a method; returns 1 when a method raised."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.evaluate", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--method", choices=sorted(METHODS), action="append", help="default: all")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--verbose", action="store_true", help="list every value that is not exact")
    options = parser.parse_args(arguments)
    rows = read_corpus(options.corpus)
    if not rows:
        parser.error(f"no manifest*.jsonl with documents below {options.corpus}")
    scores = [evaluate(rows, name, METHODS[name]) for name in options.method or METHODS]
    for score in scores:
        sys.stdout.write(table(score) + "\n")
        if options.verbose:
            sys.stdout.write("".join(f"    {miss}\n" for miss in score.misses))
    if options.json:
        options.json.write_text(json.dumps([score.as_dict() for score in scores], indent=2), encoding="utf-8")
    return int(any(score.failures for score in scores))


if __name__ == "__main__":
    sys.exit(main())
