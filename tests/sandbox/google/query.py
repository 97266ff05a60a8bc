"""The grammar of Gmail's search box (`q`): text -> `Node`.

Operators: https://support.google.com/mail/answer/7190; the API's reading of dates:
https://developers.google.com/workspace/gmail/api/guides/filtering.

    query  = {factor}                      all of them (AND may be written, and changes nothing)
    factor = item {"OR" item}              OR binds tighter than the space between words, as in Google's web search
    item   = ["-"] ( "(" query ")" | "{" items "}" | [operator ":"] (group | "quoted phrase" | word) )

Braces mean "any of". An operator before a group is that of every word in it: subject:(a OR "b c"). Nothing is a syntax
error: unbalanced brackets end where the text ends, and an unknown operator is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_DEPTH = 50
OPERATORS = frozenset({
    "from", "to", "cc", "bcc", "deliveredto", "list", "subject", "after", "before", "newer", "older", "newer_than",
    "older_than", "has", "filename", "in", "label", "category", "is", "rfc822msgid", "size", "larger", "smaller",
    "larger_than", "smaller_than",
})  # fmt: skip
_TOKEN = re.compile(
    r"""\s+ | (?P<negation>-(?=[^\s-])) | (?P<open>[({]) | (?P<close>[)}]) | (?P<operator>[A-Za-z0-9_]+:(?!//))
    | "(?P<phrase>[^"]*)"? | (?P<word>[^\s(){}"]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or quoted phrase; `operator` is "" for plain text."""

    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


@dataclass(frozen=True, slots=True)
class All:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple[Node, ...]


Node = Term | Not | All | AnyOf


def parse_query(query: str) -> Node:
    """
    >>> parse_query("from:a@b.se OR subject:x")
    AnyOf(nodes=(Term(operator='from', text='a@b.se'), Term(operator='subject', text='x')))
    """
    return _Parser(query).parse()


def matches(node: Node, test: Callable[[Term], bool]) -> bool:
    """Whether a query holds, given what each of its terms says."""
    match node:
        case Term():
            return test(node)
        case Not():
            return not matches(node.node, test)
        case All():
            return all(matches(child, test) for child in node.nodes)
        case AnyOf():
            return any(matches(child, test) for child in node.nodes)


def terms(node: Node) -> Iterator[Term]:
    """Every term of a query, wherever it stands."""
    match node:
        case Term():
            yield node
        case Not():
            yield from terms(node.node)
        case All() | AnyOf():
            for child in node.nodes:
                yield from terms(child)


class _Parser:
    def __init__(self, query: str) -> None:
        found = (match for match in _TOKEN.finditer(query) if match.lastgroup)
        self._tokens = [(str(match.lastgroup), match[str(match.lastgroup)]) for match in found]
        self._next = 0

    def parse(self) -> Node:
        nodes: list[Node] = []
        while self._next < len(self._tokens):
            nodes.append(self._group("", "", 0))  # a closing bracket too many only ends a group
        return nodes[0] if len(nodes) == 1 else All(tuple(nodes))

    def _group(self, closing: str, operator: str, depth: int) -> Node:
        """Reads up to the closing bracket; `closing` is what the opening one asks for, "" at the top."""
        factors: list[list[Node]] = []
        joined = False
        while (token := self._take()) is not None and token[0] != "close":
            if token == ("word", "OR"):
                joined = True
            elif token != ("word", "AND"):
                item = self._item(token, operator, depth)
                if joined and factors:
                    factors[-1].append(item)
                else:
                    factors.append([item])
                joined = False
        nodes = tuple(items[0] if len(items) == 1 else AnyOf(tuple(items)) for items in factors)
        if len(nodes) == 1:
            return nodes[0]
        return AnyOf(nodes) if closing == "}" and nodes else All(nodes)

    def _item(self, token: tuple[str, str], operator: str, depth: int) -> Node:
        kind, text = token
        if kind == "negation":
            following = self._take()
            return Not(self._item(following, operator, depth)) if following else All(())
        if kind == "operator":
            return self._operated(text[:-1], operator, depth)
        if kind == "open" and depth < MAX_DEPTH:
            return self._group("}" if text == "{" else ")", operator, depth + 1)
        return Term(operator, text if kind in ("phrase", "word") else "")

    def _operated(self, name: str, outer: str, depth: int) -> Node:
        following = self._take()
        value = following is not None and following[0] in ("word", "phrase", "open", "operator")
        if name.lower() not in OPERATORS:
            return Term(outer, f"{name}:{following[1]}") if value and following else Term(outer, name)
        if not value or following is None:
            self._next -= following is not None
            return Term(outer, "")
        if following[0] == "operator":
            return Term(name.lower(), following[1])
        return self._item(following, name.lower(), depth)

    def _take(self) -> tuple[str, str] | None:
        if self._next >= len(self._tokens):
            return None
        self._next += 1
        return self._tokens[self._next - 1]
