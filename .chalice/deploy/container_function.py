"""The container function: what Chalice, which deploys zip files, cannot make."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from deploy import settings
from deploy.image import Image
from deploy.project import Project
from deploy.settling import until_settled
from deploy.stage import CONTAINER, Stage

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
_POLICY = "container-function"


class ContainerFunctionStep:
    """Makes the function that runs the image, or brings it up to date; does nothing without an image."""

    name = "Container function"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._image = Image(stage)

    def plan(self) -> list[str]:
        if not self._image.digest_address():
            can = self._image.can_be_built()
            return [f"make function {self._stage.container_function} or give it the image"] if can else []
        function = self._function()
        if function is None:
            return [f"create function {self._stage.container_function}"]
        changes = []
        if function["Code"].get("ImageUri") != self._image.digest_address():
            changes.append(f"give it image {self._image.tag}")
        if any(function["Configuration"].get(name) != value for name, value in self._configuration().items()):
            changes.append("change its settings")
        if self._policy() != Project(self._stage, self._stage.container_function).container_policy():
            changes.append("change what it may do")
        if self._concurrency() != settings.reserved(self._stage).get(CONTAINER):
            changes.append("change how many of it may run at a time")
        return changes

    def apply(self) -> None:
        name, client = self._stage.container_function, self._stage.client("lambda")
        role = self._give_role()
        if self._function() is None:
            self._create(role)
        else:
            client.update_function_configuration(FunctionName=name, Role=role, **self._configuration())
            client.get_waiter("function_updated_v2").wait(FunctionName=name)
            client.update_function_code(FunctionName=name, ImageUri=self._image.digest_address())
            client.get_waiter("function_updated_v2").wait(FunctionName=name)
        if number := settings.reserved(self._stage).get(CONTAINER):
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=number)

    def _create(self, role: str) -> None:
        name, client = self._stage.container_function, self._stage.client("lambda")
        until_settled(
            self._stage,
            client.create_function,
            FunctionName=name,
            Role=role,
            PackageType="Image",
            Code={"ImageUri": self._image.digest_address()},
            **self._configuration(),
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name)

    def _configuration(self) -> dict[str, Any]:
        """Memory, seconds and environment: those of the zip function unless ``config.json`` names this one."""
        stage = self._stage.chalice_stage()
        functions = stage.get("lambda_functions", {})
        own = {**stage, **functions.get("parse_invoice", {}), **functions.get(CONTAINER, {})}
        variables = settings.environment(self._stage, "")
        return {
            "MemorySize": own["lambda_memory_size"],
            "Timeout": own["lambda_timeout"],
            "Environment": {"Variables": variables},
        }

    def _give_role(self) -> str:
        """The ARN of its role, which has just the policy of the function."""
        iam, name = self._stage.client("iam"), self._stage.container_function
        try:
            role = iam.get_role(RoleName=name)["Role"]
        except iam.exceptions.NoSuchEntityException:
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]
        document = Project(self._stage, name).container_policy()
        iam.put_role_policy(RoleName=name, PolicyName=_POLICY, PolicyDocument=json.dumps(document))
        return str(role["Arn"])

    def _policy(self) -> dict[str, object]:
        iam, name = self._stage.client("iam"), self._stage.container_function
        try:
            document = iam.get_role_policy(RoleName=name, PolicyName=_POLICY)["PolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            return {}
        return dict(document)

    def _function(self) -> dict[str, Any] | None:
        client = self._stage.client("lambda")
        try:
            function: dict[str, Any] = client.get_function(FunctionName=self._stage.container_function)
        except client.exceptions.ResourceNotFoundException:
            return None
        return function

    def _concurrency(self) -> int | None:
        answer = self._stage.client("lambda").get_function_concurrency(FunctionName=self._stage.container_function)
        number: int | None = answer.get("ReservedConcurrentExecutions")
        return number


def current_container(stage: Stage) -> str:
    """The name of the container function, if this checkout's image is there for it to run; else empty."""
    return stage.container_function if Image(stage).digest_address() else ""


def delete(stage: Stage) -> None:
    """Takes the function and its role away; nothing happens when they are gone."""
    client, iam, name = stage.client("lambda"), stage.client("iam"), stage.container_function
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_function(FunctionName=name)
    with suppress(iam.exceptions.NoSuchEntityException):
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)


def exists(stage: Stage) -> bool:
    """Whether there is anything that ``delete`` would take away."""
    client, iam = stage.client("lambda"), stage.client("iam")
    try:
        client.get_function(FunctionName=stage.container_function)
    except client.exceptions.ResourceNotFoundException:
        try:
            iam.get_role(RoleName=stage.container_function)
        except iam.exceptions.NoSuchEntityException:
            return False
    return True
