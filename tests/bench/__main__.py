"""``python -m tests.bench``: every section as soon as it is measured."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable

from tests.bench import documents, imports, ingestion
from tests.bench.table import Row, render

_SECTIONS: dict[str, Callable[[], Iterable[Row]]] = {
    "Cold start": imports.rows,
    "From the inbox to the phone": ingestion.rows,
    "Rental PDFs": documents.pdf_rows,
    "An HTML mail of 150 KB": documents.html_rows,
    "The golden mails": documents.method_rows,
}


def main() -> None:
    """Prints the sections in order."""
    started = time.perf_counter()
    for title, rows in _SECTIONS.items():
        sys.stdout.write(f"{render(title, rows())}\n")
        sys.stdout.flush()
    sys.stdout.write(f"measured in {time.perf_counter() - started:.0f} s; see tests/bench/__init__.py for how\n")


if __name__ == "__main__":
    main()
