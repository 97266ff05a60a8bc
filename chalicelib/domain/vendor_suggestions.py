"""Vendors of one person: proposed by the weekly sweep, then accepted or dismissed by the person.

VendorConfig is everybody's; what is in here only ever counts for the one who accepted it. Of a mail that led to a
proposal nothing is kept but its sender's domain and name, and how many there were.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.domain.vendor_files import DOMAIN, MAILBOX_PROVIDERS
from chalicelib.domain.vendors import VendorConfig

SuggestionState = Literal["proposed", "accepted", "dismissed"]
#: A longer domain fits in no mail address (RFC 5321, 4.5.3.1.2 and 4.5.3.1.3).
_LONGEST_DOMAIN = 189


class MailOverview(NamedTuple):
    """What a list of mail shows of a message: no body. ``snippet`` is Gmail's preview of it, as plain text."""

    message_id: str
    sender_name: str
    sender_address: str
    subject: str
    snippet: str
    in_purchases: bool


class SuggestedVendor(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep found out about one sender domain. ``receipts`` counts its mails that look like receipts.

    ``confidence`` runs from 0 to 1, ``why`` holds snake_case words. ``looks_like`` names a vendor that the sender
    resembles without being it: such a one is shown under its bare domain, whatever it calls itself.
    """

    domain: str
    vendor_name: str
    sub_type: str
    receipts: int
    confidence: float
    why: tuple[str, ...]
    looks_like: str | None = None


class VendorSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One row of UserVendors: a suggestion, and what became of it. ``receipts`` adds up over the sweeps."""

    user_id: str = msgspec.field(name="UserID")
    suggestion_id: str = msgspec.field(name="vendor_id")
    state: SuggestionState
    domain: str
    vendor_name: str
    sub_type: str
    receipts: int
    confidence: float
    why: tuple[str, ...] = ()
    looks_like: str | None = None
    first_seen: datetime
    updated_at: datetime

    def as_vendor(self) -> VendorConfig:
        """The vendor that an accepted suggestion is to its owner: every mail of the domain is looked at."""
        return VendorConfig(
            vendor_id=self.suggestion_id,
            vendor_name=self.vendor_name,
            invoice_category="retail",
            invoice_sub_type=self.sub_type,
            email_patterns=(self.domain,),
        )


def suggestion_id(domain: str) -> str:
    """The id of a sender domain among a person's vendors: the same in every sweep.

    >>> suggestion_id("shop.example")
    'own-0f59463c606c5b0e'
    """
    return f"own-{hashlib.sha256(domain.encode()).hexdigest()[:16]}"


def sender_domain(address: str) -> str | None:
    """The domain of an address whose every mailbox belongs to one sender; ``None`` for private mailboxes and nonsense.

    >>> [sender_domain(a) for a in ("a@Mail.Shop.example", "anna@gmail.com", "a@localhost", "a@b@c.example", "é@é.se")]
    ['mail.shop.example', None, None, None, None]
    """
    local, at, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not at or not local or "@" in local or len(domain) > _LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        return None
    return None if domain in MAILBOX_PROVIDERS else domain
