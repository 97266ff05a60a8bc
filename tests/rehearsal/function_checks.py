"""The functions against what `app.py`, `.chalice/config.json`, the stack and the reference documents ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from chalice.app import DynamoDBEventConfig, S3EventConfig, ScheduledEventConfig, SQSEventConfig

from tests.rehearsal.checks import Check
from tests.rehearsal.deployed import API_HANDLER, Deployed
from tests.rehearsal.deployment import Deployment
from tests.rehearsal.triggers import mapping, s3_trigger

#: Chalice's defaults for an event source mapping and a function; Lambda API reference, CreateEventSourceMapping.
_DEFAULT_MEMORY, _DEFAULT_TIMEOUT = 128, 60
#: Environment variable and the stack's output that it must have.
FROM_OUTPUTS: Final = {
    "INVOICES_BUCKET": "InvoicesBucket",
    "INGESTION_QUEUE_URL": "IngestionQueueUrl",
    "INGESTION_QUEUE_NAME": "IngestionQueueName",
    "NOTIFICATION_TOPIC_ARN": "NewInvoiceTopicArn",
    "RENTAL_INVOICES_STREAM_ARN": "RentalInvoicesStreamArn",
}
#: What Lambda needs to read a source for a function (developer guide, "Using Lambda with SQS", "... DynamoDB").
_READS_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_READS_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True, slots=True)
class FunctionChecks:
    """`app` is the Chalice application that was deployed."""

    app: Any
    deployment: Deployment
    deployed: Deployed

    def __call__(self) -> Iterator[Check]:
        """Each function's settings, environment, permissions, and how it did on the journey."""
        yield Check("all", "names", ", ".join(self._wanted), ", ".join(sorted(self.deployed.functions)), "app.py")
        for name in self._wanted:
            yield from self._settings(name)
            yield self._environment(name)
            yield from self._role(name)
            ran, failed = self.deployed.runs(name)
            yield Check(name, "ran", "some, none failed", "some, none failed" if ran and not failed else f"{ran}, {failed} failed", "the journey")

    def triggers(self) -> Iterator[Check]:
        """What starts each function, and whom it lets start it."""
        for name in self._wanted:
            asked = "REST API" if name == API_HANDLER else self._asked(self._source(name))
            yield Check(name, "trigger", asked, self.deployed.trigger(name), "app.py")
            yield Check(name, "lets in", self._invoker(name), self.deployed.invokers(name), "its trigger")

    @property
    def _wanted(self) -> list[str]:
        return sorted([API_HANDLER, *(source.name for source in self.app.event_sources)])

    def _settings(self, name: str) -> Iterator[Check]:
        found, asked = self.deployed.functions[name], self._configured(name)
        pairs = {
            "MB": (asked.get("lambda_memory_size", _DEFAULT_MEMORY), found["MemorySize"]),
            "s": (asked.get("lambda_timeout", _DEFAULT_TIMEOUT), found["Timeout"]),
            "log days": (asked.get("log_retention_in_days"), self.deployed.log_retention(found["FunctionName"])),
        }
        for aspect, (wanted, got) in pairs.items():
            yield Check(name, aspect, str(wanted), str(got), "config.json")
        handler = "app.app" if name == API_HANDLER else f"app.{self._source(name).handler_string.removeprefix('app.')}"
        yield Check(name, "handler", handler, found["Handler"], "app.py")

    def _configured(self, name: str) -> dict[str, Any]:
        stage = self.deployment.stage
        return {**stage, **stage.get("lambda_functions", {}).get(name, {})}

    def _environment(self, name: str) -> Check:
        found = self.deployed.functions[name].get("Environment", {}).get("Variables", {})
        wanted = {
            **self._configured(name).get("environment_variables", {}),
            **{variable: self.deployment.outputs[output] for variable, output in FROM_OUTPUTS.items()},
        }
        wrong = sorted(each for each in wanted if found.get(each) != wanted[each])
        return Check(name, "variables", f"{len(wanted)}", ", ".join(wrong) or f"{len(wanted)}", "the stack's outputs")

    def _source(self, name: str) -> Any:
        return next(source for source in self.app.event_sources if source.name == name)

    def _asked(self, source: Any) -> str:
        """A trigger of `app.py`, in the words of `Deployed.trigger`."""
        match source:
            case S3EventConfig():
                return s3_trigger(source.bucket, source.events, source.prefix or "", source.suffix or "")
            case ScheduledEventConfig():
                expression = source.schedule_expression
                return expression if isinstance(expression, str) else expression.to_string()
            case SQSEventConfig():
                return mapping(f"queue {source.queue}", source.batch_size, source.maximum_batching_window_in_seconds)
            case DynamoDBEventConfig():
                table = source.stream_arn.split("/")[1]
                return mapping(
                    f"stream {table}",
                    source.batch_size,
                    source.maximum_batching_window_in_seconds,
                    source.starting_position,
                )
            case _:
                raise TypeError(f"{source.name}: the rehearsal knows no trigger {type(source).__name__}")

    def _invoker(self, name: str) -> str:
        if name == API_HANDLER:
            return f"apigateway {self.deployed.execute_api_arn}/*"
        match source := self._source(name):
            case S3EventConfig():
                return f"s3 arn:aws:s3:::{source.bucket} of {self.deployed.account}"
            case ScheduledEventConfig():
                return f"events {self.deployed.rule_arn(name)}"
            case _:
                return "nobody"  # Lambda itself reads the source

    def _role(self, name: str) -> Iterator[Check]:
        """Lambda may read the source for the function, and write its log; nothing lets it touch what is not its own."""
        needed = {self.deployed.log_stream_arn(name): _LOGS}
        if name != API_HANDLER:
            match source := self._source(name):
                case SQSEventConfig():
                    needed[self.deployment.outputs["IngestionQueueArn"]] = _READS_QUEUE
                case DynamoDBEventConfig():
                    needed[source.stream_arn] = _READS_STREAM
        refused = [
            action
            for resource, actions in needed.items()
            for action, allowed in self.deployed.may(name, actions, resource).items()
            if not allowed
        ]
        yield Check(name, "role", "reads its source, logs", ", ".join(refused) or "reads its source, logs", "Lambda")
