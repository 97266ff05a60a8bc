"""A sandbox with a container function, one for each module, and people of their own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.world import Person, World
from tests.container.dispatch import FUNCTION, Dispatch, create_function, load_handler
from tests.sandbox.application import application_environ
from tests.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def shared_dispatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dispatch]:
    mailbox = tmp_path_factory.mktemp("mailbox")
    environ = {"BCRYPT_COST": "4", "PARSE_INVOICE_CONTAINER": FUNCTION}
    with Sandbox(mailbox, environ=environ) as sandbox, pytest.MonkeyPatch.context() as patch:
        world = World(sandbox, mailbox)
        create_function(world, sandbox.aws_url)
        for name, value in application_environ(sandbox.aws_url, sandbox.google_url, sandbox.outputs).items():
            patch.setenv(name, value)
        dispatch = Dispatch(world, load_handler(sandbox))
        sandbox.calls.observers.append(dispatch.observe)
        yield dispatch


@pytest.fixture
def dispatch(shared_dispatch: Dispatch) -> Dispatch:
    shared_dispatch.invocations.clear()
    shared_dispatch.world.sandbox.clear_faults()
    return shared_dispatch


@pytest.fixture
def person(dispatch: Dispatch) -> Person:
    return dispatch.world.newcomer()
