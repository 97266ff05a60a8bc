"""The rehearsal: deploy for real, walk the whole journey, compare what is there with what was asked for."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from tests.rehearsal import deployment as deploying
from tests.rehearsal import report
from tests.rehearsal.api_checks import ApiChecks
from tests.rehearsal.checks import Check
from tests.rehearsal.data_checks import DataChecks
from tests.rehearsal.deployed import Deployed
from tests.rehearsal.deployment import Deployment, DeploymentFailed
from tests.rehearsal.function_checks import FunctionChecks
from tests.rehearsal.journey import Journey, Mails
from tests.rehearsal.local_aws import LocalAws, LocalAwsFailed
from tests.rehearsal.waiting import NeverHappened, wait_for
from tests.sandbox.application import Application
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.journey import StepFailed
from tests.sandbox.samples.mailbox import write_sample_mailbox, write_sample_vendors
from tests.sandbox.terminal import Terminal
from tests.sandbox.tour import Walk

_PROJECT = Path(__file__).parents[2]
_BUILD = _PROJECT / "build" / "rehearsal"
_EXPECTED_FAILURES = (StepFailed, NeverHappened, DeploymentFailed, LocalAwsFailed, BotoCoreError, ClientError)


def main() -> int:
    """Shows each step and the tables; returns 0, or 1 after a sentence about what is wrong."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    logging.basicConfig(level=logging.ERROR)
    terminal, began = Terminal.of(sys.stdout, os.environ), time.monotonic()
    folder = _BUILD / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        checks = _rehearse(terminal, folder)
    except _EXPECTED_FAILURES as exc:
        sys.stderr.write(f"The rehearsal failed: {exc}\nLogs: {folder}/*.log\n")
        return 1
    wrong = [check for check in checks if not check.good]
    for check in wrong:
        sys.stderr.write(f"{check.subject}: {check.aspect} is {check.found}, {check.by} asks for {check.asked}\n")
    if wrong:
        sys.stderr.write(f"The rehearsal failed: {len(wrong)} of {len(checks)} things are not as they should be\n")
        return 1
    terminal.line()
    terminal.line(f"  {len(checks)} settings are as asked for. {time.monotonic() - began:.0f} seconds.")
    return 0


def _rehearse(terminal: Terminal, folder: Path) -> list[Check]:
    walk, today = Walk(terminal), datetime.now(UTC).date()
    terminal.heading("The deployment")
    with ExitStack() as parts:
        mails = Mails.of(replace(write_sample_mailbox(folder / "sample", today), directory=folder / "mail"))
        mails.first.write()
        with walk.step("Start Google and AWS") as note:
            google = parts.enter_context(GoogleEmulator(folder / "mail"))
            aws = parts.enter_context(
                LocalAws(_BUILD / "aws" / "bin" / "python", _BUILD / "lambda" / "bin" / "python", folder, enforce_iam="NOIAM" not in os.environ)
            )
            parts.callback(aws.keep_logs, folder / "functions.log")
            note.text = "IAM enforced"
        deployed = _deploy(walk, folder, aws, google.url)
        terminal.heading("The journey, through deployed functions only")
        Journey(aws, deployed.api_url, deployed.outputs, walk, mails, today)()
        return _compare(terminal, deployed, aws)


def _deploy(walk: Walk, folder: Path, aws: LocalAws, google_url: str) -> Deployment:
    log = folder / "deploy.log"
    push = aws.client("sns").create_platform_application(
        Name="paypulse", Platform="APNS", Attributes={"PlatformCredential": "rehearsal"}
    )["PlatformApplicationArn"]
    google = {
        "GMAIL_API_ENDPOINT": google_url,
        "GOOGLE_TOKEN_URI": f"{google_url}/token",
        "GOOGLE_USERINFO_URI": f"{google_url}/userinfo",
        "GOOGLE_REVOKE_URI": f"{google_url}/revoke",
        "GOOGLE_CERTS_URI": f"{google_url}/certs",
    }
    with walk.step("CloudFormation stack") as note:
        outputs = _create_stack(aws)
        with urllib.request.urlopen(f"{aws.url}/_rehearsal/placeholders", timeout=10) as answer:  # noqa: S310
            placeholders = json.load(answer)
        note.text = f"without {', '.join(sorted({each['type'].split('::', 1)[1] for each in placeholders}))}"
    from tests.rehearsal.function_checks import FROM_OUTPUTS

    variables = google | {"PUSH_APPLICATION_ARN": push} | {k: outputs[v] for k, v in FROM_OUTPUTS.items()}
    root = deploying.prepare(folder, variables)
    with walk.step("Vendors"):
        write_sample_vendors(folder / "vendors")
        for vendors in (root / "vendor_configs", folder / "vendors"):
            deploying.run(deploying.python(".chalice/load_vendors.py", "--dir", vendors), root, aws, log)
    with walk.step("Package for this machine") as note:
        stage = ("--stage", deploying.STAGE)
        deploying.run(deploying.python(".chalice/package", "--local", *stage), root, aws, log)
    with walk.step("Policies"):
        code = (
            "import json,sys; from pathlib import Path; sys.path.insert(0, '.chalice'); "
            "from policies import Deployment, write; "
            f"write(Path('build/app/.chalice'), Deployment.of_outputs({outputs!r}, stage={deploying.STAGE!r}, push_application_arn={push!r}))"
        )
        deploying.run(deploying.python("-c", code), root, aws, log)
    with walk.step("chalice deploy") as note:
        chalice = deploying.python("../../.chalice/package/lambda_chalice.py", "deploy", *stage)
        deploying.run(chalice, root / "build" / "app", aws, log)
    with walk.step("chalice deploy, once more") as note:
        deploying.run(chalice, root / "build" / "app", aws, log)
        [api] = aws.client("apigateway").get_rest_apis()["items"]
        note.text = f"REST API {api['id']}"
    stage_name = json.loads((root / ".chalice" / "config.json").read_text())["stages"][deploying.STAGE]["api_gateway_stage"]
    url = f"{aws.url}/_aws/execute-api/{api['id']}/{stage_name}"
    return Deployment(root, outputs, variables, api["id"], url)


def _create_stack(aws: LocalAws) -> dict[str, str]:
    client, name = aws.client("cloudformation"), "paypulse"
    template = (_PROJECT / ".chalice" / "stack.yaml").read_text(encoding="utf-8")
    client.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    stack: dict[str, Any] = wait_for(
        "the stack",
        lambda: client.describe_stacks(StackName=name)["Stacks"][0],
        lambda found: not found["StackStatus"].endswith("IN_PROGRESS"),
    )
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise DeploymentFailed(f"the stack is {stack['StackStatus']}: {stack.get('StackStatusReason')}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _compare(terminal: Terminal, deployment: Deployment, aws: LocalAws) -> list[Check]:
    application = Application(_PROJECT / "app.py", {**aws.environ, **deployment.variables})
    application.forget()
    deployed = Deployed(aws, deployment.prefix, deployment.api_id)
    functions = FunctionChecks(application.app, deployment, deployed)
    api = ApiChecks(application.app, deployment, deployed)
    sections = {
        "Functions": [*functions()],
        "Who starts them": [*functions.triggers()],
        "REST API": [*api()],
        "The thirteen functions of the reference": [*api.thirteen()],
        "Data": [*DataChecks(aws, deployment.outputs)()],
    }
    for title, checks in sections.items():
        report.show(terminal, title, checks)
    return [check for checks in sections.values() for check in checks]


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
