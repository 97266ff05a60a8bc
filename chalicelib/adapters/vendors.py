"""The VendorConfig table: read whole (a few hundred rows), never by request parameters; and users' own beside it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.adapters.user_vendors import UserVendors
from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.vendors import ExtractionHints, InvoiceCategory, VendorConfig, sender_specificity

TABLE = "VendorConfig"
_log = logging.getLogger(__name__)


class Vendors:
    """Whose mails count."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb
        self._own = UserVendors(dynamodb)

    def all(self) -> list[VendorConfig]:
        """Every row that can be read, by id; one that cannot is skipped, and named in the log.

        The table is small and read once a run: the scan is its access path, and sees a row added by hand at once.
        """
        found = [vendor for item in self._dynamodb.scan(TABLE) if (vendor := _read(item)) is not None]
        return sorted(found, key=lambda vendor: vendor.vendor_id)

    def active(self, category: InvoiceCategory) -> list[VendorConfig]:
        """Active vendors of a category that say whose mails to look for, by id."""
        return _active(self.all(), category)

    def active_for(self, user_id: str, category: InvoiceCategory) -> list[VendorConfig]:
        """Those, and after them the vendors that this user has accepted.

        A row of VendorConfig that covers the same sender, active or not, takes the place of the user's own.
        """
        everybodys = self.all()
        own = [row.as_vendor() for row in self._own.of_user(user_id) if row.state == "accepted"]
        extra = [vendor for vendor in own if not _is_covered(vendor, everybodys)]
        return _active(everybodys, category) + _active(extra, category)

    def hints_of(self, vendor_id: str | None) -> ExtractionHints | None:
        """What is known about a vendor's mails, for a model."""
        item = self._dynamodb.get(TABLE, {"vendor_id": vendor_id}, consistent=False) if vendor_id else None
        vendor = _read(item) if item else None
        return vendor.hints if vendor else None

    def load(self, vendors: Iterable[VendorConfig]) -> None:
        """Writes the rows as they are given; loading twice changes nothing."""
        self._dynamodb.batch_write(TABLE, [to_plain(vendor) for vendor in vendors])


def _active(vendors: Iterable[VendorConfig], category: InvoiceCategory) -> list[VendorConfig]:
    return [each for each in vendors if each.active and each.invoice_category == category and each.email_patterns]


def _is_covered(own: VendorConfig, everybodys: Iterable[VendorConfig]) -> bool:
    return any(sender_specificity(vendor, f"@{domain}") for vendor in everybodys for domain in own.email_patterns)


def _read(item: Item) -> VendorConfig | None:
    """A row, also one written by hand: lists may be string sets, or one text with ``|`` between its parts.

    A retail category that there is not counts as none: each document then tells its own.
    """
    plain = dict(item)
    for name in ("email_patterns", "subject_keywords"):
        value = plain.get(name)
        if isinstance(value, str):
            plain[name] = [part.strip() for part in value.split("|") if part.strip()]
        elif isinstance(value, set | frozenset):
            plain[name] = sorted(value)
    if plain.get("invoice_sub_type") not in CATEGORIES:
        plain.pop("invoice_sub_type", None)
    try:
        return from_plain(plain, VendorConfig)
    except msgspec.ValidationError:
        _log.warning("vendor row %s is not readable", item.get("vendor_id"))
        return None
