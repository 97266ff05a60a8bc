"""The folder that ``chalice deploy`` runs on: the pruned application, and the stage's own configuration in it."""

from __future__ import annotations

import json
import sys

from policies import Deployment, complete, write

from deploy import settings
from deploy.contents import fingerprint
from deploy.stage import Stage

#: What the functions are made of.
SOURCES = (
    "app.py",
    "chalicelib",
    "requirements-lambda.txt",
    ".chalice/config.json",
    ".chalice/package",
    ".chalice/policies.py",
)


class Project:
    """``container`` is the name of the container function, or empty."""

    def __init__(self, stage: Stage, container: str) -> None:
        self._stage = stage
        self._container = container

    def deployment(self) -> Deployment:
        """What the policy files leave open."""
        return Deployment.of_outputs(
            self._stage.outputs(),
            stage=self._stage.name,
            push_application_arn=self._stage.parameters().get("PushPlatformApplicationArn", ""),
            parser_function=self._container,
        )

    def config(self) -> dict[str, object]:
        """The configuration with the stage's settings."""
        variables = settings.environment(self._stage, self._container)
        return settings.staged_config(self._stage, variables, settings.reserved(self._stage))

    def fingerprint(self) -> str:
        """What a deployment of it would consist of, as a short text; the same text means the same deployment."""
        root = self._stage.root
        policies = sorted(path.relative_to(root).as_posix() for path in (root / ".chalice").glob("policy-*.json"))
        return fingerprint(root, (*SOURCES, *policies), json.dumps(self.config(), sort_keys=True))

    def build(self) -> None:
        """Makes the folder anew. Raises ``CommandFailed``."""
        stage = self._stage
        like = stage.name if stage.name in stage.chalice_config()["stages"] else "prod"
        builder = [sys.executable, str(stage.root / ".chalice" / "package")]
        stage.programs.run([*builder, "--output", str(stage.project), "--stage", like], folder=stage.root, environ={})
        self.configure()

    def configure(self) -> None:
        """Writes the configuration and the policies into the folder."""
        folder = self._stage.project / ".chalice"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.config(), indent=2) + "\n"
        (folder / "config.json").write_text(text, encoding="utf-8")
        write(folder, self.deployment(), self._stage.root / ".chalice")

    def container_policy(self) -> dict[str, object]:
        """The policy document of the container function's role."""
        return complete("parse_invoice_container", self.deployment(), self._stage.root / ".chalice")
