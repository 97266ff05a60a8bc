"""Lambda's queue for asynchronous invocations: a few workers, two more tries, then kept as failed."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.sandbox.event_shapes import Event
from tests.sandbox.functions import Functions


@dataclass(frozen=True, slots=True)
class _Invocation:
    function: str
    event: Event
    attempt: int = 1


class AsyncInvocations:
    """Runs submitted events in parallel, in no promised order.

    `retry_delays` are the pauses in seconds before each further try (Lambda waits one minute, then two; Lambda
    developer guide, "Asynchronous invocation"). `pending` counts waiting, running and to be retried.
    """

    def __init__(self, functions: Functions, workers: int = 4, retry_delays: Sequence[float] = (0.05, 0.1)) -> None:
        self._functions = functions
        self._retry_delays = tuple(retry_delays)
        self._condition = threading.Condition()
        self._waiting: list[tuple[float, int, _Invocation]] = []
        self._order = itertools.count()
        self._running = 0
        self._paused = self._stopped = False
        self._threads = [
            threading.Thread(target=self._work, name=f"lambda-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Starts nothing more; waits at most `timeout` seconds for what runs."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def submit(self, function: str, event: Event) -> None:
        self._put(_Invocation(function, event), delay=0)

    @property
    def pending(self) -> int:
        with self._condition:
            return len(self._waiting) + self._running

    def set_paused(self, paused: bool) -> None:
        with self._condition:
            self._paused = paused
            self._condition.notify_all()

    def _put(self, invocation: _Invocation, delay: float) -> None:
        with self._condition:
            heapq.heappush(self._waiting, (time.monotonic() + delay, next(self._order), invocation))
            self._condition.notify()

    def _next(self) -> _Invocation | None:
        """Waits for an invocation that is due; None when stopped."""
        with self._condition:
            while not self._stopped:
                if self._paused or not self._waiting:
                    self._condition.wait()
                    continue
                wait = self._waiting[0][0] - time.monotonic()
                if wait <= 0:
                    self._running += 1
                    return heapq.heappop(self._waiting)[2]
                self._condition.wait(wait)
            return None

    def _work(self) -> None:
        while (invocation := self._next()) is not None:
            try:
                self._run(invocation)
            finally:
                with self._condition:
                    self._running -= 1

    def _run(self, invocation: _Invocation) -> None:
        outcome = self._functions.run(invocation.function, invocation.event)
        if outcome.error is None:
            self._functions.log.count_delivered(1)
        elif invocation.attempt <= len(self._retry_delays):
            again = _Invocation(invocation.function, invocation.event, invocation.attempt + 1)
            self._put(again, self._retry_delays[invocation.attempt - 1])
        else:
            self._functions.log.give_up(invocation.function, invocation.event, invocation.attempt, outcome.error)
