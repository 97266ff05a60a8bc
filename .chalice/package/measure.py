"""What memory and time the functions need: ``make measure``, after ``make package``.

Every path of :mod:`package.clean_measures` runs in a process of its own on the unpacked archive, without bytecode, as
in Lambda. CPU is measured, time at a memory size is derived: Lambda gives one vCPU at 1,769 MB, and less in proportion
(developer guide, "Configure Lambda function memory").
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from package.archive import make_archive
from package.check import interpreter_for, prepared
from package.clean_measures import PATHS
from package.project import ROOT
from package.target import Target

_SCRIPT: Final = Path(__file__).with_name("clean_measures.py")
_MEGABYTES_OF_A_CPU: Final = 1769
_SIZES: Final = (512, 1024, 1769)
_RUNS: Final = 3


def main() -> int:
    """Prints a table; returns 0, or 1 where nothing can run the archive."""
    target = Target()
    interpreter = interpreter_for(target)
    if interpreter is None:
        sys.stderr.write(f"nothing here runs {target.runtime} on {target.architecture}\n")
        return 1
    with prepared(make_archive(ROOT / "build" / "app", target)) as (task, runtime):
        python = [interpreter, "-I", "-S", "-B", "-W", "ignore", "-X", f"pycache_prefix={task.with_name('bytecode')}"]
        # Lambda's own modules come compiled, the function's do not.
        modules = [str(each) for each in runtime.iterdir()]
        subprocess.run([*python, "-m", "compileall", "-q", *modules], check=True, timeout=300)
        for line in _table(python, task, runtime):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return 0


def _table(python: list[str], task: Path, runtime: Path) -> Iterator[str]:
    yield f"| path | CPU s | MiB | of a child | {' | '.join(f's at {size} MB' for size in _SIZES)} |"
    yield "|" + "---|" * (4 + len(_SIZES))
    for path in PATHS:
        command = [*python, str(_SCRIPT), path.__name__, str(task), str(runtime)]
        environ = {"PATH": "/usr/bin:/bin", "AWS_DEFAULT_REGION": "eu-north-1"}
        runs = [json.loads(subprocess.check_output(command, env=environ, timeout=120)) for _ in range(_RUNS)]
        best = min(runs, key=lambda run: float(run["cpu"]))
        seconds = " | ".join(f"{best['cpu'] * _MEGABYTES_OF_A_CPU / size:.2f}" for size in _SIZES)
        yield f"| {path.__name__} | {best['cpu']:.2f} | {best['own']:.0f} | {best['children']:.0f} | {seconds} |"


if __name__ == "__main__":
    sys.exit(main())
