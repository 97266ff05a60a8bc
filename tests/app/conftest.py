"""Shops, one of each category, and somebody who shops there."""

from __future__ import annotations

import pytest

from tests.app.shop_mails import CATEGORIES, vendor_row
from tests.app.shopper import Shopper
from tests.app.world import Person, World


@pytest.fixture(scope="module")
def shops(shared_world: World) -> World:
    """The shared world with a shop of each category."""
    for sub_type in CATEGORIES:
        shared_world.put("VendorConfig", vendor_row(sub_type))
    return shared_world


@pytest.fixture
def shopper(shops: World, tenant: Person) -> Shopper:
    """Somebody who has connected Gmail and buys things."""
    return Shopper(tenant)


@pytest.fixture(scope="module")
def resident(shops: World) -> Shopper:
    """Somebody connected, for requests that change nothing."""
    person = shops.newcomer()
    person.connect()
    return Shopper(person)


@pytest.fixture
def bookkeeper(shops: World, person: Person) -> Shopper:
    """Somebody without Gmail, who enters what they bought."""
    return Shopper(person)
