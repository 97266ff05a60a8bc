"""The functions against what `app.py`, `.chalice/config.json`, the stack and the reference documents ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from chalice.app import DynamoDBEventConfig, S3EventConfig, ScheduledEventConfig, SQSEventConfig

from tests.rehearsal.checks import Check
from tests.rehearsal.deployed import API_HANDLER, Deployed
from tests.rehearsal.deployment import Deployment
from tests.rehearsal.triggers import mapping, s3_trigger

#: What Chalice deploys where nothing is configured.
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
    """`app` is the Chalice application that was deployed; `provoked` says how often each function was made to fail."""

    app: Any
    deployment: Deployment
    deployed: Deployed
    provoked: Counter[str]

    def __call__(self) -> Iterator[Check]:
        """Each function's settings and environment, and how it did on the journey."""
        for name in sorted({*self._wanted, *self.deployed.functions}):
            here, there = name in self._wanted, name in self.deployed.functions
            yield Check(name, "deployed", _yes(here), _yes(there), "app.py")
            if here and there:
                yield from self._settings(name)
                yield self._environment(name)
                yield self._runs(name)

    def triggers(self) -> Iterator[Check]:
        """What starts each function, whom it lets start it, and where that goes which it cannot do."""
        for name in self._wanted:
            asked = "REST API" if name == API_HANDLER else self._asked(self._source(name))
            yield Check(name, "trigger", asked, self.deployed.trigger(name), "app.py")
            yield Check(name, "lets in", self._invoker(name), self.deployed.invokers(name), "its trigger")
            yield Check(name, "failures go to", self._failures(name), self.deployed.failures(name), "issue 6")

    def roles(self) -> Iterator[Check]:
        """Each function has a role of its own with its policy, by which Lambda may do what the trigger needs."""
        roles = Counter(self.deployed.role(name) for name in self._wanted)
        for name in self._wanted:
            yield Check(name, "role's functions", "1", str(roles[self.deployed.role(name)]), "least privilege")
            wanted = f"policy-{name}.json"
            found = self.deployed.policies(name)
            same = list(found.values()) == [self.deployment.policy(name)]
            yield Check(name, "policy", wanted, wanted if same else ", ".join(found), "config.json")
            yield self._lambda_may(name)

    @property
    def _wanted(self) -> list[str]:
        return sorted([API_HANDLER, *(source.name for source in self.app.event_sources)])

    def _settings(self, name: str) -> Iterator[Check]:
        found, asked = self.deployed.functions[name], self._configured(name)
        pairs = {
            "MB": (asked.get("lambda_memory_size", _DEFAULT_MEMORY), found["MemorySize"]),
            "s": (asked.get("lambda_timeout", _DEFAULT_TIMEOUT), found["Timeout"]),
            "at a time": (asked.get("reserved_concurrency"), self.deployed.reserved_concurrency(name)),
        }
        for aspect, (wanted, got) in pairs.items():
            yield Check(name, aspect, str(wanted or "-"), str(got or "-"), "config.json")
        logged = self.deployed.log_retention(found["FunctionName"])
        yield Check(name, "log days", self.deployment.parameters["LogRetentionInDays"], str(logged), "the stack")
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

    def _failures(self, name: str) -> str:
        """API answers tell of failures, and the ingestion queue has a dead letter queue."""
        kept = name != API_HANDLER and not isinstance(self._source(name), SQSEventConfig)
        return self.deployment.outputs["FailedEventsQueueArn"].rsplit(":", 1)[1] if kept else "nowhere"

    def _runs(self, name: str) -> Check:
        ran, failed = self.deployed.runs(name)
        asked = f"{self.provoked[name]} failed, others not"
        return Check(
            name, "runs", asked, f"{failed} failed, {'others not' if ran > failed else 'no other'}", "the journey"
        )

    def _lambda_may(self, name: str) -> Check:
        """Read the source for the function, and write its log."""
        needed: dict[str, tuple[str, ...]] = {self.deployed.log_stream_arn(name): _LOGS}
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
        return Check(
            name, "lets Lambda", "log, read", f"not {', '.join(refused)}" if refused else "log, read", "Lambda"
        )


def _yes(there: bool) -> str:
    return "yes" if there else "no"
