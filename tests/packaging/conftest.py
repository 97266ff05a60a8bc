"""A project as it is deployed, with one small dependency in place of the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from package.project import assemble
from package.target import Target

from tests.packaging.wheels import make_wheel


@dataclass(frozen=True)
class Built:
    """``build`` assembles again. ``lock`` may be changed in between."""

    project: Path
    lock: Path
    cache: Path

    def build(self) -> None:
        assemble(self.project, Target(), lock=self.lock, cache=self.cache)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("packaging")
    files = {"sample/__init__.py": "", "sample/__init__.pyi": "", "sample/tests/test_it.py": ""}
    pin = make_wheel(folder, "sample", files)
    lock = folder / "lock.txt"
    lock.write_text(f"{pin.line()}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": "/dev/null"}.items():
            patch.setenv(name, value)
        found = Built(folder / "app", lock, folder / "cache")
        found.build()
        yield found
