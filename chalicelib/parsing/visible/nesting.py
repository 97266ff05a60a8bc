"""Bounds on hostile markup, applied before it is parsed.

An HTML parser spends time quadratic in nesting depth (60,000 nested ``<div>`` take seconds) and in a tag's attributes
(each is compared with those before it), and unclosed formatting elements are rebuilt in every following block (HTML
Living Standard, 13.2.4.3), so a small input can grow into millions of nodes. Real mails nest some 60 levels deep.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_HTML = 4_000_000
DEEPEST = 400
MOST_TAGS = 60_000
_MOST_OPEN_FORMATTING = 12
#: Below this many tags nothing can grow far enough to matter.
_HARMLESS_TAGS = 300

#: Only pictures with their data inside have longer tags, and a picture says nothing here.
_OVERLONG_TAG = re.compile(r"<[^<>]{20000,}>")

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})(?=[\s/>])[^<>]*>?", re.DOTALL)
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
#: Void elements, and those whose end tag may be left out: they nest only through an element that is counted.
_UNCOUNTED_NAMES = (
    "area base br col embed hr img input link meta param source track wbr "
    "p li dt dd tr td th tbody thead tfoot option colgroup html head body"
)
_UNCOUNTED = frozenset(_UNCOUNTED_NAMES.split())


class BoundedMarkup(NamedTuple):
    """Markup that is safe to parse; ``truncated`` when something was left out; ``depth`` is its estimated nesting."""

    html: str
    truncated: bool
    depth: int


class _Gauge:
    """Counts open elements; says which tags are too many."""

    def __init__(self) -> None:
        self.depth = 0
        self.deepest = 0
        self.formatting = 0
        self.dropped = 0

    def admits(self, name: str, *, closing: bool) -> bool:
        is_formatting = name in _FORMATTING
        if closing:
            return self._close(is_formatting)
        if self.depth >= DEEPEST or (is_formatting and self.formatting >= _MOST_OPEN_FORMATTING):
            self.dropped += 1
            return False
        self.depth += 1
        self.formatting += is_formatting
        self.deepest = max(self.deepest, self.depth)
        return True

    def _close(self, is_formatting: bool) -> bool:
        if self.dropped:
            self.dropped -= 1
            return False
        self.depth = max(self.depth - 1, 0)
        self.formatting = max(self.formatting - is_formatting, 0)
        return True


def without_overlong_tags(html: str) -> str:
    """The markup without tags of more than 20,000 characters."""
    return _OVERLONG_TAG.sub("<br>", html)


def bound_markup(html: str) -> BoundedMarkup:
    """Cuts overlong input and removes the tags, never the text, that nest or pile up beyond what mails need.

    >>> bounded = bound_markup("<div>" * 1000 + "12 kr" + "</div>" * 1000)
    >>> bounded.depth, bounded.truncated, "12 kr" in bounded.html, bounded.html.count("<div>")
    (400, True, True, 400)
    >>> bound_markup("<div " + "a=1 " * 50_000 + ">12 kr</div>").html
    '<br>12 kr</div>'
    """
    truncated = len(html) > LONGEST_HTML
    html = without_overlong_tags(html[:LONGEST_HTML])
    if html.count("<") < _HARMLESS_TAGS:
        return BoundedMarkup(html, truncated, 0)
    gauge, kept, position = _Gauge(), [], 0
    for tags, match in enumerate(_TAG.finditer(html)):
        if tags >= MOST_TAGS:
            kept.append(html[position : match.start()])
            return BoundedMarkup("".join(kept), truncated=True, depth=gauge.deepest)
        name = (match["name"] or "").lower()
        if not name or name in _UNCOUNTED or gauge.admits(name, closing=bool(match["slash"])):
            continue
        kept += (html[position : match.start()], "" if name in _FORMATTING else "<br>")
        position = match.end()
        truncated = truncated or name not in _FORMATTING
    kept.append(html[position:])
    return BoundedMarkup("".join(kept), truncated, gauge.deepest)
