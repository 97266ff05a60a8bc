"""What reached the emulator, in order. No entry ever holds a token."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass

from tests.sandbox.google.wire import Json

_LOGGED_PARAMETERS = (
    "q", "maxResults", "pageToken", "labelIds", "includeSpamTrash", "format", "metadataHeaders", "startHistoryId",
    "historyTypes", "labelId",
)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """`operation` is a target of `Faults` ("" for anything else); `account` is "" when no valid token came.

    `units` is what Google charges for the call: also if it failed, but not if it was refused for its token or quota.
    `query` holds Gmail's own parameters only; `in_batch` tells the calls of a batch, which follow its own entry.
    """

    method: str
    path: str
    operation: str
    account: str
    units: int
    status: int
    query: dict[str, list[str]]
    in_batch: bool


class RequestLog:
    """Thread-safe. A status of 0 means that the connection was cut."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, *entries: Entry) -> None:
        with self._lock:
            self._entries.extend(entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self) -> list[Json]:
        with self._lock:
            return [asdict(entry) for entry in self._entries]


def logged_query(query: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: values for name, values in query.items() if name in _LOGGED_PARAMETERS}
