"""Text for people in a terminal: tables, bars and steps, in colour or plain, in Unicode or ASCII.

Everything is laid out in Unicode first; a stream of another encoding gets each character's one-column substitute, so
that columns stay where they are.
"""

from __future__ import annotations

import codecs
import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, TextIO

Align = Literal["left", "right"]
Colour = Literal["bold", "dim", "green", "red", "yellow", "cyan"]

NARROWEST: Final = 60
WIDEST: Final = 100
_NARROWEST_COLUMN: Final = 4

_SGR: Final[dict[Colour, str]] = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_RISING: Final = " ▁▂▃▄▅▆▇█"
_GROWING: Final = " ▏▎▍▌▋▊▉█"
_SUBSTITUTES: Final = str.maketrans("✓✗·─│┤└…–—→≈×▁▂▃▄▅▆▇█▏▎▍▌▋▊▉", "+x--||+~-->~x...#####...####")


@dataclass(frozen=True, slots=True)
class Terminal:
    """A stream and what it can show; ``width`` in columns, also when nobody is looking."""

    stream: TextIO
    colour: bool = False
    width: int = 80

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> Terminal:
        """Colours for a person at a terminal who does not refuse them (https://no-color.org)."""
        shown = stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        columns = shutil.get_terminal_size((80, 24)).columns
        return cls(stream, shown, min(max(columns, NARROWEST), WIDEST))

    @property
    def unicode(self) -> bool:
        """Whether the stream takes any character."""
        return codecs.lookup(self.stream.encoding or "ascii").name == "utf-8"

    def paint(self, text: str, *colours: Colour) -> str:
        """The text in these colours, or as it is."""
        if not self.colour or not colours:
            return text
        return f"\x1b[{';'.join(_SGR[colour] for colour in colours)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        self._write(text.rstrip() + "\n")

    def lines(self, texts: Sequence[str], indent: int = 2) -> None:
        for text in texts:
            self.line(" " * indent + text)

    def heading(self, text: str) -> None:
        """A title with a rule below it."""
        self.line()
        self.line("  " + self.paint(text, "bold"))
        self.line("  " + self.paint("─" * (self.width - 4), "dim"))

    def paragraph(self, text: str, *colours: Colour, indent: int = 2, mark: str = "") -> None:
        """Wrapped to the width; ``mark`` stands in front of the first line, the others begin below its text."""
        for number, each in enumerate(textwrap.wrap(text, self.width - 2 - indent - len(mark))):
            self.line(" " * indent + (mark if number == 0 else " " * len(mark)) + self.paint(each, *colours))

    def began(self, text: str) -> None:
        """A line that ``done`` replaces; only where a line can be replaced."""
        if self.stream.isatty():
            self._write("  " + self.paint(f"· {clipped(text, self.width - 5)}", "dim"))

    def done(self, text: str) -> None:
        """A line in place of what ``began`` wrote."""
        if self.stream.isatty():
            self._write("\r\x1b[2K")
        self.line(text)

    def _write(self, text: str) -> None:
        self.stream.write(text if self.unicode else encodable(text, self.stream.encoding or "ascii"))
        self.stream.flush()


def encodable(text: str, encoding: str) -> str:
    """The text with a substitute of one column for each character that the encoding does not know.

    >>> encodable("✓ Förråd … ▇█ 日", "ascii")
    '+ Forrad ~ ## ?'
    """
    return "".join(_substitute(character, encoding) for character in text)


def _substitute(character: str, encoding: str) -> str:
    for candidate in (character, character.translate(_SUBSTITUTES), unicodedata.normalize("NFKD", character)[0], "?"):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def harmless(text: str) -> str:
    """One line that cannot steer a terminal: control, format and unassigned characters become a replacement sign.

    >>> harmless("Hyresavi\\u202efdp.exe\\x1b[2J\\n")
    'Hyresavi\\ufffdfdp.exe\\ufffd[2J\\ufffd'
    """
    return "".join("\ufffd" if unicodedata.category(each)[0] == "C" else each for each in text)


