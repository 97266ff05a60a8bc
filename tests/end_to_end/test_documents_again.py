"""Documents once more: their events come again, their owner asks for it, or AWS failed the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.app.mails import attach, letter, notice_mail
from tests.app.shop_mails import days_ago, purchase, receipt_mail
from tests.app.shopper import Shopper
from tests.app.world import World
from tests.end_to_end.recovery import RENTAL, RETAIL, Journey, Mailbox, mixed_mailbox, world_of_faults

FUNCTIONS = {"parse_invoice", "parse_retail_invoice", "send_invoice_notification", "work_on_ingestion"}


@pytest.fixture(scope="module")
def calm_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("again")) as made:
        yield made


@pytest.fixture
def user(calm_world: World) -> Journey:
    calm_world.sandbox.clear_faults()
    return Journey(calm_world, Mailbox((), mixed_mailbox().expected))


def rows(journey: Journey) -> dict[str, dict[str, Any]]:
    """Documents and messages that their owner can see, by id."""
    return {row["DocumentID"]: row for row in journey.rows("IngestionLedger") if "UserID_State" in row}


def retry(journey: Journey, document_id: str) -> None:
    answer = journey.person.app.post(f"/v1/documents/{document_id}/retry")
    assert answer.status == 202, answer.text
    journey.settle()


@pytest.mark.parametrize("concurrently", [False, True])
def test_every_event_again_in_any_order_changes_and_tells_nothing(calm_world: World, concurrently: bool) -> None:
    journey = Journey(calm_world, mixed_mailbox())
    journey.run()
    journey.check()
    mine = [each for each in calm_world.deliveries_about(journey.person.user_id) if each.function in FUNCTIONS]
    assert {each.function for each in mine} >= FUNCTIONS - {"work_on_ingestion"}
    outcomes = calm_world.sandbox.events.redeliver([*reversed(mine), *mine], concurrently=concurrently)
    assert {outcome.error for outcome in outcomes} == {None}
    journey.settle()
    journey.check()


# Asked for by their owner


def test_every_document_may_be_read_again_and_ends_as_it_was(calm_world: World) -> None:
    journey = Journey(calm_world, mixed_mailbox())
    journey.run()
    before, invoices = rows(journey), sorted(row["InvoiceID"] for row in journey.rows("RetailInvoices"))
    assert {row["state"] for row in before.values()} >= {"parsed", "duplicate", "ignored", "failed"}
    for document_id in before:
        retry(journey, document_id)
    after = rows(journey)
    assert after.keys() == before.keys()
    changed = {
        document_id: (before[document_id]["state"], after[document_id]["state"])
        for document_id in before
        if before[document_id]["state"] != after[document_id]["state"]
    }
    # Of the documents of one purchase, each is "parsed" or "duplicate"; all belong to the same invoice.
    assert {frozenset(pair) for pair in changed.values()} <= {frozenset({"parsed", "duplicate"})}
    assert sorted(row["InvoiceID"] for row in journey.rows("RetailInvoices")) == invoices
    journey.check()


def test_payment_survives_that_its_notice_is_read_again(user: Journey) -> None:
    user.person.receive(notice_mail())
    user.run()
    [invoice] = user.person.app.rentals().invoices
    user.person.app.patch(f"/v1/invoices/rental/{invoice.invoice_id}", {"payment_status": "paid"})
    told = user.person.notices()
    for document_id in rows(user):
        retry(user, document_id)
    assert [each.payment_status for each in user.person.app.rentals().invoices] == ["paid"]
    assert user.person.notices() == told


def test_old_event_that_comes_when_a_notice_is_to_be_read_again_reads_it_again(
    calm_world: World, user: Journey
) -> None:
    user.person.receive(notice_mail())
    user.run()
    [before], told = user.person.app.rentals().invoices, user.person.notices()
    [event] = [each for each in calm_world.deliveries_about(user.person.user_id) if each.function == "parse_invoice"]
    [document_id] = [name for name, row in rows(user).items() if row.get("s3_key")]
    calm_world.sandbox.events.pause()
    try:
        assert user.person.app.post(f"/v1/documents/{document_id}/retry").status == 202
        [outcome] = calm_world.sandbox.events.redeliver([event])
    finally:
        calm_world.sandbox.events.resume()
    assert outcome.error is None
    assert rows(user)[document_id]["state"] == "parsed"
    user.settle()
    assert (user.person.app.rentals().invoices, user.person.notices()) == ([before], told)


def test_payment_that_comes_between_reading_and_writing_is_kept(user: Journey) -> None:
    user.person.receive(notice_mail())
    user.run()
    [invoice] = user.person.app.rentals().invoices
    path = f"/v1/invoices/rental/{invoice.invoice_id}"

    def pay(call: Any, _parameters: Any, _answer: Any) -> None:
        read = call.function == "work_on_ingestion" and call.name == "dynamodb.GetItem"
        if read and call.resource == "RentalInvoices":
            user.person.app.patch(path, {"payment_status": "paid"})

    calls = user.world.sandbox.calls
    calls.observers.append(pay)
    for document_id in rows(user):
        retry(user, document_id)
    calls.observers.remove(pay)
    assert {row["state"] for row in rows(user).values()} == {"parsed"}
    assert [each.payment_status for each in user.person.app.rentals().invoices] == ["paid"]


def test_correction_survives_that_its_receipt_is_read_again(user: Journey) -> None:
    user.person.receive(receipt_mail(purchase("748.50")))
    user.run()
    shopper = Shopper(user.person)
    assert shopper.change(shopper.only_invoice.invoice_id, total_amount=700, vendor_name="Min butik").status == 200
    for document_id in rows(user):
        retry(user, document_id)
    assert (shopper.only_invoice.total_amount, shopper.only_invoice.vendor_name) == (700, "Min butik")


def test_merged_documents_stay_one_purchase_when_they_are_read_again(user: Journey) -> None:
    order = purchase("748.50", ago=4)
    receipt = replace(order, day=days_ago(3))
    user.person.receive(receipt_mail(order, subject="Order"), receipt_mail(receipt, subject="Kvitto", form="text"))
    user.run()
    shopper = Shopper(user.person)
    for document_id in rows(user):
        retry(user, document_id)
    assert len(shopper.whole(shopper.only_invoice.invoice_id).sources) == 2


def test_deleted_invoice_comes_back_when_its_document_is_read_again(user: Journey) -> None:
    user.person.receive(receipt_mail(purchase("748.50")))
    user.run()
    shopper = Shopper(user.person)
    assert shopper.delete(shopper.only_invoice.invoice_id).status == 200
    user.run()
    assert shopper.invoices == []
    for document_id in rows(user):
        retry(user, document_id)
    assert [invoice.total_amount for invoice in shopper.invoices] == [748.5]


def test_message_that_gmail_refused_too_often_comes_when_its_owner_asks(user: Journey) -> None:
    mail = receipt_mail(purchase("748.50"))
    user.person.receive(mail)
    for _attempt in range(6):
        user.world.fail("gmail.messages.get", "400")
        user.ask(RETAIL)
        user.settle()
    user.world.sandbox.clear_faults()
    [(message, row)] = rows(user).items()
    assert (row["state"], row["attempts"]) == ("failed", 5)
    user.person.receive(receipt_mail(purchase("10.00"), sub_type="grocery"))
    user.run()  # moves on past the message
    retry(user, message)
    assert sorted(invoice.total_amount for invoice in Shopper(user.person).invoices) == [10.0, 748.5]
    assert {row["state"] for row in rows(user).values()} == {"parsed"}


def test_ignored_mail_counts_when_its_vendor_does(user: Journey) -> None:
    mail = attach(letter("Hyresavi", sender="Nybo <avi@other.shop.example>"), b"x", "a.pdf").as_bytes()
    user.person.receive(mail, letter("Hyresavi utan bilaga").as_bytes())
    user.run()
    [(message, row)] = rows(user).items()
    assert (row["state"], row["reason"]) == ("ignored", "no_pdf_attachment")
    retry(user, message)
    assert rows(user)[message]["state"] == "ignored"


def test_what_cannot_be_read_again_is_refused(user: Journey) -> None:
    app = user.person.app
    assert app.post("/v1/documents/document_nobody/retry").refused == (404, "NOT_FOUND")
    user.person.receive(letter("Hyresavi utan bilaga").as_bytes())
    user.run()
    message = next(key for key, row in rows(user).items() if not row["part"])
    app.delete("/v1/auth/gmail")
    assert app.post(f"/v1/documents/{message}/retry").refused == (409, "GMAIL_TOKEN_EXPIRED")
    app.connect("somebody.else@gmail.com")
    assert app.post(f"/v1/documents/{message}/retry").refused == (400, "INVALID_REQUEST")


def test_document_that_was_never_stored_is_downloaded_when_its_owner_asks(user: Journey) -> None:
    user.person.receive(notice_mail(), receipt_mail(purchase("748.50")))
    user.world.fail("s3.PutObject", "AccessDenied", times=2)
    user.run()
    never_stored = [key for key, row in rows(user).items() if row["part"] and not row.get("s3_key")]
    assert len(never_stored) == 2
    for document_id in never_stored:
        retry(user, document_id)
    assert user.person.app.rentals().count == len(Shopper(user.person).invoices) == 1
    assert {row["state"] for row in rows(user).values()} == {"parsed"}


# Tried again by themselves


@pytest.mark.parametrize("target", ["s3.GetObject", "dynamodb.TransactWriteItems", "dynamodb.GetItem"])
def test_document_that_aws_fails_rests_as_failed_after_a_few_delayed_tries(user: Journey, target: str) -> None:
    user.person.receive(notice_mail())
    user.world.sandbox.events.pause()
    user.ask("/v1/invoices/rental/ingest")
    for function in ("parse_invoice", "work_on_ingestion"):
        user.world.sandbox.add_fault(
            target, error="AccessDenied", times=5 if function != "parse_invoice" else 1, function=function
        )
    before = len(user.world.sandbox.calls.calls)
    user.world.sandbox.events.resume()
    user.settle()
    refused = [call for call in user.world.sandbox.calls.calls[before:] if call.status in {400, 403}]
    assert 1 <= len(refused) <= 6
    user.world.sandbox.clear_faults()
    states = Counter(row["state"] for row in rows(user).values())
    assert set(states) <= {"failed", "stored", "parsed"}
    for document_id, row in rows(user).items():
        if row["state"] != "parsed":
            retry(user, document_id)
    assert user.person.app.rentals().count == 1
    assert Counter(row["state"] for row in rows(user).values()) == {"parsed": 1}


def test_document_of_a_file_that_s3_does_not_give_is_seen_as_failed(user: Journey) -> None:
    user.person.receive(notice_mail())
    user.world.sandbox.add_fault("s3.GetObject", error="AccessDenied", times=1_000)
    user.ask(RENTAL)
    user.settle()
    [(document_id, row)] = rows(user).items()
    assert (row["state"], row["reason"]) == ("failed", "s3_AccessDenied")
    assert user.person.app.documents(state="failed")[0].document_id == document_id
    [run] = [row for row in user.rows("IngestionRuns") if str(row.get("kind")) == "rental"]
    assert run["state"] == "done"
    user.world.sandbox.clear_faults()
    retry(user, document_id)
    assert user.person.app.rentals().count == 1
