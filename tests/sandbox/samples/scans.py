"""Documents as a scanner makes them: pictures of pages, without a letter of text."""

from __future__ import annotations

import io
import random
import time

import pypdfium2
from PIL import Image

_DOTS_PER_INCH = 110


def scan_of(pdf: bytes, copies: int = 1) -> bytes:
    """The same pages as grey pictures, `copies` times over; the same bytes for the same document."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.render(scale=_DOTS_PER_INCH / 72, grayscale=True).to_pil() for page in document]
    return _as_pdf(pages * copies)


def heavy_scan(megabytes: int) -> bytes:
    """One page of static, which no compression makes smaller than so many megabytes."""
    side = int((megabytes << 20) ** 0.5) + 1
    return _as_pdf([Image.frombytes("L", (side, side), random.Random(0).randbytes(side * side))])


def _as_pdf(pictures: list[Image.Image]) -> bytes:
    target, day = io.BytesIO(), time.gmtime(0)
    pictures[0].save(
        target,
        "PDF",
        save_all=True,
        append_images=pictures[1:],
        resolution=_DOTS_PER_INCH,
        quality=95,
        creationDate=day,
        modDate=day,
    )
    return target.getvalue()
