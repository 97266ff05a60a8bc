"""What is missing is said in words that help, all of it at once, before anything is done."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from deploy import prerequisites
from deploy.errors import DeployError
from deploy.report import Report
from deploy.stage import Stage

from tests.deploy.account import Account
from tests.sandbox.application import PROJECT


def stopped(account: Account, *arguments: str, **options: dict[str, str]) -> str:
    status, said = account.run(*arguments, **options)  # type: ignore[arg-type]
    assert status == 1
    assert account.writes == []
    return said


@pytest.mark.parametrize(("name", "text"), [("", "Which stage?"), ("Prod-1", "cannot name a stage")])
def test_a_stage_needs_a_name(account: Account, name: str, text: str) -> None:
    assert text in stopped(account, "up", "--stage", name)


def test_the_command_runs_as_a_person_runs_it() -> None:
    """A process of its own, from the repository, with nothing but Python's own path."""
    command = [sys.executable, ".chalice/deploy", "up", "--stage", ""]
    bare = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=PROJECT, env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, "Which stage?" in done.stdout) == (1, True), done.stderr


def test_without_a_google_client_id_it_says_where_to_find_one(account: Account) -> None:
    said = stopped(account, "up", "--stage", "prod", environ={})
    assert "GOOGLE_CLIENT_ID" in said
    assert ".chalice/README.md" in said


def test_a_client_id_that_cannot_be_one_is_refused(account: Account) -> None:
    said = stopped(account, "up", "--stage", "prod", environ={"GOOGLE_CLIENT_ID": "replace-me"})
    assert "looks like 1234-abc.apps.googleusercontent.com" in said


def test_a_stored_client_id_is_enough(deployed: Account) -> None:
    status, _ = deployed.run("up", "--stage", "prod", "--dry-run", environ={})
    assert status == 0


def test_a_second_stage_beside_the_first_is_refused(deployed: Account) -> None:
    assert "has a stage in eu-north-1 already (paypulse-cloud-prod)" in stopped(deployed, "up", "--stage", "test")


def test_without_a_region_it_says_how_to_set_one(tmp_path: Path) -> None:
    session = boto3.Session(region_name=None)
    session._session.set_config_variable("region", None)
    stage = Stage("prod", session, tmp_path, Report(io.StringIO()))
    with pytest.raises(DeployError, match="AWS_DEFAULT_REGION"):
        prerequisites.check(stage, {})


def test_credentials_that_aws_does_not_know_are_explained(account: Account) -> None:
    account.fail("sts.GetCallerIdentity")
    said = stopped(account, "up", "--stage", "prod")
    assert "AWS does not know you" in said
    assert "aws sso login" in said


def test_a_python_that_lambda_has_not_is_named(account: Account) -> None:
    stage = account.stage("prod", Report(io.StringIO()))
    with pytest.raises(DeployError, match=r"Python 3\.14 .* 3\.11, 3\.12, 3\.13") as error:
        prerequisites.check(stage, {}, python=(3, 14))
    assert "GOOGLE_CLIENT_ID" in str(error.value)
