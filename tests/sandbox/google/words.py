"""Text as Gmail's search sees it: whole tokens, without case, punctuation or accents' encoding."""

from __future__ import annotations

import html
import re
import unicodedata

_TOKEN = re.compile(r"\w+")
_UNSEEN = frozenset({"script", "style", "head", "noscript", "template"})


def words(text: str) -> str:
    """The tokens of a text, each with a space before and after it, so that a phrase is a substring.

    >>> words("Re: Hyresavi, 9 300,00 kr")
    ' re hyresavi 9 300 00 kr '
    >>> words("!?")
    ' '
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(tokens)} " if tokens else " "


def visible_text(markup: str) -> str:
    """The text of an HTML body without tags, scripts and styles, in one pass whatever the markup is.

    >>> visible_text("<style>p{}</style><p>Att&nbsp;betala: <b>1&lt;2</b></p>").split()
    ['Att', 'betala:', '1<2']
    """
    first, *rest = markup.split("<")
    texts, hidden_by = [first], ""
    for piece in rest:
        tag, _, text = piece.partition(">")
        name = tag[:20].lower().partition(" ")[0].strip("/\n\r\t ")
        if hidden_by:
            hidden_by = "" if tag.startswith("/") and name == hidden_by else hidden_by
        elif name in _UNSEEN and not tag.startswith("/"):
            hidden_by = name
        if not hidden_by:
            texts.append(text)
    return html.unescape(" ".join(texts))
