"""The rehearsal: deploy for real, walk the whole journey, compare what is there with what was asked for."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from tests.rehearsal import report
from tests.rehearsal.api_checks import ApiChecks
from tests.rehearsal.checks import Check
from tests.rehearsal.data_checks import DataChecks
from tests.rehearsal.deployed import Deployed
from tests.rehearsal.deployment import DeployCommand, Deployment, DeploymentFailed
from tests.rehearsal.function_checks import FunctionChecks
from tests.rehearsal.journey import Journey, Mails
from tests.rehearsal.local_aws import LocalAws, LocalAwsFailed
from tests.rehearsal.waiting import NeverHappened
from tests.sandbox.application import Application
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.journey import StepFailed
from tests.sandbox.samples.mailbox import write_sample_mailbox, write_sample_vendors
from tests.sandbox.seeding import load_vendor_configs
from tests.sandbox.terminal import Terminal
from tests.sandbox.tour import Walk

_PROJECT = Path(__file__).parents[2]
_INTERRUPTED = 130  # what shells report for Ctrl-C
_BUILD = _PROJECT / "build" / "rehearsal"
_EXPECTED_FAILURES = (
    StepFailed,
    NeverHappened,
    DeploymentFailed,
    LocalAwsFailed,
    BotoCoreError,
    ClientError,
)


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
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return _INTERRUPTED
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
                LocalAws(_BUILD / "aws" / "bin" / "python", _BUILD / "lambda" / "bin" / "python", folder)
            )
            parts.callback(_keep_logs, aws, folder / "functions.log")
            note.text = "IAM enforced"
        deploy = _command(folder, aws, google.url)
        deployed = _deploy(walk, deploy)
        terminal.heading("The journey, through deployed functions only")
        url = f"{aws.url}/_aws/execute-api/{deployed.api_id}/{deployed.stage['api_gateway_stage']}"
        found = Deployed(aws, deployed.prefix, deployed.api_id)
        journey = Journey(aws, found, url, deployed.outputs, walk, mails, today)
        journey()
        checks = _compare(terminal, deployed, found, journey.provoked)
        terminal.heading("The end")
        _destroy(walk, deploy, aws, deployed)
        return checks


def _keep_logs(aws: LocalAws, path: Path) -> None:
    # A server that died has none to give; why it died is what people should read.
    with suppress(BotoCoreError, ClientError):
        aws.keep_logs(path)


def _command(folder: Path, aws: LocalAws, google_url: str) -> DeployCommand:
    return DeployCommand(
        aws,
        folder,
        {
            "GMAIL_API_ENDPOINT": google_url,
            "GOOGLE_TOKEN_URI": f"{google_url}/token",
            "GOOGLE_USERINFO_URI": f"{google_url}/userinfo",
            "GOOGLE_REVOKE_URI": f"{google_url}/revoke",
            "GOOGLE_CERTS_URI": f"{google_url}/certs",
            # Last month's notice is new, and it is the same month here and there, whatever the day.
            "HISTORICAL_AFTER_DAYS": "90",
            "TIME_ZONE_NAME": "UTC",
        },
    )


def _deploy(walk: Walk, deploy: DeployCommand) -> Deployment:
    """Deploys, looks whether anything is left to do, and forces it once more, as an upgrade would."""
    aws, folder = deploy.aws, deploy.folder
    push = aws.client("sns").create_platform_application(
        Name="paypulse", Platform="APNS", Attributes={"PlatformCredential": "made by hand, with Apple's key"}
    )["PlatformApplicationArn"]
    with walk.step("make deploy") as note:
        deploy("up", "--parameter", f"PushPlatformApplicationArn={push}")
        lacking = sorted({each["type"].removeprefix("AWS::") for each in aws.placeholders()})
        note.text = f"without {', '.join(lacking)}"
    with walk.step("make deploy, once more") as note:
        left = re.search(r"(\d+) of \d+ steps have something to do", deploy("up", "--dry-run"))
        if left is None or left[1] != "0":
            raise DeploymentFailed("what was deployed a moment ago is not what is to be deployed: see deploy.log")
        note.text = "nothing left to do"
    with walk.step("make deploy FORCE=1"):
        deploy("up", "--force")
    with walk.step("Landlords of the sample mailbox"):
        write_sample_vendors(folder / "vendors")
        load_vendor_configs(aws, folder / "vendors")
    [api] = aws.client("apigateway").get_rest_apis()["items"]
    [stack] = aws.client("cloudformation").describe_stacks()["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    return Deployment(folder / "app", outputs, parameters, api["id"])


def _destroy(walk: Walk, deploy: DeployCommand, aws: LocalAws, deployment: Deployment) -> None:
    with walk.step("make destroy") as note:
        deploy("down")
        left = Deployed(aws, deployment.prefix, deployment.api_id).leftovers()
        tables = aws.client("dynamodb").list_tables()["TableNames"]
        if left or "RentalInvoices" not in tables:
            raise DeploymentFailed(f"after make destroy there are {left}, and tables {tables}")
        note.text = f"{len(tables)} tables are kept, nothing else runs"


def _compare(terminal: Terminal, deployment: Deployment, deployed: Deployed, provoked: Counter[str]) -> list[Check]:
    application = Application(
        _PROJECT / "app.py", {**deployed.aws.environ, **deployment.stage["environment_variables"]}
    )
    application.forget()
    functions = FunctionChecks(application.app, deployment, deployed, provoked)
    api = ApiChecks(application.app, deployment, deployed)
    sections = {
        "Functions": [*functions()],
        "What starts them": [*functions.triggers()],
        "What they may do": [*functions.roles()],
        "REST API": [*api()],
        "The thirteen functions of the reference": [*api.thirteen()],
        "Data": [*DataChecks(deployed.aws, deployment.outputs)()],
    }
    for title, checks in sections.items():
        report.show(terminal, title, checks)
    return [check for checks in sections.values() for check in checks]


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
