"""What must be there before anything is done; everything that is missing is said at once."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from deploy.stage import APP_NAME, Stage

#: Lambda's and Chalice's Pythons that the application runs on.
PYTHONS = ((3, 11), (3, 12), (3, 13))
GOOGLE_CLIENT_SECRET = "Google-OAuth-Client-ID"  # noqa: S105 - a name
_STAGE_NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
_CLIENT_ID = re.compile(r"[0-9]+-[0-9a-z]+\.apps\.googleusercontent\.com")


def check_stage_name(name: str) -> None:
    """Raises ``DeployError`` for what cannot name a stage."""
    if not name:
        raise DeployError("Which stage? For example: make deploy STAGE=prod")
    if not _STAGE_NAME.fullmatch(name):
        raise DeployError(f"{name!r} cannot name a stage: a lower-case letter and up to eleven more letters or digits.")


def check_account(stage: Stage) -> None:
    """Raises ``DeployError`` unless there are a region and credentials that work."""
    if faults := list(_account_faults(stage)):
        raise DeployError("\n".join(faults))


def check(stage: Stage, environ: Mapping[str, str], python: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raises ``DeployError`` with everything that keeps a deployment from beginning."""
    faults = list(_python_faults(python))
    account = list(_account_faults(stage))
    faults += account or [*_stage_faults(stage), *_google_faults(stage, environ)]
    if faults:
        raise DeployError("\n".join(faults))


def _python_faults(python: tuple[int, int]) -> Iterator[str]:
    if python not in PYTHONS:
        known = ", ".join(".".join(map(str, each)) for each in PYTHONS)
        yield (
            f"- Python {'.'.join(map(str, python))} cannot build for Lambda, which would run what this Python packs: "
            f"use one of {known} (make deploy PYTHON=python3.12, after make clean)."
        )


def _account_faults(stage: Stage) -> Iterator[str]:
    if not stage.session.region_name:
        yield "- No AWS region: set AWS_DEFAULT_REGION (eu-north-1 is Stockholm), or `aws configure set region`."
        return
    try:
        _ = stage.account
    except (BotoCoreError, ClientError) as exc:
        yield (
            f"- AWS does not know you ({exc}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run "
            "`aws configure` or `aws sso login`; `aws sts get-caller-identity` must work."
        )


def _stage_faults(stage: Stage) -> Iterator[str]:
    pages = stage.client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks = (found["StackName"] for page in pages for found in page["Stacks"])
    others = sorted(name for name in stacks if name.startswith(f"{APP_NAME}-") and name != stage.stack_name)
    if others:
        yield (
            f"- This account has a stage in {stage.region} already ({', '.join(others)}). Tables and secrets have "
            "fixed names, so a second stage needs another region or, better, another account."
        )


def _google_faults(stage: Stage, environ: Mapping[str, str]) -> Iterator[str]:
    given = environ.get("GOOGLE_CLIENT_ID", "")
    if given and not _CLIENT_ID.fullmatch(given):
        yield f"- GOOGLE_CLIENT_ID is {given!r}; a client id looks like 1234-abc.apps.googleusercontent.com."
    elif not given and not _CLIENT_ID.search(stored_google_client(stage)):
        yield (
            "- No Google client id: set GOOGLE_CLIENT_ID to the OAuth client of the iOS app (Google Cloud console, "
            "APIs and services, Credentials; .chalice/README.md, Google Cloud). It is needed once per stage."
        )


def stored_google_client(stage: Stage) -> str:
    """The text of the stage's Google secret, empty when there is none."""
    secrets = stage.client("secretsmanager")
    try:
        return str(secrets.get_secret_value(SecretId=GOOGLE_CLIENT_SECRET)["SecretString"])
    except ClientError as exc:
        if exc.response["Error"]["Code"] in {"ResourceNotFoundException", "InvalidRequestException"}:
            return ""
        raise


def google_client_text(environ: Mapping[str, str]) -> str:
    """The text to store; empty when the environment names no client. An iOS client has no secret."""
    if not environ.get("GOOGLE_CLIENT_ID"):
        return ""
    names = {"client_id": "GOOGLE_CLIENT_ID", "client_secret": "GOOGLE_CLIENT_SECRET"}
    return json.dumps({field: environ[name] for field, name in names.items() if environ.get(name)})
