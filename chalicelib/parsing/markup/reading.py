"""Structured data in a mail's HTML: JSON-LD and microdata as one tree of typed items.

Sources: JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/, the part that schema.org uses), WHATWG HTML "Microdata"
(https://html.spec.whatwg.org/multipage/microdata.html), and Google's "Email markup" formats
(https://developers.google.com/workspace/gmail/markup/reference/formats/json-ld). RDFa is not read.

Mails are hostile and often broken, so reading never raises: a block that cannot be read is left out and counted in
``Markup.unreadable_blocks``; what had to be mended is counted in ``Markup.repaired_blocks``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.parsing.markup.items import MAX_HTML_CHARS, Budget, Markup
from chalicelib.parsing.markup.json_ld import read_json_ld
from chalicelib.parsing.markup.microdata import read_microdata
from chalicelib.parsing.visible.nesting import without_overlong_tags

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser


def read_markup(html: str) -> Markup:
    """Every JSON-LD block and microdata item of ``html``; empty when there is none. Never raises."""
    markup, budget = Markup(), Budget()
    html = html[:MAX_HTML_CHARS]
    if not re.search(r"ld\+json|itemscope", html, re.IGNORECASE):
        return markup
    tree = _parse(html)
    for script in tree.css("script")[:200]:
        if "ld+json" in (script.attributes.get("type") or "").lower():
            read_json_ld(script.text() or "", markup, budget)
    markup.items.extend(read_microdata(tree, budget))
    return markup


# Elements whose parsing rules are wanted: void ones, raw text, the skeleton, and those that close themselves.
_KEPT_NAMES = (
    "meta|link|img|input|br|hr|area|base|col|embed|source|track|wbr|script|style|title|textarea|html|head|body|p|li"
    "|noscript"
)
_RENAMED = re.compile(rf"<(/?)(?!(?:{_KEPT_NAMES})[\s/>])([a-z][a-z0-9]*)", re.IGNORECASE)


def _parse(html: str) -> LexborHTMLParser:
    """The element tree as the author nested it.

    HTML parsing moves a ``meta`` out of the ``table`` row that holds it ("foster parenting"), which tears microdata
    of mails apart. Custom element names are nested as written, and cost no walk over a deep stack either.
    """
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(_RENAMED.sub(r"<\1x-\2", without_overlong_tags(html)))
