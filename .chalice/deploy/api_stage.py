"""Throttling, metrics and the access log of the deployed API."""

from __future__ import annotations

import json
from typing import Any

from deploy import deployed
from deploy.settling import until_settled
from deploy.stage import Stage

#: SPEC section 5.
BURST, RATE = 5_000, 1_000
#: One line a request: no address, no path with ids in it, no header, nothing of a body. Chalice's own request id ties
#: it to the application's lines. Data tracing, which would log bodies with passwords and tokens, stays off.
ACCESS_LINE = json.dumps(
    {
        "time": "$context.requestTime",
        "request_id": "$context.requestId",
        "method": "$context.httpMethod",
        "resource": "$context.resourcePath",
        "status": "$context.status",
        "milliseconds": "$context.responseLatency",
        "integration_milliseconds": "$context.integrationLatency",
        "bytes": "$context.responseLength",
        "error": "$context.error.responseType",
    }
)


class ApiStageStep:
    """Sets what Chalice has no setting for."""

    name = "API: throttling, metrics, access log"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self) -> list[str]:
        api = deployed.rest_api_id(self._stage)
        if not api:
            return [f"limit the API to {RATE} requests a second, bursts of {BURST}", "switch its access log on"]
        changes = [f"set {path} to {value}" for path, value in self._unset(api).items()]
        if self._account_lacks_a_role():
            changes.append("let API Gateway write logs in this account")
        return changes

    def apply(self) -> None:
        gateway, api = self._stage.client("apigateway"), deployed.rest_api_id(self._stage)
        if self._account_lacks_a_role():
            role = self._stage.outputs()["ApiLogsRoleArn"]
            change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
            until_settled(self._stage, gateway.update_account, patchOperations=[change])
        operations = [{"op": "replace", "path": path, "value": value} for path, value in self._unset(api).items()]
        if operations:
            gateway.update_stage(restApiId=api, stageName=self._api_stage, patchOperations=operations)

    @property
    def _api_stage(self) -> str:
        return str(self._stage.chalice_stage()["api_gateway_stage"])

    def _wanted(self) -> dict[str, str]:
        """Values by the path of a patch operation (API reference, "Patch operations", Stage)."""
        log_group = self._stage.outputs()["ApiAccessLogsArn"].removesuffix(":*")
        return {
            "/accessLogSettings/destinationArn": log_group,
            "/accessLogSettings/format": ACCESS_LINE,
            "/*/*/throttling/burstLimit": str(BURST),
            "/*/*/throttling/rateLimit": str(RATE),
            "/*/*/metrics/enabled": "true",
            "/*/*/logging/dataTrace": "false",
        }

    def _unset(self, api: str) -> dict[str, str]:
        described = self._stage.client("apigateway").get_stage(restApiId=api, stageName=self._api_stage)
        methods: dict[str, Any] = described.get("methodSettings", {}).get("*/*", {})
        log: dict[str, str] = described.get("accessLogSettings", {})
        actual = {
            "/accessLogSettings/destinationArn": log.get("destinationArn", ""),
            "/accessLogSettings/format": log.get("format", ""),
            "/*/*/throttling/burstLimit": str(int(methods.get("throttlingBurstLimit") or 0)),
            "/*/*/throttling/rateLimit": str(int(methods.get("throttlingRateLimit") or 0)),
            "/*/*/metrics/enabled": str(bool(methods.get("metricsEnabled"))).lower(),
            "/*/*/logging/dataTrace": str(bool(methods.get("dataTraceEnabled"))).lower(),
        }
        return {path: value for path, value in self._wanted().items() if actual[path] != value}

    def _account_lacks_a_role(self) -> bool:
        """The role is a setting of the account and region: one that somebody else has set is left alone."""
        return not self._stage.client("apigateway").get_account().get("cloudwatchRoleArn")


def forget_role(stage: Stage) -> None:
    """Takes the stack's role out of the account's settings, if it is there."""
    gateway = stage.client("apigateway")
    if role_is_ours(stage):
        gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}])


def role_is_ours(stage: Stage) -> bool:
    """Whether API Gateway writes logs by the role of this stack."""
    role = stage.outputs().get("ApiLogsRoleArn")
    return bool(role) and stage.client("apigateway").get_account().get("cloudwatchRoleArn") == role
