"""Overviews of messages: Gmail's ``format=metadata`` with two headers, and its preview. No body is ever asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from functools import cached_property
from typing import Any

from chalicelib.adapters.gmail import GmailMailbox
from chalicelib.adapters.gmail_quota import UNITS
from chalicelib.domain.vendor_suggestions import MailOverview

_HEADERS = ("From", "Subject")
_LONGEST_HEADER = 1_000
_LONGEST_SNIPPET = 400
_LAST_ADDRESS = re.compile(r"<([^<>\s]{3,254})>\s*$")


class OverviewMailbox(GmailMailbox):
    """A mailbox of which only overviews are read: each get that it makes is one of metadata."""

    def overviews(self, message_ids: Sequence[str]) -> Iterator[MailOverview]:
        """Overviews of up to 50 messages with one HTTP request; those that Gmail does not give now are left out."""
        self._spend(UNITS["messages.get"] * len(message_ids))
        for message_id, answer in self._batch(message_ids).items():
            if isinstance(answer, dict):
                yield _overview(message_id, answer)

    @cached_property
    def _messages(self) -> Any:
        return _MetadataOnly(super()._messages)


class _MetadataOnly:
    """The client's messages resource, whose gets ask for metadata whatever their caller wanted."""

    def __init__(self, messages: Any) -> None:
        self.list = messages.list
        self._get = messages.get

    def get(self, userId: str, id: str, **_: object) -> Any:  # noqa: A002, N803 - the API's names
        return self._get(userId=userId, id=id, format="metadata", metadataHeaders=list(_HEADERS))


def _overview(message_id: str, answer: dict[str, Any]) -> MailOverview:
    headers = {str(each.get("name", "")).lower(): str(each.get("value", "")) for each in _headers(answer)}
    name, address = _sender(headers.get("from", "")[:_LONGEST_HEADER])
    labels = answer.get("labelIds")
    return MailOverview(
        message_id=message_id,
        sender_name=_decoded(name),
        sender_address=address,
        subject=_decoded(headers.get("subject", "")),
        snippet=html.unescape(str(answer.get("snippet", ""))[:_LONGEST_SNIPPET]),
        in_purchases=isinstance(labels, list) and "CATEGORY_PURCHASES" in labels,
    )


def _headers(answer: dict[str, Any]) -> list[dict[str, Any]]:
    payload = answer.get("payload")
    found = payload.get("headers") if isinstance(payload, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _sender(header: str) -> tuple[str, str]:
    """Name and address of a From header. Gmail decodes headers, so a name may spell another address: what stands in
    the last angle brackets is the sender's, whatever is before it (RFC 5322, 3.4)."""
    last = _LAST_ADDRESS.search(header)
    return (header[: last.start()].strip(' "'), last[1]) if last else parseaddr(header)


def _decoded(text: str) -> str:
    """A header as one line; encoded words (RFC 2047) are read where they can be."""
    cut = text[:_LONGEST_HEADER]
    if "=?" in cut:
        with suppress(MessageError, LookupError, ValueError):
            cut = str(make_header(decode_header(cut)))
    return " ".join("".join(" " if ord(c) < 32 else c for c in cut).split())
