"""What a cold start pays for ``import app``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.table import Row, ratio
from tests.bench.timing import median_seconds
from tests.sandbox.application import PROJECT

_EVERYTHING = "import app, boto3, googleapiclient.discovery, google.genai, pdfplumber, selectolax.lexbor"
#: Run after an import: the modules, and the peak size in KiB. What getrusage(2) tells includes the parent's size at the
#: fork, so on Linux the kernel's own account of this program counts (proc(5), VmHWM).
_COUNTED = """
import sys
modules = len(sys.modules)
import pathlib, resource
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = next((line.split()[1] for line in lines if line.startswith("VmHWM")), None)
print(modules, peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@dataclass(frozen=True, slots=True)
class _Import:
    modules: int
    mebibytes: float
    seconds: float


def rows() -> Iterator[Row]:
    """Each a process of its own: nothing, the application, and the application with every library that it uses."""
    empty, lazy, eager = (_measured(code) for code in ("pass", "import app", _EVERYTHING))
    yield Row("modules of an empty interpreter", str(empty.modules))
    yield Row("modules of app.py", str(lazy.modules), f"{ratio(lazy.modules, eager.modules)} everything")
    yield Row(
        "time of app.py beyond an interpreter",
        _ms(lazy.seconds - empty.seconds),
        f"{ratio(lazy.seconds - empty.seconds, eager.seconds - empty.seconds)} everything",
    )
    yield Row("... of an app that imports everything", _ms(eager.seconds - empty.seconds), f"{eager.modules} modules")
    yield Row("memory of app.py", f"{lazy.mebibytes:.0f} MiB", f"everything: {eager.mebibytes:.0f} MiB")


def _measured(code: str) -> _Import:
    modules, size = _run(code + _COUNTED).split()
    return _Import(int(modules), int(size) / 1024, median_seconds(lambda: _run(code), runs=3))


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
