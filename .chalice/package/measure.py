"""What memory and time the functions need: ``make measure``.

Every path of :mod:`package.clean_measures` runs in a process of its own on the unpacked archive, without bytecode, as
in Lambda. CPU is measured, time at a memory size is derived: Lambda gives one vCPU at 1,769 MB, and less in proportion
(developer guide, "Configure Lambda function memory"). From a cold start, with Python 3.12 on a 2-core machine that was
busy with other things, so rather too much than too little; waiting for others comes on top:

| path | CPU s | MiB | of a child | s at 512 MB | s at 1024 MB | s at 1769 MB |
|---|---|---|---|---|---|---|
| import_app | 0.15 | 33 | 0 | 0.51 | 0.26 | 0.15 |
| api_request | 0.51 | 62 | 0 | 1.75 | 0.88 | 0.51 |
| bcrypt_alone | 0.19 | 27 | 0 | 0.66 | 0.33 | 0.19 |
| log_in | 0.70 | 62 | 0 | 2.41 | 1.20 | 0.70 |
| gmail | 0.91 | 80 | 0 | 3.15 | 1.58 | 0.91 |
| enqueue | 0.39 | 53 | 0 | 1.36 | 0.68 | 0.39 |
| notify | 0.39 | 53 | 0 | 1.35 | 0.68 | 0.39 |
| hand_over | 0.38 | 52 | 0 | 1.30 | 0.65 | 0.38 |
| pdf_of_one_page | 0.74 | 58 | 58 | 2.55 | 1.28 | 0.74 |
| pdf_of_fifty_pages | 4.18 | 57 | 57 | 14.46 | 7.23 | 4.18 |
| receipt_by_rules | 0.71 | 64 | 0 | 2.44 | 1.22 | 0.71 |
| receipt_by_model | 1.69 | 102 | 0 | 5.84 | 2.92 | 1.69 |

What ``.chalice/config.json`` makes of it, and ``tests/packaging/test_function_settings.py`` holds:

| functions | MB | s |
|---|---|---|
| the API | 1769 | 29 |
| parse_invoice, the container function, work_on_ingestion | 1769 | 120, 120, 870 |
| parse_retail_invoice | 1024 | 120 |
| schedules, send_invoice_notification | 512 | 300, 60 |

- Before the API a person waits: a cold log-in takes 0.7 s instead of 1.2 at 1024 MB, and computing costs the same at
  any size.
- A PDF has 8 s, which the longest honest one would use up at 1024 MB; and 320 MiB for a hostile one, beside 102 of ours
  and 58 of the worker.
- parse_retail_invoice mostly waits for Gemini, up to 58 s with all attempts, and waiting costs by size.
- The others wait for DynamoDB, SQS and SNS, and nobody waits for them.
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
