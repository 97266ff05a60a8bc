"""One sandbox for the tests of a module; every test has people of its own in it.

Not one for all of them: moto scans whole tables, and slows down as they grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.app.world import Person, World
from tests.sandbox.permissions_report import (  # noqa: F401 - hooks: they check the IAM policies at the end
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.sandbox.sandbox import Sandbox

# A machine that is busy with something else is no failure.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

#: Folders with the longest files first, so that no worker waits for another one's at the end.
_TURNS = ("end_to_end", "app", "contract")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _TURNS.index(item.path.parent.name) if item.path.parent.name in _TURNS else len(_TURNS))


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    mailbox: Path = tmp_path_factory.mktemp("mailbox")
    with Sandbox(mailbox, environ={"BCRYPT_COST": "4", "INGESTION_ANSWER_SECONDS": "10"}) as sandbox:
        yield World(sandbox, mailbox)


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The shared world, without faults before and after."""
    shared_world.sandbox.clear_faults()
    yield shared_world
    shared_world.sandbox.clear_faults()


@pytest.fixture
def person(world: World) -> Person:
    """Somebody who has signed up."""
    return world.newcomer()


@pytest.fixture
def tenant(person: Person) -> Person:
    """Somebody who has signed up and connected Gmail."""
    person.connect()
    return person
