"""The sandbox with the sample mailbox: its vendors, its user, and what to try on it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from tests.sandbox.journey import Phone, StepFailed
from tests.sandbox.samples.mailbox import ACCOUNT, write_sample_vendors
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.seeding import load_vendor_configs

NAME: Final = "Alice Exempel"
PASSWORD: Final = "correct horse 7"


def load_sample_vendors(sandbox: Sandbox) -> int:
    """Adds the fictional landlords to VendorConfig; returns how many."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample_vendors(Path(folder))
        return load_vendor_configs(sandbox.clients, Path(folder))


def prepare_sample_user(sandbox: Sandbox) -> Phone:
    """A user whose Gmail and phone are connected; StepFailed when the API refuses."""
    phone = Phone(sandbox.url)
    try:
        phone.sign_up(NAME, ACCOUNT, PASSWORD)
    except StepFailed as exc:
        if "USER_ALREADY_EXISTS" not in str(exc):
            raise
        phone.log_in(ACCOUNT, PASSWORD)  # an AWS endpoint that outlives the sandbox still knows the user
    phone.connect_gmail(ACCOUNT)
    phone.register_device()
    return phone


def things_to_try(api: str, admin: str) -> list[str]:
    """Lines for a shell, in their order."""
    return [
        f"A={api}/v1",
        "T=$(curl -s $A/auth/login -H 'Content-Type: application/json' \\",
        f"""  -d '{{"email": "{ACCOUNT}", "password": "{PASSWORD}"}}' \\""",
        """  | sed 's/.*access_token":"//; s/".*//')""",
        'curl -s -H "Authorization: Bearer $T" -X POST $A/invoices/rental/ingest',
        'curl -s -H "Authorization: Bearer $T" $A/invoices/rental | python3 -m json.tool',
        f"curl -s {admin}/notifications | python3 -m json.tool",
    ]
