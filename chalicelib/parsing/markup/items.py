"""The typed items that structured data consists of, whichever syntax they were written in, and what a mail may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

#: Limits of what is read from one mail; real markup stays far below each of them.
MAX_HTML_CHARS = 2_000_000
MAX_BLOCK_CHARS = 400_000
MAX_BLOCKS = 40
MAX_DEPTH = 40
MAX_ITEMS = 4_000
MAX_TEXT_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Item:
    """One typed thing: local type names ("Order"), and properties by lower-case local name, each with its values.

    Names are lower-case because senders mix "checkinTime" and "checkInTime". ``conflicting`` names the properties
    that were given more than once, with different values, where one object may hold one (duplicate JSON keys).
    """

    types: tuple[str, ...]
    properties: Mapping[str, tuple[Value, ...]]
    conflicting: frozenset[str] = frozenset()


#: JSON numbers stay exact decimals, so that a text "1.249" and a number 1.249 can be told apart.
Value = str | Decimal | bool | Item


@dataclass(slots=True)
class Markup:
    """All top-level items of a mail in document order: JSON-LD first, then microdata."""

    items: list[Item] = field(default_factory=list)
    unreadable_blocks: int = 0
    repaired_blocks: int = 0


@dataclass(slots=True)
class Budget:
    """How many more items a mail may hold; shared by all readers of one mail."""

    items: int = MAX_ITEMS

    def spend(self) -> bool:
        self.items -= 1
        return self.items >= 0


def local_name(name: str) -> str:
    """The last component of a type or property name, whatever its prefix.

    >>> [local_name(n) for n in ("https://schema.org/Order", "schema:price", "http://schema.org/#Order", "Order", " ")]
    ['Order', 'price', 'Order', 'Order', '']
    """
    return re.split(r"[/#:]", name.strip().rstrip("/#:"))[-1].strip()


def walk(items: list[Item] | tuple[Item, ...]) -> Iterator[Item]:
    """The items and everything nested in them, parents first, in document order."""
    pending = list(reversed(items))
    while pending:
        item = pending.pop()
        yield item
        children = [value for values in item.properties.values() for value in values if isinstance(value, Item)]
        pending.extend(reversed(children))
