"""A page to draw on, and the ways in which programs draw the same page differently.

Deterministic: the same drawing in the same :class:`Style` gives the same bytes.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

Anchor = Literal["left", "right", "centre"]
WIDTH, HEIGHT = A4

_FONTS: Final = Path(reportlab.__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Style:
    """How a page is written to the file; none of it changes what a reader sees, but for ``jitter``.

    ``shuffle``: seed for a random drawing order. ``jitter``: how many points the right aligned columns sit below the
    baseline. ``letters``: every glyph drawn by itself. ``glued``: words drawn one by one, without space characters.
    ``embedded``: an embedded TrueType subset instead of a standard font. ``turned``: the page is rotated by 90 degrees.
    """

    shuffle: int | None = None
    jitter: float = 0.0
    letters: bool = False
    glued: bool = False
    embedded: bool = False
    turned: bool = False


PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class _Stroke:
    page: int
    x: float
    y: float
    text: str
    size: float
    font: str


@dataclass(slots=True)
class Sheet:
    """Collects texts at positions in points from the top left corner; ``pdf()`` writes them."""

    style: Style = PLAIN
    page: int = 0
    _strokes: list[_Stroke] = field(default_factory=list)

    def next_page(self) -> None:
        self.page += 1

    def left(self, x: float, y: float, text: str, size: float = 9, font: str = "Helvetica") -> None:
        """Text that begins at ``x``."""
        self._strokes.append(_Stroke(self.page, x, y, text, size, self._font(font)))

    def right(self, x: float, y: float, text: str, size: float = 9, font: str = "Helvetica") -> None:
        """Text that ends at ``x``."""
        name = self._font(font)
        start = x - pdfmetrics.stringWidth(text, name, size)
        self._strokes.append(_Stroke(self.page, start, y + self.style.jitter, text, size, name))

    def code_line(self, y: float, text: str) -> None:
        """A payment slip's machine-readable line: monospaced, as OCR-B is."""
        self.left(45, y, text, 10, "Courier")

    def digits(self) -> int:
        """How many digits are drawn."""
        return sum(character.isdigit() for stroke in self._strokes for character in stroke.text)

    def misprint(self, position: int, by: int) -> str:
        """Adds ``by`` to the digit at ``position`` of all that are drawn, modulo 10; returns the text that holds it."""
        for index, stroke in enumerate(self._strokes):
            places = [place for place, character in enumerate(stroke.text) if character.isdigit()]
            if position < len(places):
                place = places[position]
                digit = str((int(stroke.text[place]) + by) % 10)
                text = stroke.text[:place] + digit + stroke.text[place + 1 :]
                self._strokes[index] = replace(stroke, text=text)
                return text
            position -= len(places)
        raise IndexError(position)

    def pdf(self) -> bytes:
        """The drawn pages as a PDF; the same strokes in the same style give the same bytes."""
        buffer = io.BytesIO()
        size = (HEIGHT, WIDTH) if self.style.turned else (WIDTH, HEIGHT)
        paper = canvas.Canvas(buffer, pagesize=size, invariant=1, pageCompression=1)
        for page in range(self.page + 1):
            strokes = [stroke for stroke in self._strokes if stroke.page == page]
            if self.style.shuffle is not None:
                random.Random(self.style.shuffle).shuffle(strokes)
            if self.style.turned:
                paper.setPageRotation(90)
                paper.translate(HEIGHT, 0)
                paper.rotate(90)
            for stroke in strokes:
                self._draw(paper, stroke)
            paper.showPage()
        paper.save()
        return buffer.getvalue()

    def _font(self, font: str) -> str:
        if not self.style.embedded:
            return font
        if "Vera" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont("Vera", _FONTS / "Vera.ttf"))
        return "Vera"

    def _draw(self, paper: canvas.Canvas, stroke: _Stroke) -> None:
        parts = (
            list(stroke.text) if self.style.letters else stroke.text.split(" ") if self.style.glued else [stroke.text]
        )
        gap = (
            pdfmetrics.stringWidth(" ", stroke.font, stroke.size) if self.style.glued and not self.style.letters else 0
        )
        x = stroke.x
        paper.setFont(stroke.font, stroke.size)
        for part in parts:
            if part.strip(" ") or not self.style.letters:
                paper.drawString(x, HEIGHT - stroke.y, part)
            x += pdfmetrics.stringWidth(part, stroke.font, stroke.size) + gap
