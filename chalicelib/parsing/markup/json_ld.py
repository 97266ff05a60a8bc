"""JSON-LD blocks: text of a ``script`` element to items.

Read by the conventions of https://www.w3.org/TR/json-ld11/ as schema.org mails use them: lists, ``@graph``, ``@id``
references, ``@value``/``@set``/``@list``, prefixed names, ``type`` for ``@type``. JSON that is not quite JSON is mended
only where a single reading is possible (see ``mend``); everything else is refused.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from chalicelib.parsing.markup.items import (
    MAX_BLOCK_CHARS,
    MAX_BLOCKS,
    MAX_DEPTH,
    Budget,
    Item,
    Markup,
    Value,
    local_name,
)
from chalicelib.parsing.markup.json_mending import mend

_MAX_REFERENCES = 8
_WRAPPERS = re.compile(
    r"^\s*(?:\ufeff|<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$"
)


class _Object(dict[str, object]):
    """A JSON object that remembers which of its keys were given twice with different values (the last one counts)."""

    repeated: frozenset[str] = frozenset()


def read_json_ld(text: str, markup: Markup, budget: Budget) -> None:
    """Adds the items of one script element to ``markup``; an unreadable one is only counted."""
    if len(text) > MAX_BLOCK_CHARS or markup.unreadable_blocks + len(markup.items) >= MAX_BLOCKS * 10:
        markup.unreadable_blocks += 1
        return
    if not text.strip():
        return
    parsed, repaired = _parse(_unwrap(text))
    if parsed is None:
        markup.unreadable_blocks += 1
        return
    markup.repaired_blocks += repaired
    converter = _Converter(budget, _index(parsed))
    for value in parsed:
        markup.items.extend(found for found in converter.values(value, 0) if isinstance(found, Item))


def _unwrap(text: str) -> str:
    """Takes off what HTML and XHTML authors put around scripts: comments, CDATA sections, a byte order mark."""
    for _ in range(3):
        shorter = _WRAPPERS.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text.strip().rstrip(";")


def _parse(text: str) -> tuple[list[object] | None, bool]:
    """The JSON values of a block, and whether they had to be mended."""
    if _depth(text) > MAX_DEPTH:
        return None, False
    for repaired, candidate in enumerate(_candidates(text)):
        try:
            value = json.loads(
                candidate,
                strict=False,
                parse_float=_number,
                parse_int=_number,
                parse_constant=lambda _: None,
                object_pairs_hook=_object,
            )
        except (ValueError, ArithmeticError, RecursionError):
            continue
        return (value if isinstance(value, list) else [value]), repaired > 0
    return None, False


def _number(text: str) -> Decimal | None:
    """A JSON number; one of absurd length or exponent is none, since formatting it would fill the memory."""
    number = Decimal(text) if len(text) <= 40 else None
    return number if number is not None and abs(number.adjusted()) <= 30 else None


def _candidates(text: str) -> Iterator[str]:
    yield text
    mended = mend(text)
    if mended is not None:
        yield mended
    if "&quot;" in text:
        unescaped = html.unescape(text)
        yield unescaped
        yield mend(unescaped) or ""


def _depth(text: str) -> int:
    """How deep brackets outside of strings nest: checked first, since the JSON parser recurses."""
    depth = deepest = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]]', text, re.DOTALL):
        if mark in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "}]":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, object]]) -> _Object:
    result = _Object(pairs)
    if len(result) < len(pairs):
        repeated = {key for key, value in pairs if value != result[key]}
        result.repeated = frozenset(local_name(key).lower() for key in repeated)
    return result


def _index(roots: list[object]) -> dict[str, _Object]:
    """Objects by ``@id``, so that references inside a graph can be followed."""
    found: dict[str, _Object] = {}
    pending: list[object] = list(roots)
    while pending:
        value = pending.pop()
        if isinstance(value, _Object):
            identity = value.get("@id")
            if isinstance(identity, str) and len(value) > 1:
                found.setdefault(identity, value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return found


class _Converter:
    """JSON values to items; ``depth`` bounds both nesting and chains of references."""

    def __init__(self, budget: Budget, by_id: dict[str, _Object]) -> None:
        self._budget = budget
        self._by_id = by_id

    def values(self, value: object, depth: int) -> list[Value]:
        if depth > MAX_DEPTH or value is None:
            return []
        if isinstance(value, list):
            return [found for element in value for found in self.values(element, depth + 1)]
        if isinstance(value, _Object):
            return self._object(value, depth)
        return [value] if isinstance(value, str | Decimal | bool) else []

    def _object(self, value: _Object, depth: int) -> list[Value]:
        for wrapper in ("@value", "@set", "@list"):
            if wrapper in value:
                return self.values(value[wrapper], depth + 1)
        if len(value) == 1 and isinstance(value.get("@id"), str):
            target = self._by_id.get(str(value["@id"]))
            # references cost more depth than nesting does: two items that name each other end soon
            further = depth + MAX_DEPTH // _MAX_REFERENCES
            return self._object(target, further) if target is not None else [str(value["@id"])]
        if depth > MAX_DEPTH or not self._budget.spend():
            return []
        graph = self.values(value["@graph"], depth + 1) if "@graph" in value else []
        types = self.values(value.get("@type", value.get("type")), depth + 1)
        properties: dict[str, tuple[Value, ...]] = {}
        for key, content in value.items():
            name = local_name(key).lower()
            if name and not key.startswith("@"):
                properties[name] = properties.get(name, ()) + tuple(self.values(content, depth + 1))
        names = tuple(local_name(name) for name in types if isinstance(name, str))
        if graph and not names:
            return graph
        return [Item(types=names, properties=properties, conflicting=value.repeated), *graph]
