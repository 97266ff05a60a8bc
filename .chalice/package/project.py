"""Assembles the Chalice project that is deployed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from package.target import Target
from package.vendoring import vendor

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "requirements-lambda.txt"
RUNTIME: Final = "runtime.json"
CACHE: Final = ROOT / "build" / "vendored"
#: What Chalice keeps in the project that it deploys: without it, it would create everything a second time.
_DEPLOYED: Final = Path(".chalice") / "deployed"
_NOT_RUN: Final = shutil.ignore_patterns("__pycache__", "*.pyc")


def assemble(output: Path, target: Target, *, lock: Path = LOCK, cache: Path = CACHE) -> None:
    """Builds the project in ``output``, which is replaced, but for Chalice's notes of what is deployed already.

    ``lock`` says what is vendored, ``cache`` keeps it. Raises ``subprocess.CalledProcessError`` after pip has failed.
    """
    building = output.with_name(f"{output.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    (building / ".chalice").mkdir(parents=True)
    shutil.copy2(ROOT / "app.py", building)
    shutil.copytree(ROOT / "chalicelib", building / "chalicelib", ignore=_NOT_RUN)
    for settings in [ROOT / ".chalice" / "config.json", *sorted((ROOT / ".chalice").glob("policy*.json"))]:
        shutil.copy2(settings, building / ".chalice")
    target.write(building / ".chalice" / RUNTIME)
    # Chalice's packager reads it, and asks pip for nothing: everything is in vendor/.
    (building / "requirements.txt").write_text("", encoding="utf-8")
    vendor(lock, target, building / "vendor", cache)
    if (output / _DEPLOYED).exists():
        shutil.copytree(output / _DEPLOYED, building / _DEPLOYED)
    shutil.rmtree(output, ignore_errors=True)
    building.rename(output)
