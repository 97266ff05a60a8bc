"""Style sheets and inline styles as declarations: a small, tolerant reader of CSS.

Only the properties that can hide text are kept, and only rules outside any at-rule: those inside ``@media`` speak of
phones, dark mode or print. Precedence follows CSS Cascading Level 4: ``!important``, inline style, specificity, order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

Declarations = dict[str, tuple[bool, str]]
_RELEVANT_NAMES = (
    "display visibility opacity font-size font max-height height max-width width overflow overflow-y color background "
    "background-color background-image position left top right text-indent mso-hide clip clip-path transform "
    "text-decoration text-decoration-line float flex-direction"
)
_RELEVANT = frozenset(_RELEVANT_NAMES.split())
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LONGEST_SHEET = 200_000
_MOST_RULES = 400


class Rule(NamedTuple):
    """One selector of a style sheet with the declarations that matter here."""

    selector: str
    specificity: tuple[int, int, int]
    declarations: Declarations


def parse_declarations(text: str) -> Declarations:
    """``"display:none!important; color:#fff"`` to ``{name: (important, value)}``; later ones win, junk is skipped.

    >>> parse_declarations("DISPLAY : None !important;;x;color:#FFF; --y: 1")
    {'display': (True, 'none'), 'color': (False, '#fff')}
    """
    found: Declarations = {}
    for declaration in _COMMENT.sub("", text[:4000]).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or name not in _RELEVANT:
            continue
        value = value.strip().lower()
        important = "!important" in value.replace(" ", "")
        value = value.partition("!")[0].strip() if important else value
        if important or not found.get(name, (False, ""))[0]:
            found[name] = (important, value)
    return found


def parse_sheet(css: str) -> list[Rule]:
    """The rules of a style sheet outside any at-rule, with selectors that a plain element can match.

    >>> [rule.selector for rule in parse_sheet("@media x{.a{display:none}} .b, #c d {display:none} e:hover{color:red}")]
    ['.b', '#c d']
    """
    rules = []
    for selectors, block in _top_level_blocks(
        _COMMENT.sub("", css[:_LONGEST_SHEET]).replace("<!--", "").replace("-->", "")
    ):
        declarations = parse_declarations(block)
        if not declarations:
            continue
        for selector in selectors.split(","):
            cleaned = " ".join(selector.split())
            if re.fullmatch(r"[\w.#* >-]{1,120}", cleaned) and cleaned.count(" ") <= 4:
                rules.append(Rule(cleaned, _specificity(cleaned), declarations))
        if len(rules) >= _MOST_RULES:
            break
    return rules


def _top_level_blocks(css: str) -> Iterator[tuple[str, str]]:
    position, length = 0, len(css)
    while position < length:
        opening = css.find("{", position)
        if opening < 0:
            return
        prelude = css[position:opening].rpartition(";")[2].strip()
        closing = _end_of_block(css, opening) if prelude.startswith("@") else css.find("}", opening)
        closing = length if closing < 0 else closing
        if not prelude.startswith("@"):
            yield prelude, css[opening + 1 : closing]
        position = closing + 1


def _end_of_block(css: str, opening: int) -> int:
    depth = 0
    for brace in re.compile(r"[{}]").finditer(css, opening):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return -1


def _specificity(selector: str) -> tuple[int, int, int]:
    tags = len(re.findall(r"(?:^|[ >])[a-zA-Z]", selector))
    return selector.count("#"), selector.count("."), tags


def cascade(rules: list[tuple[tuple[int, int, int], int, Declarations]], inline: Declarations) -> Declarations:
    """Merges matched rules, given as (specificity, order, declarations), with an inline style."""
    merged: Declarations = {}
    for _, _, declarations in sorted(rules, key=lambda rule: rule[:2]):
        for name, (important, value) in declarations.items():
            if important or not merged.get(name, (False, ""))[0]:
                merged[name] = (important, value)
    for name, (important, value) in inline.items():
        if important or not merged.get(name, (False, ""))[0]:
            merged[name] = (important, value)
    return merged
