"""The command line: see the package's own description."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from package.archive import excess, make_archive, table
from package.project import ROOT, assemble
from package.target import Target


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds, measures and, if asked to, checks. Returns 0, or 1 with a reason on standard error."""
    parser = argparse.ArgumentParser(prog="python .chalice/package", description="Build the project that is deployed.")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "app", help="folder of the project")
    parser.add_argument("--stage", default="prod", help="stage of .chalice/config.json")
    parser.add_argument("--local", action="store_true", help="for this interpreter and machine, instead of Lambda's")
    parser.add_argument("--check", action="store_true", help="use the result in a clean interpreter")
    options = parser.parse_args(arguments)
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    try:
        target = Target.of_stage(config, options.stage)
        target = Target.this_machine() if options.local else target
        assemble(options.output, target)
    except (ValueError, subprocess.CalledProcessError) as exc:
        return _failed(str(exc))
    archive = make_archive(options.output, target)
    sys.stdout.write("".join(f"{line}\n" for line in table(archive)))
    if reason := excess(archive):
        return _failed(reason)
    sys.stdout.write(f"{archive}\n")
    return 0


def _failed(reason: str) -> int:
    sys.stderr.write(f"not packaged: {reason}\n")
    return 1
