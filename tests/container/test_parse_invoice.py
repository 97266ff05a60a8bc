"""With PARSE_INVOICE_CONTAINER set, PDFs are parsed by the container function: same code, another image.

Its handler is called here directly; ``test_runtime.py`` runs it as Lambda does.
"""

from __future__ import annotations

import logging

import pytest

from tests.app.mails import facts, notice_pdf
from tests.app.shop_mails import purchase
from tests.app.world import Person
from tests.container.dispatch import FUNCTION, Dispatch
from tests.sandbox.samples.receipts import as_pdf


def test_a_pdf_is_handed_over_by_its_key_and_nobody_waits_for_it(dispatch: Dispatch, person: Person) -> None:
    key = dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    [invocation] = dispatch.invocations
    assert (invocation["FunctionName"], invocation["InvocationType"]) == (FUNCTION, "Event")
    assert invocation["status"] == 202
    assert dispatch.payloads == [{"key": key}]
    assert person.rows("RentalInvoices") == []


def test_the_container_writes_the_record_of_what_was_handed_over(dispatch: Dispatch, person: Person) -> None:
    key = dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    dispatch.handle(*dispatch.payloads, None)
    [row] = person.rows("RentalInvoices")
    assert (row["reference"], row["total"], row["s3_key"]) == (facts().reference, facts().total, key)
    [document] = person.app.documents()
    assert (document.state, document.invoice_id) == ("parsed", row["InvoiceID"])


def test_a_second_invocation_writes_nothing(dispatch: Dispatch, person: Person) -> None:
    dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    for _delivery in range(2):
        dispatch.handle(*dispatch.payloads, None)
    assert len(person.rows("RentalInvoices")) == 1


def test_a_receipt_s_pdf_takes_the_same_way(dispatch: Dispatch, person: Person) -> None:
    dispatch.store(person, "retail/clothing/Provbutik_2025-03-14_ab.pdf", as_pdf(purchase("848.00")))
    dispatch.handle(*dispatch.payloads, None)
    [row] = person.rows("RetailInvoices")
    assert (row["total_amount"], row["sub_type"]) == (848, "clothing")


def test_a_pdf_that_lambda_does_not_take_is_parsed_from_the_queue(dispatch: Dispatch, person: Person) -> None:
    dispatch.world.fail("lambda.Invoke", "ServiceException", times=8)
    dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    assert [each["status"] for each in dispatch.invocations] != [202]
    [row] = person.rows("RentalInvoices")
    assert row["reference"] == facts().reference
    assert all(each.error is None for each in dispatch.world.deliveries_about(person.user_id))


def test_a_pdf_that_nobody_takes_is_worth_another_event(dispatch: Dispatch, person: Person) -> None:
    dispatch.world.fail("lambda.Invoke", "ServiceException", times=4)
    dispatch.world.fail("sqs.SendMessageBatch", "InternalError", times=4)
    key = dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    failures = [each.error for each in dispatch.world.deliveries_about(person.user_id) if each.error]
    assert len(failures) == 1
    assert "sqs" in str(failures[0])
    assert dispatch.payloads[-1] == {"key": key}


@pytest.mark.parametrize("payload", [None, [], "invoices/somebody@example.com", {}, {"key": 7}, {"Key": "somebody"}])
def test_a_payload_of_another_form_is_refused_without_quoting_it(
    dispatch: Dispatch, payload: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(Exception, match=r"^handle: key: must be the key of an object$") as caught:
        dispatch.handle(payload, None)
    assert caught.value.__cause__ is None
    assert "somebody" not in caplog.text


@pytest.mark.parametrize("key", ["", "elsewhere/somebody@example.com.pdf", "invoices/user_1/rental/gone.pdf"])
def test_a_key_that_is_none_of_ours_or_gone_does_nothing(
    dispatch: Dispatch, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    dispatch.handle({"key": key}, None)
    assert "somebody" not in caplog.text
