"""PDFs without text, through google-genai and the isolated parser: bounded, paid once, never believed unflagged."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.adapters.aws import AwsClients
from chalicelib.domain.invoices import RentalNotice
from chalicelib.errors import DependencyFailure, DependencyThrottled, DocumentIgnored, DocumentUnreadable
from chalicelib.parsing.model.scan_prompts import LARGEST_SCAN, MOST_SCANNED_PAGES, is_sendable, rental_scan_prompt
from chalicelib.parsing.model.schema import notice_schema, response_schema
from chalicelib.parsing.pdf.document import count_pages
from chalicelib.parsing.pdf.isolation import parse_rental_notice_isolated
from chalicelib.parsing.retail import read_retail_file
from chalicelib.services.documents.ask_model_once import AskModelOnce
from chalicelib.services.documents.read_rental_notice import ReadRentalNotice
from chalicelib.settings import Settings
from tests.app.mails import facts, notice_pdf
from tests.contract.test_gemini import MAIL, SECRET_NAME, Bench, aws, failing_clients
from tests.sandbox.gemini import GeminiEmulator
from tests.sandbox.gemini.faults import TARGET
from tests.sandbox.samples.scans import heavy_scan, scan_of

__all__ = ["aws"]  # a fixture, used by name

SCAN = scan_of(notice_pdf())
OTHER_SCAN = scan_of(notice_pdf(serial=1))
RECEIPT = {
    "is_purchase": True,
    "ignored_reason": "none",
    "category": "clothing",
    "vendor_name": "Yllegatan Mode",
    "total_amount": "848.00",
    "currency": "SEK",
    "invoice_date": "2026-03-04",
    "order_id": "YM-20418",
    "due_date": None,
    "payment_status": "paid",
    "details": {"sub_type": "clothing", "items": [{"name": "Ulltröja", "price": "848.00", "quantity": 1}]},
}


def stated_in(serial: int = 0) -> dict[str, Any]:
    """What a model with good eyes answers about the scanned notice."""
    shown = facts(serial=serial)
    charges = [{"kind": c.kind, "label": c.label, "amount": str(c.amount)} for c in shown.charges]
    return {
        "is_rental_notice": True,
        "reference": shown.reference,
        "due_date": shown.due_date.isoformat(),
        "total": str(shown.total),
        "vat": str(shown.vat) if shown.vat is not None else None,
        "charges": charges,
        "payee": shown.payee,
        "landlord": shown.landlord,
        "slip_line": None,
    }


@pytest.fixture
def bench(aws: AwsClients, tmp_path: Path) -> Iterator[Bench]:
    """With an answer recorded about the scan of a notice."""
    record(tmp_path, SCAN, stated_in())
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name=SECRET_NAME, SecretString="key-of-the-sandbox")
    with GeminiEmulator(answers=tmp_path) as emulator:
        bench = Bench(emulator, aws)
        yield bench
    for item in bench.items():
        aws.client("dynamodb").delete_item(TableName="ExtractionCache", Key={"ContentHash": {"S": item["ContentHash"]}})
    if bench.has_secret():
        secrets.delete_secret(SecretId=SECRET_NAME, ForceDeleteWithoutRecovery=True)


def record(folder: Path, pdf: bytes, answer: object) -> None:
    digest = sha256(pdf).hexdigest()
    (folder / f"{digest}.json").write_text(json.dumps({"sha256": digest, "answer": answer}), "utf-8")


def read(bench: Bench, pdf: bytes = SCAN) -> RentalNotice:
    ask = AskModelOnce(bench.gemini(), bench.cache, bench.pauses.append)
    return ReadRentalNotice(parse_rental_notice_isolated, ask)(pdf)


def test_a_scan_is_sent_before_its_question_with_the_schema_of_a_notice(bench: Bench) -> None:
    bench.gemini().extract(rental_scan_prompt(SCAN))
    [question] = bench.emulator.questions()
    document, text = question["contents"][0]["parts"]
    assert document["inlineData"]["mime_type"] == "application/pdf"
    assert base64.urlsafe_b64decode(document["inlineData"]["data"]) == SCAN
    assert text == {"text": rental_scan_prompt(SCAN).document}
    assert question["generationConfig"]["responseJsonSchema"] == notice_schema()
    [entry] = bench.emulator.requests()
    assert (entry["pdf_bytes"], entry["prompt_bytes"]) == (len(SCAN), rental_scan_prompt(SCAN).size)


def test_a_scanned_notice_is_read_verified_and_flagged(bench: Bench) -> None:
    found, shown = read(bench), facts()
    assert (found.reference, found.due_date, found.total) == (shown.reference, shown.due_date, shown.total)
    assert [(c.label, c.amount) for c in found.charges] == [(c.label, c.amount) for c in shown.charges]
    assert found.review_reasons == ("read_by_model",)


def test_a_notice_with_text_costs_no_call(bench: Bench) -> None:
    assert read(bench, notice_pdf()).review_reasons == ()
    assert bench.calls == 0


def test_the_same_bytes_are_paid_for_once(bench: Bench) -> None:
    assert read(bench) == read(bench)
    assert bench.calls == 1


def test_other_bytes_are_another_question(bench: Bench) -> None:
    read(bench)
    with pytest.raises(DocumentIgnored):
        read(bench, OTHER_SCAN)
    assert bench.calls == 2


def test_an_answer_that_it_is_no_notice_ignores_the_document_once_and_for_all(bench: Bench) -> None:
    for _attempt in range(2):
        with pytest.raises(DocumentIgnored) as caught:
            read(bench, OTHER_SCAN)
        assert caught.value.reason == "not_a_rental_notice"
    assert bench.calls == 1


def test_invented_numbers_are_flagged_by_their_check_digits_and_sums(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "invented")
    assert set(read(bench).review_reasons) >= {
        "read_by_model",
        "reference_check_digit",
        "payee_check_digit",
        "charges_do_not_add_up",
    }


@pytest.mark.parametrize("error", ["400", "429", "500", "connection_reset", "malformed", "truncated", "blocked"])
def test_a_model_that_fails_leaves_the_scan_to_a_person(bench: Bench, error: str) -> None:
    bench.emulator.faults.add(TARGET, 3, error)
    with pytest.raises(DocumentUnreadable) as caught:
        read(bench)
    assert caught.value.reason == "no_text"


def test_without_a_key_the_scan_is_left_to_a_person(bench: Bench) -> None:
    bench.aws.client("secretsmanager").delete_secret(SecretId=SECRET_NAME, ForceDeleteWithoutRecovery=True)
    with pytest.raises(DocumentUnreadable) as caught:
        read(bench)
    assert caught.value.reason == "no_text"
    assert bench.calls == 0


def test_who_asks_while_another_does_comes_back_later(bench: Bench) -> None:
    question = sha256(f"{bench.gemini().model}\0{rental_scan_prompt(SCAN).identity}".encode()).hexdigest()
    assert bench.cache.claim(question, 60)
    with pytest.raises(DependencyThrottled):
        read(bench)
    assert bench.calls == 0


def test_a_cache_that_is_down_is_worth_another_attempt(bench: Bench) -> None:
    fresh, _faults = failing_clients("dynamodb.UpdateItem")
    broken = Bench(bench.emulator, fresh)
    with pytest.raises(DependencyFailure) as caught:
        read(broken)
    assert (caught.value.service, bench.calls) == ("dynamodb", 0)


def test_what_is_too_large_is_not_sent(bench: Bench) -> None:
    heavy, long = heavy_scan(11), scan_of(notice_pdf(), MOST_SCANNED_PAGES + 1)
    assert len(heavy) > LARGEST_SCAN >= len(long)
    for pdf in (heavy, long):
        with pytest.raises(DocumentUnreadable) as caught:
            read(bench, pdf)
        assert caught.value.reason == "no_text"
    assert bench.calls == 0


def test_pages_are_counted_up_to_the_limit() -> None:
    assert is_sendable(scan_of(notice_pdf(), MOST_SCANNED_PAGES))
    assert count_pages(SCAN) == 1
    assert not is_sendable(b"%PDF-1.4 nonsense startxref")


def test_a_scanned_receipt_is_read_with_the_mail_s_headers_and_flagged(bench: Bench, tmp_path: Path) -> None:
    record(tmp_path, OTHER_SCAN, RECEIPT)
    extraction = read_retail_file("a.pdf", OTHER_SCAN, MAIL, ask_about_scan=bench.extractor().from_scan)
    assert (extraction.total_amount, extraction.currency, extraction.order_id) == (Decimal(848), "SEK", "YM-20418")
    assert (extraction.vendor_name, extraction.invoice_date) == ("Yllegatan Mode", date(2026, 3, 4))
    assert (extraction.method, extraction.model) == ("gemini", Settings().gemini_model)
    assert extraction.review_reasons == ("read_by_model",)
    assert extraction.confidence <= 0.4
    [question] = bench.emulator.questions()
    assert question["generationConfig"]["responseJsonSchema"] == response_schema()
    assert "Subject: Orderbekräftelse\n" in question["contents"][0]["parts"][1]["text"]
    read_retail_file("a.pdf", OTHER_SCAN, MAIL, ask_about_scan=bench.extractor().from_scan)
    assert bench.calls == 1


def test_what_a_scanned_receipt_states_is_checked_as_far_as_it_can_be(bench: Bench, tmp_path: Path) -> None:
    details = {"sub_type": "clothing", "items": [{"name": "Ulltröja", "price": "799.00", "quantity": 1}]}
    odd = {"vendor_name": "https://evil.example", "invoice_date": "2031-01-01", "details": details}
    record(tmp_path, OTHER_SCAN, RECEIPT | odd)
    extraction = read_retail_file("a.pdf", OTHER_SCAN, MAIL, ask_about_scan=bench.extractor().from_scan)
    assert extraction.vendor_name is None
    assert set(extraction.review_reasons) >= {"invoice_date_in_future", "vendor_name_unsafe", "items_do_not_add_up"}


def test_a_scanned_receipt_that_nobody_could_read_is_left_to_a_person(bench: Bench) -> None:
    for ask in (None, lambda _pdf, _mail: None):
        with pytest.raises(DocumentUnreadable) as caught:
            read_retail_file("a.pdf", SCAN, MAIL, ask_about_scan=ask)
        assert caught.value.reason == "no_text"
    assert bench.extractor().from_scan(heavy_scan(11), MAIL) is None
    assert bench.calls == 0


@pytest.mark.parametrize(
    "blob",
    [
        {"mimeType": "image/png", "data": base64.b64encode(SCAN).decode()},
        {"mimeType": "application/pdf", "data": "no base64!"},
        {"mimeType": "application/pdf", "data": base64.b64encode(b"a letter").decode()},
    ],
)
def test_the_emulator_refuses_what_is_no_pdf(bench: Bench, blob: dict[str, str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(bench.emulator.url).netloc, timeout=5)
    body = json.dumps({"contents": [{"parts": [{"inlineData": blob}]}]})
    connection.request("POST", "/v1beta/models/gemini-3.5-flash-lite:generateContent", body, {"x-goog-api-key": "any"})
    assert connection.getresponse().status == 400
    connection.close()
    assert bench.paid == 0
