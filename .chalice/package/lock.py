"""Resolves what is deployed, and writes it down with hashes: ``python -m package.lock`` (``make lock``).

| written | from | installed by |
|---|---|---|
| requirements-lambda.txt | requirements.txt | ``make package``, into the functions' archive |
| docker/parse_invoice/requirements.txt | docker/parse_invoice/requirements.in | the Dockerfile |

Both are installed with ``--no-deps --require-hashes``: a file holds everything, and nothing else gets in. Hashes are
those of the wheels for both of Lambda's processors. Versions of dependencies are the newest that pip's resolver finds
acceptable on the day.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from package.distributions import FILES_ONLY, OF_LAMBDA, UNUSED, Pin, normalized, read_pins
from package.target import MACHINES, Target

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = {
    ROOT / "requirements-lambda.txt": ROOT / "requirements.txt",
    ROOT / "docker" / "parse_invoice" / "requirements.txt": ROOT / "docker" / "parse_invoice" / "requirements.in",
}
_HEADER: Final = """\
# Made by `make lock` from {source}: everything for CPython {python} on Linux, for both of Lambda's processors.
# Installed with --no-deps --require-hashes; what is left out, and why: .chalice/package/distributions.py.
"""


def main() -> int:
    """Writes both files; returns 0."""
    for lock, source in LOCKS.items():
        pins = resolve(read_pins(source))
        header = _HEADER.format(source=source.relative_to(ROOT), python=Target().python)
        lock.write_text(header + "".join(f"{pin.line()}\n" for pin in pins), encoding="utf-8")
        sys.stdout.write(f"{lock.relative_to(ROOT)}: {len(pins)} distributions\n")
    return 0


def resolve(wanted: Iterable[Pin]) -> list[Pin]:
    """What has to be installed for these, by name, each with the hash of its wheel for every processor."""
    wanted = list(wanted)
    found: dict[tuple[str, str], set[str]] = {}
    for architecture in MACHINES:
        target = Target(architecture=architecture)
        whole = [pin for pin in wanted if pin.name not in FILES_ONLY]
        files = [pin for pin in wanted if pin.name in FILES_ONLY]
        for pin in [*_resolved(whole, target), *_resolved(files, target, "--no-deps")]:
            if pin.name not in UNUSED and pin.name not in OF_LAMBDA:
                found.setdefault((pin.name, pin.version), set()).update(pin.hashes)
    return [Pin(name, version, frozenset(hashes)) for (name, version), hashes in sorted(found.items())]


def _resolved(wanted: list[Pin], target: Target, *options: str) -> list[Pin]:
    if not wanted:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
        pip += ["--ignore-installed", "--target", folder, "--report", str(report), *target.pip_options, *options]
        subprocess.run([*pip, *(pin.line() for pin in wanted)], check=True)
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [
        Pin(
            normalized(each["metadata"]["name"]),
            each["metadata"]["version"],
            frozenset({each["download_info"]["archive_info"]["hashes"]["sha256"]}),
        )
        for each in installed
    ]


if __name__ == "__main__":
    sys.exit(main())
