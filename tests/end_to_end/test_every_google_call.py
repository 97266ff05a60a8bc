"""Google goes wrong at every kind of call in turn: Gmail's, and with the model on Gemini's. Nothing is lost or doubled.

A kill at one of these calls is a kill between the calls to AWS around them, which ``test_every_fault_point`` makes.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.world import World
from tests.end_to_end.recovery import Journey, mixed_mailbox, world_of_faults
from tests.end_to_end.test_every_fault_point import EVERY_POINT

FOR_GOOD = 1_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("google")) as made:
        yield made


GMAIL = ("gmail.getProfile", "gmail.messages.list", "gmail.batch", "gmail.messages.get", "gmail.history.list")
ERRORS = ("500", "rateLimitExceeded", "connection_reset", "400")
#: Once, and for longer than any call is repeated; what fails for good costs seconds of backing off.
OFTEN = {"once": 1, "for good": FOR_GOOD}


@pytest.mark.parametrize("often", OFTEN)
@pytest.mark.parametrize("target", GMAIL)
def test_any_call_to_gmail_may_go_wrong(world: World, target: str, often: str) -> None:
    errors = ERRORS if EVERY_POINT else (ERRORS[GMAIL.index(target) % len(ERRORS)],) if often == "once" else ("400",)
    for error in errors:
        journey = Journey(world, mixed_mailbox())
        world.fail(target, error, times=OFTEN[often])
        journey.run()
        journey.recover()
        journey.check()
        journey.leave()


@pytest.fixture(scope="module")
def world_with_a_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("model"), gemini=True, GEMINI_ATTEMPTS="2") as made:
        yield made


@pytest.mark.parametrize("often", OFTEN)
def test_any_call_to_the_model_may_go_wrong(world_with_a_model: World, often: str) -> None:
    for error in ("500", "429", "400", "connection_reset") if EVERY_POINT else ("500",):
        # Nobody was asked about these receipts before: answers are kept.
        journey = Journey(world_with_a_model, mixed_mailbox.__wrapped__())
        model = world_with_a_model.sandbox.gemini
        assert model is not None
        model.clear_requests()
        world_with_a_model.fail("gemini.generateContent", error, times=OFTEN[often])
        journey.run()
        assert model.requests()
        journey.recover()
        journey.check()
        journey.leave()
