"""Loads ``vendor_configs/`` into the VendorConfig table; part of a deployment, and of the sandbox's start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.vendor_files import read_vendor_file
from chalicelib.domain.vendors import VendorConfig
from chalicelib.errors import ValidationFailed

if TYPE_CHECKING:
    from chalicelib.adapters.vendors import Vendors


class LoadSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a load did: vendor ids, sorted. ``only_in_table`` are rows without a file, which stay as they are."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    only_in_table: tuple[str, ...]

    def __str__(self) -> str:
        files = len(self.written) + len(self.unchanged)
        named = f" ({', '.join(self.written)})" if 0 < len(self.written) <= 10 else ""
        return (
            f"{files} vendor files: {len(self.written)} rows written{named}, {len(self.unchanged)} unchanged; "
            f"{len(self.only_in_table)} rows without a file left alone"
        )


def read_vendor_configs(directory: Path) -> list[VendorConfig]:
    """Every ``*.json`` of a folder as a vendor, by id. Raises ``ValidationFailed`` for a file with a fault.

    A folder without a single file is a wrong path, not an empty configuration: that is a fault too. Ids are unique
    because a file is named after its vendor's id.
    """
    vendors = [read_vendor_file(_text(path), path.name) for path in directory.glob("*.json")]
    if not vendors:
        raise ValidationFailed(directory.name, "holds no vendor file")
    return sorted(vendors, key=lambda vendor: vendor.vendor_id)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise ValidationFailed(path.name, "is not UTF-8") from exc


def load_vendor_configs(vendors: Vendors, directory: Path, *, dry_run: bool = False) -> LoadSummary:
    """Makes the table hold what the files say; rows that equal their file are not written.

    The file decides: a row changed by hand that has a file is put back. A row without a file is somebody's own and
    stays, so removing a file deletes nothing: set ``active`` to false in it first, or delete the row by hand.
    Nothing is written when any file has a fault (``ValidationFailed``), or in a dry run. Raises ``DependencyFailure``.
    """
    wanted = read_vendor_configs(directory)
    present = {row.vendor_id: row for row in vendors.all()}
    changed = [vendor for vendor in wanted if present.get(vendor.vendor_id) != vendor]
    if changed and not dry_run:
        vendors.load(changed)
    written = {vendor.vendor_id for vendor in changed}
    known = {vendor.vendor_id for vendor in wanted}
    return LoadSummary(
        written=tuple(sorted(written)),
        unchanged=tuple(sorted(known - written)),
        only_in_table=tuple(sorted(set(present) - known)),
    )
