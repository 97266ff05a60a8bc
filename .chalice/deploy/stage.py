"""One stage of the application in one AWS account and region: its names, its clients, and what its stack put out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from deploy.programs import LocalPrograms, Programs
from deploy.report import Report

APP_NAME = "paypulse-cloud"
CONTAINER = "parse_invoice_container"


@dataclass
class Stage:
    """``session`` is a boto3 session with a region; ``root`` the repository; ``pause`` waits for so many seconds."""

    name: str
    session: Any
    root: Path
    report: Report
    programs: Programs = field(default_factory=LocalPrograms)
    pause: Callable[[float], None] = time.sleep
    _clients: dict[str, Any] = field(default_factory=dict)
    _account: str = ""

    def client(self, service: str) -> Any:
        """The boto3 client of a service; throttled calls are tried again."""
        if service not in self._clients:
            config = Config(retries={"mode": "standard", "total_max_attempts": 8})
            self._clients[service] = self.session.client(service, config=config)
        return self._clients[service]

    @property
    def region(self) -> str:
        return str(self.session.region_name)

    @property
    def account(self) -> str:
        """Twelve digits. Raises botocore's errors when there are no credentials."""
        if not self._account:
            self._account = str(self.client("sts").get_caller_identity()["Account"])
        return self._account

    @property
    def stack_name(self) -> str:
        return self.prefix

    @property
    def prefix(self) -> str:
        """What the names of all functions, roles and rules begin with; the REST API's function has just this name."""
        return f"{APP_NAME}-{self.name}"

    @property
    def container_function(self) -> str:
        return f"{self.prefix}-{CONTAINER}"

    @property
    def project(self) -> Path:
        """The folder that ``chalice deploy`` runs on."""
        return self.root / "build" / "app"

    @property
    def recorded(self) -> Path:
        """Where Chalice's record of this stage lies in the repository, for ``chalice logs`` and the like."""
        return self.root / ".chalice" / "deployed" / f"{self.name}.json"

    def chalice_config(self) -> dict[str, Any]:
        """``.chalice/config.json`` as it is committed."""
        text = (self.root / ".chalice" / "config.json").read_text(encoding="utf-8")
        config: dict[str, Any] = json.loads(text)
        return config

    def chalice_stage(self) -> dict[str, Any]:
        """What the committed configuration says of this stage; one that it does not know is like ``prod``."""
        stages = self.chalice_config()["stages"]
        settings: dict[str, Any] = stages.get(self.name, stages["prod"])
        return settings

    def stack(self) -> dict[str, Any] | None:
        """The stack as CloudFormation describes it now; ``None`` when there is none, or nothing but a change set."""
        described = self.described_stack()
        return None if described is None or described["StackStatus"] == "REVIEW_IN_PROGRESS" else described

    def described_stack(self) -> dict[str, Any] | None:
        """The same, with one that was never more than a change set."""
        try:
            [stack] = self.client("cloudformation").describe_stacks(StackName=self.stack_name)["Stacks"]
        except ClientError as exc:
            if "does not exist" in str(exc):
                return None
            raise
        described: dict[str, Any] = stack
        return described

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name; empty when there is no stack."""
        outputs = (self.stack() or {}).get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def parameters(self) -> dict[str, str]:
        """The stack's parameters by name; empty when there is no stack."""
        given = (self.stack() or {}).get("Parameters", [])
        return {parameter["ParameterKey"]: parameter.get("ParameterValue", "") for parameter in given}
