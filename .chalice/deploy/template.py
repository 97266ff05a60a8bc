"""The CloudFormation template as it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cfnlint.decode import decode

from deploy.errors import DeployError

#: CloudFormation's limit for a template in the request itself (user guide, "Understand CloudFormation quotas").
LONGEST_BODY = 51_200


def read(path: Path) -> dict[str, Any]:
    """The template as plain data, intrinsics in their long form, without what only linters read.

    Raises ``DeployError`` for a file that is no template.
    """
    template, faults = decode(str(path))
    if template is None or faults:
        raise DeployError(f"{path.name} cannot be read: {'; '.join(str(fault) for fault in faults)}")
    plain: dict[str, Any] = json.loads(json.dumps(template, default=str))
    plain["Resources"] = {
        name: {key: value for key, value in body.items() if key != "Metadata"}
        for name, body in plain["Resources"].items()
    }
    return plain


def body(template: Mapping[str, Any]) -> str:
    """The text that is sent, always the same for the same template. Raises ``DeployError`` when it is too long."""
    text = json.dumps(template, separators=(",", ":"), sort_keys=True)
    if len(text.encode()) > LONGEST_BODY:
        raise DeployError(f"The template has {len(text)} bytes; CloudFormation takes {LONGEST_BODY} in a request.")
    return text


def kept(template: Mapping[str, Any]) -> set[str]:
    """The resources that hold data: those that outlive their stack."""
    return {name for name, resource in template["Resources"].items() if resource.get("DeletionPolicy") == "Retain"}
