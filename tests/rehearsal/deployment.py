"""The real deployment, as a person runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.rehearsal.local_aws import LocalAws
from tests.rehearsal.processes import end_group

STAGE: Final = "rehearsal"
_PROJECT = Path(__file__).parents[2]
_PATIENCE = 400.0  # seconds for one command
#: Looks like one; the emulated Google asks for none.
_GOOGLE_CLIENT_ID = "1234567890-rehearsal.apps.googleusercontent.com"


class DeploymentFailed(Exception):
    """A command ended with an error, or (status None) not in time; the text is the end of what it said."""


@dataclass(frozen=True, slots=True)
class DeployCommand:
    """`.chalice/deploy` against a local AWS; `variables` are added to every function's environment.

    `folder` takes what it writes, and its output (`deploy.log`).
    """

    aws: LocalAws
    folder: Path
    variables: Mapping[str, str]

    def __call__(self, verb: str, *options: str) -> str:
        """Runs `up` or `down`; answers what it said. Raises `DeploymentFailed`."""
        command = [sys.executable, "-m", "tests.rehearsal.deploy", verb, "--stage", STAGE, *options]
        log = self.folder / "deploy.log"
        with log.open("ab") as stream:
            begin = stream.tell()
            process = subprocess.Popen(
                command,
                cwd=_PROJECT,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                end_group(process)
        said = log.read_bytes()[begin:].decode(errors="replace")
        if status != 0:
            raise DeploymentFailed(f"deploy {verb} ended with {status}: ...{said[-1500:]}")
        return said

    def _environ(self) -> dict[str, str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GOOGLE_"))}
        return {
            **mine,
            **self.aws.environ,
            "GOOGLE_CLIENT_ID": _GOOGLE_CLIENT_ID,
            "REHEARSAL_FOLDER": str(self.folder),
            "REHEARSAL_VARIABLES": json.dumps(dict(self.variables)),
        }


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stage: `project` is the folder that Chalice deployed, `outputs` and `parameters` the stack's."""

    project: Path
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    api_id: str

    @property
    def config(self) -> dict[str, Any]:
        """`config.json` as Chalice read it."""
        found: dict[str, Any] = json.loads((self.project / ".chalice" / "config.json").read_text(encoding="utf-8"))
        return found

    @property
    def stage(self) -> dict[str, Any]:
        """What it says of the stage."""
        found: dict[str, Any] = self.config["stages"][STAGE]
        return found

    @property
    def prefix(self) -> str:
        """What the names of all functions begin with."""
        return f"{self.config['app_name']}-{STAGE}"

    def policy(self, function: str) -> dict[str, Any]:
        """The policy file of a function as Chalice read it."""
        path = self.project / ".chalice" / f"policy-{function}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