def columns(text: str) -> int:
    """How many columns a terminal gives a text without escape sequences.

    >>> columns("Förråd"), columns("e\\u0301"), columns("日本")
    (6, 1, 4)
    """
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def clipped(text: str, width: int) -> str:
    """The text, or as much of it as fits with an ellipsis.

    >>> clipped("Hyresavi.pdf", 12), clipped("Hyresavi.pdf", 6)
    ('Hyresavi.pdf', 'Hyres…')
    """
    if columns(text) <= width:
        return text
    kept = text
    while kept and columns(kept) > width - 1:
        kept = kept[:-1]
    return kept + "…"


def padded(text: str, width: int, align: Align = "left") -> str:
    """The text in exactly ``width`` columns.

    >>> padded("å", 3), padded("9 300", 6, "right"), padded("Exempel", 4)
    ('å  ', ' 9 300', 'Exe…')
    """
    text = clipped(text, width)
    blanks = " " * (width - columns(text))
    return blanks + text if align == "right" else text + blanks


@dataclass(frozen=True, slots=True)
class Column:
    """``flexible`` columns give way when the table is too wide."""

    title: str
    align: Align = "left"
    flexible: bool = False


def table(head: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A title line and one line a row, each at most ``width`` columns as long as flexible columns can give way.

    >>> list(table([Column("Due"), Column("Kronor", "right")], [["30 Nov", "9 300"]], 40))
    ['Due     Kronor', '30 Nov   9 300']
    """
    widths = [max(map(columns, (each.title, *(row[n] for row in rows)))) for n, each in enumerate(head)]
    gap = "  " if sum(widths) + 2 * (len(head) - 1) <= width else " "
    flexible = [n for n, each in enumerate(head) if each.flexible]
    while flexible and sum(widths) + len(gap) * (len(head) - 1) > width:
        widest = max(flexible, key=lambda n: widths[n])
        if widths[widest] <= _NARROWEST_COLUMN:
            break
        widths[widest] -= 1
    for row in ([each.title for each in head], *rows):
        cells = (padded(text, size, each.align) for text, size, each in zip(row, widths, head, strict=True))
        yield gap.join(cells).rstrip()


def bar(value: Decimal, most: Decimal, width: int) -> str:
    """A lying bar of up to ``width`` columns, to an eighth of a column.

    >>> bar(Decimal(50), Decimal(100), 4), bar(Decimal(1), Decimal(100), 4), bar(Decimal(0), Decimal(100), 4)
    ('██', '▏', '')
    """
    if most <= 0 or value <= 0:
        return ""
    eighths = max(1, int((value * width * 8 / most).to_integral_value(ROUND_HALF_UP)))
    return ("█" * (eighths // 8) + _GROWING[eighths % 8]).strip()


def standing_bars(values: Sequence[Decimal | None], height: int, bar_width: int) -> list[str]:
    """A chart from zero up, top line first, a blank column after each bar; ``None`` leaves a gap.

    >>> standing_bars([Decimal(4), None, Decimal(1)], 2, 1)
    ['█', '█   ▄']
    """
    most = max((value for value in values if value is not None), default=Decimal(0))
    eighths = [
        int((value * height * 8 / most).to_integral_value(ROUND_HALF_UP)) if value and most > 0 else 0
        for value in values
    ]
    return [
        " ".join(_RISING[min(max(each - 8 * level, 0), 8)] * bar_width for each in eighths).rstrip()
        for level in reversed(range(height))
    ]


def number(value: Decimal | int) -> str:
    """Whole units as Swedes write them.

    >>> number(10365), number(Decimal("-1249.5"))
    ('10 365', '-1 250')
    """
    whole = Decimal(value).to_integral_value(ROUND_HALF_UP)
    return f"{whole:,}".replace(",", " ")
