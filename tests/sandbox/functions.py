"""The Lambda functions that a Chalice app declares, and how one is run."""

from __future__ import annotations

import json
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from chalice.app import BaseEventSourceConfig, EventSourceHandler

from tests.sandbox.event_shapes import Event

#: Name of the function whose code runs in this thread; None outside of any.
running_function: ContextVar[str | None] = ContextVar("running_function", default=None)

_KEPT = 100_000  # deliveries; a sandbox may run for days
DEFAULT_TIMEOUT = 60  # seconds; what Chalice deploys when nothing is configured


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The second argument of a handler (Lambda developer guide, "Using the Lambda context object in Python")."""

    function_name: str
    timeout_seconds: int
    region: str
    account: str
    memory_limit_in_mb: str = "512"
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return "sandbox"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.started + self.timeout_seconds - time.monotonic()) * 1000))


class PartialBatchFailure(Exception):
    """A handler returned, and named records of its batch that it could not process (`batchItemFailures`)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to; `error` is None when the handler returned."""

    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run of a function for an event, good or bad, in the order in which the runs ended."""

    function: str
    event: Event
    error: str | None


@dataclass(frozen=True, slots=True)
class FailedEvent:
    """An event that was tried as often as its source tries, in vain."""

    function: str
    event: Event
    attempts: int
    error: str
    trace: str


class DeliveryLog:
    """What was delivered and what was given up; counts are in records and messages, not in batches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nothing_runs = threading.Condition(self._lock)
        self._deliveries: deque[Delivery] = deque(maxlen=_KEPT)
        self._failed: list[FailedEvent] = []
        self._delivered_count = self._failed_count = 0
        self._runs = self._running = 0

    @property
    def deliveries(self) -> list[Delivery]:
        with self._lock:
            return list(self._deliveries)

    @property
    def failed(self) -> list[FailedEvent]:
        with self._lock:
            return list(self._failed)

    def clear(self) -> None:
        with self._lock:
            self._deliveries.clear()
            self._failed.clear()

    def progress(self) -> tuple[int, int]:
        """(runs begun so far, runs under way): two equal readings with none under way mean that nothing ran."""
        with self._lock:
            return self._runs, self._running

    def wait_for_the_running(self, timeout: float = 60.0) -> None:
        """Returns when no function is running. Raises ``TimeoutError``."""
        with self._nothing_runs:
            if not self._nothing_runs.wait_for(lambda: self._running == 0, timeout):
                raise TimeoutError(f"a function still runs after {timeout:g} s")

    def begin(self) -> None:
        with self._lock:
            self._runs += 1
            self._running += 1

    def end(self, delivery: Delivery) -> None:
        with self._lock:
            self._running -= 1
            self._deliveries.append(delivery)
            self._nothing_runs.notify_all()

    def count_delivered(self, records: int) -> None:
        with self._lock:
            self._delivered_count += records

    def give_up(self, function: str, event: Event, attempts: int, error: BaseException) -> None:
        trace = "".join(traceback.format_exception(error))
        with self._lock:
            self._failed_count += len(event.get("Records", [None]))
            self._failed.append(FailedEvent(function, event, attempts, _summary(error), trace))

    def take_counts(self) -> dict[str, int]:
        """{"delivered": n, "failed": n} since the last call."""
        with self._lock:
            counts = {"delivered": self._delivered_count, "failed": self._failed_count}
            self._delivered_count = self._failed_count = 0
            return counts


class Functions:
    """Runs the event functions of an app by name, as the Lambda runtime does."""

    def __init__(self, app: Any, *, region: str, account: str, timeouts: Mapping[str, int] | None = None) -> None:
        self._handlers: dict[str, Any] = dict(app.handler_map)
        self._timeouts = timeouts or {}
        self._region = region
        self._account = account
        self.sources: dict[str, BaseEventSourceConfig] = {source.name: source for source in app.event_sources}
        self.names = [*self.sources, *(function.name for function in app.pure_lambda_functions)]
        self.log = DeliveryLog()
        for name in self.names:
            if not isinstance(self._handlers.get(name), EventSourceHandler):
                raise ValueError(f"Chalice knows no event handler {name!r}: a route of that name hides it")

    def run(self, name: str, event: Event) -> Outcome:
        """Runs a function on a copy of the event; every way to fail ends in the outcome, also a killed process."""
        if name not in self.names:
            raise LookupError(f"app declares no function {name!r}; it declares {', '.join(sorted(self.names))}")
        context = LambdaContext(name, self._timeouts.get(name, DEFAULT_TIMEOUT), self._region, self._account)
        token = running_function.set(name)
        self.log.begin()
        try:
            result = self._handlers[name](json.loads(json.dumps(event)), context)
            outcome = Outcome(result=json.loads(json.dumps(result)))
        except BaseException as exc:  # noqa: BLE001  the Lambda runtime: whatever a handler does, the service goes on
            outcome = Outcome(error=exc)
        finally:
            running_function.reset(token)
        error = None if outcome.error is None else _summary(outcome.error)
        self.log.end(Delivery(name, event, error))
        return outcome


def _summary(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
