"""The command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import PayPulseError
from deploy import prerequisites, teardown
from deploy.api_stage import ApiStageStep
from deploy.application import ApplicationStep
from deploy.container_function import ContainerFunctionStep
from deploy.deployed import address, rest_api_id
from deploy.errors import DeployError
from deploy.failed_events import ReplayStep
from deploy.failures import FailuresStep
from deploy.image import ImageStep
from deploy.report import Report
from deploy.secret_values import SecretsStep
from deploy.stack import StackStep
from deploy.stage import Stage
from deploy.step import Step, run
from deploy.vendors import VendorsStep

ROOT = Path(__file__).resolve().parents[2]


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    described = argparse.ArgumentParser(prog="deploy", description="Deploys PayPulse Cloud, and takes it away again.")
    commands = described.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="create a stage, or bring it up to date")
    up.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="of the stack; stays as set")
    up.add_argument("--force", action="store_true", help="run chalice deploy although nothing has changed")
    down = commands.add_parser("down", help="take a stage away, but not its data")
    down.add_argument("--with-data", action="store_true", help="its data too, after a question")
    replay = commands.add_parser("replay", help="hand failed events to their functions once more")
    for command in (up, down, replay):
        command.add_argument("--stage", default="", help="for example prod")
        command.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    return described


def main(
    arguments: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    out: TextIO | None = None,
    ask: Callable[[str], str] = input,
    make_stage: Callable[[str, Report], Stage] | None = None,
) -> int:
    """Returns 0, or 1 after saying what is wrong."""
    options = parser().parse_args(arguments)
    report = Report(out or sys.stdout)
    try:
        prerequisites.check_stage_name(options.stage)
        stage = (make_stage or _stage)(options.stage, report)
        if options.command == "up":
            up(stage, options, environ)
        elif options.command == "down":
            down(stage, options, ask)
        else:
            replay(stage, options)
    except DeployError as exc:
        report.say("", f"Stopped: {exc}" if "\n" not in str(exc) else f"Stopped:\n{exc}")
        return 1
    except (Boto3Error, BotoCoreError, ClientError, PayPulseError) as exc:
        report.say("", f"Stopped by AWS: {exc}", "What was done stays; mend the cause and run the same command again.")
        return 1
    except KeyboardInterrupt:
        report.say("", "Interrupted. Run the same command again to go on.")
        return 130
    return 0


def _stage(name: str, report: Report) -> Stage:
    return Stage(name, boto3.Session(), ROOT, report)


def up(stage: Stage, options: argparse.Namespace, environ: Mapping[str, str]) -> None:
    """Raises ``DeployError`` and botocore's errors."""
    prerequisites.check(stage, environ)
    stage.report.say(f"PayPulse Cloud, stage {stage.name}, account {stage.account}, {stage.region}", "")
    steps: list[Step] = [
        StackStep(stage, _parameters(options.parameter)),
        SecretsStep(stage, environ),
        VendorsStep(stage),
        ImageStep(stage),
        ContainerFunctionStep(stage),
        ApplicationStep(stage, force=options.force),
        FailuresStep(stage),
        ApiStageStep(stage),
    ]
    busy = run(steps, stage.report, dry_run=options.dry_run)
    if options.dry_run:
        stage.report.say("", f"Dry run: nothing was changed; {busy} of {len(steps)} steps have something to do.")
        return
    _say_what_now(stage)


def _say_what_now(stage: Stage) -> None:
    outputs, api = stage.outputs(), rest_api_id(stage)
    stage.report.say(
        "",
        f"The API answers at {address(stage, api)}/v1 (documentation: {address(stage, api)}/v1/docs)",
        f"The app's identity pool: {outputs.get('GuestIdentityPoolId', 'see the stack')}",
        "",
        "Next:",
        "  - give the app this address and this identity pool",
        "  - push: make an SNS platform application with Apple's credentials, and deploy once more with",
        "    PARAMETERS=PushPlatformApplicationArn=arn:aws:sns:...",
        "  - alarms by e-mail: PARAMETERS=AlarmEmail=you@example.org, and confirm the mail that SNS sends",
        f"  - look: CloudWatch, dashboard {stage.prefix}; handbook: .chalice/README.md",
    )


def down(stage: Stage, options: argparse.Namespace, ask: Callable[[str], str]) -> None:
    """Raises ``DeployError`` and botocore's errors."""
    prerequisites.check_account(stage)
    stage.report.say(f"PayPulse Cloud, stage {stage.name}, account {stage.account}, {stage.region}", "")
    steps: list[Step] = [teardown.FunctionsStep(stage), teardown.BucketStep(stage, "LambdaArtifactsBucket")]
    stack = stage.stack()
    if stack is not None and stack["StackStatus"] != "DELETE_FAILED":
        steps.append(StackStep(stage, mode="data-only"))
    if options.with_data:
        steps += [
            teardown.PhonesStep(stage),
            teardown.BucketStep(stage, "InvoicesBucket"),
            teardown.StackDataStep(stage),
            teardown.StackDeletionStep(stage),
        ]
        if not options.dry_run:
            _confirm(stage, ask)
    run(steps, stage.report, dry_run=options.dry_run)
    if options.dry_run:
        stage.report.say("", "Dry run: nothing was changed.")
    elif options.with_data:
        stage.report.say("", f"Stage {stage.name} is gone, with its data.")
    else:
        stage.report.say(
            "", f"Stage {stage.name} is down. Its data stays in stack {stage.stack_name}; `make deploy` finds it there."
        )


def replay(stage: Stage, options: argparse.Namespace) -> None:
    """Raises ``DeployError`` and botocore's errors."""
    prerequisites.check_account(stage)
    run([ReplayStep(stage)], stage.report, dry_run=options.dry_run)


def _confirm(stage: Stage, ask: Callable[[str], str]) -> None:
    wanted = f"{stage.name} {stage.account}"
    stage.report.say(
        f"This deletes all data of stage {stage.name} for good: people, invoices, raw files, Gmail grants. Nothing can",
        "bring it back, recovery to a point in time included.",
    )
    if ask(f"Type `{wanted}` to go on: ").strip() != wanted:
        raise DeployError("That was not it; nothing was deleted.")


def _parameters(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, separator, _ in pairs if not separator]:
        raise DeployError(f"A parameter is NAME=VALUE; {', '.join(wrong)} is not.")
    return {name: value for name, _, value in pairs}
