"""The image of the container function: built and pushed where there is docker, unless ECR has it already."""

from __future__ import annotations

import base64

from deploy.contents import fingerprint
from deploy.stage import Stage

#: What the image is made of (see docker/parse_invoice/Dockerfile and .dockerignore).
SOURCES = ("chalicelib", "docker/parse_invoice", ".dockerignore")
_DOCKERFILE = "docker/parse_invoice/Dockerfile"


class Image:
    """The image of this checkout. Its tag is a hash of its sources: the same sources are never built twice."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.tag = fingerprint(stage.root, SOURCES)

    @property
    def repository(self) -> str:
        """Address of the repository; empty before the stack is there."""
        return self._stage.outputs().get("ParserRepositoryUri", "")

    def digest_address(self) -> str:
        """The pushed image, by its digest, as Lambda takes it; empty when ECR has none."""
        if not self.repository:
            return ""
        ecr = self._stage.client("ecr")
        try:
            [found] = ecr.describe_images(
                repositoryName=self.repository.partition("/")[2], imageIds=[{"imageTag": self.tag}]
            )["imageDetails"]
        except (ecr.exceptions.ImageNotFoundException, ecr.exceptions.RepositoryNotFoundException):
            return ""
        return f"{self.repository}@{found['imageDigest']}"

    def can_be_built(self) -> bool:
        """Whether a docker engine answers here."""
        return self._stage.programs.has("docker") and self._stage.programs.succeeds(["docker", "info"])


class ImageStep:
    """Builds and pushes; skips, and says what that means, without docker."""

    name = "Image of the PDF parser (docker, ECR)"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._image = Image(stage)

    def plan(self) -> list[str]:
        if self._image.digest_address():
            return []
        if not self._image.can_be_built():
            self._stage.report.detail(
                "no docker engine answers here, and ECR has no image of these sources: PDFs will be parsed by the zip\n"
                "function parse_invoice itself, with the same code; run this again where docker is, to change that"
            )
            return []
        return [f"build and push image {self._image.tag}"]

    def apply(self) -> None:
        address, root = f"{self._image.repository}:{self._image.tag}", self._stage.root
        [granted] = self._stage.client("ecr").get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(granted["authorizationToken"]).decode().partition(":")
        login = ["docker", "login", "--username", user, "--password-stdin", self._image.repository.partition("/")[0]]
        self._stage.programs.run(login, folder=root, environ={}, stdin=password)
        # Lambda takes no index of manifests, which is what an attestation of provenance would make of the image.
        build = ["docker", "build", "--platform", "linux/amd64", "--provenance=false"]
        self._stage.programs.run([*build, "-f", _DOCKERFILE, "-t", address, "."], folder=root, environ={})
        self._stage.programs.run(["docker", "push", address], folder=root, environ={})
