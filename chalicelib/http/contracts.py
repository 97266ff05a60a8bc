"""What each operation reads and answers: the API serves by it, checks requests by it, and documents itself from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chalicelib.errors import PayPulseError
from chalicelib.http.bodies import JSON
from chalicelib.http.queries import NoQuery


@dataclass(frozen=True, slots=True)
class MediaType:
    """An answer that is no JSON envelope but a file of one of these types: the public documentation."""

    names: tuple[str, ...]


#: Status to the type of ``data``: a struct, a tuple of alternatives, ``None`` for none; or a ``MediaType``.
Answers = Mapping[int, Any]


class NoBody(msgspec.Struct, frozen=True):
    """For operations that read nothing from the body."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One operation. ``errors`` are those beyond the ones that follow from the rest (``operations.errors_of``)."""

    summary: str = ""
    answers: Answers = field(default_factory=dict)
    body: type[msgspec.Struct] = NoBody
    query: type[msgspec.Struct] = NoQuery
    errors: tuple[type[PayPulseError], ...] = ()
    accepted: tuple[str, ...] = (JSON,)


#: For a type of invoice that does not exist, or that does not offer the operation: its view says so.
NOTHING = Contract()
