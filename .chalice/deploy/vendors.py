"""``vendor_configs/`` into the VendorConfig table."""

from __future__ import annotations

from typing import Any

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.adapters.vendors import Vendors
from chalicelib.services.vendors.load_vendors import LoadSummary, load_vendor_configs
from deploy.stage import Stage


class VendorsStep:
    """Writes the rows that differ from their file."""

    name = "Vendors"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        if not self._stage.outputs():
            return ["load vendor_configs/ into the table, once there is one"]
        written = self._load(dry_run=True).written
        return [f"write {len(written)} vendors"] if written else []

    def apply(self) -> None:
        self._stage.report.detail(str(self._load(dry_run=False)))

    def _load(self, *, dry_run: bool) -> LoadSummary:
        # The application's adapter asks its clients for one by name, and so does a stage.
        clients: Any = self._stage
        return load_vendor_configs(Vendors(DynamoDB(clients)), self._stage.root / "vendor_configs", dry_run=dry_run)
