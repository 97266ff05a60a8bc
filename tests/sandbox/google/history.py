"""The history of one mailbox: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sandbox.google.errors import gmail_error
from tests.sandbox.google.mail import Mail

FIRST_ID = 1_000
#: Gmail's ids grow with gaps; so do ours, so that nobody counts on the next number.
_STEP = 7


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is "messageAdded" or "messageDeleted"."""

    id: int
    kind: str
    mail: Mail


class History:
    """Every appearance and disappearance of a message, in the order of discovery. Not thread-safe."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._oldest = FIRST_ID

    @property
    def current_id(self) -> int:
        return self._changes[-1].id if self._changes else FIRST_ID

    def record(self, kind: str, mail: Mail) -> int:
        change = Change(self.current_id + _STEP, kind, mail)
        self._changes.append(change)
        return change.id

    def expire(self, before_id: int) -> None:
        """Start ids below `before_id` are from now on too old."""
        self._oldest = max(self._oldest, before_id)

    def since(self, start_id: int) -> list[Change]:
        """The changes after `start_id`, oldest first; Gmail's 404 for ids too old or never given out."""
        if not self._oldest <= start_id <= self.current_id:
            raise gmail_error("notFound")
        return [change for change in self._changes if change.id > start_id]
