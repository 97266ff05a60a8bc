"""Tries what is deployed in a clean interpreter, in place of Lambda."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from package.project import CACHE, ROOT
from package.target import MACHINES, Target
from package.vendoring import vendor

_SCRIPT: Final = Path(__file__).with_name("clean_check.py")
#: Modules of what Lambda brings (:data:`package.distributions.OF_LAMBDA`), taken from the development environment.
_RUNTIME_MODULES: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six")
_ENVIRON: Final = {"PATH": "/usr/bin:/bin", "AWS_DEFAULT_REGION": "eu-north-1", "LANG": "C.UTF-8"}


def interpreter_for(target: Target) -> str | None:
    """A Python that can run what was built for a target: its version, on its kind of machine. None if there is none."""
    if target.local:
        return _base_interpreter()
    if sys.platform != "linux" or platform.machine() != MACHINES[target.architecture]:
        return None
    this = Target.this_machine()
    found = _base_interpreter() if this.python == target.python else shutil.which(f"python{target.python}")
    # A version manager's shim is found, and refuses to run.
    asked = found and subprocess.run([found, "-c", ""], check=False, capture_output=True)
    return found if asked and asked.returncode == 0 else None


def check_functions(archive: Path, interpreter: str) -> None:
    """Runs :mod:`package.clean_check` on an archive. Raises ``subprocess.CalledProcessError`` if a check fails."""
    with prepared(archive) as (task, runtime):
        _run("functions", task, runtime, interpreter)


def check_image(target: Target, interpreter: str) -> None:
    """The same for the files that ``docker/parse_invoice/Dockerfile`` puts into the image, without docker."""
    with prepared() as (task, runtime):
        vendor(ROOT / "docker" / "parse_invoice" / "requirements.txt", target, task, CACHE)
        shutil.copytree(ROOT / "chalicelib", task / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(ROOT / "docker" / "parse_invoice" / "handler.py", task)
        _run("image", task, runtime, interpreter)


@contextmanager
def prepared(archive: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """Two folders, for as long as they are needed: an archive's files, and what Lambda adds to them."""
    with tempfile.TemporaryDirectory() as folder:
        task, runtime = Path(folder) / "task", Path(folder) / "runtime"
        if archive is not None:
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(task)
        runtime.mkdir()
        for name in _RUNTIME_MODULES:
            spec = find_spec(name)
            if spec is None or spec.origin is None:
                raise FileNotFoundError(f"{name} is not installed")
            origin = Path(spec.origin)
            place = origin.parent if origin.name == "__init__.py" else origin
            (runtime / place.name).symlink_to(place)
        yield task, runtime


def _run(what: str, task: Path, runtime: Path, interpreter: str) -> None:
    sys.stdout.write(f"{what}, in {Path(interpreter).name}:\n")
    sys.stdout.flush()
    # google-genai has escapes that Python 3.12 finds odd.
    command = [interpreter, "-I", "-S", "-B", "-W", "ignore::SyntaxWarning"]
    subprocess.run([*command, str(_SCRIPT), what, str(task), str(runtime)], env=_ENVIRON, check=True, timeout=300)


def _base_interpreter() -> str:
    """The interpreter outside of the virtual environment: its site-packages must not help."""
    return str(getattr(sys, "_base_executable", sys.executable))
