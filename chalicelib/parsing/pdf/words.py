"""The geometry of a page's text: glyphs become words, words lines, lines cells.

A cell is a run of words with no more than ordinary spaces between them, so that a label and the amount in the column
beside it are two cells. Nothing here depends on the order in which a program drew the glyphs, on fonts, or on the
document drawing its spaces. Units are PDF points, the origin is the top left corner, y grows downwards.
"""

from __future__ import annotations

import bisect
import math
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

#: Gaps in units of the type size. Helvetica's space is 0.28 wide, kerned letters stay below 0.1, columns above 1.
WORD_GAP: Final = 0.17
WIDE_GAP: Final = 0.8
CELL_GAP: Final = 1.0
LINE_TOLERANCE: Final = 0.4

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\x00"))
_SPACING_DIAERESIS: Final = {0xA8: 0x308, 0x2DA: 0x30A}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn character and its box, upright."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return max(self.bottom - self.top, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs without a gap between them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of words on one line; ``text`` has one space between words, two where the gap is unusually wide."""

    page: int
    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return max(self.bottom - self.top, 1.0)

    def shares_line_with(self, other: Cell) -> bool:
        """Whether the two overlap vertically by half of the smaller one's height."""
        overlap = min(self.bottom, other.bottom) - max(self.top, other.top)
        return overlap >= 0.5 * min(self.size, other.size)

    def shares_column_with(self, other: Cell) -> bool:
        """Whether the two overlap horizontally, or nearly so."""
        return min(self.x1, other.x1) - max(self.x0, other.x0) > -0.5 * self.size


def _top(cell: Cell) -> float:
    return cell.top


@dataclass(frozen=True, slots=True)
class PageText:
    """One page's lines from top to bottom, each of cells from left to right."""

    number: int
    width: float
    lines: tuple[tuple[Cell, ...], ...]
    cells: tuple[Cell, ...] = field(init=False)
    _by_top: tuple[Cell, ...] = field(init=False, repr=False)
    _tallest: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        cells = tuple(cell for line in self.lines for cell in line)
        object.__setattr__(self, "cells", cells)
        object.__setattr__(self, "_by_top", tuple(sorted(cells, key=_top)))
        object.__setattr__(self, "_tallest", max((cell.size for cell in cells), default=0.0))

    def right_of(self, cell: Cell) -> list[Cell]:
        """The cells beside ``cell``, nearest first; they need not stand exactly on its baseline."""
        beside = [
            other
            for other in self._between(cell.top - self._tallest, cell.bottom)
            if other is not cell and other.x0 >= cell.x1 - 0.3 * cell.size and cell.shares_line_with(other)
        ]
        return sorted(beside, key=lambda other: other.x0)

    def below(self, cell: Cell, reach: float = math.inf) -> list[Cell]:
        """The cells under ``cell`` in its column, nearest first, whose top is at most ``reach`` points below it."""
        under = [
            other
            for other in self._between(cell.bottom - 0.4 * cell.size, cell.bottom + reach)
            if other.top >= cell.bottom - 0.4 * min(cell.size, other.size)
            and other is not cell
            and cell.shares_column_with(other)
            and not cell.shares_line_with(other)
        ]
        return sorted(under, key=lambda other: (round(other.top), abs(other.x0 - cell.x0)))

    def _between(self, highest: float, lowest: float) -> tuple[Cell, ...]:
        """The cells whose top lies between two heights."""
        start = bisect.bisect_left(self._by_top, highest, key=_top)
        return self._by_top[start : bisect.bisect_right(self._by_top, lowest, key=_top)]

    def text(self) -> str:
        """The page as plain text whose columns stand roughly where they are on paper."""
        margin = min((cell.x0 for cell in self.cells), default=0.0)
        return "\n".join(self._laid_out(line, margin) for line in self.lines)

    def _laid_out(self, line: tuple[Cell, ...], margin: float) -> str:
        text = ""
        for cell in line:
            column = min(int((cell.x0 - margin) / self.width * 120), 240) if self.width > 0 else 0
            gap = 2 if text else 0
            text = text.ljust(max(column, len(text) + gap)) + cell.text
        return text.rstrip()


def page_text(number: int, width: float, height: float, chars: Iterable[Mapping[str, Any]]) -> PageText:
    """Builds a page from pdfplumber's ``page.chars``; text across the page's main direction is left out."""
    by_turn: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for char in chars:
        by_turn[_quarter_turns(char.get("matrix"))].append(char)
    if not by_turn:
        return PageText(number, width, ())
    turn = Counter({key: len(group) for key, group in by_turn.items()}).most_common(1)[0][0]
    glyphs = [_glyph(char, turn, width, height) for char in by_turn[turn]]
    lines = tuple(
        cells for line in _lines([glyph for glyph in glyphs if glyph.text]) if (cells := _cells(number, _words(line)))
    )
    return PageText(number, height if turn % 2 else width, lines)


