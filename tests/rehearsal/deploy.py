"""`python -m tests.rehearsal.deploy up --stage rehearsal`: `.chalice/deploy` as it is, for a stage of the rehearsal.

What differs from `python .chalice/deploy` is where it writes (`REHEARSAL_FOLDER` instead of the repository), that the
package is built for this machine, that no docker is looked for, that it looks again sooner, and what a person would
write into `config.json` to speak to another Google (`REHEARSAL_VARIABLES`, JSON).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / ".chalice"))

from deploy.command import main  # noqa: E402 - only now can it be found
from deploy.programs import LocalPrograms  # noqa: E402
from deploy.stage import Stage  # noqa: E402

if TYPE_CHECKING:
    from deploy.report import Report

_LONGEST_PAUSE = 0.2  # seconds between two looks at a stack


class RehearsalPrograms(LocalPrograms):
    """Lambda's functions run on this machine, so they are packaged for it."""

    def has(self, name: str) -> bool:
        return name != "docker" and super().has(name)

    def run(self, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: str = "") -> None:
        packs = str(PROJECT / ".chalice" / "package") in arguments
        super().run([*arguments, "--local"] if packs else arguments, folder=folder, environ=environ, stdin=stdin)


@dataclass
class RehearsalStage(Stage):
    """Like `prod`, with variables of its own, and nothing written into the repository."""

    @property
    def project(self) -> Path:
        return _folder() / "app"

    @property
    def recorded(self) -> Path:
        return _folder() / "recorded.json"

    def chalice_config(self) -> dict[str, Any]:
        return {**super().chalice_config(), "environment_variables": json.loads(os.environ["REHEARSAL_VARIABLES"])}


def _folder() -> Path:
    return Path(os.environ["REHEARSAL_FOLDER"])


def _stage(name: str, report: Report) -> Stage:
    return RehearsalStage(name, boto3.Session(), PROJECT, report, RehearsalPrograms(), _pause)


def _pause(seconds: float) -> None:
    time.sleep(min(seconds, _LONGEST_PAUSE))


if __name__ == "__main__":
    sys.exit(main(make_stage=_stage))
