"""With PARSE_INVOICE_CONTAINER set, PDFs are parsed by the container function: same code, another image."""

from __future__ import annotations

import importlib.util
import json
import logging
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.app.mails import facts, notice_pdf
from tests.app.shop_mails import purchase
from tests.app.world import Person, World
from tests.sandbox.application import PROJECT, application_environ
from tests.sandbox.calls import Call
from tests.sandbox.samples.receipts import as_pdf
from tests.sandbox.sandbox import Sandbox

FUNCTION = "paypulse-parse-invoice"
ROLE = {"Version": "2012-10-17", "Statement": []}


@dataclass
class Dispatch:
    """A sandbox that hands PDFs over, the container's handler, and what was handed over."""

    world: World
    handle: Any
    invocations: list[Mapping[str, Any]] = field(default_factory=list)

    def observe(self, call: Call, parameters: Mapping[str, Any], _answer: object) -> None:
        if call.name == "lambda.Invoke":
            self.invocations.append(dict(parameters) | {"status": call.status})

    def store(self, person: Person, place: str, content: bytes) -> str:
        """Puts a PDF into the bucket as ingestion does, and lets its event be delivered."""
        key = f"invoices/{person.user_id}/{place}"
        self.world.put_object(key, content)
        self.world.drain()
        return key

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(each["Payload"]) for each in self.invocations]


@pytest.fixture(scope="module")
def shared_dispatch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dispatch]:
    mailbox = tmp_path_factory.mktemp("mailbox")
    environ = {"BCRYPT_COST": "4", "PARSE_INVOICE_CONTAINER": FUNCTION}
    with Sandbox(mailbox, environ=environ) as sandbox, pytest.MonkeyPatch.context() as patch:
        world = World(sandbox, mailbox)
        create_function(world, sandbox.aws_url)
        for name, value in application_environ(sandbox.aws_url, sandbox.google_url, sandbox.outputs).items():
            patch.setenv(name, value)
        dispatch = Dispatch(world, load_handler())
        sandbox.calls.observers.append(dispatch.observe)
        yield dispatch


def create_function(world: World, aws_url: str) -> None:
    """A function that moto knows and that runs nothing: moto would want Docker to run it."""
    body = json.dumps({"lambda": {"use_docker": False}}).encode()
    urllib.request.urlopen(f"{aws_url}/moto-api/config", body, timeout=5).close()  # noqa: S310
    role = world.aws("iam").create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=json.dumps(ROLE))
    world.aws("lambda").create_function(
        FunctionName=FUNCTION,
        Role=role["Role"]["Arn"],
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-north-1.amazonaws.com/parse-invoice:latest"},
    )


def load_handler() -> Any:
    """``handle`` of the container's module, with the environment that is set now."""
    path = PROJECT / "docker" / "parse_invoice" / "handler.py"
    spec = importlib.util.spec_from_file_location("parse_invoice_container", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handle


@pytest.fixture
def dispatch(shared_dispatch: Dispatch) -> Dispatch:
    shared_dispatch.invocations.clear()
    shared_dispatch.world.sandbox.clear_faults()
    return shared_dispatch


@pytest.fixture
def person(dispatch: Dispatch) -> Person:
    return dispatch.world.newcomer()


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


def test_an_invocation_that_fails_is_worth_another_event(dispatch: Dispatch, person: Person) -> None:
    dispatch.world.fail("lambda.Invoke", "TooManyRequestsException", times=8)
    dispatch.store(person, "rental/Hyresavi_1.pdf", notice_pdf())
    assert {"key": f"invoices/{person.user_id}/rental/Hyresavi_1.pdf"} in dispatch.payloads
    failed = [each for each in dispatch.world.deliveries_about(person.user_id) if each.error]
    assert failed
    assert all("TooManyRequestsException" in str(each.error) for each in failed)


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


def test_the_image_holds_what_the_handler_imports() -> None:
    """Third-party packages, by what the Dockerfile installs; boto3 comes with the base image."""
    folder = PROJECT / "docker" / "parse_invoice"
    wanted = {
        line.split("==")[0] for line in folder.joinpath("requirements.txt").read_text().splitlines() if "==" in line
    }
    assert {"chalice", "google-genai", "msgspec", "pdfplumber", "selectolax"} <= wanted
    copied = folder.joinpath("Dockerfile").read_text()
    assert "COPY chalicelib " in copied
    assert 'CMD ["handler.handle"]' in copied
