"""The event runtime: what Lambda, S3, DynamoDB Streams, SQS and EventBridge do between them in AWS.

It knows the application by what its Chalice object declares, and AWS by its API alone, so it works on any endpoint.
Schedules do not fire by the clock here: `invoke` runs one when somebody asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalice.app import DynamoDBEventConfig, S3EventConfig, ScheduledEventConfig, SQSEventConfig

from tests.sandbox.async_invocations import AsyncInvocations
from tests.sandbox.calls import Call, Parameters
from tests.sandbox.clients import AwsClients
from tests.sandbox.event_shapes import Event, scheduled_event
from tests.sandbox.functions import Delivery, FailedEvent, Functions, Outcome
from tests.sandbox.object_events import ObjectEvents
from tests.sandbox.polling import Poller
from tests.sandbox.queue_messages import QueueMessages
from tests.sandbox.stream_records import StreamRecords

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


_SWEEP_AGAIN_AFTER = 0.01  # seconds; twice as long each time that AWS has to be asked again
_LONGEST_SWEEP_PAUSE = 0.08
_LOOK_AGAIN_AFTER = 0.002


class DrainTimeout(TimeoutError):
    """Something was still pending; the text says what."""


class EventRuntime:
    """Delivers events to the functions of `app` until stopped.

    `event_queue_url` is the queue that gets the bucket's notifications. `is_idle` checks take part in `drain`: it
    waits until all of them are true (for example: no ingestion run is active). `timeouts` are seconds per function.
    """

    def __init__(
        self,
        app: Any,
        clients: AwsClients,
        event_queue_url: str,
        *,
        workers: int = 4,
        retry_delays: tuple[float, ...] = (0.05, 0.1),
        attempts: int = 3,
        queue_concurrency: int = 2,
        timeouts: Mapping[str, int] | None = None,
        account: str = "123456789012",
    ) -> None:
        self.functions = Functions(app, region=clients.region, account=account, timeouts=timeouts)
        self.is_idle: list[Callable[[], bool]] = []
        self._clients = clients
        self._account = account
        self._paused = False
        self._invocations = AsyncInvocations(self.functions, workers, retry_delays)
        sources = self.functions.sources.values()
        wanted_by = [source for source in sources if isinstance(source, S3EventConfig)]
        self._objects = ObjectEvents(clients, event_queue_url, wanted_by, self._invocations)
        self._streams = [
            StreamRecords(clients, source, self.functions, attempts=attempts, retry_delay=retry_delays[0])
            for source in sources
            if isinstance(source, DynamoDBEventConfig)
        ]
        self._queues = [
            QueueMessages(clients, source, self.functions, concurrency=queue_concurrency, retry_delay=retry_delays[0])
            for source in sources
            if isinstance(source, SQSEventConfig)
        ]

    @property
    def _pollers(self) -> list[Poller]:
        return [self._objects, *self._streams, *self._queues]

    @property
    def deliveries(self) -> list[Delivery]:
        """Every run of a function so far, in the order in which they ended."""
        return self.functions.log.deliveries

    @property
    def failed(self) -> list[FailedEvent]:
        """Events kept as failed."""
        return self.functions.log.failed

    def start(self) -> None:
        self._invocations.start()
        for poller in self._pollers:
            poller.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Starts nothing more; waits at most `timeout` seconds for what runs."""
        deadline = time.monotonic() + timeout
        for poller in self._pollers:
            poller.stop()
        self._invocations.stop(timeout)
        for poller in self._pollers:
            poller.join(max(0.0, deadline - time.monotonic()))

    def pause(self) -> None:
        """Starts no function for an event until `resume`; what comes waits.

        A stream batch under way ends first; an asynchronous invocation under way runs on.
        """
        self._set_paused(True)

    def resume(self) -> None:
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        self._invocations.set_paused(paused)
        for poller in self._pollers:
            poller.set_paused(paused)

    def wake(self) -> None:
        """Looks at every source now: somebody knows that there is something."""
        for poller in self._pollers:
            poller.kick()

    def wake_after(self, call: Call, parameters: Parameters) -> None:
        """Looks now at what a call has fed. Saves the wait for the next look, no more: every source is looked at
        anyway."""
        for poller in self._pollers:
            if poller.is_fed_by(call, parameters):
                poller.kick()

    def invoke(self, name: str, payload: Event | None = None) -> Any:
        """Runs a function synchronously and returns its result; its own exception is raised.

        Without a payload a schedule handler gets its scheduled event, others `{}`. Raises LookupError for a name that
        the app does not declare.
        """
        if payload is None:
            scheduled = isinstance(self.functions.sources.get(name), ScheduledEventConfig)
            payload = scheduled_event(name, self._clients.region, self._account) if scheduled else {}
        outcome = self.functions.run(name, payload)
        if outcome.error is not None:
            raise outcome.error
        return outcome.result

    def invoke_async(self, name: str, payload: Event) -> None:
        """Lambda's `InvocationType=Event`: accepted now, run soon, tried twice more."""
        if name not in self.functions.names:
            raise LookupError(f"app declares no function {name!r}")
        self._invocations.submit(name, payload)

    def redeliver(self, deliveries: Iterable[Delivery], *, concurrently: bool = False) -> list[Outcome]:
        """Delivers events once more, in the order given, once each, whatever comes of it; returns the outcomes."""
        wanted = list(deliveries)
        with ThreadPoolExecutor(max(1, len(wanted)) if concurrently else 1) as pool:
            return list(pool.map(lambda delivery: self.functions.run(delivery.function, delivery.event), wanted))

    def drain(self, timeout: float = 30.0) -> dict[str, int]:
        """Waits until nothing is pending anywhere; returns {"delivered": n, "failed": n} since the last drain.

        Nothing pending means two looks at everything, one after the other, with no run of a function between them.
        Raises DrainTimeout, and RuntimeError while paused.
        """
        if self._paused:
            raise RuntimeError("the event runtime is paused")
        deadline = time.monotonic() + timeout
        quiet_at: int | None = None
        pause = _SWEEP_AGAIN_AFTER
        while True:
            pending = self._in_hand()
            if pending:
                time.sleep(_SWEEP_AGAIN_AFTER)
            elif pending := self._sweep(deadline):
                time.sleep(pause)
                pause = min(_LONGEST_SWEEP_PAUSE, 2 * pause)
            runs, running = self.functions.log.progress()
            if not pending and not running and quiet_at == runs:
                return self.functions.log.take_counts()
            quiet_at = runs if not pending and not running else None
            if time.monotonic() > deadline:
                raise DrainTimeout(f"still pending after {timeout:g} s: {', '.join(pending) or 'a running function'}")

    def _in_hand(self) -> list[str]:
        """Names of what is under way in this process, which is known without asking AWS."""
        pending = [source.queue_url.rsplit("/", 1)[-1] for source in self._from_queues if source.in_flight]
        if self._invocations.pending:
            pending.append("asynchronous invocations")
        return pending

    def _sweep(self, deadline: float) -> list[str]:
        """Looks at every source once; returns the names of those that are not empty."""
        began = time.monotonic()
        self.wake()
        pending = [source.queue_url.rsplit("/", 1)[-1] for source in self._from_queues if self._holds(source)]
        if not all(check() for check in self.is_idle):
            pending.append("an application that is not idle")
        if not pending and not self._all_found_nothing_since(began, deadline):
            pending.append("an event source")
        return pending

    @property
    def _from_queues(self) -> list[ObjectEvents | QueueMessages]:
        return [self._objects, *self._queues]

    def _holds(self, source: ObjectEvents | QueueMessages) -> bool:
        answer = self._clients.client("sqs").get_queue_attributes(
            QueueUrl=source.queue_url, AttributeNames=list(_COUNTS)
        )
        return any(int(answer["Attributes"][name]) for name in _COUNTS)

    def _all_found_nothing_since(self, moment: float, deadline: float) -> bool:
        for poller in self._pollers:
            while not poller.found_nothing_since(moment):
                if time.monotonic() > deadline or poller.found_since(moment):
                    return False
                time.sleep(_LOOK_AGAIN_AFTER)
        return True
