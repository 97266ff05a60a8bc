"""The rehearsal's own parts: the API import that ministack lacks, and checks that notice what is wrong.

`make rehearse` runs the whole; what is here needs no ministack.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from chalice.deploy.swagger import SwaggerGenerator
from moto import mock_aws

from tests.rehearsal import report
from tests.rehearsal.checks import Check
from tests.rehearsal.deployed import Deployed
from tests.rehearsal.local_aws import LocalAws, LocalAwsFailed
from tests.rehearsal.processes import end_group
from tests.rehearsal.rest_api_import import ImportRefused, RestApis, resources
from tests.rehearsal.waiting import NeverHappened, wait_for
from tests.sandbox.application import PROJECT, Application

FUNCTION = "arn:aws:lambda:eu-north-1:123456789012:function:paypulse-cloud-rehearsal"
URI = f"arn:aws:apigateway:eu-north-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


@pytest.fixture(scope="module")
def swagger() -> dict[str, Any]:
    """What Chalice imports for the application."""
    application = Application(PROJECT / "app.py", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    application.forget()
    generator = SwaggerGenerator("eu-north-1", {"api_handler_arn": FUNCTION, "api_handler_name": "api_handler"})
    document: dict[str, Any] = generator.generate_swagger(application.app)
    return document


@pytest.fixture
def api_gateway() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("apigateway", region_name="eu-north-1")


def of(path: str, *methods: str, **integration: str) -> dict[str, Any]:
    """A document with one path."""
    given = {"type": "aws_proxy", "httpMethod": "POST", "uri": URI, "passthroughBehavior": "when_no_match"}
    operation = {"x-amazon-apigateway-integration": {**given, "contentHandling": "CONVERT_TO_TEXT", **integration}}
    return {
        "swagger": "2.0",
        "info": {"title": "small", "version": "1.0"},
        "paths": {path: dict.fromkeys(methods or ("get",), operation)},
    }


def endpoints(api_gateway: Any, api_id: str) -> dict[str, dict[str, Any]]:
    """Integrations by "<METHOD> <path>"."""
    items = api_gateway.get_resources(restApiId=api_id, limit=500)["items"]
    return {
        f"{method} {each['path']}": api_gateway.get_integration(
            restApiId=api_id, resourceId=each["id"], httpMethod=method
        )
        for each in items
        for method in each.get("resourceMethods", {})
    }


def test_an_import_makes_every_endpoint_of_the_application_and_calls_its_function(
    swagger: Mapping[str, Any], api_gateway: Any
) -> None:
    api = RestApis(api_gateway).create(swagger, "REGIONAL")
    made = endpoints(api_gateway, api["id"])
    declared = {f"{method.upper()} {path}" for path, methods in swagger["paths"].items() for method in methods}
    assert set(made) == declared
    assert "POST /v1/auth/signup" in made
    assert {each["type"] for each in made.values()} == {"AWS_PROXY"}
    assert all(each["uri"].endswith(f"/functions/{FUNCTION}/invocations") for each in made.values())
    assert api["name"] == "paypulse-cloud"
    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]


def test_overwriting_keeps_the_api_and_removes_what_is_declared_no_more(api_gateway: Any) -> None:
    apis = RestApis(api_gateway)
    api = apis.create(of("/v1/old/{thing}", "get", "post"), "REGIONAL")
    assert apis.overwrite(api["id"], of("/v1/new"))["id"] == api["id"]
    assert set(endpoints(api_gateway, api["id"])) == {"GET /v1/new"}
    paths = {each["path"] for each in api_gateway.get_resources(restApiId=api["id"])["items"]}
    assert paths == {"/", "/v1", "/v1/new"}


def test_resources_come_after_their_parents() -> None:
    assert [each.path for each in resources(of("/v1/user/me"))] == ["/", "/v1", "/v1/user", "/v1/user/me"]


def test_siblings_with_two_variables_are_refused_as_by_api_gateway() -> None:
    document = of("/v1/{one}/a")
    document["paths"]["/v1/{other}/b"] = document["paths"]["/v1/{one}/a"]
    with pytest.raises(ImportRefused, match="sibling"):
        resources(document)


@pytest.mark.parametrize(
    "document",
    [
        of("/") | {"swagger": "3.0"},
        of("/") | {"securityDefinitions": {"api_key": {}}},
        of("/") | {"x-amazon-apigateway-policy": {"Statement": []}},
        of("/", type="mock"),
        of("/", "teapot"),
    ],
)
def test_what_would_be_lost_in_translation_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ImportRefused):
        resources(document)


def test_a_local_aws_that_does_not_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    python = Path(sys.executable)  # has no ministack
    aws = LocalAws(python, python, tmp_path)
    with pytest.raises(LocalAwsFailed, match="No module named"), aws:
        pass
    aws.stop()  # a second time does no harm


def test_ending_a_group_ends_what_was_started_by_what_was_started() -> None:
    parent = (
        "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); child.wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())
    end_group(process)
    assert process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.kill(grandchild, 0)
    end_group(process)  # a second time does no harm


def test_the_environment_of_a_deployment_names_no_account_but_the_local_one(tmp_path: Path) -> None:
    environ = LocalAws(Path(sys.executable), Path(sys.executable), tmp_path).environ
    assert environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert environ["AWS_CONFIG_FILE"] == environ["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_waiting_ends_with_what_was_seen_last() -> None:
    with pytest.raises(NeverHappened, match=r"three eggs: not within 0 seconds, last seen: 2"):
        wait_for("three eggs", lambda: 2, lambda eggs: eggs == 3, within=0)


def deployed(**found: Any) -> Deployed:
    """What AWS would answer about one function `app-stage-one`."""
    lists: dict[str, list[Any]] = {"_notifications": [], "_mappings": [], "_rules": [], "methods": []}
    made = Deployed(SimpleNamespace(client=lambda _service: _Events()), "app-stage", "api", "1")  # type: ignore[arg-type]
    made.__dict__.update({"functions": {"one": {"FunctionArn": "arn:one"}}, **lists, **found})
    return made


class _Events:
    def list_targets_by_rule(self, Rule: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Targets": [{"Arn": "arn:one"}]}


def test_a_trigger_that_is_switched_off_is_not_the_trigger_that_was_asked_for() -> None:
    rule = {"Name": "app-stage-one-event", "ScheduleExpression": "rate(7 days)"}
    assert deployed(_rules=[{**rule, "State": "ENABLED"}]).trigger("one") == "rate(7 days)"
    assert deployed(_rules=[{**rule, "State": "DISABLED"}]).trigger("one") == "rate(7 days), DISABLED"
    source = {"FunctionArn": "arn:one", "EventSourceArn": "arn:aws:sqs:eu-north-1:1:Jobs", "BatchSize": 1}
    assert deployed(_mappings=[{**source, "State": "Enabled"}]).trigger("one") == "queue Jobs, batches of 1"
    assert deployed(_mappings=[{**source, "State": "Disabled"}]).trigger("one") == "queue Jobs, batches of 1, Disabled"


def test_every_part_of_an_s3_trigger_counts() -> None:
    rules = [{"Name": "Prefix", "Value": "invoices/"}, {"Name": "Suffix", "Value": ".pdf"}]
    notification = {"LambdaFunctionArn": "arn:one", "Events": ["s3:ObjectCreated:*"]}
    filtered = notification | {"Filter": {"Key": {"FilterRules": rules}}}
    assert deployed(_notifications=[("b", filtered)]).trigger("one") == "s3:ObjectCreated:* b/invoices/*.pdf"
    assert deployed(_notifications=[("b", notification)]).trigger("one") == "s3:ObjectCreated:* b/*"
    assert deployed().trigger("one") == "none"


def test_what_is_wrong_is_marked_with_what_was_asked_for() -> None:
    good = Check("one", "s", "300", "300", "config.json")
    wrong = Check("one", "MB", "512", "128", "config.json")
    lines = list(report.lines([good, wrong]))
    assert lines[1].split() == ["one", "300", "✗", "128", "(not", "512)"]
