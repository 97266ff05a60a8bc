"""Lays an HTML body out as lines of text: hidden elements left out, table rows and columns kept side by side.

The tree is walked without recursion. Only block structure matters: blocks start a line, the cells of a row (table
cells, flex children, adjacent inline blocks) are put together by ``rows``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.parsing.visible.css import Declarations, cascade, parse_declarations, parse_sheet
from chalicelib.parsing.visible.nesting import bound_markup
from chalicelib.parsing.visible.rows import rows_of
from chalicelib.parsing.visible.styles import Style, hides_subtree, inherit

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SKIPPED_NAMES = (
    "head style script title template svg math iframe object select option textarea noframes audio video canvas map "
    "del s strike"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_BLOCKS_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody tfoot "
    "thead ul"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_CELLS = frozenset(["td", "th"])
_SIDE_BY_SIDE = frozenset(["inline-block", "inline-table", "table-cell", "inline-flex"])
#: Mail frameworks write every column with an inline width of 100 % for phones; the class tells its width on a desktop.
_FULL_WIDTH = re.compile(r"(?:^|[\s-])(?:per-100|col-12|large-12|w-100|full-width)(?:\s|$)")
_WHITESPACE = re.compile(r"[ \t\r\n\f]+")
_MOST_RULE_MATCHES = 2_000_000
_DEEPEST_FOR_COMBINATORS = 150
_MOST_IMAGE_TEXTS = 60

Matched = dict[int, list[tuple[tuple[int, int, int], int, Declarations]]]


class _Frame:
    """What is collected for one cell, row or the page: finished lines, the line being written, and cells."""

    def __init__(self, *, is_row: bool = False) -> None:
        self.is_row = is_row
        self.lines: list[str] = []
        self.inline: list[str] = []
        self.cells: list[list[str]] = []

    def end_line(self) -> None:
        line = "".join(self.inline).strip(" ")
        self.inline.clear()
        if line and self.is_row:
            self.cells.append([line])
        elif line:
            self.end_row()
            self.lines.append(line)

    def end_row(self) -> None:
        """Puts the inline blocks that were collected so far on lines of their own."""
        if self.cells and not self.is_row:
            self.lines.extend(rows_of(self.cells))
            self.cells = []

    def finish(self) -> list[str]:
        self.end_line()
        if self.is_row:
            return rows_of(self.cells)
        self.end_row()
        return self.lines


class Page:
    """The outcome: raw lines (not yet tidied), texts of images, the declared language, and whether it was cut."""

    def __init__(self, *, truncated: bool) -> None:
        self.lines: list[str] = []
        self.image_texts: list[str] = []
        self.language: str | None = None
        self.truncated = truncated


def lay_out(html: str) -> Page:
    """Parses and lays out an HTML body of any size and shape."""
    from selectolax.lexbor import LexborHTMLParser

    markup = bound_markup(html.encode("utf-8", "replace").decode("utf-8"))
    page = Page(truncated=markup.truncated)
    tree = LexborHTMLParser(markup.html)
    if tree.root is None:
        return page
    page.language = (tree.root.attributes.get("lang") or "").strip() or None
    _Walk(page, _matched_rules(tree, markup.depth)).run(tree.root)
    return page


def _matched_rules(tree: LexborHTMLParser, depth: int) -> Matched:
    """Which style sheet rules apply to which node, by node id."""
    css = "\n".join(node.text(deep=True) for node in tree.css("style")[:50])
    matched: Matched = {}
    budget = _MOST_RULE_MATCHES
    size = tree.html.count("<") if tree.html else 0
    for order, rule in enumerate(parse_sheet(css)):
        budget -= size
        if budget < 0:
            break
        if " " in rule.selector and depth > _DEEPEST_FOR_COMBINATORS:
            continue
        try:
            nodes = tree.css(rule.selector)
        except ValueError:  # selectolax's answer to a selector that it cannot parse
            continue
        for node in nodes:
            matched.setdefault(node.mem_id, []).append((rule.specificity, order, rule.declarations))
    return matched


class _Walk:
    """One pass over the tree, with an explicit stack in place of recursion."""

    def __init__(self, page: Page, matched: Matched) -> None:
        self._page = page
        self._matched = matched
        self._frames = [_Frame()]

    def run(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, Style, str | None]] = [(root, Style(), None)]
        while stack:
            node, style, leaving = stack.pop()
            if leaving is not None:
                self._leave(leaving)
                continue
            entered = self._enter(node, style)
            if entered is None:
                continue
            inner, role = entered
            if role:
                stack.append((node, style, role))
            child = node.last_child
            while child is not None:
                stack.append((child, inner, None))
                child = child.prev
        self._page.lines = self._frames[0].finish()

    def _enter(self, node: LexborNode, style: Style) -> tuple[Style, str] | None:
        """Opens a node: its children's style and what to do on leaving it; ``None`` when nothing below counts."""
        if node.is_text_node:
            self._text(node, style)
            return None
        tag = node.tag
        if not node.is_element_node or tag is None or tag in _SKIPPED:
            return None
        attributes = node.attributes
        declared = self._declarations(node, tag, attributes)
        if "hidden" in attributes or hides_subtree(declared) or "line-through" in declared.get("text-decoration", ""):
            return None
        if tag == "img":
            self._image(attributes, style)
            return None
        if tag == "br":
            if not self._frames[-1].is_row:
                self._frames[-1].end_line()
            return None
        return inherit(style, declared), self._open(tag, declared)

    def _declarations(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> dict[str, str]:
        inline = parse_declarations(attributes.get("style") or "")
        rules = self._matched.get(node.mem_id)
        merged = {name: value for name, (_, value) in (cascade(rules, inline) if rules else inline).items()}
        if _FULL_WIDTH.search(attributes.get("class") or ""):
            merged["full-width"] = "1"
        if attributes.get("bgcolor") and not merged.keys() & {"background", "background-color"}:
            merged["background-color"] = (attributes["bgcolor"] or "").lower()
        if attributes.get("background"):
            merged.setdefault("background-image", "url()")
        if tag == "font" and attributes.get("color"):
            merged.setdefault("color", (attributes["color"] or "").lower())
        return merged

    def _open(self, tag: str, declared: dict[str, str]) -> str:
        frame = self._frames[-1]
        display = declared.get("display", "")
        is_flex = display in ("flex", "inline-flex") and not declared.get("flex-direction", "").startswith("column")
        if tag == "tr" or (is_flex and (tag in _BLOCKS or tag in _CELLS)):
            return self._open_row(tag)
        beside = display in _SIDE_BY_SIDE and not declared.get("full-width")
        is_cell = tag in _CELLS or frame.is_row or (tag in _BLOCKS and beside)
        if is_cell or (tag in _BLOCKS and declared.get("float", "none") in ("left", "right")):
            frame.end_line()
            self._frames.append(_Frame())
            return "cell"
        if tag in _BLOCKS:
            frame.end_line()
            frame.end_row()
            return "block"
        if declared.get("float", "none") in ("left", "right"):
            frame.inline.append("\t")
            return "tab"
        return ""

    def _open_row(self, tag: str) -> str:
        frame = self._frames[-1]
        frame.end_line()
        nested_in_row = frame.is_row
        if nested_in_row:
            self._frames.append(_Frame())
        else:
            frame.end_row()
        self._frames.append(_Frame(is_row=True))
        return "cell row" if nested_in_row else "row"

    def _leave(self, role: str) -> None:
        if role in ("row", "cell row"):
            lines = self._frames.pop().finish()
            self._frames[-1].lines.extend(lines)
            if role == "cell row" and len(self._frames) > 1:
                self._leave_cell()
        elif role == "cell":
            self._leave_cell()
        elif role == "tab":
            self._frames[-1].inline.append("\t")
        else:
            self._frames[-1].end_line()

    def _leave_cell(self) -> None:
        lines = self._frames.pop().finish()
        if lines:
            self._frames[-1].cells.append(lines)

    def _text(self, node: LexborNode, style: Style) -> None:
        content = node.text_content
        if not content or not style.is_readable:
            return
        frame = self._frames[-1]
        if node.parent is not None and node.parent.tag == "pre":
            for line in content.replace("\t", "   ").split("\n"):
                frame.inline.append(re.sub(r" {3,}", "\t", line))
                frame.end_line()
            return
        collapsed = _WHITESPACE.sub(" ", content)
        if collapsed == " " and not frame.inline:
            return
        frame.inline.append(collapsed)

    def _image(self, attributes: dict[str, str | None], style: Style) -> None:
        alternative = _WHITESPACE.sub(" ", attributes.get("alt") or "").strip()
        if alternative and style.shown and len(self._page.image_texts) < _MOST_IMAGE_TEXTS:
            self._page.image_texts.append(alternative[:200])