def _quarter_turns(matrix: Sequence[float] | None) -> int:
    """How often the text is turned by 90 degrees counter-clockwise."""
    if not matrix:
        return 0
    along, up = matrix[0], matrix[1]
    if abs(along) >= abs(up):
        return 0 if along >= 0 else 2
    return 1 if up > 0 else 3


def _glyph(char: Mapping[str, Any], turn: int, width: float, height: float) -> Glyph:
    x0, x1, top, bottom = char["x0"], char["x1"], char["top"], char["bottom"]
    if turn == 1:
        x0, x1, top, bottom = height - bottom, height - top, x0, x1
    elif turn == 2:
        x0, x1, top, bottom = width - x1, width - x0, height - bottom, height - top
    elif turn == 3:
        x0, x1, top, bottom = top, bottom, width - x1, width - x0
    # Programs fall back to a pictogram font for characters that theirs lacks, most often one of the narrow spaces.
    text = " " if "dingbats" in str(char.get("fontname", "")).lower() else _visible_text(char["text"])
    return Glyph(text, x0, x1, top, bottom)


def _visible_text(text: str) -> str:
    """Ligatures become letters, every space an ordinary one; a glyph that the font cannot name becomes a space.

    >>> [_visible_text(text) for text in ("ﬁ", "\\u202f", "(cid:3)", "\\u200b")]
    ['fi', ' ', ' ', '']
    """
    if text.startswith("(cid:"):
        return " "
    text = unicodedata.normalize("NFKC", text.translate(_SPACING_DIAERESIS)).translate(_INVISIBLE)
    return " " if text and text.isspace() else text


def _lines(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Groups glyphs by the height of their middle, whatever order they were drawn in."""
    lines: list[list[Glyph]] = []
    middle = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.middle):
        if lines and abs(glyph.middle - middle) <= LINE_TOLERANCE * min(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
            middle += (glyph.middle - middle) / len(lines[-1])
        else:
            lines.append([glyph])
            middle = glyph.middle
    return [sorted(line, key=lambda glyph: glyph.x0) for line in lines]


def _words(line: list[Glyph]) -> list[Word]:
    """Parts a line's glyphs at spaces and at gaps; text spaced out letter by letter needs wider gaps."""
    drawn = _without_shadows([glyph for glyph in line if not glyph.text.isspace()])
    if not drawn:
        return []
    spaces = sorted((glyph.x0 + glyph.x1) / 2 for glyph in line if glyph.text.isspace())
    size = statistics.median(glyph.size for glyph in drawn)
    gap_limit = max(WORD_GAP * size, 1.7 * _usual_gap(drawn, size))
    groups: list[list[Glyph]] = [[drawn[0]]]
    for left, right in pairwise(drawn):
        while spaces and spaces[0] < left.x0:
            spaces.pop(0)
        parted = bool(spaces) and spaces[0] < right.x0 + 0.3 * (right.x1 - right.x0) and right.x0 > left.x0
        if parted or right.x0 - left.x1 > gap_limit:
            groups.append([])
        groups[-1].append(right)
    return [_word(group) for group in groups]


def _without_shadows(glyphs: list[Glyph]) -> list[Glyph]:
    """Drops glyphs drawn twice with a tiny offset, which is how some programs print bold."""
    kept: list[Glyph] = []
    for glyph in glyphs:
        if not any(glyph.text == other.text and glyph.x0 - other.x0 < 0.1 * glyph.size for other in kept[-2:]):
            kept.append(glyph)
    return kept


def _usual_gap(glyphs: list[Glyph], size: float) -> float:
    """The median gap between neighbours that are not in different columns; 0 for short runs."""
    gaps = [gap for left, right in pairwise(glyphs) if (gap := right.x0 - left.x1) < CELL_GAP * size]
    return max(statistics.median(gaps), 0.0) if len(gaps) >= 5 else 0.0


def _word(glyphs: list[Glyph]) -> Word:
    text = unicodedata.normalize("NFC", "".join(glyph.text for glyph in glyphs))
    return Word(
        text,
        glyphs[0].x0,
        max(glyph.x1 for glyph in glyphs),
        min(glyph.top for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
    )


def _cells(page: int, words: list[Word]) -> tuple[Cell, ...]:
    """Joins the words of a line that are closer than a column gap."""
    groups: list[list[Word]] = []
    for word in words:
        size = word.bottom - word.top
        if groups and word.x0 - groups[-1][-1].x1 <= CELL_GAP * size:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(_cell(page, group) for group in groups)


def _cell(page: int, words: list[Word]) -> Cell:
    text = words[0].text
    for left, right in pairwise(words):
        text += ("  " if right.x0 - left.x1 > WIDE_GAP * (right.bottom - right.top) else " ") + right.text
    return Cell(
        page=page,
        text=text,
        x0=words[0].x0,
        x1=max(word.x1 for word in words),
        top=min(word.top for word in words),
        bottom=max(word.bottom for word in words),
    )
