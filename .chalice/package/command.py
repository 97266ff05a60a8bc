"""The command line: see the package's own description."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from package.archive import excess, make_archive, table
from package.check import check_functions, check_image, interpreter_for
from package.project import ROOT, assemble
from package.target import Target
from package.terraform import package_for_terraform


def main(arguments: Sequence[str] | None = None) -> int:
    """Builds, measures and, if asked to, checks. Returns 0, or 1 with a reason on standard error."""
    parser = argparse.ArgumentParser(prog="python .chalice/package", description="Build the project that is deployed.")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "app", help="folder of the project")
    parser.add_argument("--stage", default="prod", help="stage of .chalice/config.json")
    parser.add_argument("--local", action="store_true", help="for this interpreter and machine, instead of Lambda's")
    parser.add_argument("--check", action="store_true", help="use the result in a clean interpreter")
    parser.add_argument("--terraform", type=Path, metavar="DIR", help="generate a Terraform package, too")
    options = parser.parse_args(arguments)
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    try:
        target = Target.of_stage(config, options.stage)
        _build(options.output, Target.this_machine() if options.local else target, checked=options.check)
        if options.terraform:
            package_for_terraform(options.output, options.stage, options.terraform)
    except (ValueError, subprocess.SubprocessError) as exc:
        sys.stderr.write(f"not packaged: {exc}\n")
        return 1
    return 0


def _build(output: Path, target: Target, *, checked: bool) -> None:
    """Raises ``ValueError`` for a project that is too large, ``SubprocessError`` after pip or a check has failed."""
    assemble(output, target)
    archive = make_archive(output, target)
    sys.stdout.write("".join(f"{line}\n" for line in table(archive)) + f"{archive}\n")
    sys.stdout.flush()
    if reason := excess(archive):
        raise ValueError(reason)
    if checked:
        _check(output, archive, target)


def _check(output: Path, archive: Path, target: Target) -> None:
    """Where no interpreter runs what was built for Lambda, the same versions, built for this machine, are tried."""
    interpreter = interpreter_for(target)
    if interpreter is None:
        here = Target.this_machine()
        sys.stdout.write(f"nothing here runs {target.runtime} on {target.architecture}: trying {here.runtime}\n")
        beside = output.with_name(f"{output.name}-here")
        assemble(beside, here)
        archive, target, interpreter = make_archive(beside, here), here, str(interpreter_for(here))
    check_functions(archive, interpreter)
    check_image(target, interpreter)
    sys.stdout.write("everything that is used works\n")
