"""Overviews of messages, from Gmail's ``format=metadata`` with two headers: who wrote what, and Gmail's preview."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

from chalicelib.domain.vendor_suggestions import MailOverview

#: What is asked for: of the message itself, nothing.
OVERVIEW = {"format": "metadata", "metadataHeaders": ["From", "Subject"]}
_LONGEST_HEADER = 1_000
_LONGEST_SNIPPET = 400
_LAST_ADDRESS = re.compile(r"<([^<>\s]{3,254})>\s*$")


def read_overview(message_id: str, answer: dict[str, Any]) -> MailOverview:
    """An overview from a message as ``users.messages.get`` answers it with ``OVERVIEW`` (Gmail API reference)."""
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
