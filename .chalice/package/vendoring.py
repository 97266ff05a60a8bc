"""Installs the locked dependencies for a target, pruned."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from package.distributions import read_pins
from package.pruning import prune
from package.target import Target

_HERE: Final = Path(__file__).parent
_DECIDING: Final = ("pruning.py", "vendoring.py")
#: How many installations are kept; one is 45 MB.
_MOST_KEPT: Final = 4


def vendor(lock: Path, target: Target, destination: Path, cache: Path) -> None:
    """Fills ``destination``, which must not exist. What was installed once is copied from ``cache``.

    For Lambda, wheels must have the hashes of the lock. For this machine there are none, only the same versions.
    Raises ``subprocess.CalledProcessError``, after pip has said why on standard error.
    """
    installed = cache / _key(lock, target)
    if not installed.exists():
        _install(lock, target, installed)
    installed.touch()
    for old in sorted(cache.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST_KEPT:]:
        shutil.rmtree(old)
    shutil.copytree(installed, destination)


def _key(lock: Path, target: Target) -> str:
    """Everything that decides what is installed: versions, platform and rules."""
    contents = [lock.read_bytes(), *(_HERE.joinpath(name).read_bytes() for name in _DECIDING)]
    digest = hashlib.sha256(b"\0".join([*contents, " ".join(target.pip_options).encode()])).hexdigest()
    return f"{target.runtime}-{'local' if target.local else target.architecture}-{digest[:16]}"


def _install(lock: Path, target: Target, installed: Path) -> None:
    installed.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=installed.parent) as folder:
        tree = Path(folder) / "tree"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        pip += ["--no-deps", "--no-warn-conflicts", "--target", str(tree), *target.pip_options]
        subprocess.run([*pip, *_what(lock, target)], check=True)
        prune(tree)
        try:
            tree.rename(installed)
        except OSError:
            # Somebody else has just installed the same.
            if not installed.exists():
                raise


def _what(lock: Path, target: Target) -> list[str]:
    if target.local:
        return [f"{pin.name}=={pin.version}" for pin in read_pins(lock)]
    return ["--require-hashes", "--requirement", str(lock)]
