"""``python -m tests.audit``: known vulnerabilities of what is deployed, by pip-audit.

``make lint`` runs it with ``--if-reachable`` and so never depends on the network: where there is no advisory data it
says so and goes on. Versions are pinned: a result changes only with a new advisory, which is what one wants to hear of.

A mirror of PyPI may have the packages and none of the advisories; pip-audit takes that for "nothing known". So the data
is asked for an old release first of which there is something to tell.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

#: What pip-audit asks ("https://docs.pypi.org/api/json/").
ADVISORIES = "https://pypi.org/pypi"
#: CVE-2022-29217.
_KNOWN_TO_BE_VULNERABLE = "pyjwt/1.7.1"
_PATIENCE_SECONDS = 5
_DEPLOYED = Path(__file__).parents[1] / "requirements-lambda.txt"


def are_reachable(advisories: str) -> bool:
    """Whether there is advisory data at an address."""
    url = f"{advisories}/{_KNOWN_TO_BE_VULNERABLE}/json"
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - whoever audits chose it
            return bool(json.load(answer).get("vulnerabilities"))
    except (OSError, ValueError):
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--if-reachable", action="store_true", help="succeed where there is no advisory data")
    parser.add_argument("--advisories", default=ADVISORIES, help="where to look whether there is")
    options = parser.parse_args()
    if not are_reachable(options.advisories):
        sys.stdout.write(f"pip-audit was not run: no advisory data at {options.advisories}\n")
        return 0 if options.if_reachable else 1
    command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--requirement", str(_DEPLOYED)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
