"""Something goes wrong at every point of an ingestion in turn, and in the end nothing is lost and nothing is twice.

A point is one call that one function makes to AWS: the n-th of its operation. A journey without faults shows which
there are. `make test` tries a call of each function and operation in one of the ways in which it can go wrong, and what
tells a person something in more of them; `make faults` tries every single call in every way.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.app.world import World
from tests.end_to_end.recovery import Journey, mixed_mailbox, world_of_faults
from tests.sandbox.calls import Call

EVERY_POINT = os.environ.get("FAULTS") == "all"
_BOTOCORE_ATTEMPTS = 4
_FOR_GOOD = 1_000

#: How a call goes wrong. botocore tries four times, so "once" is what the application never sees.
WAYS: dict[str, dict[str, Any]] = {
    "fails once": {"error": "500"},
    "fails for botocore": {"error": "500", "times": _BOTOCORE_ATTEMPTS},
    "fails until somebody mends it": {"error": "500", "times": _FOR_GOOD},
    "answer is lost once": {"when": "after"},
    "answer is lost for botocore": {"when": "after", "times": _BOTOCORE_ATTEMPTS},
    "kills before it": {"kill": True},
    "kills after it": {"kill": True, "when": "after"},
    "kills before it again and again": {"kill": True, "times": _FOR_GOOD},
    "kills after it again and again": {"kill": True, "when": "after", "times": _FOR_GOOD},
}
_FOR_EVER = ("kills before it again and again", "kills after it again and again")


@dataclass(frozen=True)
class Point:
    """The ``number``-th call (from 0) of an operation by a function."""

    function: str | None
    operation: str
    number: int
    resource: str | None
    marks_a_message: bool

    @property
    def kind(self) -> tuple[str | None, str]:
        return self.function, self.operation

    def told_at_most(self, way: dict[str, Any]) -> int:
        """How often a person may hear of one thing: more than once only if SNS took it, and nobody wrote that down.

        That is so when its answer is lost, or when the update that writes it down fails; then as often as it does.
        Which update of a function that will be is not known beforehand: functions run at the same time.
        """
        after = way.get("when") == "after"
        if (self.operation == "sns.Publish" and after) or (self.operation == "dynamodb.UpdateItem" and not after):
            return 1 + int(way.get("times", 1))
        return 1


@dataclass
class Recorder:
    """Points of a journey without faults, from the log of its calls."""

    counts: dict[tuple[str | None, str], int] = field(default_factory=lambda: defaultdict(int))
    told: set[str | None] = field(default_factory=set)

    def point(self, call: Call) -> Point:
        number = self.counts[call.function, call.name]
        self.counts[call.function, call.name] += 1
        marks = call.name == "dynamodb.UpdateItem" and call.function in self.told
        self.told -= {call.function} if marks else set()
        self.told |= {call.function} if call.name == "sns.Publish" else set()
        return Point(call.function, call.name, number, call.resource, marks)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture(scope="module")
def points(world: World) -> list[Point]:
    """Of a journey in which nothing goes wrong."""
    Journey(world, mixed_mailbox()).run()  # whatever is made once only, is made
    journey = Journey(world, mixed_mailbox())
    world.sandbox.calls.clear()
    journey.run()
    recorder = Recorder()
    recorded = [recorder.point(call) for call in world.sandbox.calls.calls]
    journey.check()
    return recorded


def sampled(points: list[Point], way: str) -> list[Point]:
    """Each kind in one way or two. A function of the background is killed until its event is given up: whatever it
    leaves undone, the next ingestion has to notice. What tells a person something is also killed only once."""
    if EVERY_POINT:
        return points
    kinds = defaultdict(list)
    for point in points:
        kinds[point.kind].append(point)
    ways, chosen = list(WAYS), []
    for number, found in enumerate(kinds.values()):
        wanted = {_FOR_EVER[number % 2] if found[0].function != "api_handler" else ways[number % len(ways)]}
        if number % 5 == 0:
            wanted.add(ways[number // 5 % len(ways)])
        if way in wanted:
            last = found[0].operation in {"dynamodb.GetItem", "dynamodb.UpdateItem"}
            chosen.append(found[-1] if last else found[len(found) // 2])
    if way in {"kills before it", "kills after it"}:
        chosen += [point for point in points if point.operation == "sns.Publish"]
    return list(dict.fromkeys(chosen))


def drive(world: World, point: Point, way: dict[str, Any]) -> None:
    journey = Journey(world, mixed_mailbox())
    world.sandbox.add_fault(point.operation, function=point.function, skip=point.number, **way)
    try:
        journey.run()
        journey.recover()
    finally:
        world.sandbox.clear_faults()
    journey.check(told_at_most=point.told_at_most(way))
    journey.leave()


@pytest.mark.parametrize("way", WAYS)
def test_any_call_may_go_wrong(world: World, points: list[Point], way: str) -> None:
    failures = {}
    for point in sampled(points, way):
        try:
            drive(world, point, WAYS[way])
        except AssertionError as exc:
            failures[point] = str(exc)[:600]
    assert not failures, "\n\n".join(f"{point}: {text}" for point, text in failures.items())


def test_the_points_are_those_of_the_whole_journey(points: list[Point]) -> None:
    functions = {point.function for point in points}
    assert {"api_handler", "parse_invoice", "parse_retail_invoice", "send_invoice_notification"} <= functions
    assert sum(point.operation == "sns.Publish" for point in points) == 2
    assert sum(point.marks_a_message for point in points) == 2
    assert len(points) > 90
    assert {point.kind for way in WAYS for point in sampled(points, way)} == {point.kind for point in points}
