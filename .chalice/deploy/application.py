"""The real ``chalice deploy`` and ``chalice delete``, run when there is something for them to do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from deploy import deployed, settings
from deploy.container_function import current_container
from deploy.project import Project
from deploy.stage import Stage


class ApplicationStep:
    """Packs the application and lets Chalice deploy it, unless the very same is deployed.

    What is deployed says a marker beside the archive in the stage's artifacts bucket; it is written last, so a run that
    was interrupted is done once more.
    """

    name = "Functions, API and triggers (chalice deploy)"

    def __init__(self, stage: Stage, *, force: bool = False) -> None:
        self._stage = stage
        self._force = force

    def plan(self) -> list[str]:
        if "LambdaArtifactsBucket" not in self._stage.outputs():
            return ["pack the application and run `chalice deploy`"]
        if self._force or self._marker() != self._project().fingerprint() or not deployed.rest_api_id(self._stage):
            return [f"pack the application and run `chalice deploy --stage {self._stage.name}`"]
        return []

    def apply(self) -> None:
        stage, project = self._stage, self._project()
        if not settings.reserved(stage):
            stage.report.detail(
                "this account may run too few functions at a time to reserve any (handbook, Quickstart)"
            )
        project.build()
        run_chalice(stage, "deploy")
        self._archive()
        marker = project.fingerprint().encode()
        stage.client("s3").put_object(Bucket=self._bucket, Key=self._key("deployed"), Body=marker)

    def _project(self) -> Project:
        return Project(self._stage, current_container(self._stage))

    @property
    def _bucket(self) -> str:
        return self._stage.outputs()["LambdaArtifactsBucket"]

    def _key(self, name: str) -> str:
        return f"stages/{self._stage.name}/{name}"

    def _marker(self) -> str:
        s3 = self._stage.client("s3")
        try:
            return str(s3.get_object(Bucket=self._bucket, Key=self._key("deployed"))["Body"].read().decode())
        except (s3.exceptions.NoSuchKey, s3.exceptions.NoSuchBucket):
            return ""

    def _archive(self) -> None:
        """Keeps the archive that the functions run, a version a deployment: what a quick rollback needs."""
        archives = sorted((self._stage.project / ".chalice" / "deployments").glob("*.zip"), key=_age)
        if archives:
            self._stage.client("s3").upload_file(str(archives[-1]), self._bucket, self._key("application.zip"))


def run_chalice(stage: Stage, verb: str) -> None:
    """Runs Chalice on the stage's project folder, with a record of what is really there; keeps the record it writes.

    To deploy, it is Chalice for the Python that the project was packaged for.
    """
    record = stage.project / ".chalice" / "deployed" / f"{stage.name}.json"
    deployed.write(deployed.found(stage), record)
    if verb == "deploy":
        chalice = [sys.executable, str(stage.root / ".chalice" / "package" / "lambda_chalice.py")]
        # A large archive takes a slow line a while.
        options = ["--connection-timeout", "300"]
    else:
        chalice, options = [str(Path(sys.executable).with_name("chalice"))], []
    stage.programs.run(
        [*chalice, verb, "--stage", stage.name, *options],
        folder=stage.project,
        environ={"AWS_DEFAULT_REGION": stage.region},
    )
    stage.recorded.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(record, stage.recorded)


def _age(path: Path) -> float:
    return path.stat().st_mtime
