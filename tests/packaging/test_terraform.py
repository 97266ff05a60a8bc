"""The Terraform package: what Chalice really generates is right, and what is wrong is found."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from deploy.settings import FROM_OUTPUTS
from package.terraform import declared, package_for_terraform
from package.terraform_check import problems

from chalicelib.settings import Settings
from tests.packaging.conftest import Built
from tests.sandbox.application import PROJECT
from tests.sandbox.template import load_template


@dataclass(frozen=True)
class Package:
    """A package, and what it was compared with."""

    folder: Path
    project: Path
    template: dict[str, Any]
    declared: dict[str, Any]

    def problems(self, template: dict[str, Any]) -> str:
        return "; ".join(problems(template, self.declared, self.project, "prod"))


@pytest.fixture(scope="module")
def package(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("terraform")
    project = Built(folder / "app", built.lock, built.cache)
    project.build()
    package_for_terraform(project.project, "prod", folder / "out")
    template = json.loads((folder / "out" / "chalice.tf.json").read_text())
    config = json.loads((project.project / ".chalice" / "config.json").read_text())
    return Package(folder / "out", project.project, template, declared(project.project, config, "prod"))


def test_what_chalice_generates_is_what_the_application_asks_for(package: Package) -> None:
    assert package.problems(package.template) == ""


def test_the_package_is_complete_and_of_no_account(package: Package) -> None:
    assert {path.name for path in package.folder.iterdir()} == {"chalice.tf.json", "stack.tf.json", "deployment.zip"}
    with zipfile.ZipFile(package.folder / "deployment.zip") as opened:
        assert {"app.py", "chalice/app.py", "sample/__init__.py"} <= set(opened.namelist())
    text = (package.folder / "chalice.tf.json").read_text()
    assert not re.search(r"\d{12}|eu-north-1", text)
    assert "${FunctionName}" not in text


def test_references_are_to_what_is_there(package: Package) -> None:
    stack = json.loads((package.folder / "stack.tf.json").read_text())
    assert stack["variable"]["stack_name"]["default"] == "paypulse-cloud-prod"
    text = (package.folder / "chalice.tf.json").read_text()
    [source] = stack["data"]["aws_cloudformation_stack"]
    outputs = set(re.findall(rf"\$\{{data\.aws_cloudformation_stack\.{source}\.outputs\.(\w+)\}}", text))
    assert outputs == set(FROM_OUTPUTS.values())
    assert outputs <= load_template()["Outputs"].keys()
    assert {name.lower() for name in FROM_OUTPUTS} <= {field.name for field in fields(Settings)}


def test_s3_is_permitted_before_it_is_told(package: Package) -> None:
    resources = package.template["resource"]
    named = {each.partition(".")[2] for each in resources["aws_s3_bucket_notification"]["invoices"]["depends_on"]}
    permitted = {name for name, each in resources["aws_lambda_permission"].items() if "s3." in each["principal"]}
    assert named == permitted
    assert len(named) == 2


def test_a_terraform_of_today_is_admitted(package: Package) -> None:
    assert package.template["terraform"]["required_version"] == ">= 1.0, < 2"


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: r["aws_lambda_function"]["parse_invoice"].update(memory_size=128), "parse_invoice: memory_size"),
        (lambda r: r["aws_lambda_function"]["api_handler"].update(timeout=60), "api_handler: timeout"),
        (lambda r: r["aws_lambda_function"]["api_handler"].update(runtime="python3.11"), "api_handler: runtime"),
        (
            lambda r: r["aws_lambda_function"]["work_on_ingestion"].update(handler="app.app"),
            "work_on_ingestion: handler",
        ),
        (lambda r: r["aws_lambda_function"]["discover_vendors"].pop("environment"), "discover_vendors: environment"),
        (lambda r: r["aws_lambda_function"].pop("parse_retail_invoice"), "functions: "),
        (
            lambda r: r["aws_iam_role_policy"]["parse_invoice_role"].update(policy='{"Statement": []}'),
            "parse_invoice: policy",
        ),
        (
            lambda r: r["aws_cloudwatch_event_rule"]["discover_vendors-event"].update(
                schedule_expression="rate(1 day)"
            ),
            "schedules: ",
        ),
        (lambda r: r["aws_cloudwatch_event_target"].pop("fetch_latest_invoice-event"), "schedules: "),
        (
            lambda r: r["aws_lambda_event_source_mapping"]["work_on_ingestion-sqs-event-source"].update(batch_size=10),
            "queues and streams: ",
        ),
        (
            lambda r: r["aws_s3_bucket_notification"]["invoices"]["lambda_function"][0].update(filter_suffix=".html"),
            "object events: ",
        ),
        (lambda r: r["aws_lambda_permission"].pop("parse_invoice-s3event"), "permissions: "),
        (lambda r: r["aws_api_gateway_rest_api"]["rest_api"].pop("minimum_compression_size"), "API: compression"),
        (lambda r: r["aws_api_gateway_deployment"]["rest_api"].update(stage_name="dev"), "API: stage"),
        (lambda r: r.update(aws_lambda_layer_version={}), "kinds of resources: "),
    ],
)
def test_what_differs_is_named(package: Package, change: Change, sentence: str) -> None:
    template = deepcopy(package.template)
    change(template["resource"])
    assert sentence in package.problems(template)


def test_a_route_that_is_missing_is_named(package: Package) -> None:
    template = deepcopy(package.template)
    document = json.loads(template["locals"]["chalice_api_swagger"])
    del document["paths"]["/v1/user/me"]["delete"]
    template["locals"]["chalice_api_swagger"] = json.dumps(document)
    assert "API: routes" in package.problems(template)


def test_every_trigger_of_the_application_is_compared(package: Package) -> None:
    configured = json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"]["prod"]["lambda_functions"]
    assert package.declared["triggers"].keys() | {"api_handler"} == configured.keys()
    assert {each["kind"] for each in package.declared["triggers"].values()} == {
        "schedule",
        "objects",
        "queue",
        "stream",
    }
