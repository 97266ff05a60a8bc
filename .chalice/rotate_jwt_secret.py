"""Gives access tokens a new signing key, in two steps, so that nobody is logged out.

    .venv/bin/python .chalice/rotate_jwt_secret.py            a new key signs; the one before is still believed
    .venv/bin/python .chalice/rotate_jwt_secret.py --retire   only the key that signs is believed

Between the two lies the lifetime of an access token (ACCESS_TOKEN_LIFETIME, a day). After a key has leaked, do both at
once: everybody's access token ends within five minutes, and the app gets a new one by its refresh token or a log-in.

Account, region and endpoint come from boto3's own environment (AWS_PROFILE, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL), the
secret's name from JWT_SECRET_NAME. Prints names of keys, never keys.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one line; returns 0, or 1 when nothing was changed."""
    parser = argparse.ArgumentParser(description="Rotate the key that signs access tokens.")
    parser.add_argument("--retire", action="store_true", help="believe only the key that signs now")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(_ROOT))
    from chalicelib.adapters.aws import AwsClients
    from chalicelib.adapters.secrets import AppSecrets
    from chalicelib.adapters.signing_keys import StoredSigningKeys
    from chalicelib.errors import PayPulseError
    from chalicelib.settings import Settings

    name = Settings.from_env(os.environ).jwt_secret_name
    stored = StoredSigningKeys(AppSecrets(AwsClients()), name)
    try:
        before = stored.get()
        after = before.retired() if options.retire else before.rotated()
        stored.replace(after)
    except PayPulseError as exc:
        sys.stderr.write(f"nothing changed: {exc}\n")
        return 1
    others = ", ".join(kid for kid in after.keys if kid != after.current) or "no other"
    sys.stdout.write(f"{name}: {after.current} signs, {others} is still valid\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
