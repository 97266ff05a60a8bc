"""Opens an untrusted PDF and reads its pages' text within bounds.

Memory and time are bounded by :mod:`chalicelib.parsing.pdf.isolation`; what is bounded here is what can be counted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from chalicelib.errors import DocumentRejected, DocumentUnreadable
from chalicelib.parsing.pdf.words import PageText, page_text

LARGEST_DOCUMENT: Final = 20 * 1024 * 1024
MOST_PAGES: Final = 50
MOST_GLYPHS: Final = 200_000
#: Why a scan is unreadable; the one reason that somebody who can see could do something about.
NO_TEXT: Final = "no_text"
_HEADER_WINDOW: Final = 1024


def check_looks_like_pdf(pdf: bytes) -> None:
    """Cheap checks before any parsing: raises ``DocumentUnreadable``: empty_file, too_large, not_a_pdf.

    Readers look for ``%PDF-`` in the first 1024 bytes (Adobe PDF Reference 1.7, appendix H, note 13); without a single
    ``startxref`` (section 3.4.4, File Trailer) the end of the file is missing: truncated_or_damaged.
    """
    if not pdf:
        raise DocumentUnreadable("empty_file")
    if len(pdf) > LARGEST_DOCUMENT:
        raise DocumentUnreadable("too_large")
    if b"%PDF-" not in pdf[:_HEADER_WINDOW]:
        raise DocumentUnreadable("not_a_pdf")
    if b"startxref" not in pdf:
        raise DocumentUnreadable("truncated_or_damaged")


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF has, whatever is on them. Raises as ``read_pages``, but never no_text or no_pages."""
    import pdfplumber

    check_looks_like_pdf(pdf)
    try:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            return len(document.pages)
    except Exception as exc:  # boundary: pdfminer raises whatever damaged input leads it to
        raise DocumentUnreadable(_reason_of(exc)) from exc


def read_pages(pdf: bytes) -> list[PageText]:
    """The text of every page, at least one glyph in all.

    Raises ``DocumentUnreadable``: empty_file, too_large, not_a_pdf, encrypted, truncated_or_damaged, no_pages, no_text,
    too_many_pages, too_complex, out_of_memory.
    """
    check_looks_like_pdf(pdf)
    try:
        pages = list(_pages(pdf))
    except DocumentRejected:
        raise
    except MemoryError as exc:
        raise DocumentUnreadable("out_of_memory") from exc
    except RecursionError as exc:
        raise DocumentUnreadable("too_complex") from exc
    except Exception as exc:  # boundary: pdfminer raises whatever damaged input leads it to
        raise DocumentUnreadable(_reason_of(exc)) from exc
    if not pages:
        raise DocumentUnreadable("no_pages")
    if not any(page.lines for page in pages):
        raise DocumentUnreadable(NO_TEXT)
    return pages


def extract_pdf_text(pdf: bytes) -> str:
    """The document as plain text, columns kept apart by spaces, pages by form feeds. Raises as ``read_pages``."""
    return "\f".join(page.text() for page in read_pages(pdf))


def _pages(pdf: bytes) -> Iterator[PageText]:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(pdf)) as document:
        if len(document.pages) > MOST_PAGES:
            raise DocumentUnreadable("too_many_pages")
        glyphs = 0
        for number, page in enumerate(document.pages, start=1):
            chars: list[dict[str, Any]] = page.chars
            glyphs += len(chars)
            if glyphs > MOST_GLYPHS:
                raise DocumentUnreadable("too_complex")
            yield page_text(number, float(page.width), float(page.height), chars)
            page.close()


def _reason_of(exc: BaseException) -> str:
    """Looks along the chain of causes for pdfminer's encryption errors; everything else is damage."""
    seen: BaseException | None = exc
    while seen is not None:
        inner = next((arg for arg in seen.args if isinstance(arg, BaseException)), None)
        for error in (seen, inner):
            name = type(error).__name__
            if name.startswith(("PDFPassword", "PDFEncryption")):
                return "encrypted"
            if isinstance(error, MemoryError):
                return "out_of_memory"
            if isinstance(error, RecursionError):
                return "too_complex"
        seen = seen.__cause__ or seen.__context__
    return "truncated_or_damaged"
