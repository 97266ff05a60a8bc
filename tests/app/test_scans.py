"""Scanned PDFs from the inbox on: with a model, with one that is down, and without any."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.app.mails import attach, facts, letter, notice_pdf
from tests.app.shop_mails import attach as attach_receipt
from tests.app.shop_mails import letter as shop_letter
from tests.app.shop_mails import purchase, vendor_row
from tests.app.shopper import Shopper
from tests.app.world import Person, World
from tests.contract.test_scans import RECEIPT, record, stated_in
from tests.sandbox.samples.receipts import as_pdf
from tests.sandbox.samples.scans import scan_of
from tests.sandbox.sandbox import Sandbox

SCAN = scan_of(notice_pdf())


def mail_with(scan: bytes) -> bytes:
    return attach(letter(), scan).as_bytes()


def receipt_mail_with(scan: bytes) -> bytes:
    """A mail whose body says nothing of a purchase."""
    return attach_receipt(shop_letter("Hej", text="Se bilagan."), scan).as_bytes()


class SightedWorld(World):
    """A sandbox with a model that can see; ``answers`` is what it says of which bytes."""

    def __init__(self, sandbox: Sandbox, mailbox: Path, answers: Path) -> None:
        super().__init__(sandbox, mailbox)
        self.answers = answers

    @property
    def paid(self) -> int:
        assert self.sandbox.gemini is not None
        return sum(entry["is_paid"] for entry in self.sandbox.gemini.requests())


@pytest.fixture(scope="module")
def sighted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SightedWorld]:
    mailbox, answers = tmp_path_factory.mktemp("mailbox"), tmp_path_factory.mktemp("answers")
    record(answers, SCAN, stated_in())
    environ = {"BCRYPT_COST": "4", "GEMINI_ATTEMPTS": "1"}
    with Sandbox(mailbox, gemini_answers=answers, environ=environ) as sandbox:
        world = SightedWorld(sandbox, mailbox, answers)
        world.put("VendorConfig", vendor_row("clothing"))
        yield world


@pytest.fixture
def sighted_tenant(sighted: SightedWorld) -> Person:
    """Somebody whose scans a model looks at."""
    assert sighted.sandbox.gemini is not None
    sighted.sandbox.gemini.clear_requests()
    sighted.sandbox.clear_faults()
    newcomer = sighted.newcomer()
    newcomer.connect()
    return newcomer


def unseen(serial: int) -> bytes:
    """A scan that no test before has shown to the model."""
    return scan_of(notice_pdf(serial=serial))


def test_a_scanned_notice_becomes_an_invoice_that_a_person_should_check(
    sighted: SightedWorld, sighted_tenant: Person
) -> None:
    scan = unseen(11)
    record(sighted.answers, scan, stated_in(11))
    sighted_tenant.receive(mail_with(scan))
    assert sighted_tenant.ingest() == 1
    [row], shown = sighted_tenant.rows("RentalInvoices"), facts(serial=11)
    assert (row["reference"], Decimal(row["total"]), row["payee"]) == (shown.reference, shown.total, shown.payee)
    assert (row["needs_review"], row["review_reasons"]) == (True, ["read_by_model"])
    [document] = sighted_tenant.app.documents()
    assert (document.state, document.reason) == ("needs_review", "read_by_model")
    assert document.invoice_id == row["InvoiceID"]
    assert len(sighted_tenant.app.rentals().invoices) == 1


def test_a_second_delivery_and_a_copy_of_the_scan_pay_nothing(sighted: SightedWorld, sighted_tenant: Person) -> None:
    scan = unseen(12)
    record(sighted.answers, scan, stated_in(12))
    sighted_tenant.receive(mail_with(scan), mail_with(scan))
    assert sighted_tenant.ingest() == 2
    before = sighted_tenant.stored_invoices()
    s3 = sighted.aws("s3")
    for key in {str(each["Key"]) for each in sighted_tenant.objects()}:
        place = {"Bucket": sighted.bucket, "Key": key}
        metadata = s3.head_object(**place)["Metadata"]
        s3.copy_object(**place, CopySource=place, Metadata=metadata, MetadataDirective="REPLACE")
    sighted.drain()
    assert sighted_tenant.stored_invoices() == before
    assert sighted.paid == 1


def test_a_scan_of_something_else_is_ignored(sighted: SightedWorld, sighted_tenant: Person) -> None:
    sighted_tenant.receive(mail_with(unseen(13)))
    assert sighted_tenant.ingest() == 0
    [document] = sighted_tenant.app.documents()
    assert (document.state, document.reason) == ("ignored", "not_a_rental_notice")


def test_invented_numbers_are_flagged(sighted: SightedWorld, sighted_tenant: Person) -> None:
    sighted.fail("gemini.generateContent", "invented")
    sighted_tenant.receive(mail_with(unseen(14)))
    assert sighted_tenant.ingest() == 1
    [row] = sighted_tenant.rows("RentalInvoices")
    assert {"read_by_model", "reference_check_digit", "charges_do_not_add_up"} <= set(row["review_reasons"])


def test_a_model_that_is_down_leaves_scans_to_a_person_and_blocks_nothing(
    sighted: SightedWorld, sighted_tenant: Person
) -> None:
    sighted.fail("gemini.generateContent", "500", times=9)
    sighted_tenant.receive(
        mail_with(unseen(15)), receipt_mail_with(unseen(16)), attach(letter(), notice_pdf()).as_bytes()
    )
    assert sighted_tenant.ingest() == 1
    Shopper(sighted_tenant).ingest()
    documents = [(each.type, each.state, each.reason) for each in sighted_tenant.app.documents()]
    assert ("rental", "needs_review", "no_text") in documents
    assert ("retail", "needs_review", "no_text") in documents
    assert sighted.paid == 0


def test_a_scanned_receipt_becomes_a_purchase_that_a_person_should_check(
    sighted: SightedWorld, sighted_tenant: Person
) -> None:
    scan = scan_of(as_pdf(purchase("848.00")))
    record(sighted.answers, scan, RECEIPT)
    shopper = Shopper(sighted_tenant)
    shopper.ingest(receipt_mail_with(scan))
    invoice = shopper.only_invoice
    assert (invoice.total_amount, invoice.currency, invoice.order_id) == (848, "SEK", "YM-20418")
    assert invoice.needs_review
    assert sighted.paid == 1


def test_a_scanned_receipt_is_shown_once_more_to_a_model_that_was_down(
    sighted: SightedWorld, sighted_tenant: Person
) -> None:
    scan = scan_of(as_pdf(purchase("647.00")))
    record(sighted.answers, scan, RECEIPT)
    sighted.fail("gemini.generateContent", "500", times=1)
    shopper = Shopper(sighted_tenant)
    shopper.ingest(receipt_mail_with(scan))
    assert shopper.invoices == []
    [document] = [each for each in sighted_tenant.app.documents() if each.reason == "no_text"]
    assert sighted_tenant.app.post(f"/v1/documents/{document.document_id}/retry").status == 202
    sighted.drain()
    assert shopper.only_invoice.total_amount == 848


def test_without_a_key_scans_wait_for_a_person(tenant: Person) -> None:
    tenant.receive(mail_with(SCAN))
    assert tenant.ingest() == 0
    [document] = tenant.app.documents()
    assert (document.state, document.reason, document.invoice_id) == ("needs_review", "no_text", None)
    assert tenant.rows("RentalInvoices") == []
    assert len(tenant.objects()) == 1


def test_without_a_key_a_scanned_receipt_waits_for_a_person(shopper: Shopper) -> None:
    shopper.ingest(receipt_mail_with(SCAN))
    assert shopper.invoices == []
    found = [(each.state, each.reason) for each in shopper.person.app.documents() if each.type == "retail"]
    assert ("needs_review", "no_text") in found
