"""The real deployment of a stage of its own, from a copy of what is deployed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.rehearsal.local_aws import LocalAws

STAGE: Final = "rehearsal"
_PROJECT = Path(__file__).parents[2]
_DEPLOYED_PARTS = ("app.py", "chalicelib", ".chalice", "vendor_configs", "docker", "requirements.txt", "requirements-lambda.txt")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
_PATIENCE = 400.0  # seconds for one command


class DeploymentFailed(Exception):
    """A command of the deployment ended with an error; the text is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stage: `root` is the copy of the repository, `outputs` are the stack's, `api_url` has no slash."""

    root: Path
    outputs: Mapping[str, str]
    variables: Mapping[str, str]
    api_id: str
    api_url: str

    @property
    def prefix(self) -> str:
        return f"{self.config['app_name']}-{STAGE}"

    @property
    def config(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / ".chalice" / "config.json").read_text(encoding="utf-8"))
        return found

    @property
    def stage(self) -> dict[str, Any]:
        """What `config.json` says of the stage."""
        found: dict[str, Any] = self.config["stages"][STAGE]
        return found


def prepare(folder: Path, variables: Mapping[str, str]) -> Path:
    """A copy of the repository whose `config.json` has the stage: `prod`'s settings and these variables."""
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for part in _DEPLOYED_PARTS:
        if (_PROJECT / part).is_dir():
            shutil.copytree(_PROJECT / part, root / part, ignore=_NOT_COPIED)
        else:
            shutil.copy2(_PROJECT / part, root / part)
    path = root / ".chalice" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    given = {**config["stages"]["prod"].get("environment_variables", {}), **variables}
    config["stages"][STAGE] = {**config["stages"]["prod"], "environment_variables": given}
    path.write_text(json.dumps(config, indent=2), encoding="utf-8")
    # What is installed for this machine once is kept between rehearsals.
    (_PROJECT / "build" / "vendored").mkdir(parents=True, exist_ok=True)
    (root / "build").mkdir()
    (root / "build" / "vendored").symlink_to(_PROJECT / "build" / "vendored")
    return root


def run(command: list[str | Path], folder: Path, aws: LocalAws, log: Path) -> str:
    """Runs one command of the deployment against the local AWS; its output goes to the log, and is the answer."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | aws.environ
    with log.open("ab") as stream:
        begin = stream.tell()
        try:
            status = subprocess.run(
                command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
                timeout=_PATIENCE, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            status = -1
    said = log.read_bytes()[begin:].decode(errors="replace")
    if status:
        shown = " ".join(str(part) for part in command[1:])
        raise DeploymentFailed(f"{shown} ended with {status}: {said[-1500:]}")
    return said


def python(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, *arguments]
