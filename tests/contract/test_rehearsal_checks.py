"""Each check of the rehearsal notices the thing that it is for, and only that."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice

from tests.rehearsal.api_checks import ApiChecks
from tests.rehearsal.checks import Check
from tests.rehearsal.deployment import STAGE, Deployment
from tests.rehearsal.function_checks import FROM_OUTPUTS, FunctionChecks

BUCKET, ACCOUNT = "raw", "123456789012"
POLICY = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::raw/*"]}]}
OUTPUTS = {name: f"the {name}" for name in FROM_OUTPUTS.values()} | {
    "IngestionQueueArn": "arn:aws:sqs:eu-north-1:123456789012:IngestionQueue",
    "FailedEventsQueueArn": "arn:aws:sqs:eu-north-1:123456789012:FailedEventsQueue",
    "ApiAccessLogsArn": "arn:aws:logs:eu-north-1:123456789012:log-group:/aws/apigateway/PayPulseAPI:*",
}
VARIABLES = {variable: OUTPUTS[output] for variable, output in FROM_OUTPUTS.items()}


class Found:
    """What `Deployed` would tell of an application with one route and one function for objects; all of it right."""

    account = ACCOUNT
    execute_api_arn = "arn:aws:execute-api:eu-north-1:123456789012:api"

    def __init__(self) -> None:
        variables = {"Variables": VARIABLES}
        self.functions: dict[str, dict[str, Any]] = {
            "api_handler": {
                "FunctionName": "a", "FunctionArn": "arn:a", "MemorySize": 1769, "Timeout": 29, "Handler": "app.app",
                "Environment": dict(variables),
            },
            "parse_invoice": {
                "FunctionName": "p", "FunctionArn": "arn:p", "MemorySize": 1024, "Timeout": 120,
                "Handler": "app.parse_invoice", "Environment": dict(variables),
            },
        }  # fmt: skip
        self.triggers = {"api_handler": "REST API", "parse_invoice": f"s3:ObjectCreated:* {BUCKET}/invoices/*.pdf"}
        self.invoked_by = {
            "api_handler": f"apigateway {self.execute_api_arn}/*",
            "parse_invoice": f"s3 arn:aws:s3:::{BUCKET} of {ACCOUNT}",
        }
        self.failed_events = {"api_handler": "nowhere", "parse_invoice": "FailedEventsQueue"}
        self.concurrency: dict[str, int | None] = {"api_handler": None, "parse_invoice": 50}
        self.retention: dict[str, int | None] = {"a": 30, "p": 30}
        self.ran = {"api_handler": (9, 0), "parse_invoice": (4, 3)}
        self.documents = {name: {"own": copy.deepcopy(POLICY)} for name in self.functions}
        self.roles = {name: f"role-of-{name}" for name in self.functions}
        self.refused: set[str] = set()
        self.methods = [("/v1/user/me", "GET", "arn:apigateway:path/functions/arn:a/invocations")]
        self.rest_api: dict[str, Any] = {
            "endpointConfiguration": {"types": ["REGIONAL"]},
            "minimumCompressionSize": 1024,
            "binaryMediaTypes": list(Chalice("any").api.binary_types),
        }
        limits = {"throttlingBurstLimit": 5000, "throttlingRateLimit": 1000.0, "metricsEnabled": True}
        self.api_stage: dict[str, Any] = {
            "stageName": "api",
            "methodSettings": {"*/*": limits},
            "accessLogSettings": {"destinationArn": OUTPUTS["ApiAccessLogsArn"].removesuffix(":*")},
        }

    def trigger(self, name: str) -> str:
        return self.triggers[name]

    def invokers(self, name: str) -> str:
        return self.invoked_by[name]

    def failures(self, name: str) -> str:
        return self.failed_events[name]

    def reserved_concurrency(self, name: str) -> int | None:
        return self.concurrency[name]

    def log_retention(self, function: str) -> int | None:
        return self.retention[function]

    def runs(self, name: str) -> tuple[int, int]:
        return self.ran[name]

    def policies(self, name: str) -> dict[str, Any]:
        return self.documents[name]

    def role(self, name: str) -> str:
        return self.roles[name]

    def log_stream_arn(self, name: str) -> str:
        return f"arn:logs:{name}"

    def may(self, _name: str, actions: tuple[str, ...], _resource: str) -> dict[str, bool]:
        return {action: action not in self.refused for action in actions}


@pytest.fixture(scope="module")
def app() -> Chalice:
    made = Chalice("paypulse-cloud")
    made.route("/v1/user/me", name="get_user_profile")(dict)
    parse = made.on_s3_event(
        BUCKET, events=["s3:ObjectCreated:*"], prefix="invoices/", suffix=".pdf", name="parse_invoice"
    )

    @parse
    def parse_invoice(event: object) -> None:
        """Does nothing."""

    return made


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    stage = {
        "api_gateway_stage": "api",
        "lambda_memory_size": 1769,
        "lambda_timeout": 29,
        "environment_variables": VARIABLES,
        "lambda_functions": {
            "parse_invoice": {"lambda_memory_size": 1024, "lambda_timeout": 120, "reserved_concurrency": 50}
        },
    }
    config = {
        "app_name": "paypulse-cloud",
        "api_gateway_endpoint_type": "REGIONAL",
        "minimum_compression_size": 1024,
        "stages": {STAGE: stage},
    }
    folder = tmp_path / ".chalice"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    for name in ("api_handler", "parse_invoice"):
        (folder / f"policy-{name}.json").write_text(json.dumps(POLICY))
    return Deployment(tmp_path, OUTPUTS, {"LogRetentionInDays": "30"}, "api")


def wrong(app: Chalice, deployment: Deployment, found: Found) -> list[tuple[str, str]]:
    """(subject, aspect) of every check that is not good."""
    seen: Any = found
    functions = FunctionChecks(app, deployment, seen, Counter(parse_invoice=3))
    api = ApiChecks(app, deployment, seen)
    checks: list[Check] = [*functions(), *functions.triggers(), *functions.roles(), *api()]
    return [(check.subject, check.aspect) for check in checks if not check.good]


def test_nothing_is_wrong_where_all_is_as_asked_for(app: Chalice, deployment: Deployment) -> None:
    assert wrong(app, deployment, Found()) == []


SPOILED: dict[tuple[str, str], Callable[[Found], object]] = {
    ("parse_invoice", "MB"): lambda found: found.functions["parse_invoice"].update(MemorySize=128),
    ("parse_invoice", "s"): lambda found: found.functions["parse_invoice"].update(Timeout=60),
    ("parse_invoice", "at a time"): lambda found: found.concurrency.update(parse_invoice=None),
    ("api_handler", "log days"): lambda found: found.retention.update(a=None),
    ("parse_invoice", "handler"): lambda found: found.functions["parse_invoice"].update(Handler="app.app"),
    ("api_handler", "variables"): lambda found: found.functions["api_handler"].update(
        Environment={"Variables": VARIABLES | {"INVOICES_BUCKET": "another"}}
    ),
    ("parse_invoice", "runs"): lambda found: found.ran.update(parse_invoice=(3, 3)),
    ("api_handler", "runs"): lambda found: found.ran.update(api_handler=(9, 1)),
    ("parse_invoice", "trigger"): lambda found: found.triggers.update(
        parse_invoice=f"s3:ObjectCreated:* {BUCKET}/*.pdf"
    ),
    ("parse_invoice", "lets in"): lambda found: found.invoked_by.update(parse_invoice=f"s3 arn:aws:s3:::{BUCKET}"),
    ("parse_invoice", "failures go to"): lambda found: found.failed_events.update(parse_invoice="nowhere"),
    ("parse_invoice", "policy"): lambda found: found.documents["parse_invoice"].update(attached={}),
    ("REST API", "methods"): lambda found: found.methods.append(
        ("/v1/more", "GET", "arn:apigateway:path/functions/arn:a/invocations")
    ),
    ("REST API", "calls"): lambda found: found.methods.__setitem__(0, ("/v1/user/me", "GET", "functions/arn:p/x")),
    ("REST API", "endpoint"): lambda found: found.rest_api.update(endpointConfiguration={"types": ["EDGE"]}),
    ("REST API", "compressed from"): lambda found: found.rest_api.update(minimumCompressionSize=None),
    ("REST API", "binary"): lambda found: found.rest_api.update(binaryMediaTypes=[]),
    ("REST API", "access log"): lambda found: found.api_stage.update(accessLogSettings={}),
}


@pytest.mark.parametrize("place", SPOILED, ids=" ".join)
def test_what_is_not_as_asked_for_is_noticed(app: Chalice, deployment: Deployment, place: tuple[str, str]) -> None:
    found = Found()
    SPOILED[place](found)
    assert wrong(app, deployment, found) == [place]


def test_a_shared_role_is_noticed_at_each_function(app: Chalice, deployment: Deployment) -> None:
    found = Found()
    found.roles["parse_invoice"] = found.roles["api_handler"]
    assert wrong(app, deployment, found) == [("api_handler", "role's functions"), ("parse_invoice", "role's functions")]


def test_a_role_that_cannot_log_is_noticed(app: Chalice, deployment: Deployment) -> None:
    found = Found()
    found.refused = {"logs:PutLogEvents"}
    assert wrong(app, deployment, found) == [("api_handler", "lets Lambda"), ("parse_invoice", "lets Lambda")]


def test_an_api_without_limits_is_noticed(app: Chalice, deployment: Deployment) -> None:
    found = Found()
    found.api_stage["methodSettings"] = {}
    aspects = ["throttlingBurstLimit", "throttlingRateLimit", "metrics"]
    assert wrong(app, deployment, found) == [("REST API", aspect) for aspect in aspects]


def test_a_function_too_many_and_one_too_few_are_noticed(app: Chalice, deployment: Deployment) -> None:
    found = Found()
    found.functions["left_over"] = found.functions["api_handler"]
    seen: Any = found
    checks = [*FunctionChecks(app, deployment, seen, Counter(parse_invoice=3))()]
    assert [(each.subject, each.asked, each.found) for each in checks if not each.good] == [("left_over", "no", "yes")]
    del found.functions["left_over"], found.functions["parse_invoice"]
    checks = [*FunctionChecks(app, deployment, seen, Counter())()]
    assert ("parse_invoice", "yes", "no") in [(each.subject, each.asked, each.found) for each in checks]
