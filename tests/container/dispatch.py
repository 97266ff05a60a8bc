"""A sandbox whose PDFs are handed to the container function, and the function itself."""

from __future__ import annotations

import importlib.util
import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app.world import Person, World
from tests.sandbox.application import PROJECT
from tests.sandbox.calls import Call
from tests.sandbox.functions import running_function
from tests.sandbox.sandbox import Sandbox

#: Takes an event and the context of Lambda.
Handler = Callable[..., None]

FUNCTION = "paypulse-parse-invoice"
ROLE = {"Version": "2012-10-17", "Statement": []}


@dataclass
class Dispatch:
    """A sandbox that hands PDFs over, the container's handler, and what was handed over."""

    world: World
    handle: Handler
    invocations: list[Mapping[str, Any]] = field(default_factory=list)

    def observe(self, call: Call, parameters: Mapping[str, Any], _answer: object) -> None:
        if call.name == "lambda.Invoke":
            self.invocations.append(dict(parameters) | {"status": call.status})

    def store(self, person: Person, place: str, content: bytes) -> str:
        """Puts a PDF into the bucket as ingestion does, and lets its event be delivered."""
        key = f"invoices/{person.user_id}/{place}"
        self.world.put_object(key, content)
        self.world.drain()
        return key

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(each["Payload"]) for each in self.invocations]


def create_function(world: World, aws_url: str) -> None:
    """A function that moto knows and that runs nothing: moto would want Docker to run it."""
    body = json.dumps({"lambda": {"use_docker": False}}).encode()
    urllib.request.urlopen(f"{aws_url}/moto-api/config", body, timeout=5).close()  # noqa: S310
    role = world.aws("iam").create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=json.dumps(ROLE))
    world.aws("lambda").create_function(
        FunctionName=FUNCTION,
        Role=role["Role"]["Arn"],
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-north-1.amazonaws.com/parse-invoice:latest"},
    )


def load_handler(sandbox: Sandbox) -> Handler:
    """``handle`` of the container's module, with the environment that is set now and the policy of its role."""
    path = PROJECT / "docker" / "parse_invoice" / "handler.py"
    spec = importlib.util.spec_from_file_location("parse_invoice_container", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert sandbox.permissions is not None
    sandbox.permissions.register(module.container.session)

    def run(payload: object, context: object) -> None:
        token = running_function.set("parse_invoice_container")
        try:
            module.handle(payload, context)
        finally:
            running_function.reset(token)

    return run


def unpack_image(task: Path) -> Path:
    """The files of ours that the Dockerfile copies into the image, in a folder that stands for ``LAMBDA_TASK_ROOT``."""
    (task / "chalicelib").symlink_to(PROJECT / "chalicelib")
    (task / "handler.py").symlink_to(PROJECT / "docker" / "parse_invoice" / "handler.py")
    return task
