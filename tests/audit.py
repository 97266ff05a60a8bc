"""``python -m tests.audit``: known vulnerabilities of what is deployed, by pip-audit.

``make lint`` runs it with ``--if-reachable`` and so never depends on the network: where there is no advisory data it
says so and goes on. Versions are pinned: a result changes only with a new advisory, which is what one wants to hear of.

A mirror of PyPI may have the packages and none of the advisories; pip-audit takes that for "nothing known". So the data
is asked for an old release first of which there is something to tell.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

#: What pip-audit asks ("https://docs.pypi.org/api/json/").
ADVISORIES = "https://pypi.org/pypi"
#: CVE-2022-29217.
_KNOWN_TO_BE_VULNERABLE = "pyjwt/1.7.1"
_PATIENCE_SECONDS = 5
_REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"


def are_reachable(advisories: str) -> bool:
    """Whether there is advisory data at an address."""
    url = f"{advisories}/{_KNOWN_TO_BE_VULNERABLE}/json"
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310 - whoever audits chose it
            return bool(json.load(answer).get("vulnerabilities"))
    except (OSError, ValueError):
        return False


def deployed() -> dict[str, str]:
    """Versions by name, as installed here, of all that requirements.txt brings with it."""
    found: dict[str, str] = {}
    lines = _REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    waiting = [Requirement(line) for line in lines if line and not line.startswith("#")]
    while waiting:
        requirement = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        installed = distribution(requirement.name)
        if name in found and not requirement.extras:
            continue
        found[name] = installed.version
        extras = requirement.extras or {""}
        for inner in map(Requirement, installed.requires or []):
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(inner)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--if-reachable", action="store_true", help="succeed where there is no advisory data")
    parser.add_argument("--advisories", default=ADVISORIES, help="where to look whether there is")
    options = parser.parse_args()
    if not are_reachable(options.advisories):
        sys.stdout.write(f"pip-audit was not run: no advisory data at {options.advisories}\n")
        return 0 if options.if_reachable else 1
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "deployed.txt"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in deployed().items()), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--strict", "--no-deps", "--disable-pip"]
        command += ["--progress-spinner", "off", "--requirement", str(pins)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
