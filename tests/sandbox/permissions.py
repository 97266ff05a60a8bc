"""IAM in the sandbox: the policies of `.chalice/policy-*.json` decide each call that a function makes.

A call that the running function's policy does not allow fails as AWS would make it fail, before it is sent. What was
used and what was refused is remembered for the whole process (`RECORD`), so that the tests can tell at their end which
permission nobody needed (`permissions_report`).
"""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.functions import running_function
from tests.sandbox.permissions_of_calls import Need, Parameters, Place, of_absence, of_call, of_lambda

if TYPE_CHECKING:
    from chalice.app import BaseEventSourceConfig

_log = logging.getLogger(__name__)
_CHALICE = Path(__file__).parents[2] / ".chalice"
_ASKED = "sandbox_permissions"  # key in botocore's context of a call
_CODES = {
    "s3": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "lambda": ("AccessDeniedException", 403),
}
_ABSENT = frozenset({"NoSuchKey", "404", "ResourceNotFoundException"})


@cache
def policies_module() -> Any:
    """`.chalice/policies.py`, which completes the policy files for a deployment; the folder is no package."""
    spec = importlib.util.spec_from_file_location("paypulse_policies", _CHALICE / "policies.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(_CHALICE / "policies.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Permission(NamedTuple):
    """One action on one resource pattern, as a policy file has it."""

    policy: str
    sid: str
    action: str
    resource: str


class Refusal(NamedTuple):
    """A function wanted what its policy does not allow; ids of users and the like are left in the resource."""

    function: str
    action: str
    resource: str


@dataclass
class Record:
    """What happened so far."""

    used: set[Permission] = field(default_factory=set)
    refused: set[Refusal] = field(default_factory=set)


#: Of this process; the worker processes of pytest hand theirs over at the end.
RECORD = Record()


def permissions_in(policy: str, document: Mapping[str, Any]) -> list[Permission]:
    """Every action with every resource of a policy file."""
    return [
        Permission(policy, statement["Sid"], action, resource)
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]


def pattern_of(resource: str) -> re.Pattern[str]:
    """A resource with IAM's wildcards, compiled: in an ARN's first five parts, `*` and `?` end at its colons.

    Source: IAM user guide, "IAM JSON policy elements: Resource".

    >>> bool(pattern_of("arn:aws:sqs:*:*:Jobs").fullmatch("arn:aws:sqs:eu-north-1:1:Jobs"))
    True
    >>> bool(pattern_of("arn:aws:s3:::b/invoices/*").fullmatch("arn:aws:s3:::b/exports/a"))
    False
    """
    *first, last = resource.split(":", 5)
    parts = [_wildcards(part, "[^:]") for part in first] + [_wildcards(last, ".")]
    return re.compile(":".join(parts), re.DOTALL)


def _wildcards(text: str, any_letter: str) -> str:
    return re.escape(text).replace(r"\*", f"{any_letter}*").replace(r"\?", any_letter)


class Policy:
    """What one function may do. Knows what the files use: `Allow` of actions by name, no conditions."""

    def __init__(self, permissions: Iterable[tuple[Permission, str]]) -> None:
        """Each permission with its resource as it is in this deployment."""
        self._by_action: dict[str, list[tuple[re.Pattern[str], Permission]]] = defaultdict(list)
        for permission, resource in permissions:
            self._by_action[permission.action.lower()].append((pattern_of(resource), permission))

    def permits(self, need: Need) -> Permission | None:
        """The first permission that allows it."""
        for pattern, permission in self._by_action.get(need.action.lower(), ()):
            if pattern.fullmatch(need.resource):
                return permission
        return None


class Permissions:
    """Register it on a boto3 session before the session's first client is made, and before faults.

    Acts on calls inside of a function (`running_function`) only; a function without a policy may do nothing.
    """

    def __init__(self, policies: Mapping[str, Policy], place: Place, record: Record = RECORD) -> None:
        self._policies = policies
        self._place = place
        self._record = record

    def register(self, session: Any) -> None:
        session.events.register_first("before-call", self._before_call)
        session.events.register("before-parameter-build", self._note)
        session.events.register("after-call", self._after_call)

    def admit(self, function: str, function_name: str, source: BaseEventSourceConfig | None = None) -> None:
        """Does what Lambda does in the function's name. Raises PermissionError when its policy does not let it."""
        for need in of_lambda(function_name, source, self._place):
            if not self._allows(function, need):
                raise PermissionError(f"the policy of {function} does not let Lambda do {need.action}")

    def _allows(self, function: str, need: Need) -> bool:
        policy = self._policies.get(function)
        permission = policy.permits(need) if policy else None
        if permission is not None:
            self._record.used.add(permission)
            return True
        refusal = Refusal(function, *need)
        if refusal not in self._record.refused:
            self._record.refused.add(refusal)
            _log.error("%s may not %s on %s", *refusal)
        return False

    def _note(self, params: Parameters, event_name: str, context: dict[str, Any], **_kwargs: Any) -> None:
        context[_ASKED] = params
        if context.get("is_presign_request"):
            # AWS signs anything and refuses the link when somebody follows it.
            refused = self._refused(event_name, context)
            if refused:
                raise PermissionError(f"{running_function.get()} signs a link that would not work: {refused.action}")

    def _refused(self, event_name: str, context: Mapping[str, Any]) -> Need | None:
        function = running_function.get()
        if function is None:
            return None
        _event, service, operation = event_name.split(".", 2)
        needs = of_call(service, operation, context[_ASKED], self._place)
        return next((need for need in needs if not self._allows(function, need)), None)

    def _before_call(self, event_name: str, context: dict[str, Any], **_kwargs: Any) -> Any:
        refused = self._refused(event_name, context)
        return None if refused is None else _denied(event_name.split(".")[1], refused)

    def _after_call(self, parsed: dict[str, Any], event_name: str, context: Mapping[str, Any], **_kwargs: Any) -> None:
        function = running_function.get()
        if function is None or parsed.get("Error", {}).get("Code") not in _ABSENT or _ASKED not in context:
            return
        _event, service, operation = event_name.split(".", 2)
        for need in of_absence(service, operation, context[_ASKED], self._place):
            if not self._allows(function, need):
                parsed.update(_denied(service, need)[1])


def permissions_of(
    folder: Path, app: Any, container: Any, outputs: Mapping[str, str], record: Record = RECORD
) -> Permissions | None:
    """The policy files in a folder for an application between these neighbours; `None` when there are no files.

    Raises PermissionError when Lambda could not run one of the functions.
    """
    policies = policies_module()
    functions = policies.functions(folder)
    if not functions:
        return None
    deployment = policies.Deployment.of_outputs(
        outputs,
        stage="sandbox",
        push_application_arn=outputs["PushApplicationArn"],
        parser_function=container.settings.parse_invoice_container,
    )
    compiled = {}
    for function in functions:
        name = deployment.policy_of(function)
        written = permissions_in(name, policies.load(name, folder))
        compiled[function] = Policy((each, deployment.narrowed(each.resource, function)) for each in written)
    permissions = Permissions(compiled, Place(deployment.region, deployment.account), record)
    sources = {source.name: source for source in app.event_sources}
    for function in functions if deployment.parser_function else set(functions) - {policies.CONTAINER}:
        permissions.admit(function, deployment.function_name(function), sources.get(function))
    return permissions


class _Answer(NamedTuple):
    status_code: int


def _denied(service: str, need: Need) -> tuple[_Answer, dict[str, Any]]:
    """An HTTP answer and what botocore would have read in it."""
    code, status = _CODES.get(service, ("AccessDeniedException", 400))
    message = (
        f"User: {running_function.get()} is not authorized to perform: {need.action} on resource: {need.resource} "
        f"because no identity-based policy allows the {need.action} action"
    )
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return _Answer(status), answer
