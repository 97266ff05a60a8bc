"""Every AWS call that the application makes, seen from botocore's own events."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.sandbox.functions import running_function

Parameters = Mapping[str, Any]

_RESOURCES = ("TableName", "Bucket", "QueueUrl", "TopicArn", "TargetArn", "SecretId", "FunctionName")

_KEPT = 200_000  # calls; a sandbox may run for days

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to AWS; a call that botocore tries again counts again.

    `status` is the HTTP status, 0 when there was no answer. `resource` is the table, bucket, queue, ... it names, if
    any; `function` the Lambda function that made it; `units` the capacity that DynamoDB reported, when it was asked.
    """

    service: str
    operation: str
    status: int
    resource: str | None = None
    function: str | None = None
    units: float | None = None

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


#: Sees a call, its parameters and the parsed answer (None when the answer was lost on the way).
Observer = Callable[[Call, Parameters, Mapping[str, Any] | None], None]


def canonical(target: str) -> str:
    """`service.Operation` in the spelling that targets are compared in.

    >>> canonical("Secrets-Manager.GetSecretValue")
    'secretsmanager.getsecretvalue'
    """
    return target.replace("-", "").replace(" ", "").lower()


def matches(call_name: str, target: str) -> bool:
    """Whether `service.Operation` is meant by a target, which may hold `*`.

    >>> matches("s3.PutObject", "s3.putobject"), matches("s3.PutObject", "s3.get*")
    (True, False)
    """
    return fnmatchcase(canonical(call_name), canonical(target))


class CallLog:
    """Register it on a boto3 session before the session's first client is made."""

    def __init__(self) -> None:
        self.observers: list[Observer] = []
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._current = threading.local()

    def register(self, session: Any) -> None:
        session.events.register("before-parameter-build", self._begin)
        session.events.register("response-received", self._received)

    @property
    def calls(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def count(self, target: str) -> int:
        """How many requests matched `service.Operation`."""
        return sum(matches(call.name, target) for call in self.calls)

    def answer_lost(self, name: str, status: int) -> None:
        """The request reached AWS, which answered `status`, but the application will never know."""
        self._current.lost = True
        self._record(name, status, None)

    def _begin(self, params: Parameters, event_name: str, **_kwargs: Any) -> None:
        self._current.parameters = params
        self._current.lost = False

    def _received(self, parsed_response: Mapping[str, Any] | None, event_name: str, **_kwargs: Any) -> None:
        if getattr(self._current, "lost", False):
            self._current.lost = False  # already recorded with what really happened
            return
        _event, service, operation = event_name.split(".", 2)
        status = 0
        if parsed_response is not None:
            status = parsed_response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        self._record(f"{service}.{operation}", status, parsed_response)

    def _record(self, name: str, status: int, answer: Mapping[str, Any] | None) -> None:
        parameters: Parameters = getattr(self._current, "parameters", {})
        service, operation = name.split(".", 1)
        resource = next((str(parameters[key]) for key in _RESOURCES if key in parameters), None)
        call = Call(
            canonical(service), operation, status, resource, running_function.get(), _capacity_units(answer or {})
        )
        with self._lock:
            self._calls.append(call)
        for observer in self.observers:
            try:
                observer(call, parameters, answer)
            except Exception:  # noqa: BLE001
                # Between the application and AWS: an observer may never change what the application sees.
                _log.exception("an observer of %s failed", call.name)


def _capacity_units(answer: Mapping[str, Any]) -> float | None:
    consumed = answer.get("ConsumedCapacity")
    if not consumed:
        return None
    entries = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(entry.get("CapacityUnits", 0) for entry in entries))
