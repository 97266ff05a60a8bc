"""The container function as Lambda runs it: AWS's runtime client in a process, polling a runtime API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.app.mails import facts, notice_pdf
from tests.app.world import Person
from tests.container.dispatch import Dispatch, unpack_image
from tests.container.lambda_service import Environment, TroubledAws
from tests.sandbox.application import application_environ

pytest.importorskip("awslambdaric", reason="AWS publishes its runtime client as a wheel for Linux only")

#: Makes an environment on the sandbox's AWS, with what differs from its configuration.
Make = Callable[..., Environment]


@pytest.fixture
def make(shared_dispatch: Dispatch, tmp_path: Path) -> Iterator[Make]:
    sandbox = shared_dispatch.world.sandbox
    task = tmp_path / "task"
    task.mkdir()
    unpack_image(task)
    with ExitStack() as running:

        def start(**environ: str) -> Environment:
            of_sandbox = application_environ(sandbox.aws_url, sandbox.google_url, sandbox.outputs)
            return running.enter_context(Environment(task, of_sandbox | environ, tmp_path / "log"))

        yield start


@pytest.fixture
def troubled() -> Iterator[TroubledAws]:
    with TroubledAws() as aws:
        yield aws


def test_a_cold_start_ends_with_a_poll_and_has_asked_nothing_of_aws(make: Make, troubled: TroubledAws) -> None:
    environment = make(AWS_ENDPOINT_URL=troubled.url)
    assert environment.start().kind == "ready"
    assert not troubled.asked.is_set()
    assert environment.status is None


def test_a_cold_start_that_fails_is_reported_and_ends(make: Make) -> None:
    environment = make(GEMINI_ATTEMPTS="many")
    outcome = environment.start()
    assert outcome.kind == "init error"
    assert outcome.value["errorMessage"] == "GEMINI_ATTEMPTS must be a number"
    assert environment.wait() == 1


def test_the_event_of_a_stored_notice_becomes_its_record(make: Make, dispatch: Dispatch, person: Person) -> None:
    key = dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    [payload] = dispatch.payloads
    environment = make()
    assert environment.start().kind == "ready"
    outcome = environment.invoke(payload)
    assert (outcome.kind, outcome.value) == ("response", None)
    [row] = person.rows("RentalInvoices")
    assert (row["reference"], row["total"], row["s3_key"]) == (facts().reference, facts().total, key)
    assert environment.invoke(payload).kind == "response"
    assert len(person.rows("RentalInvoices")) == 1
    assert person.user_id not in environment.log


def test_a_failed_invocation_is_reported_without_its_text_and_the_environment_goes_on(
    make: Make, troubled: TroubledAws, person: Person
) -> None:
    environment = make(AWS_ENDPOINT_URL=troubled.url)
    payload = {"key": f"invoices/{person.user_id}/rental/Hyresavi_1.pdf"}
    for _attempt in range(2):
        outcome = environment.invoke(payload)
        assert (outcome.kind, outcome.value["errorType"]) == ("error", "HandlerFailed")
        assert outcome.value["errorMessage"].startswith("handle: ")
        assert person.user_id not in outcome.value["errorMessage"]
    assert environment.status is None
    assert "somebody" not in environment.log
    assert person.user_id not in environment.log


def test_what_a_time_out_killed_succeeds_in_the_next_environment(
    make: Make, troubled: TroubledAws, dispatch: Dispatch, person: Person
) -> None:
    dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    [payload] = dispatch.payloads
    troubled.hangs = True
    slow = make(AWS_ENDPOINT_URL=troubled.url)
    assert slow.start().kind == "ready"
    assert slow.invoke(payload, until=troubled.asked).kind == "timeout"
    assert slow.wait() == -9
    assert person.rows("RentalInvoices") == []
    assert make().invoke(payload).kind == "response"
    assert len(person.rows("RentalInvoices")) == 1
