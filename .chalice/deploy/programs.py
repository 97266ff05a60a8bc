"""Other programs that a deployment calls: docker, chalice, the builder of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from deploy.errors import CommandFailed


class Programs(Protocol):
    """Calls programs; a test passes its own."""

    def has(self, name: str) -> bool:
        """Whether there is such a program."""

    def run(self, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: str = "") -> None:
        """Runs one to its end, its output going where ours goes. Raises ``CommandFailed``."""

    def succeeds(self, arguments: Sequence[str]) -> bool:
        """Runs one quietly; whether it ended well."""


class LocalPrograms:
    """Those of this machine."""

    def has(self, name: str) -> bool:
        return shutil.which(name) is not None

    def run(self, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: str = "") -> None:
        done = subprocess.run(
            list(arguments), cwd=folder, env={**os.environ, **environ}, input=stdin, text=True, check=False
        )
        if done.returncode:
            raise CommandFailed(f"`{' '.join(arguments)}` ended with status {done.returncode}; its output is above.")

    def succeeds(self, arguments: Sequence[str]) -> bool:
        try:
            done = subprocess.run(list(arguments), capture_output=True, check=False, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0
