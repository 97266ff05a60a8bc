"""An AWS account that somebody deploys to: the emulator, a copy of the repository, and the programs of a laptop."""

from __future__ import annotations

import functools
import io
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from deploy import command
from deploy.errors import CommandFailed
from deploy.programs import LocalPrograms
from deploy.report import Report
from deploy.stack import StackStep
from deploy.stage import Stage
from deploy.step import run

from tests.sandbox.application import PROJECT
from tests.sandbox.clients import CREDENTIALS, make_session

CLIENT_ID = "1234-abc.apps.googleusercontent.com"
STACK = "paypulse-cloud-prod"
_READS = ("Get", "List", "Describe", "Head", "Scan", "Query", "BatchGet")
_MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "size": 1,
        "digest": "sha256:" + "0" * 64,
    },
    "layers": [],
}


class Workshop(LocalPrograms):
    """Runs the real Chalice. The packaging is a copy without dependencies, and docker is told rather than done."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.docker = False
        self.ran: list[list[str]] = []
        #: The program, by its name in ``ran``, that ends badly once, and whether it does its work before.
        self.failing: dict[str, bool] = {}

    def has(self, name: str) -> bool:
        return self.docker and name == "docker"

    def succeeds(self, arguments: Sequence[str]) -> bool:
        return self.docker and arguments[0] == "docker"

    def run(self, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: str = "") -> None:
        words = [Path(word).stem if "/" in word else word for word in arguments]
        words = words[1:] if words[0].startswith("python") else words
        self.ran.append(words)
        name = " ".join(words[:2]) if words[0] == "docker" else words[0]
        works = self.failing.pop(name, None)
        if works is not False:
            self._work(name, list(arguments), folder, environ)
        if works is not None:
            raise CommandFailed(f"{name} ended with status 1")

    def _work(self, name: str, arguments: list[str], folder: Path, environ: Mapping[str, str]) -> None:
        if name == "package":
            self._package(folder)
        elif name == "docker push":
            repository, _, tag = arguments[-1].partition("/")[2].partition(":")
            self._account.client("ecr").put_image(
                repositoryName=repository, imageTag=tag, imageManifest=json.dumps({**_MANIFEST, "tag": tag})
            )
        elif not name.startswith("docker "):
            chalice = [str(Path(sys.executable).with_name("chalice"))]
            start = next(number for number, word in enumerate(arguments) if word in {"deploy", "delete"})
            super().run([*chalice, *arguments[start:]], folder=folder, environ={**environ, **self._account.environ})

    @staticmethod
    def _package(root: Path) -> None:
        project = root / "build" / "app"
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir(parents=True)
        shutil.copy(root / "app.py", project)
        shutil.copytree(root / "chalicelib", project / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
        (project / "requirements.txt").write_text("")


class Account:
    """``writes`` are the calls that change anything; ``fail`` lets the next call of an operation fail."""

    def __init__(self, url: str, root: Path) -> None:
        self.root = root
        self.environ = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        }
        self.session = make_session()
        self.session.client = functools.partial(self.session.client, endpoint_url=url)
        self.session.events.register("before-call.*", self._observe)
        self.programs = Workshop(self)
        self.writes: list[str] = []
        self._failing: dict[str, tuple[str, str]] = {}
        copy_repository(root)

    def _observe(self, model: Any, **_others: object) -> None:
        name = f"{model.service_model.service_name}.{model.name}"
        if not model.name.startswith(_READS):
            self.writes.append(name)
        if name in self._failing:
            code, message = self._failing.pop(name)
            raise ClientError({"Error": {"Code": code, "Message": message}}, model.name)

    def fail(self, operation: str, code: str = "AccessDenied", message: str = "made to fail") -> None:
        self._failing[operation] = (code, message)

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def stage(self, name: str, report: Report) -> Stage:
        return Stage(name, self.session, self.root, report, self.programs, pause=lambda _seconds: None)

    def run(self, *arguments: str, answer: str = "", environ: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Runs the command as a person would; its status and what it said."""
        out = io.StringIO()
        self.writes.clear()
        self.programs.ran.clear()
        given = {"GOOGLE_CLIENT_ID": CLIENT_ID} if environ is None else environ
        status = command.main(arguments, environ=given, out=out, ask=lambda _question: answer, make_stage=self.stage)
        return status, out.getvalue()

    def up(self, *arguments: str) -> str:
        """Deploys stage prod, which must go well; what it said."""
        status, said = self.run("up", "--stage", "prod", *arguments)
        assert status == 0, said
        return said

    def stack(self, *, mode: str = "running", **parameters: str) -> str:
        """The step of the stack alone; what it said."""
        out = io.StringIO()
        self.writes.clear()
        stage = self.stage("prod", Report(out))
        run([StackStep(stage, parameters, mode)], stage.report, dry_run=False)
        return out.getvalue()

    def down(self, *arguments: str, answer: str = "") -> str:
        status, said = self.run("down", "--stage", "prod", *arguments, answer=answer)
        assert status == 0, said
        return said

    @property
    def number(self) -> str:
        """Twelve digits."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def functions(self) -> dict[str, dict[str, Any]]:
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        return {each["FunctionName"]: each for page in pages for each in page["Functions"]}

    def event_source(self, function: str) -> dict[str, Any]:
        """The one mapping of a function. (moto looks by ARN only.)"""
        mappings = self.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        [mapping] = [each for each in mappings if each["FunctionArn"].endswith(f":{function}")]
        return dict(mapping)

    def rest_apis(self) -> list[str]:
        return [api["id"] for api in self.client("apigateway").get_rest_apis()["items"]]

    def tables(self) -> list[str]:
        names: list[str] = self.client("dynamodb").list_tables()["TableNames"]
        return names

    def buckets(self) -> list[str]:
        return [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]

    def outputs(self) -> dict[str, str]:
        [stack] = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def copy_repository(root: Path) -> None:
    """What a deployment reads of the repository, changeable where a test wants to change it."""
    folder = root / ".chalice"
    folder.mkdir(parents=True)
    for path in [*(PROJECT / ".chalice").glob("*.json"), *(PROJECT / ".chalice").glob("*.py")]:
        shutil.copy(path, folder)
    shutil.copy(PROJECT / ".chalice" / "stack.yaml", folder)
    shutil.copy(PROJECT / "app.py", root)
    for name in ("chalicelib", "vendor_configs", "docker"):
        (root / name).symlink_to(PROJECT / name)
