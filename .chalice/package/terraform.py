"""The functions, their roles, triggers and API for Terraform: ``make package-terraform``, in ``build/terraform``.

    make package-terraform
    cd build/terraform && terraform init && terraform apply

Chalice's own generator writes ``chalice.tf.json`` and the archive. Data stays with CloudFormation: the stack of
``.chalice/stack.yaml`` has to be there (``make deploy`` makes it first of all), and is read through a data source, so
that nothing of an account is written into the package. The variable ``stack_name`` names it. What ``make deploy`` sets
beside Chalice (throttling and access log of the API, destinations of failed events, reserved concurrency, the container
function) is not in it: PDFs are parsed by ``parse_invoice`` itself.

What is changed of what Chalice 1.34 generates:

- the bucket's notification: Chalice names it after the bucket, a reference here, and does not say that S3 must be
  permitted to invoke the functions first;
- the newest Terraform that it admits, 1.3: all of 1.x keep what 1.0 could do (Terraform v1.x Compatibility Promises).

Log groups are the stack's. (``log_retention_in_days`` in ``config.json`` would stop Chalice's generator, which has no
word for them.)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deploy.settings import FROM_OUTPUTS
from policies import Deployment, write

from package.terraform_check import problems

_HERE: Final = Path(__file__).parent
_STACK: Final = "data.aws_cloudformation_stack.data"
_REQUIRED: Final = ">= 1.0, < 2"
#: Chalice asks for a region before it generates what is the same in every region.
_ANY_REGION: Final = "eu-north-1"


def output(name: str) -> str:
    """Terraform's reference to an output of the stack."""
    return f"${{{_STACK}.outputs.{name}}}"


def package_for_terraform(project: Path, stage: str, destination: Path) -> None:
    """Generates from an assembled project, whose configuration is completed, and checks what was generated.

    Raises ``ValueError`` for what is not as ``app.py`` and the configuration have it, and
    ``subprocess.CalledProcessError`` after Chalice has failed.
    """
    config = configure(project, stage)
    environ = {"AWS_DEFAULT_REGION": _ANY_REGION, **os.environ}
    chalice = [sys.executable, str(_HERE / "lambda_chalice.py"), "package", "--pkg-format", "terraform"]
    subprocess.run([*chalice, "--stage", stage, str(destination.resolve())], cwd=project, env=environ, check=True)
    file = destination / "chalice.tf.json"
    template = json.loads(file.read_text(encoding="utf-8"))
    _adapt(template)
    file.write_text(json.dumps(template, indent=2) + "\n", encoding="utf-8")
    name = {"type": "string", "default": f"{config['app_name']}-{stage}", "description": "CloudFormation stack."}
    data = {"aws_cloudformation_stack": {"data": {"name": "${var.stack_name}"}}}
    stack = {"variable": {"stack_name": name}, "data": data}
    (destination / "stack.tf.json").write_text(json.dumps(stack, indent=2) + "\n", encoding="utf-8")
    if found := problems(template, declared(project, config, stage), project, stage):
        raise ValueError("; ".join(found))


def configure(project: Path, stage: str) -> dict[str, Any]:
    """Completes the project's settings and policies with references to the stack; answers the configuration."""
    folder = project / ".chalice"
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings = config["stages"][stage]
    references = {name: output(of_stack) for name, of_stack in FROM_OUTPUTS.items()}
    settings["environment_variables"] = settings.get("environment_variables", {}) | references
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    deployment = Deployment(
        partition="${data.aws_partition.chalice.partition}",
        region="${data.aws_region.chalice.name}",
        account="${data.aws_caller_identity.chalice.account_id}",
        stage=stage,
        invoices_bucket=output("InvoicesBucket"),
    )
    write(folder, deployment)
    return config


def declared(project: Path, config: Mapping[str, Any], stage: str) -> dict[str, Any]:
    """What ``app.py`` declares with the settings of a stage: see :mod:`package.declared`."""
    environ = {**os.environ, **config["stages"][stage].get("environment_variables", {})}
    command = [sys.executable, str(_HERE / "declared.py")]
    found: dict[str, Any] = json.loads(subprocess.check_output(command, cwd=project, env=environ))
    return found


def _adapt(template: dict[str, Any]) -> None:
    template["terraform"]["required_version"] = _REQUIRED
    resources = template["resource"]
    [notification] = resources["aws_s3_bucket_notification"].values()
    first = [
        name for name, each in resources["aws_lambda_permission"].items() if each["principal"] == "s3.amazonaws.com"
    ]
    notification["depends_on"] = [f"aws_lambda_permission.{name}" for name in first]
    resources["aws_s3_bucket_notification"] = {"invoices": notification}
