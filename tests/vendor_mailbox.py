"""A mailbox of headers only, searched through the Google emulator: which mails does a vendor's search find?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

from tests.contract.google_inbox import Inbox, header, mail, open_inbox

MARCH = datetime(2025, 3, 14, 12, 0, tzinfo=UTC)


class Headers(NamedTuple):
    """What a vendor is found by."""

    sender: str
    subject: str
    date: datetime = MARCH


class VendorMailbox:
    """Knows its mails by their place in the list it was made of."""

    def __init__(self, inbox: Inbox, mails: Sequence[Headers]) -> None:
        self._inbox = inbox
        for number, each in enumerate(mails):
            message = mail(each.subject, From=each.sender, Date=format_datetime(each.date), X_Number=str(number))
            inbox.deliver(f"{number}.eml", message)
        self._numbers = {message_id: self._number(message_id) for message_id in self._search("")}

    def found(self, queries: Iterable[str]) -> set[int]:
        """The places of the mails that any of the queries finds."""
        return {self._numbers[message_id] for query in queries for message_id in self._search(query)}

    def _search(self, query: str) -> list[str]:
        return self._inbox.ids(query, maxResults=500)

    def _number(self, message_id: str) -> int:
        message = self._inbox.users().messages().get(userId="me", id=message_id, format="metadata").execute()
        return int(header(message, "X-Number"))


@contextmanager
def vendor_mailbox(directory: Path, mails: Sequence[Headers]) -> Iterator[VendorMailbox]:
    with open_inbox(directory) as inbox:
        yield VendorMailbox(inbox, mails)
