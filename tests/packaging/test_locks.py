"""What is locked is what requirements.txt asks for, by hash, and nothing that Lambda brings or nobody uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from package.distributions import FILES_ONLY, OF_LAMBDA, UNUSED, Pin, read_pins
from package.target import MACHINES, Target

from tests.sandbox.application import PROJECT

LOCKED = {pin.name: pin for pin in read_pins(PROJECT / "requirements-lambda.txt")}
WANTED = read_pins(PROJECT / "requirements.txt")


@pytest.mark.parametrize("pin", WANTED, ids=lambda pin: str(pin.name))
def test_every_requirement_is_locked_in_its_version(pin: Pin) -> None:
    assert LOCKED[pin.name].version == pin.version, "run make lock"


def test_everything_locked_has_hashes_and_stands_once() -> None:
    pins = read_pins(PROJECT / "requirements-lambda.txt")
    assert [pin.name for pin in pins] == sorted({pin.name for pin in pins})
    assert all(1 <= len(pin.hashes) <= len(MACHINES) for pin in pins)


def test_nothing_is_locked_that_lambda_brings_that_is_unused_or_that_builds() -> None:
    assert not LOCKED.keys() & (OF_LAMBDA | UNUSED.keys() | {"flask", "pip", "setuptools", "wheel", "chalice"})
    assert LOCKED.keys() & FILES_ONLY == {"flask-openapi3-swagger"}


def test_a_lock_that_is_written_is_read_again(tmp_path: Path) -> None:
    pin = Pin("sample", "1.2", frozenset({"a" * 64, "b" * 64}))
    lock = tmp_path / "lock.txt"
    lock.write_text(f"# comment\n{pin.line()}\n", encoding="utf-8")
    assert read_pins(lock) == [pin]


@pytest.mark.parametrize("line", ["sample", "sample>=1", "-r other.txt", "https://example.com/sample.whl"])
def test_a_line_that_pins_nothing_is_refused(line: str, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match="not pinned"):
        read_pins(lock)


def test_the_target_is_lambda_s_python_and_the_stage_s_processor() -> None:
    arm = Target.of_stage({"stages": {"prod": {"lambda_architecture": "arm64"}}}, "prod")
    assert (arm.runtime, arm.architecture) == ("python3.12", "arm64")
    assert Target.of_stage({"lambda_architecture": "arm64", "stages": {"prod": {}}}, "prod") == arm
    assert "manylinux_2_34_aarch64" in arm.pip_options
    assert {"--only-binary", ":all:", "3.12"} <= set(arm.pip_options)
    assert "manylinux2014_x86_64" in Target.of_stage({"stages": {"prod": {}}}, "prod").pip_options


@pytest.mark.parametrize(
    "config", [{"stages": {"test": {}}}, {"stages": {"prod": {"lambda_architecture": "sparc"}}}], ids=["stage", "cpu"]
)
def test_an_unknown_stage_or_processor_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"prod|lambda_architecture"):
        Target.of_stage(config, "prod")
