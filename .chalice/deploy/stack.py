"""The stack: created, updated, or reduced to what holds data, through change sets, with its events shown."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy import template as templates
from deploy.errors import DeployError
from deploy.stage import APP_NAME, Stage

_SECONDS_BETWEEN_LOOKS = 3.0
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


class StackStep:
    """Makes the stack what the template says.

    ``parameters`` are those that a person gave; others keep their value, or at first have the template's default.
    """

    name = "AWS resources (CloudFormation)"

    def __init__(self, stage: Stage, parameters: Mapping[str, str] | None = None, mode: str = "running") -> None:
        self._stage = stage
        self._given = {**(parameters or {}), "AppName": APP_NAME, "Stage": stage.name, "Mode": mode}
        self._template = templates.read(stage.root / ".chalice" / "stack.yaml")
        if unknown := sorted(set(self._given) - set(self._template["Parameters"])):
            raise DeployError(f"The stack has no parameter {', '.join(unknown)}.")
        self._shown: set[str] = set()

    def plan(self) -> list[str]:
        stack = self._stage.stack()
        if stack is None or stack["StackStatus"] == "ROLLBACK_COMPLETE":
            return [f"create stack {self._stage.stack_name} with {len(self._template['Resources'])} resources"]
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            return [f"wait for stack {self._stage.stack_name}, which is {stack['StackStatus']}, and look again"]
        protect = [] if stack.get("EnableTerminationProtection") else ["protect the stack against deletion"]
        return self._differences() + protect

    def _differences(self) -> list[str]:
        before, after = self._deployed_template(), self._template
        changed = [
            f"{verb} {name}"
            for name in sorted({*before["Resources"], *after["Resources"]})
            if (verb := _verb(before["Resources"].get(name), after["Resources"].get(name)))
        ]
        parameters = self._stage.parameters()
        changed += [
            f"set parameter {name} to {value or 'nothing'}"
            for name, value in self._given.items()
            if parameters.get(name) != value
        ]
        if not changed and before != after:
            changed.append("update parameters, conditions or outputs")
        return changed

    def _deployed_template(self) -> dict[str, Any]:
        answer = self._stage.client("cloudformation").get_template(
            StackName=self._stage.stack_name, TemplateStage="Original"
        )["TemplateBody"]
        # Sent as JSON, so botocore hands it over parsed.
        deployed: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else dict(answer)
        return deployed

    def apply(self) -> None:
        stack = self._settled()
        if stack is not None and stack["StackStatus"] == "ROLLBACK_COMPLETE":
            # A first creation that failed; nothing was kept of it, and CloudFormation takes no update for it.
            self._stage.client("cloudformation").delete_stack(StackName=stack["StackId"])
            stack = self._settled()
        if stack is not None and stack["StackStatus"].endswith("_FAILED"):
            raise DeployError(
                f"Stack {self._stage.stack_name} is {stack['StackStatus']}: see its events in the console; "
                "`aws cloudformation continue-update-rollback` or `rollback-stack` brings it back to where it was."
            )
        if stack is None or self._differences():
            kind = "CREATE" if stack is None else "UPDATE"
            if name := self._change_set(kind):
                self._execute(name, kind)
        self._protect()

    def _change_set(self, kind: str) -> str:
        """Makes a change set; its name, or nothing when the stack is as it should be."""
        cloudformation, name = self._stage.client("cloudformation"), f"deploy-{uuid.uuid4().hex[:12]}"
        self._forget_half_made()
        cloudformation.create_change_set(
            StackName=self._stage.stack_name,
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=templates.body(self._template),
            Parameters=self._parameters(kind),
            Capabilities=["CAPABILITY_IAM"],
            # Tables that outlived an earlier stack are taken into the new one.
            ImportExistingResources=kind == "CREATE",
            Tags=[{"Key": "app", "Value": APP_NAME}, {"Key": "stage", "Value": self._stage.name}],
        )
        while True:
            described = cloudformation.describe_change_set(StackName=self._stage.stack_name, ChangeSetName=name)
            if described["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                break
            self._stage.pause(_SECONDS_BETWEEN_LOOKS)
        if described["Status"] == "FAILED":
            reason = described.get("StatusReason", "")
            cloudformation.delete_change_set(StackName=self._stage.stack_name, ChangeSetName=name)
            if any(text in reason for text in _NO_CHANGES):
                return ""
            raise DeployError(f"CloudFormation refuses the change: {reason}")
        self._refuse_loss(name)
        return name

    def _changes(self, name: str) -> list[dict[str, Any]]:
        pages = (
            self._stage.client("cloudformation")
            .get_paginator("describe_change_set")
            .paginate(StackName=self._stage.stack_name, ChangeSetName=name)
        )
        return [change["ResourceChange"] for page in pages for change in page.get("Changes", [])]

    def _parameters(self, kind: str) -> list[dict[str, Any]]:
        previous = self._stage.parameters() if kind == "UPDATE" else {}
        kept = [name for name in previous if name in self._template["Parameters"] and name not in self._given]
        return [{"ParameterKey": name, "ParameterValue": value} for name, value in self._given.items()] + [
            {"ParameterKey": name, "UsePreviousValue": True} for name in kept
        ]

    def _refuse_loss(self, name: str) -> None:
        """A resource with data that would be replaced leaves its data behind: that is for a person to plan."""
        kept = templates.kept(self._template)
        lost = sorted(
            change["LogicalResourceId"]
            for change in self._changes(name)
            if change.get("Replacement") == "True" and change["LogicalResourceId"] in kept
        )
        if lost:
            self._stage.client("cloudformation").delete_change_set(StackName=self._stage.stack_name, ChangeSetName=name)
            raise DeployError(
                f"This would put an empty resource in the place of {', '.join(lost)}, which holds data. Nothing was "
                "changed; move the data first (.chalice/README.md, Upgrading)."
            )

    def _execute(self, name: str, kind: str) -> None:
        self._shown = {event["EventId"] for event in self._events()}
        # What fails takes its empty tables away again, so that the next attempt can make them; never what was imported.
        imports = any(change.get("Action") == "Import" for change in self._changes(name))
        self._stage.client("cloudformation").execute_change_set(
            StackName=self._stage.stack_name, ChangeSetName=name, RetainExceptOnCreate=not imports
        )
        stack = self._settled(executing=True)
        status = stack["StackStatus"] if stack else "gone"
        if status != f"{kind}_COMPLETE":
            raise DeployError(
                f"Stack {self._stage.stack_name} is {status}; the first FAILED line above says why. Mend it and run "
                "this again."
            )

    def _settled(self, *, executing: bool = False) -> dict[str, Any] | None:
        """The stack once nothing is going on with it; shows its events meanwhile."""
        while True:
            # REVIEW_IN_PROGRESS is a stack that is about to begin, or one that never did.
            stack = self._stage.described_stack() if executing else self._stage.stack()
            if self._shown:
                self._show_events()
            if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            self._stage.pause(_SECONDS_BETWEEN_LOOKS)

    def _show_events(self) -> None:
        for event in reversed([event for event in self._events() if event["EventId"] not in self._shown]):
            self._shown.add(event["EventId"])
            status = event["ResourceStatus"]
            if status.endswith(("_COMPLETE", "_FAILED", "_SKIPPED")):
                reason = event.get("ResourceStatusReason", "") if status.endswith("_FAILED") else ""
                self._stage.report.detail(f"{event['LogicalResourceId']} {status} {reason}".rstrip())

    def _events(self) -> list[dict[str, Any]]:
        try:
            answer = self._stage.client("cloudformation").describe_stack_events(StackName=self._stage.stack_name)
        except ClientError:
            return []
        events: list[dict[str, Any]] = answer["StackEvents"]
        return events

    def _forget_half_made(self) -> None:
        """A stack that was never more than a change set (REVIEW_IN_PROGRESS) would refuse the next creation."""
        stack = self._stage.described_stack()
        if stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
            self._stage.client("cloudformation").delete_stack(StackName=stack["StackId"])

    def _protect(self) -> None:
        self._stage.client("cloudformation").update_termination_protection(
            StackName=self._stage.stack_name, EnableTerminationProtection=True
        )


def _verb(before: object, after: object) -> str:
    if before == after:
        return ""
    if before is None:
        return "add"
    return "remove" if after is None else "change"
