"""What becomes of an event that a function could not do: nothing is lost, nothing blocks what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deploy import container_function, deployed
from deploy.settling import until_settled
from deploy.stage import Stage

#: As long and as often as Lambda tries at most (developer guide, "Asynchronous invocation").
_ASYNCHRONOUS = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 21_600}
#: A record that fails ten times, alone in the end, goes aside; else the stream stands still for a day.
_STREAM = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 10, "MaximumRecordAgeInSeconds": 86_400}
#: So many jobs at a time at most: a large import leaves the account's other functions their share.
_QUEUE = {"ScalingConfig": {"MaximumConcurrency": 50}}


@dataclass(frozen=True, slots=True)
class _Pending:
    """What is left to set: on functions, by name, and on event sources, as Chalice records them."""

    functions: list[str]
    sources: list[deployed.Resource]


class FailuresStep:
    """Failure destinations of functions and streams, which their policies let them write to; the queue's bounds."""

    name = "Failure destinations"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        if not self._stage.outputs():
            return ["send what functions fail at to FailedEventsQueue"]
        pending = self._pending()
        functions = [f"send what {name} fails at to FailedEventsQueue" for name in pending.functions]
        return functions + [f"set retries and bounds of {source['name']}" for source in pending.sources]

    def apply(self) -> None:
        client, pending = self._stage.client("lambda"), self._pending()
        for name in pending.functions:
            put = client.put_function_event_invoke_config
            until_settled(self._stage, put, FunctionName=name, **self._wanted_invocation())
        for source in pending.sources:
            update = client.update_event_source_mapping
            until_settled(self._stage, update, UUID=source["event_uuid"], **self._wanted_source(source))

    def _pending(self) -> _Pending:
        resources = deployed.found(self._stage)
        asynchronous = self._asynchronous(resources)
        sources = [each for each in resources if each["resource_type"] in {"sqs_event", "dynamodb_event"}]
        return _Pending(
            functions=[name for name in asynchronous if not _holds(self._invocation(name), self._wanted_invocation())],
            sources=[source for source in sources if not _holds(self._source(source), self._wanted_source(source))],
        )

    def _asynchronous(self, resources: list[deployed.Resource]) -> list[str]:
        """Functions that S3, schedules or other functions call without waiting, by name at Lambda."""
        functions = {each["name"]: each for each in resources if each["resource_type"] == "lambda_function"}
        shorts = {
            each["name"].removesuffix("-event").removesuffix("-s3event")
            for each in resources
            if each["resource_type"] in {"cloudwatch_event", "s3_event"}
        }
        names = [deployed.function_name(functions[short]) for short in sorted(shorts & functions.keys())]
        return names + ([self._stage.container_function] if container_function.exists(self._stage) else [])

    def _invocation(self, name: str) -> dict[str, Any]:
        client = self._stage.client("lambda")
        try:
            config: dict[str, Any] = client.get_function_event_invoke_config(FunctionName=name)
        except client.exceptions.ResourceNotFoundException:
            return {}
        return config

    def _source(self, source: deployed.Resource) -> dict[str, Any]:
        return dict(self._stage.client("lambda").get_event_source_mapping(UUID=source["event_uuid"]))

    @cached_property
    def _queue(self) -> str:
        return self._stage.outputs()["FailedEventsQueueArn"]

    def _wanted_invocation(self) -> dict[str, Any]:
        return {**_ASYNCHRONOUS, "DestinationConfig": {"OnFailure": {"Destination": self._queue}}}

    def _wanted_source(self, source: deployed.Resource) -> dict[str, Any]:
        if source["resource_type"] == "sqs_event":
            return dict(_QUEUE)
        return {**_STREAM, "DestinationConfig": {"OnFailure": {"Destination": self._queue}}}


def _holds(actual: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether everything that is wanted is so, whatever else AWS says."""
    return all(
        _holds(actual.get(name) or {}, value) if isinstance(value, dict) else actual.get(name) == value
        for name, value in wanted.items()
    )
