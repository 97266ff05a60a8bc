"""Makes the archive with Chalice's own packager, and measures it."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from package.target import Target

_MEBIBYTE: Final = 1024 * 1024
#: Issue 6, point 6; Lambda itself allows 50 and 250.
MOST_ZIPPED: Final = 14 * _MEBIBYTE
MOST_UNZIPPED: Final = 60 * _MEBIBYTE
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A top-level package, with the bytes that it takes in the archive and unpacked."""

    name: str
    zipped: int
    unzipped: int

    def row(self) -> str:
        return f"{self.zipped / _MEBIBYTE:7.2f} {self.unzipped / _MEBIBYTE:9.2f}  {self.name}"


def make_archive(project: Path, target: Target) -> Path:
    """The archive that Chalice makes of a project, and will find again by its content: in ``.chalice/deployments``.

    This is the step that ``chalice deploy`` and ``chalice package`` take, too. It adds ``chalice/app.py`` of the
    installed Chalice, the run-time half; so Chalice need not be, and is not, in ``vendor/``.
    """
    from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager
    from chalice.utils import UI, OSUtils

    osutils = OSUtils()
    dependencies = DependencyBuilder(osutils, architecture=target.architecture)
    packager = LambdaDeploymentPackager(osutils, dependencies, UI(), architecture=target.architecture)
    return Path(packager.create_deployment_package(str(project), target.runtime))


def parts(archive: Path) -> list[Part]:
    """The top-level packages of an archive, largest first. Their sum is the archive but for its table of contents."""
    zipped: defaultdict[str, int] = defaultdict(int)
    unzipped: defaultdict[str, int] = defaultdict(int)
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            top = entry.filename.split("/", 1)[0]
            name = "*.dist-info" if top.endswith(".dist-info") else top
            zipped[name] += entry.compress_size
            unzipped[name] += entry.file_size
    return sorted((Part(name, zipped[name], unzipped[name]) for name in zipped), key=lambda part: -part.zipped)


def total(archive: Path) -> Part:
    """The archive itself."""
    return Part("in all", archive.stat().st_size, sum(part.unzipped for part in parts(archive)))


def table(archive: Path) -> Iterator[str]:
    """The largest parts, the rest, and the sum, for people to read."""
    largest, rest = parts(archive)[:_SHOWN], parts(archive)[_SHOWN:]
    yield " zipped  unzipped  MiB"
    yield from (part.row() for part in largest)
    yield Part(f"{len(rest)} others", sum(p.zipped for p in rest), sum(p.unzipped for p in rest)).row()
    yield total(archive).row()


def excess(archive: Path) -> str:
    """Why an archive is too large; empty if it is not."""
    size = total(archive)
    if size.zipped > MOST_ZIPPED:
        return f"more than {MOST_ZIPPED // _MEBIBYTE} MiB zipped"
    if size.unzipped > MOST_UNZIPPED:
        return f"more than {MOST_UNZIPPED // _MEBIBYTE} MiB unzipped"
    return ""
