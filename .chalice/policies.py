"""IAM policies: one file a function, completed with the names of one deployment.

``policy-<function>.json`` beside this file is what a function's role may do; the tests hold it to what the function
does. The files are whole but for what differs between deployments:

    arn:aws:...:*:*:       partition, region and account
    ${InvoicesBucket}      name of the bucket of raw files: the stack's output of that name
    ${FunctionName}        name of the function at Lambda, as in its log group
    ${PushApplication}     platform and name of the SNS platform application, ``APNS/paypulse``
    ${ParserFunction}      name of the container function that parses PDFs

So none is deployed as it is. ``complete`` narrows one file, ``write`` all of them but the container function's, under
the names that ``.chalice/config.json`` gives to Chalice::

    from policies import Deployment, complete, write

    deployment = Deployment.of_outputs(stack_outputs, stage="prod", push_application_arn=..., parser_function=...)
    write(staged_project / ".chalice", deployment)                  # before `chalice deploy` there
    complete("parse_invoice_container", deployment)                 # document for the role of the container function

PDFs are parsed by the container function or, where there is none, by ``parse_invoice`` itself, which then has the
container function's policy.

Nothing here is about keys: what the stack encrypts, it encrypts with AWS's own keys (``aws/dynamodb``, ``aws/sns``,
``aws/secretsmanager``), whose policies let in whoever may use the service.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
APP_NAME = "paypulse-cloud"
API = "api_handler"
CONTAINER = "parse_invoice_container"
_PARSER = "parse_invoice"


@dataclass(frozen=True)
class Deployment:
    """What the files leave open. An empty ``parser_function`` (a name or an ARN): there is no container function.

    Without a ``push_application_arn`` any APNs application of the account will do, as in the stack's role for guests:
    phones may be registered from a time when there was one.
    """

    partition: str
    region: str
    account: str
    stage: str
    invoices_bucket: str
    push_application_arn: str = ""
    parser_function: str = ""

    @classmethod
    def of_outputs(
        cls, outputs: Mapping[str, str], *, stage: str, push_application_arn: str = "", parser_function: str = ""
    ) -> Deployment:
        """The deployment of a stack with these outputs, by name."""
        _arn, partition, _service, region, account, _queue = outputs["IngestionQueueArn"].split(":")
        bucket = outputs["InvoicesBucket"]
        return cls(partition, region, account, stage, bucket, push_application_arn, parser_function)

    def function_name(self, function: str) -> str:
        """What Chalice calls a function at Lambda; the API's has no name of its own there."""
        if function == CONTAINER:
            return self.parser_function.rpartition("function:")[2]
        return f"{APP_NAME}-{self.stage}" + ("" if function == API else f"-{function}")

    def policy_of(self, function: str) -> str:
        """Whose policy a function has."""
        return CONTAINER if function == _PARSER and not self.parser_function else function

    def narrowed(self, resource: str, function: str) -> str:
        """One ARN of a policy file as it is for this deployment."""
        names = {
            "InvoicesBucket": self.invoices_bucket,
            "FunctionName": self.function_name(function),
            "PushApplication": self.push_application_arn.partition(":app/")[2] or "APNS*/*",
            "ParserFunction": self.function_name(CONTAINER),
        }
        for name, value in names.items():
            resource = resource.replace(f"${{{name}}}", value)
        prefix, partition, service, region, account, rest = resource.split(":", 5)
        if partition != "aws" or region not in {"", "*"} or account not in {"", "*"}:
            raise ValueError(f"{resource} names a partition, region or account of its own")
        return ":".join((prefix, self.partition, service, region and self.region, account and self.account, rest))


def functions(folder: Path = FOLDER) -> list[str]:
    """The functions that have a policy file, by name."""
    return sorted(path.stem.removeprefix("policy-") for path in folder.glob("policy-*.json"))


def load(function: str, folder: Path = FOLDER) -> dict[str, Any]:
    """A policy file as it is. Raises ``FileNotFoundError``."""
    document: dict[str, Any] = json.loads((folder / f"policy-{function}.json").read_text(encoding="utf-8"))
    return document


def complete(function: str, deployment: Deployment, folder: Path = FOLDER) -> dict[str, Any]:
    """The policy document of a function's role in a deployment."""
    document = load(deployment.policy_of(function), folder)
    for statement in document["Statement"]:
        statement["Resource"] = [deployment.narrowed(resource, function) for resource in statement["Resource"]]
    return document


def write(target: Path, deployment: Deployment, folder: Path = FOLDER) -> list[Path]:
    """Writes the completed policy of every function that Chalice deploys into a folder; answers the files."""
    written = []
    for function in functions(folder):
        if function != CONTAINER:
            path = target / f"policy-{function}.json"
            path.write_text(json.dumps(complete(function, deployment, folder), indent=2) + "\n", encoding="utf-8")
            written.append(path)
    return written
