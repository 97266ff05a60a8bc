"""``python -m tests.fuzz``: at least ten thousand requests; no 5xx, and no answer that its operation does not document.

``--examples`` is how many requests an operation gets of each kind that schemathesis makes up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.app.anna import owner_of_examples
from tests.app.world import World
from tests.sandbox.sandbox import Sandbox

LEAST = 10_000
_PROJECT = Path(__file__).parents[2]
_CONFIG = Path(__file__).with_name("schemathesis.toml")
#: Not those that want every made-up refusal to be one of ours: unknown fields of a request are ignored on purpose.
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
#: So that requests reach what is behind the limits.
_NO_LIMITS = dict.fromkeys(
    (
        "LOGIN_LIMIT",
        "LOGIN_LIMIT_PER_ADDRESS",
        "SIGNUP_LIMIT",
        "SIGNUP_LIMIT_PER_ADDRESS",
        "REFRESH_LIMIT",
        "REFRESH_LIMIT_PER_ADDRESS",
        "INGESTION_LIMIT",
        "EXPORT_LIMIT",
    ),
    "0",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--least", type=int, default=LEAST)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = Path(folder) / "count"
        mailbox = Path(folder) / "mailbox"
        mailbox.mkdir()
        with Sandbox(mailbox, environ={"BCRYPT_COST": "4", **_NO_LIMITS}) as sandbox:
            world = World(sandbox, mailbox)
            tokens = {name: str(owner_of_examples(world).app.token) for name in ("FUZZED_LEAVER", "FUZZED_OWNER")}
            failed = fuzz(sandbox.url, options.examples, count, tokens)
        sent = int(count.read_text(encoding="ascii"))
    sys.stdout.write(f"{sent} requests, {'with findings' if failed else 'nothing found'}\n")
    return 1 if failed or sent < options.least else 0


def fuzz(url: str, examples: int, count: Path, tokens: Mapping[str, str]) -> bool:
    """Whether schemathesis found something; what, it has printed. ``tokens`` are those that the hooks ask for."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(_CONFIG), "run"]
    command += [f"{url}/v1/openapi.json", "--url", url]
    command += ["--checks", _CHECKS, "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing"]
    command += [
        "--continue-on-failure",
        "--seed",
        "1",
        "--workers",
        "2",
        "--suppress-health-check",
        "all",
        "--request-timeout",
        "60",
    ]
    # Elsewhere, since schemathesis keeps what it found in the folder that it runs in.
    environ = {
        "PYTHONPATH": str(_PROJECT),
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "FUZZED_URL": url,
        "FUZZED_COUNT": str(count),
        **tokens,
    }
    return subprocess.run(command, cwd=count.parent, env={**os.environ, **environ}, check=False).returncode != 0


if __name__ == "__main__":
    raise SystemExit(main())
