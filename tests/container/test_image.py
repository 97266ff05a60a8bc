"""The image's recipe: what a build may see, what it installs, and what is left. ``make lint`` runs hadolint."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import pytest
from package.distributions import UNUSED, read_pins

from tests.sandbox.application import PROJECT

FOLDER = PROJECT / "docker" / "parse_invoice"
DOCKERFILE = FOLDER.joinpath("Dockerfile").read_text(encoding="utf-8")
#: Instructions, with continued lines joined.
INSTRUCTIONS = [
    line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")
]


def is_in_context(path: str) -> bool:
    """By ``.dockerignore``: the last rule that fits a path or a folder above it decides (Dockerfile reference)."""
    included = True
    for line in PROJECT.joinpath(".dockerignore").read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#") and _fits(rule.removeprefix("!"), path):
            included = rule.startswith("!")
    return included


def _fits(rule: str, path: str) -> bool:
    places = [path, *(str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")]
    if rule.startswith("**/"):
        return any(fnmatchcase(PurePosixPath(place).name, rule.removeprefix("**/")) for place in places)
    return any(place.count("/") == rule.count("/") and fnmatchcase(place, rule) for place in places)


@pytest.mark.parametrize("path", ["chalicelib/errors.py", "chalicelib/http/reference/page.html"])
def test_the_application_is_in_the_context(path: str) -> None:
    assert (PROJECT / path).exists()
    assert is_in_context(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".chalice/config.json",
        ".chalice/deployed/prod.json",
        "app.py",
        "build/app/.chalice/deployed/prod.json",
        "chalicelib/.env",
        "chalicelib/__pycache__/errors.cpython-312.pyc",
        "chalicelib/adapters/.aws/credentials",
        "docker/parse_invoice/Dockerfile",
        "docker/parse_invoice/.env",
        "requirements.txt",
        "tests/sandbox/aws.py",
        "vendor_configs/README.md",
    ],
)
def test_nothing_else_is_in_the_context(path: str) -> None:
    assert not is_in_context(path)


def test_what_is_copied_is_in_the_context() -> None:
    copied = [re.split(r"\s+", line)[1] for line in INSTRUCTIONS if line.startswith("COPY") and "--from" not in line]
    assert copied == ["docker/parse_invoice/requirements.txt", "chalicelib", "docker/parse_invoice/handler.py"]
    assert all(is_in_context(f"{path}/errors.py" if path == "chalicelib" else path) for path in copied)


def test_the_base_is_lambda_s_python_312_at_one_date_for_both_stages() -> None:
    [base] = [line for line in INSTRUCTIONS if line.startswith("ARG BASE=")]
    assert re.fullmatch(r"ARG BASE=public\.ecr\.aws/lambda/python:3\.12\.\d{4}(\.\d\d){3}(@sha256:[0-9a-f]{64})?", base)
    assert [line for line in INSTRUCTIONS if line.startswith("FROM")] == ["FROM ${BASE} AS build", "FROM ${BASE}"]


def test_packages_are_installed_by_hash_in_the_first_stage_only() -> None:
    installing = [line for line in INSTRUCTIONS if "pip install" in line]
    assert len(installing) == 1
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(installing[0].split())
    assert INSTRUCTIONS.index(installing[0]) < INSTRUCTIONS.index("FROM ${BASE}")


def test_the_last_stage_drops_the_installer_and_the_superuser() -> None:
    last = INSTRUCTIONS[INSTRUCTIONS.index("FROM ${BASE}") :]
    assert any("pip uninstall" in line and line.endswith("setuptools wheel pip") for line in last)
    assert last[-2:] == ["USER 65534:65534", 'CMD ["handler.handle"]']


def test_the_image_installs_what_the_functions_are_tested_with() -> None:
    image = {pin.name: pin for pin in read_pins(FOLDER / "requirements.txt")}
    functions = {pin.name: pin for pin in read_pins(PROJECT / "requirements-lambda.txt")}
    wanted = {pin.name: pin.version for pin in read_pins(FOLDER / "requirements.in")}
    assert wanted == {name: image[name].version for name in wanted}
    assert {"google-genai", "msgspec", "pdfplumber", "selectolax"} <= wanted.keys()
    assert f"chalice=={wanted['chalice']}" in PROJECT.joinpath("requirements-dev.txt").read_text().splitlines()
    assert image.keys() - functions.keys() == {"chalice"}
    assert {name for name in image.keys() & functions.keys() if image[name] != functions[name]} == set()
    assert all(pin.hashes for pin in image.values())
    assert not UNUSED.keys() & image.keys()


def test_the_handler_stands_where_the_command_looks_for_it() -> None:
    assert "COPY docker/parse_invoice/handler.py /build/task/handler.py" in INSTRUCTIONS
    assert "COPY --from=build /build/task ${LAMBDA_TASK_ROOT}" in INSTRUCTIONS
    assert "def handle(" in Path(FOLDER / "handler.py").read_text(encoding="utf-8")
