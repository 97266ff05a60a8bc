"""Purchases of all eight categories, through every function that may have to do with them.

Each category has a table of its own, and each function a policy that names the tables: so a category that one function
cannot read, write or erase would be noticed by nobody but its users.
"""

from __future__ import annotations

import pytest

from chalicelib.domain.categories import CATEGORIES
from tests.app.belongings import belongings
from tests.app.shop_mails import attach, letter, purchase, receipt_mail, vendor_row
from tests.app.shopper import Shopper
from tests.app.world import Person, World
from tests.sandbox.samples.receipts import Receipt, as_pdf

SUB_TYPES = sorted(CATEGORIES)


@pytest.fixture(scope="module", autouse=True)
def _shops(shared_world: World) -> None:
    for sub_type in SUB_TYPES:
        shared_world.put("VendorConfig", vendor_row(sub_type))


@pytest.fixture
def shopper(tenant: Person) -> Shopper:
    return Shopper(tenant)


def confirmation(sub_type: str, receipt: Receipt) -> bytes:
    return receipt_mail(receipt, sub_type=sub_type, subject=f"Orderbekräftelse {receipt.order_id}")


def pdf_mail(sub_type: str, receipt: Receipt) -> bytes:
    """The receipt as an attachment of a mail that says nothing itself."""
    message = letter(f"Kvitto {receipt.order_id}", sub_type=sub_type, text="Kvittot finns i den bifogade filen.")
    return attach(message, as_pdf(receipt)).as_bytes()


def one_of_each(shopper: Shopper) -> dict[str, str]:
    """Enters a purchase of each category; answers their ids."""
    return {sub_type: shopper.enter(sub_type=sub_type).invoice_id for sub_type in SUB_TYPES}


def test_mails_of_one_purchase_meet_in_each_category(shopper: Shopper) -> None:
    bought = {sub_type: purchase() for sub_type in SUB_TYPES}
    first = [receipt_mail(receipt, sub_type=sub_type) for sub_type, receipt in bought.items()]
    shopper.ingest(*first, *(confirmation(sub_type, receipt) for sub_type, receipt in bought.items()))
    assert shopper.counts() == dict.fromkeys(SUB_TYPES, 1)
    assert sorted(shopper.states().values()) == ["duplicate"] * 8 + ["parsed"] * 8
    for document in shopper.person.app.documents():
        if document.type == "retail":
            assert shopper.app.post(f"/v1/documents/{document.document_id}/retry").status == 202
    shopper.world.drain()
    assert shopper.counts() == dict.fromkeys(SUB_TYPES, 1)


def test_attachments_of_one_purchase_meet_in_each_category(shopper: Shopper) -> None:
    bought = {sub_type: purchase() for sub_type in SUB_TYPES}
    for _mail in range(2):
        shopper.ingest(*(pdf_mail(sub_type, receipt) for sub_type, receipt in bought.items()))
    assert shopper.counts() == dict.fromkeys(SUB_TYPES, 1)


def test_entries_of_each_category_can_be_changed_and_deleted(shopper: Shopper) -> None:
    for invoice_id in one_of_each(shopper).values():
        assert shopper.change(invoice_id, details={"notes": "x"}).status == 200
        assert shopper.delete(invoice_id).status == 200
    assert shopper.counts() == dict.fromkeys(SUB_TYPES, 0)


def test_entries_of_each_category_are_exported_and_go_with_the_account(world: World, shopper: Shopper) -> None:
    one_of_each(shopper)
    assert shopper.app.post("/v1/user/me/export").status == 202
    world.drain()
    assert len(belongings(world, shopper.person)) > 16
    assert shopper.app.delete("/v1/user/me").status == 200
    world.drain()
    assert belongings(world, shopper.person) == []


def test_entries_of_each_category_go_with_an_account_that_is_deleted_later(world: World, shopper: Shopper) -> None:
    one_of_each(shopper)
    suggestion = {"UserID": shopper.user_id, "vendor_id": "test-suggestion", "state": "open"}
    world.put("UserVendors", suggestion)
    assert shopper.app.post("/v1/user/me/export").status == 202
    world.drain()
    world.fail("s3.ListObjectVersions", "AccessDenied", function="api_handler")
    assert shopper.app.delete("/v1/user/me").status == 200
    world.drain()
    assert belongings(world, shopper.person) == []
