"""What the dependencies are installed for: Lambda's Python and processor, or this machine's."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: The reference documents ask for Python 3.12. Chalice itself would take the version that happens to run it.
LAMBDA_PYTHON: Final = "3.12"
#: Lambda's name of a processor, and the one in wheel tags (PEP 600).
MACHINES: Final[Mapping[str, str]] = {"x86_64": "x86_64", "arm64": "aarch64"}
#: Python 3.12 runs on Amazon Linux 2023, whose glibc is 2.34; wheels for any older one work too.
_NEWEST_GLIBC: Final = 34
_OLDEST_GLIBC: Final = 5
_LEGACY: Final = ("manylinux2014", "manylinux2010", "manylinux1")


@dataclass(frozen=True, slots=True)
class Target:
    """A Python version ("3.12") and a processor as Lambda names it; ``local`` means this interpreter and machine."""

    python: str = LAMBDA_PYTHON
    architecture: str = "x86_64"
    local: bool = False

    @classmethod
    def of_stage(cls, config: Mapping[str, Any], stage: str) -> Target:
        """What Chalice's configuration says of a stage. Raises ``ValueError`` for a stage or processor unknown."""
        if stage not in config["stages"]:
            raise ValueError(f"config.json has no stage {stage}, only {', '.join(config['stages'])}")
        architecture = config["stages"][stage].get("lambda_architecture", config.get("lambda_architecture", "x86_64"))
        if architecture not in MACHINES:
            raise ValueError(f"lambda_architecture is none of {', '.join(MACHINES)}")
        return cls(architecture=architecture)

    @classmethod
    def this_machine(cls) -> Target:
        """The running interpreter."""
        return cls(python=f"{sys.version_info.major}.{sys.version_info.minor}", local=True)

    @property
    def pip_options(self) -> list[str]:
        """What makes ``pip install --target`` choose this target's wheels."""
        if self.local:
            return []
        machine = MACHINES[self.architecture]
        tags = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)]
        tags += [f"{legacy}_{machine}" for legacy in _LEGACY]
        platforms = [option for tag in tags for option in ("--platform", tag)]
        return [*platforms, "--implementation", "cp", "--python-version", self.python, "--only-binary", ":all:"]

    @property
    def runtime(self) -> str:
        """Lambda's name of the Python version."""
        return f"python{self.python}"

    def write(self, path: Path) -> None:
        """Notes it beside the project that is built, for :mod:`package.lambda_chalice`."""
        path.write_text(json.dumps({"python": self.python, "architecture": self.architecture}) + "\n")
