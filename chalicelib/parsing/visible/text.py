"""HTML and plain bodies to what a person sees: readable lines, without hidden text, padding, links and reply tails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from chalicelib.parsing.visible.characters import readable, reorders_text
from chalicelib.parsing.visible.quoting import forwarded_sender, is_forward, without_quoted_tail
from chalicelib.parsing.visible.rows import with_joined_marks

_MOST_LINES = 8_000
_MOST_CHARACTERS = 200_000
_LONGEST_LINE = 4_000

_LINK = re.compile(r"[<\[(]?\b(?:https?://|mailto:)[^\s<>\[\]\"']+[>\])]?", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.{5,}|\.{4}(?! ?\d{4}\b)|_{4,}|…{2,}|-{4,}|={4,}|(?:\. ){4,}|·{4,})")
_COLUMN_GAP = re.compile(r"[ \u00a0]{3,}|\|[ \u00a0|]*")
_BLANKS = re.compile(r"[ \r\f\v]+")
_EDGES = " \t\u00a0\u2007\u2009\u202f\u200a"


class VisibleText(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sees of a document.

    ``lines`` hold one paragraph or table row each, never empty, cells separated by a tab. ``image_texts`` are the
    alternative texts of visible images, logos often being the only place of a shop's name. ``language`` is what the
    document declares (BCP 47), which is often wrong. ``truncated`` says that something was left out because the
    document is too large or too deep, ``reorders_text`` that it uses direction overrides to look other than it reads.
    ``forwarded_from`` is the original sender of a mail that was forwarded, when it says.
    """

    lines: tuple[str, ...] = ()
    image_texts: tuple[str, ...] = ()
    language: str | None = None
    truncated: bool = False
    reorders_text: bool = False
    is_forward: bool = False
    forwarded_from: str = ""

    @property
    def text(self) -> str:
        """All lines, separated by line feeds."""
        return "\n".join(self.lines)


def visible_text(html: str, *, subject: str = "") -> VisibleText:
    """What a mail client shows of an HTML body; bounded in time and memory for any input, never raises.

    ``subject`` helps to tell a reply, whose quoted tail is dropped, from a forwarded mail, whose content is kept.

    >>> visible_text("<p hidden>Total 9 kr</p><table><tr><td>Total</td><td>1&#8203;2 kr</td></table>").lines
    ('Total\\t12 kr',)
    """
    from chalicelib.parsing.visible.layout import lay_out

    page = lay_out(html)
    return _finish(
        page.lines,
        subject,
        VisibleText(
            image_texts=tuple(page.image_texts),
            language=page.language,
            truncated=page.truncated,
            reorders_text=reorders_text(html),
        ),
    )


def plain_text(body: str, *, subject: str = "") -> VisibleText:
    """The same for a plain text body: columns made of spaces, dots or bars become cells.

    >>> plain_text("Total ........ 12,00 kr\\n\\nSumma      14,00\\n> quoted").lines
    ('Total\\t12,00 kr', 'Summa\\t14,00', '> quoted')
    """
    cut = body[: 10 * _MOST_CHARACTERS]
    lines = [_COLUMN_GAP.sub("\t", line.expandtabs(8).strip()) for line in cut.splitlines()]
    return _finish(lines, subject, VisibleText(truncated=len(cut) < len(body), reorders_text=reorders_text(cut)))


def _finish(raw_lines: list[str], subject: str, frame: VisibleText) -> VisibleText:
    lines: list[str] = []
    size = 0
    truncated = frame.truncated
    for raw in _in_pieces(raw_lines):
        line = tidy_line(raw)
        if not line:
            continue
        size += len(line)
        if len(lines) >= _MOST_LINES or size > _MOST_CHARACTERS:
            truncated = True
            break
        lines.append(line)
    return msgspec.structs.replace(
        frame,
        lines=tuple(without_quoted_tail(lines, subject)),
        truncated=truncated,
        is_forward=is_forward(lines, subject),
        forwarded_from=forwarded_sender(lines) if is_forward(lines, subject) else "",
    )


def _in_pieces(raw_lines: list[str]) -> Iterator[str]:
    """Overlong lines in pieces, so that no pattern ever runs over a megabyte."""
    for raw in raw_lines:
        for start in range(0, min(max(len(raw), 1), _MOST_CHARACTERS * 2), _LONGEST_LINE):
            yield raw[start : start + _LONGEST_LINE]


def tidy_line(raw: str) -> str:
    """One line without invisible characters, links, leader dots and needless blanks.

    >>> tidy_line("  Total:\\u200b ......  12\\u00a0kr  <https://t.example/x?y=1> ")
    'Total:\\t12\\xa0kr'
    """
    line = readable(raw)
    if "/" in line or "mailto" in line:
        line = _LINK.sub("", line)
    line = _BLANKS.sub(" ", _LEADERS.sub("\t", line))
    cells = [cell.strip(_EDGES) for cell in line.split("\t")]
    return "\t".join(with_joined_marks([cell for cell in cells if cell]))
