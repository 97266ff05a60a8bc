"""What became of each document: for a person who misses an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.documents import Document, DocumentState
from chalicelib.domain.listing import LARGEST_PAGE, Filters, Page, decode_cursor, encode_cursor
from chalicelib.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.adapters.dynamodb import Item
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.domain.users import User

_LONGEST_KEY = 1024


@dataclass(frozen=True, slots=True)
class Documents:
    """The ledger as its owner sees it."""

    ledger: Ledger

    def list(self, user: User, state: DocumentState | None, filters: Filters) -> Page[Document]:
        """One page by ``limit`` and ``cursor``; newest change first with a state. Raises ``InvalidRequest``."""
        start = _start_key(filters.cursor, user.user_id, state) if filters.cursor else None
        rows, following = self.ledger.page(user.user_id, state, filters.limit or LARGEST_PAGE, start)
        return Page(rows, encode_cursor(msgspec.json.encode(following).decode()) if following else None)


def _start_key(cursor: str, user_id: str, state: str | None) -> Item:
    """A cursor is DynamoDB's key, which a client could forge: only whole keys of the caller's own rows are taken."""
    try:
        key = msgspec.json.decode(decode_cursor(cursor), type=dict[str, str])
    except msgspec.DecodeError as exc:
        raise InvalidRequest("cursor: is not one that this API gave") from exc
    known = {"UserID": user_id} | ({"UserID_State": f"{user_id}_{state}"} if state else {})
    open_ones = {"DocumentID"} | ({"updated_at"} if state else set())
    if key.keys() != known.keys() | open_ones or not known.items() <= key.items() or not _are_keys(key):
        raise InvalidRequest("cursor: is not one that this API gave")
    return dict(key)


def _are_keys(key: Mapping[str, str]) -> bool:
    """DynamoDB refuses a sort key that is empty or longer (Developer Guide, "Quotas")."""
    return all(0 < len(value.encode()) <= _LONGEST_KEY for value in key.values())
