"""Microdata: elements with ``itemscope`` to items.

Follows "Values" and "Associating names with items" of https://html.spec.whatwg.org/multipage/microdata.html
(``itemref`` included), leniently: attribute names in any case, several types, items that are never closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.parsing.markup.items import MAX_DEPTH, MAX_TEXT_CHARS, Budget, Item, Value, local_name

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_URL_ATTRIBUTES = ("href", "src", "data")
_MAX_ELEMENTS = 60_000


def read_microdata(tree: LexborHTMLParser, budget: Budget) -> list[Item]:
    """The top-level items of a document, in order: those that are no property of another item."""
    if tree.root is None:
        return []
    reader = _Reader(tree, budget)
    scopes = (node for node in tree.css("[itemscope]") if "itemprop" not in node.attributes)
    return [item for item in (reader.item(node, 0) for node in scopes) if item is not None]


class _Reader:
    def __init__(self, tree: LexborHTMLParser, budget: Budget) -> None:
        self._budget = budget
        self._elements = _MAX_ELEMENTS
        self._by_id = {str(node.attributes["id"]): node for node in reversed(tree.css("[id]")[:5_000])}

    def item(self, root: LexborNode, depth: int) -> Item | None:
        if depth > MAX_DEPTH or not self._budget.spend():
            return None
        properties: dict[str, tuple[Value, ...]] = {}
        for element in self._property_elements(root):
            value = self._value(element, depth)
            if value is None:
                continue
            for name in (element.attributes.get("itemprop") or "").split():
                key = local_name(name).lower()
                properties[key] = (*properties.get(key, ()), value)
        types = tuple(local_name(name) for name in (root.attributes.get("itemtype") or "").split())
        return Item(types=types, properties=properties)

    def _property_elements(self, root: LexborNode) -> list[LexborNode]:
        """Elements below ``root`` (and what its itemref names) that carry a property of this very item."""
        found: list[LexborNode] = []
        seen = {root.mem_id}
        referenced = [self._by_id.get(name) for name in (root.attributes.get("itemref") or "").split()[:50]]
        pending = [node for node in reversed(referenced) if node is not None] + _children(root)
        while pending and self._elements > 0:
            node = pending.pop()
            if node.mem_id in seen:
                continue
            seen.add(node.mem_id)
            self._elements -= 1
            attributes = node.attributes
            if (attributes.get("itemprop") or "").strip():
                found.append(node)
            if "itemscope" not in attributes:
                pending.extend(_children(node))
        return found

    def _value(self, element: LexborNode, depth: int) -> Value | None:
        attributes = element.attributes
        if "itemscope" in attributes:
            return self.item(element, depth + 1)
        name = (element.tag or "").removeprefix("x-")
        # ``content`` is also put on span, div and td, where it means what the sender wants a machine to read
        for attribute in ("content", *(("datetime",) if name == "time" else ())):
            given = attributes.get(attribute)
            if given is not None:
                return given.strip()[:MAX_TEXT_CHARS]
        if name in ("a", "area", "link", "img", "embed", "iframe", "source", "audio", "video", "object"):
            address = next((attributes[key] for key in _URL_ATTRIBUTES if attributes.get(key)), None)
            text = (element.text(deep=True) or "").strip()
            return (address or text or "").strip()[:MAX_TEXT_CHARS]
        if name in ("data", "meter") and attributes.get("value"):
            return str(attributes["value"]).strip()
        return " ".join((element.text(deep=True) or "")[:MAX_TEXT_CHARS].split())


def _children(node: LexborNode) -> list[LexborNode]:
    """Child elements, last first, ready to be popped in document order."""
    children: list[LexborNode] = []
    child = node.child
    while child is not None:
        if child.tag not in ("-text", "-comment", "_comment", "script", "style"):
            children.append(child)
        child = child.next
    return children[::-1]
