"""The values of an untrusted XML document, flat: each element's text with the names of the elements around it.

Document type declarations are refused altogether, and with them entities, so that nothing can be expanded or fetched
(the attacks of https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

MOST_BYTES: Final = 2_000_000
_MOST_ELEMENTS: Final = 20_000
_DEEPEST: Final = 40
_LONGEST_TEXT: Final = 2_000
_SEPARATOR: Final = " "


class XmlRefused(ValueError):
    """Not well-formed, too large, too deep, or with a document type."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text and where it stands: local ``names`` from the root on; ``part`` counts the parts begun before it."""

    names: tuple[str, ...]
    text: str
    part: int


@dataclass(slots=True)
class _Collector:
    """What the parser calls; ``parts`` are the names of elements that repeat, the lines of an invoice."""

    parts: Collection[str]
    leaves: list[Leaf] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _elements: int = 0
    _part: int = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._names) >= _DEEPEST:
            raise XmlRefused("too_complex")
        self._names.append(name.rpartition(_SEPARATOR)[2])
        self._part += self._names[-1] in self.parts
        self._text, self._length = [], 0

    def text(self, data: str) -> None:
        if self._length < _LONGEST_TEXT:
            self._text.append(data[: _LONGEST_TEXT - self._length])
            self._length += len(data)

    def end(self, _name: str) -> None:
        text = " ".join("".join(self._text).split())
        if text:
            self.leaves.append(Leaf(tuple(self._names), text, self._part))
        self._names.pop()
        self._text, self._length = [], 0


def read_leaves(xml: bytes, *, parts: Collection[str] = ()) -> list[Leaf]:
    """The leaves in document order, texts with single spaces. Raises ``XmlRefused``.

    >>> read_leaves(b"<a:Bill xmlns:a='urn:x'><a:Total> 1.00 </a:Total></a:Bill>")
    [Leaf(names=('Bill', 'Total'), text='1.00', part=0)]
    >>> read_leaves(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    Traceback (most recent call last):
    chalicelib.parsing.pdf.xml_leaves.XmlRefused: document_type
    """
    if len(xml) > MOST_BYTES:
        raise XmlRefused("too_large")
    collector = _Collector(parts)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as exc:
        raise exc if isinstance(exc, XmlRefused) else XmlRefused("not_well_formed") from exc
    return collector.leaves


def _refuse_document_type(*_declaration: object) -> NoReturn:
    raise XmlRefused("document_type")
