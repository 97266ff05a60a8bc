"""What AWS says is deployed: read once, through its public APIs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.rehearsal.local_aws import ACCOUNT, REGION, LocalAws
from tests.rehearsal.triggers import mapping, s3_trigger

Json = dict[str, Any]

API_HANDLER: Final = "api_handler"  # as Chalice calls the function behind the REST API


@dataclass
class Deployed:
    """Functions, triggers and roles whose names begin with `prefix`, as `<app>-<stage>`, and one REST API."""

    aws: LocalAws
    prefix: str
    api_id: str
    account: str = ACCOUNT

    @cached_property
    def functions(self) -> dict[str, Json]:
        """Configurations by the name that `app.py` gives; `api_handler` is the REST API's."""
        found = self._all("lambda", "list_functions", "Functions")
        return {self._short(each["FunctionName"]): each for each in found if self._is_ours(each["FunctionName"])}

    def _is_ours(self, name: str) -> bool:
        return name == self.prefix or name.startswith(f"{self.prefix}-")

    def _short(self, name: str) -> str:
        return name.removeprefix(self.prefix).removeprefix("-") or API_HANDLER

    @property
    def execute_api_arn(self) -> str:
        return f"arn:aws:execute-api:{REGION}:{self.account}:{self.api_id}"

    def rule_arn(self, name: str) -> str:
        """Of the schedule of a function."""
        return next((each["Arn"] for each in self._rules if self._short(each["Name"]) == f"{name}-event"), "no rule")

    def trigger(self, name: str) -> str:
        """What starts a function, several joined by "; "; in the words that `FunctionChecks` has for `app.py`."""
        return "; ".join(self._triggers(self.functions[name]["FunctionArn"])) or "none"

    def _triggers(self, arn: str) -> Iterator[str]:
        for bucket, each in self._notifications:
            if each["LambdaFunctionArn"] == arn:
                rules = {
                    rule["Name"].lower(): rule["Value"]
                    for rule in each.get("Filter", {}).get("Key", {}).get("FilterRules", [])
                }
                yield s3_trigger(bucket, each["Events"], rules.get("prefix", ""), rules.get("suffix", ""))
        for each in self._mappings:
            if each["FunctionArn"] == arn:
                disabled = "" if each["State"] == "Enabled" else f", {each['State']}"
                source = each["EventSourceArn"].split(":")
                named = f"stream {source[5].split('/')[1]}" if source[2] == "dynamodb" else f"queue {source[5]}"
                window, position = each.get("MaximumBatchingWindowInSeconds"), each.get("StartingPosition")
                partial = "".join(f", {kind}" for kind in each.get("FunctionResponseTypes", []))
                yield mapping(named, each["BatchSize"], window, position) + partial + disabled
        for rule in self._rules:
            if arn in self._targets(rule["Name"]):
                yield rule["ScheduleExpression"] + ("" if rule["State"] == "ENABLED" else f", {rule['State']}")
        if any(f"{arn}/invocations" in uri for _path, _method, uri in self.methods):
            yield "REST API"

    @cached_property
    def _notifications(self) -> list[tuple[str, Json]]:
        s3 = self.aws.client("s3")
        return [
            (bucket["Name"], each)
            for bucket in s3.list_buckets()["Buckets"]
            for each in s3.get_bucket_notification_configuration(Bucket=bucket["Name"]).get(
                "LambdaFunctionConfigurations", []
            )
        ]

    @cached_property
    def _mappings(self) -> list[Json]:
        return list(self._all("lambda", "list_event_source_mappings", "EventSourceMappings"))

    @cached_property
    def _rules(self) -> list[Json]:
        return [rule for rule in self._all("events", "list_rules", "Rules") if self._is_ours(rule["Name"])]

    def _targets(self, rule: str) -> list[str]:
        targets = self.aws.client("events").list_targets_by_rule(Rule=rule)["Targets"]
        return [target["Arn"] for target in targets]

    @cached_property
    def methods(self) -> list[tuple[str, str, str]]:
        """(path, HTTP method, integration's URI) of the REST API."""
        client = self.aws.client("apigateway")
        return [
            (resource["path"], method, detail["methodIntegration"]["uri"])
            for resource in self._all("apigateway", "get_resources", "items", restApiId=self.api_id, embed=["methods"])
            for method in resource.get("resourceMethods", {})
            if (detail := client.get_method(restApiId=self.api_id, resourceId=resource["id"], httpMethod=method))
        ]

    @cached_property
    def rest_api(self) -> Json:
        found: Json = self.aws.client("apigateway").get_rest_api(restApiId=self.api_id)
        return found

    @cached_property
    def api_stage(self) -> Json:
        [stage] = self.aws.client("apigateway").get_stages(restApiId=self.api_id)["item"]
        found: Json = stage
        return found

    def runs(self, name: str) -> tuple[int, int]:
        """How often a function ran, and how often it failed, by its log."""
        group = f"/aws/lambda/{self.functions[name]['FunctionName']}"
        try:
            messages = [
                each["message"] for each in self._all("logs", "filter_log_events", "events", logGroupName=group)
            ]
        except self.aws.client("logs").exceptions.ResourceNotFoundException:
            return 0, 0
        return (
            sum(message.startswith("START RequestId: ") for message in messages),
            sum(message.startswith("Traceback ") for message in messages),
        )

    def invokers(self, name: str) -> str:
        """Who may invoke a function by its own policy: service, source and, where it is stated, account."""
        client = self.aws.client("lambda")
        try:
            policy = json.loads(client.get_policy(FunctionName=self.functions[name]["FunctionName"])["Policy"])
        except client.exceptions.ResourceNotFoundException:
            return "nobody"
        return "; ".join(sorted({_invoker(each) for each in policy["Statement"]})) or "nobody"

    def failures(self, name: str) -> str:
        """The name of the queue that gets what a function failed at for good."""
        client, function = self.aws.client("lambda"), self.functions[name]
        configs = [each for each in self._mappings if each["FunctionArn"] == function["FunctionArn"]]
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):
            configs.append(client.get_function_event_invoke_config(FunctionName=function["FunctionName"]))
        found = (each.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination") for each in configs)
        return ", ".join(arn.rsplit(":", 1)[1] for arn in found if arn) or "nowhere"

    def reserved_concurrency(self, name: str) -> int | None:
        """How many of a function may run at a time, if that is bounded."""
        found: int | None = (
            self.aws.client("lambda")
            .get_function_concurrency(FunctionName=self.functions[name]["FunctionName"])
            .get("ReservedConcurrentExecutions")
        )
        return found

    def policies(self, name: str) -> dict[str, Json]:
        """The inline policies of a function's role by name; an attached one appears with nothing in it."""
        iam, role = self.aws.client("iam"), self.role(name)
        documents = {
            each: iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"]
            for each in iam.list_role_policies(RoleName=role)["PolicyNames"]
        }
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return documents | {each["PolicyName"]: {} for each in attached}

    def role(self, name: str) -> str:
        return str(self.functions[name]["Role"]).rsplit("/", 1)[1]

    def log_retention(self, function: str) -> int | None:
        """Days that a function's log is kept; `None` for ever or when there is no log group."""
        name = f"/aws/lambda/{function}"
        groups = self.aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return next((each.get("retentionInDays") for each in groups if each["logGroupName"] == name), None)

    def log_stream_arn(self, name: str) -> str:
        function = self.functions[name]["FunctionName"]
        return f"arn:aws:logs:{REGION}:{self.account}:log-group:/aws/lambda/{function}:log-stream:one"

    def may(self, name: str, actions: Iterable[str], resource: str) -> dict[str, bool]:
        """What the role of a function allows on a resource, as IAM itself evaluates it."""
        answer = self.aws.client("iam").simulate_principal_policy(
            PolicySourceArn=self.functions[name]["Role"], ActionNames=list(actions), ResourceArns=[resource]
        )
        return {each["EvalActionName"]: each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"]}

    def leftovers(self) -> list[str]:
        """Functions, schedules, APIs and event sources that are there."""
        apis = self.aws.client("apigateway").get_rest_apis()["items"]
        return [
            *self.functions,
            *(rule["Name"] for rule in self._rules),
            *(api["id"] for api in apis),
            *(each["UUID"] for each in self._mappings),
            *(each["LambdaFunctionArn"] for _bucket, each in self._notifications),
        ]

    def _all(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Json]:
        for page in self.aws.client(service).get_paginator(operation).paginate(**parameters):
            yield from page[key]


def _invoker(statement: Json) -> str:
    """
    >>> arn = {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}, "StringEquals": {"AWS:SourceAccount": "1"}}
    >>> _invoker({"Principal": {"Service": "s3.amazonaws.com"}, "Condition": arn})
    's3 arn:aws:s3:::b of 1'
    """
    conditions = {
        name.lower(): value for each in statement.get("Condition", {}).values() for name, value in each.items()
    }
    service = statement["Principal"]["Service"].removesuffix(".amazonaws.com")
    account = conditions.get("aws:sourceaccount")
    return f"{service} {conditions.get('aws:sourcearn', 'anything')}" + (f" of {account}" if account else "")
