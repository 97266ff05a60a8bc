"""The project that is deployed, the archive that Chalice makes of it, and its size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from package.archive import MOST_UNZIPPED, MOST_ZIPPED, excess, make_archive, parts, table, total
from package.target import Target

from tests.packaging.conftest import Built
from tests.sandbox.application import PROJECT


@pytest.fixture(scope="module")
def archive(built: Built) -> Path:
    return make_archive(built.project, Target())


def test_the_project_is_complete(built: Built) -> None:
    for path in ("app.py", "chalicelib/errors.py", "chalicelib/http/reference/page.html", ".chalice/config.json"):
        assert (built.project / path).read_bytes() == (PROJECT / path).read_bytes()
    assert (built.project / "requirements.txt").read_text() == ""
    assert json.loads((built.project / ".chalice" / "runtime.json").read_text()) == {
        "python": "3.12",
        "architecture": "x86_64",
    }
    policies = {path.name for path in (PROJECT / ".chalice").glob("policy*.json")}
    assert {path.name for path in (built.project / ".chalice").glob("policy*.json")} == policies


def test_only_what_runs_is_in_the_project(built: Built) -> None:
    assert {path.name for path in built.project.iterdir()} == {
        ".chalice",
        "app.py",
        "chalicelib",
        "requirements.txt",
        "vendor",
    }
    assert not list(built.project.rglob("__pycache__"))


def test_dependencies_are_installed_pruned(built: Built) -> None:
    vendor = built.project / "vendor"
    vendored = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()}
    assert vendored == {"sample/__init__.py", "sample-1.0.dist-info/METADATA"}


def test_a_wheel_with_another_hash_is_refused(built: Built, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"sample==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        Built(tmp_path / "app", lock, built.cache).build()
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err
    assert not (tmp_path / "app").exists()


def test_building_again_keeps_chalice_s_record_of_what_is_deployed_and_nothing_else(
    built: Built, tmp_path: Path
) -> None:
    project = tmp_path / "app"
    record, gone = project / ".chalice" / "deployed" / "prod.json", project / "chalicelib" / "gone.py"
    for file in (record, gone):
        file.parent.mkdir(parents=True)
        file.write_text("{}")
    Built(project, built.lock, built.cache).build()
    assert record.read_text() == "{}"
    assert (project / "app.py").exists()
    assert not gone.exists()


def test_the_archive_holds_the_run_time_half_of_chalice_beside_the_project(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
    assert {"app.py", "chalicelib/errors.py", "sample/__init__.py", "chalice/app.py", "chalice/__init__.py"} <= names
    assert not [name for name in names if name.startswith(("chalice/deploy", "vendor/", ".chalice/"))]


def test_chalice_finds_the_archive_again(built: Built, archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert make_archive(built.project, Target()) == archive
    assert "Reusing existing deployment package" in capsys.readouterr().out


def test_parts_and_rest_add_up_to_the_archive(archive: Path) -> None:
    found = parts(archive)
    assert [part.zipped for part in found] == sorted((part.zipped for part in found), reverse=True)
    size = total(archive)
    assert size.zipped == os.stat(archive).st_size
    assert 0 < sum(part.zipped for part in found) < size.zipped
    assert size.unzipped == sum(part.unzipped for part in found)
    assert list(table(archive))[-1].endswith("in all")


def test_an_archive_is_bounded_zipped_and_unzipped(archive: Path, tmp_path: Path) -> None:
    assert excess(archive) == ""
    zipped, unzipped = tmp_path / "zipped.zip", tmp_path / "unzipped.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("large", bytes(MOST_ZIPPED))
    with zipfile.ZipFile(unzipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        opened.writestr("empty", bytes(MOST_UNZIPPED + 1))
    assert excess(zipped) == "more than 14 MiB zipped"
    assert excess(unzipped) == "more than 60 MiB unzipped"


def test_chalice_for_lambda_s_python_wants_a_project_that_was_packaged(tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT / ".chalice" / "package" / "lambda_chalice.py"), "deploy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "runtime.json is missing" in done.stderr
