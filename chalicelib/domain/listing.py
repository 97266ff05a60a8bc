"""Filters and pages of lists."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from chalicelib.errors import InvalidRequest

T = TypeVar("T")
LARGEST_PAGE = 500


class Page(NamedTuple, Generic[T]):
    """One page, and where the next one starts (``None`` on the last)."""

    items: list[T]
    next_cursor: str | None


class Filters(NamedTuple):
    """Query parameters of a list. ``start`` and ``end`` are inclusive days; ``limit=None`` means everything."""

    start: date | None = None
    end: date | None = None
    vendor: str | None = None
    text: str | None = None
    limit: int | None = None
    cursor: str | None = None

    def covers(self, day: date) -> bool:
        """Whether a day lies in the asked span."""
        return (self.start is None or day >= self.start) and (self.end is None or day <= self.end)

    def is_vendor(self, *names: str | None) -> bool:
        """Whether one of a vendor's names is the asked one, without regard to case."""
        return self.vendor is None or self.vendor.casefold() in {name.casefold() for name in names if name}

    def finds(self, *texts: str | None) -> bool:
        """Whether every word of ``q`` occurs in one of the texts."""
        haystack = " ".join(text for text in texts if text).casefold()
        return self.text is None or all(word in haystack for word in self.text.casefold().split())


def encode_cursor(position: str) -> str:
    """An opaque cursor from a position.

    >>> decode_cursor(encode_cursor("rent_1"))
    'rent_1'
    """
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Raises ``InvalidRequest`` for what is no cursor of ours."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as exc:
        raise InvalidRequest("cursor: is not one that this API gave") from exc


def page_of(items: Sequence[T], filters: Filters, identity: Callable[[T], str]) -> Page[T]:
    """The page of sorted items that follows the cursor's item.

    Raises ``InvalidRequest`` when that item is no longer in the list.
    """
    first = 0
    if filters.cursor:
        position = decode_cursor(filters.cursor)
        first = next((number + 1 for number, item in enumerate(items) if identity(item) == position), -1)
        if first < 0:
            raise InvalidRequest("cursor: the list has changed, start again")
    end = len(items) if filters.limit is None else first + filters.limit
    page = list(items[first:end])
    more = end < len(items)
    return Page(page, encode_cursor(identity(page[-1])) if more and page else None)
