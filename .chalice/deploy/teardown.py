"""Taking a stage away: everything but data, or data too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from deploy import api_stage, container_function, deployed, settings
from deploy import template as templates
from deploy.application import run_chalice
from deploy.secret_values import GEMINI_KEY_SECRET
from deploy.stage import Stage

_GMAIL_SECRETS = "gmail/user/"
_GONE = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)


class FunctionsStep:
    """``chalice delete``, and what was made beside Chalice."""

    name = "Functions, API and triggers (chalice delete)"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        changes = [f"delete {each['resource_type']} {each['name']}" for each in deployed.found(self._stage)]
        if container_function.exists(self._stage):
            changes.append(f"delete function {self._stage.container_function}")
        if api_stage.role_is_ours(self._stage):
            changes.append("forget API Gateway's role for logs")
        return changes

    def apply(self) -> None:
        if deployed.found(self._stage):
            folder = self._stage.project / ".chalice"
            folder.mkdir(parents=True, exist_ok=True)
            config = settings.staged_config(self._stage, {}, {})
            (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
            run_chalice(self._stage, "delete")
        container_function.delete(self._stage)
        api_stage.forget_role(self._stage)


class BucketStep:
    """Empties a bucket, all versions of all objects; CloudFormation deletes empty ones only."""

    def __init__(self, stage: Stage, output: str) -> None:
        self._stage = stage
        self._output = output
        self.name = f"Content of {output}"

    def plan(self) -> list[str]:
        number = sum(1 for _ in self._versions())
        return [f"delete {number} object versions of {self._bucket}"] if number else []

    def apply(self) -> None:
        s3, batch = self._stage.client("s3"), list[dict[str, str]]()
        for version in self._versions():
            batch.append(version)
            if len(batch) == 1_000:
                _delete_objects(s3, self._bucket, batch)
                batch = []
        if batch:
            _delete_objects(s3, self._bucket, batch)

    @property
    def _bucket(self) -> str:
        return self._stage.outputs().get(self._output, "")

    def _versions(self) -> Iterator[dict[str, str]]:
        if not self._bucket:
            return
        try:
            pages = self._stage.client("s3").get_paginator("list_object_versions").paginate(Bucket=self._bucket)
            for page in pages:
                for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    yield {"Key": version["Key"], "VersionId": version["VersionId"]}
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in _GONE:
                raise


class StackDataStep:
    """What the stack keeps: deleted one by one, while the stack still knows what that is."""

    name = "Data (tables, buckets, secrets, queues, topic, identity pool, logs)"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        return [f"delete {kind} {identifier}" for kind, identifier in self._kept()]

    def apply(self) -> None:
        for kind, identifier in self._kept():
            self._stage.report.detail(f"{kind} {identifier}")
            try:
                self._deletions()[kind](identifier)
            except ClientError as exc:
                if exc.response["Error"]["Code"] not in _GONE:
                    raise

    def _kept(self) -> list[tuple[str, str]]:
        """Type and physical id of what holds data."""
        if self._stage.stack() is None:
            return []
        pages = (
            self._stage.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=self._stage.stack_name)
        )
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
        kept = templates.kept(templates.read(self._stage.root / ".chalice" / "stack.yaml"))
        own = [
            (each["ResourceType"], each["PhysicalResourceId"])
            for each in resources
            if each["LogicalResourceId"] in kept and each["ResourceStatus"] != "DELETE_COMPLETE"
        ]
        return own + [("AWS::SecretsManager::Secret", name) for name in self._other_secrets()]

    def _other_secrets(self) -> list[str]:
        """Of people, and of Gemini: the application or a person made them, not the stack."""
        pages = self._stage.client("secretsmanager").get_paginator("list_secrets").paginate()
        names = [secret["Name"] for page in pages for secret in page["SecretList"]]
        return [name for name in names if name.startswith(_GMAIL_SECRETS) or name == GEMINI_KEY_SECRET]

    def _deletions(self) -> dict[str, Callable[[str], Any]]:
        client = self._stage.client
        return {
            "AWS::DynamoDB::Table": lambda name: client("dynamodb").delete_table(TableName=name),
            "AWS::S3::Bucket": lambda name: client("s3").delete_bucket(Bucket=name),
            "AWS::SQS::Queue": lambda url: client("sqs").delete_queue(QueueUrl=url),
            "AWS::SNS::Topic": lambda arn: client("sns").delete_topic(TopicArn=arn),
            "AWS::SecretsManager::Secret": lambda name: client("secretsmanager").delete_secret(
                SecretId=name, ForceDeleteWithoutRecovery=True
            ),
            "AWS::Cognito::IdentityPool": lambda pool: client("cognito-identity").delete_identity_pool(
                IdentityPoolId=pool
            ),
            "AWS::Logs::LogGroup": lambda name: client("logs").delete_log_group(logGroupName=name),
        }


class PhonesStep:
    """Phones that were registered for push, at the platform application that a person made."""

    name = "Phones registered for push"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        number = len(self._endpoints())
        return [f"delete {number} endpoints"] if number else []

    def apply(self) -> None:
        for endpoint in self._endpoints():
            self._stage.client("sns").delete_endpoint(EndpointArn=endpoint)

    def _endpoints(self) -> list[str]:
        application = self._stage.parameters().get("PushPlatformApplicationArn")
        if not application:
            return []
        pages = (
            self._stage.client("sns")
            .get_paginator("list_endpoints_by_platform_application")
            .paginate(PlatformApplicationArn=application)
        )
        return [endpoint["EndpointArn"] for page in pages for endpoint in page["Endpoints"]]


class StackDeletionStep:
    """The stack itself, last."""

    name = "Stack"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        return [f"delete stack {self._stage.stack_name}"] if self._stage.stack() else []

    def apply(self) -> None:
        cloudformation, name = self._stage.client("cloudformation"), self._stage.stack_name
        cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        # What could not be deleted the last time, since it was a property of data that was gone: left out.
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
        stuck = [each["LogicalResourceId"] for each in resources if each["ResourceStatus"] == "DELETE_FAILED"]
        cloudformation.delete_stack(StackName=name, **({"RetainResources": stuck} if stuck else {}))
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
        self._stage.recorded.unlink(missing_ok=True)


def _delete_objects(s3: Any, bucket: str, batch: list[dict[str, str]]) -> None:
    s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
