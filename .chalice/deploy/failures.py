"""What becomes of an event that a function could not do: nothing is lost, nothing blocks what comes after."""

from __future__ import annotations

import json
from typing import Any

from deploy import deployed
from deploy.settling import until_settled
from deploy.stage import Stage

POLICY = "failed-events"
#: As long and as often as Lambda tries at most (developer guide, "Asynchronous invocation").
_ASYNCHRONOUS = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21_600}
#: A record that fails ten times, alone in the end, goes aside; else the stream stands still for a day.
_STREAM = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 10, "MaximumRecordAgeInSeconds": 86_400}
#: So many jobs at a time at most: a large import leaves the account's other functions their share.
_QUEUE = {"ScalingConfig": {"MaximumConcurrency": 50}}


class FailuresStep:
    """Failure destinations of functions and streams, and bounds of the queue's event source."""

    name = "Failure destinations"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        if not self._stage.outputs():
            return ["send what functions fail at to FailedEventsQueue"]
        asynchronous = [f"send what {name} fails at to FailedEventsQueue" for name in self._unconfigured()]
        sources = [f"set retries and bounds of {source['name']}" for source in self._unset_sources()]
        permits = [f"let {role} write to FailedEventsQueue" for role in self._roles_without_permit()]
        return permits + asynchronous + sources

    def apply(self) -> None:
        client = self._stage.client("lambda")
        for role in self._roles_without_permit():
            self._stage.client("iam").put_role_policy(
                RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(self._permit())
            )
        for name in self._unconfigured():
            put = client.put_function_event_invoke_config
            until_settled(self._stage, put, FunctionName=name, **self._wanted_invocation())
        for source in self._unset_sources():
            update = client.update_event_source_mapping
            until_settled(self._stage, update, UUID=source["event_uuid"], **self._wanted_source(source))

    @property
    def _queue(self) -> str:
        return self._stage.outputs()["FailedEventsQueueArn"]

    def _destination(self) -> dict[str, Any]:
        return {"OnFailure": {"Destination": self._queue}}

    def _asynchronous(self) -> list[str]:
        """Functions that S3, schedules or other functions call without waiting, by name at Lambda."""
        resources = deployed.found(self._stage)
        by_short = {each["name"]: each for each in resources if each["resource_type"] == "lambda_function"}
        shorts = {
            each["name"].removesuffix("-event").removesuffix("-s3event")
            for each in resources
            if each["resource_type"] in {"cloudwatch_event", "s3_event"}
        }
        names = [deployed.function_name(self._stage, by_short[short]) for short in sorted(shorts & by_short.keys())]
        return names + self._container()

    def _container(self) -> list[str]:
        client = self._stage.client("lambda")
        try:
            client.get_function(FunctionName=self._stage.container_function)
        except client.exceptions.ResourceNotFoundException:
            return []
        return [self._stage.container_function]

    def _wanted_invocation(self) -> dict[str, Any]:
        return {**_ASYNCHRONOUS, "DestinationConfig": self._destination()}

    def _unconfigured(self) -> list[str]:
        return [name for name in self._asynchronous() if not _holds(self._invocation(name), self._wanted_invocation())]

    def _invocation(self, name: str) -> dict[str, Any]:
        client = self._stage.client("lambda")
        try:
            config: dict[str, Any] = client.get_function_event_invoke_config(FunctionName=name)
        except client.exceptions.ResourceNotFoundException:
            return {}
        return config

    def _sources(self) -> list[deployed.Resource]:
        kinds = {"sqs_event", "dynamodb_event"}
        return [each for each in deployed.found(self._stage) if each["resource_type"] in kinds]

    def _wanted_source(self, source: deployed.Resource) -> dict[str, Any]:
        if source["resource_type"] == "sqs_event":
            return dict(_QUEUE)
        return {**_STREAM, "DestinationConfig": self._destination()}

    def _unset_sources(self) -> list[deployed.Resource]:
        client = self._stage.client("lambda")
        return [
            source
            for source in self._sources()
            if not _holds(client.get_event_source_mapping(UUID=source["event_uuid"]), self._wanted_source(source))
        ]

    def _roles_without_permit(self) -> list[str]:
        """Roles of the functions above that may not write to the queue yet, whatever function has them."""
        client = self._stage.client("lambda")
        streams = [
            deployed.function_name(self._stage, source)
            for source in self._sources()
            if source["resource_type"] == "dynamodb_event"
        ]
        functions = [*self._asynchronous(), *streams]
        arns = {client.get_function_configuration(FunctionName=name)["Role"] for name in functions}
        return [role for role in sorted(arn.rpartition("/")[2] for arn in arns) if not self._has_permit(role)]

    def _has_permit(self, role: str) -> bool:
        iam = self._stage.client("iam")
        try:
            document = iam.get_role_policy(RoleName=role, PolicyName=POLICY)["PolicyDocument"]
        except iam.exceptions.NoSuchEntityException:
            return False
        return bool(document == self._permit())

    def _permit(self) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [self._queue]}
        return {"Version": "2012-10-17", "Statement": [statement]}


def _holds(actual: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether everything that is wanted is so, whatever else AWS says."""
    return all(
        _holds(actual.get(name) or {}, value) if isinstance(value, dict) else actual.get(name) == value
        for name, value in wanted.items()
    )
