"""Files embedded in a PDF, by name: ISO 32000-1, 7.11.4 (embedded file streams) and 7.9.6 (name trees)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from chalicelib.parsing.pdf.xml_leaves import MOST_BYTES

_MOST_NODES: Final = 64
_MOST_FILES: Final = 16


def xml_attachments(pdf: bytes) -> list[bytes]:
    """The embedded files whose names end in ".xml", in order, small ones only; none of a damaged PDF.

    To be run in the isolated child: a compressed stream may unpack to anything.
    """
    import pdfplumber

    try:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            return [content for content in _contents(document.doc.catalog) if 0 < len(content) <= MOST_BYTES]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - boundary: pdfminer raises whatever damaged input leads it to
        return []


def _contents(catalog: dict[str, Any]) -> Iterator[bytes]:
    from pdfminer.pdftypes import PDFStream, resolve1

    for name, specification in _specifications(catalog):
        files = resolve1(specification.get("EF")) if name.casefold().endswith(".xml") else None
        if isinstance(files, dict):
            stream = resolve1(files.get("UF") or files.get("F"))
            if isinstance(stream, PDFStream):
                yield stream.get_data()


def _specifications(catalog: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """File specifications with their names, from the name tree and from the associated files ("AF") of PDF/A-3."""
    from pdfminer.pdftypes import resolve1

    names = resolve1(catalog.get("Names"))
    pending = [names.get("EmbeddedFiles")] if isinstance(names, dict) else []
    found: list[Any] = []
    for _ in range(_MOST_NODES):
        node = resolve1(pending.pop()) if pending else None
        if isinstance(node, dict):
            pending.extend(reversed(_list(node.get("Kids"))))
            found.extend(_list(node.get("Names"))[1::2])
    seen: set[str] = set()
    for reference in [*found, *_list(catalog.get("AF"))][:_MOST_FILES]:
        specification = resolve1(reference)
        if isinstance(specification, dict):
            name = _text(resolve1(specification.get("UF") or specification.get("F")))
            if name not in seen:
                seen.add(name)
                yield name, specification


def _list(value: Any) -> list[Any]:
    from pdfminer.pdftypes import resolve1

    resolved = resolve1(value)
    return resolved if isinstance(resolved, list) else []


def _text(value: object) -> str:
    """A PDF text string: UTF-16 with a byte order mark, else Latin letters."""
    if isinstance(value, bytes):
        return value.decode("utf-16" if value[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1", "replace")
    return value if isinstance(value, str) else ""
