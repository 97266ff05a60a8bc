"""JSON as template engines write it, put right where a single reading is possible."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'(?P<skipped>\s+|//[^\n]*|/\*.*?\*/)|(?P<string>"(?:[^"\\]|\\.)*+")|(?P<mark>[{}\[\]:,])|(?P<word>[^\s{}\[\]:,"]+)'
    r'|(?P<stray>"(?:[^"\\]|\\.)*+)',
    re.DOTALL,
)
_LITERAL = re.compile(r"true|false|null|NaN|-?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_INVALID_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})(.?)', re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}


def mend(text: str) -> str | None:
    r"""The text with its slips put right, or ``None`` where more than one reading is possible.

    Superfluous and missing commas, empty values, comments, invalid escapes, missing closing brackets at the very end,
    superfluous ones, numbers with leading zeros (texts) and several values in a row (a list) are mended. Quotes inside
    strings, bare words and mismatched brackets are not. What comes back may still be no JSON.

    >>> mend('{"a": [1, 2,], // note\n "b": , }')
    '{"a":[1,2],"b":null}'
    >>> mend('{"a": "x" "b": 2'), mend('{"a":1} {"b":2}'), mend('{"a": [1}'), mend('{"a": "say "hi""}')
    ('{"a":"x","b":2}', '[{"a":1},{"b":2}]', None, None)
    """
    mending = _Mending()
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skipped" and not mending.add(match.lastgroup or "stray", match.group()):
            return None
    return mending.finished()


class _Mending:
    """The tokens so far, with what was missing between them."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        self._roots = 0

    def add(self, kind: str, piece: str) -> bool:
        """Takes one token; false when it leaves the text open to several readings."""
        if kind == "stray" or (kind == "word" and not _LITERAL.fullmatch(piece)):
            return False
        if kind == "mark" and piece in "}]":
            return self._close(piece)
        if piece == ",":
            self._separate()
        elif piece == ":":
            self._out.append(piece)
        else:
            self._start_value(_INVALID_ESCAPE.sub(r"\1", piece) if kind == "string" else piece)
        return True

    def finished(self) -> str:
        for mark in reversed(self._open):
            self._complete()
            self._out.append(_CLOSERS[mark])
        if self._last == ",":
            self._out.pop()
        joined = "".join(self._out)
        return f"[{joined}]" if self._roots > 1 else joined

    @property
    def _last(self) -> str:
        return self._out[-1] if self._out else "["

    def _close(self, mark: str) -> bool:
        if not self._open:
            return True
        if _CLOSERS[self._open.pop()] != mark:
            return False
        self._complete()
        self._out.append(mark)
        return True

    def _separate(self) -> None:
        if self._last == ":":
            self._out.append("null")
        if self._last not in ("{", "[", ","):
            self._out.append(",")

    def _start_value(self, piece: str) -> None:
        self._roots += not self._open
        if re.fullmatch(r"-?0\d+", piece):
            piece = f'"{piece}"'
        if self._last not in ("{", "[", ",", ":"):
            self._out.append(",")
        self._out.append(piece)
        if piece in _CLOSERS:
            self._open.append(piece)

    def _complete(self) -> None:
        """Before a closing bracket: no comma may be left over, no key without a value."""
        if self._last == ",":
            self._out.pop()
        elif self._last == ":":
            self._out.append("null")
