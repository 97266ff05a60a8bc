"""The deploy step that fills the VendorConfig table from ``vendor_configs/``.

    .venv/bin/python .chalice/load_vendors.py [--dir vendor_configs] [--dry-run]

Account, region and endpoint come from boto3's own environment (AWS_PROFILE, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL).
Running it twice changes nothing. Rows that have no file are left alone: removing a file does not delete its row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one line; returns 0, or 1 after a faulty file or a failure of AWS."""
    parser = argparse.ArgumentParser(description="Load vendor_configs/ into the VendorConfig table.")
    parser.add_argument("--dir", type=Path, default=_ROOT / "vendor_configs", help="folder of vendor files")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be written, and write nothing")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(_ROOT))
    from chalicelib.adapters.aws import AwsClients
    from chalicelib.adapters.dynamodb import DynamoDB
    from chalicelib.adapters.vendors import Vendors
    from chalicelib.errors import PayPulseError
    from chalicelib.services.vendors.load_vendors import load_vendor_configs

    try:
        summary = load_vendor_configs(Vendors(DynamoDB(AwsClients())), options.dir, dry_run=options.dry_run)
    except PayPulseError as exc:
        sys.stderr.write(f"nothing loaded: {exc}\n")
        return 1
    sys.stdout.write(f"{'dry run, nothing written: ' if options.dry_run else ''}{summary}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
