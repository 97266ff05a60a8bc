"""What a person entrusts to us does not end in a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.app import swift
from tests.app.client import READONLY, Client
from tests.app.mails import attach, facts, letter, pdf_of, sent_on, this_month
from tests.app.shop_mails import attach as shop_attach
from tests.app.shop_mails import letter as shop_letter
from tests.app.shop_mails import purchase, receipt_mail, vendor_row
from tests.app.world import World
from tests.sandbox.samples.rent_facts import NoticeFacts, with_charges

CHARGE = Decimal(77123)
PRICE = Decimal("88231.50")
ENTRY = {"sub_type": "clothing", "vendor_name": "Planterad", "total_amount": 1, "invoice_date": "2025-01-02"}


class Lines(logging.Handler):
    """Every log line that CloudWatch would keep, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("tests."):  # the emulators' own, which are not deployed
            self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    root, ours = logging.getLogger(), logging.getLogger("chalicelib")
    before = root.level, ours.level
    handler = Lines()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    ours.setLevel(before[1])


def dear_notice() -> NoticeFacts:
    """This month's notice with an amount that occurs nowhere else."""
    notice = facts()
    return with_charges(notice, type(notice.charges[0])(kind="other", label="Plantskola Xyzzy", amount=CHARGE))


def shop_mails() -> tuple[bytes, ...]:
    """A receipt, and two mails that are none."""
    purchased = purchase(str(PRICE), name="Planterad mössa", order_id="PLANT-4711")
    return (
        receipt_mail(purchased, subject="Kvitto Planterat"),
        shop_letter("Planterad order", html="<p>Planterad <b>skräp").as_bytes(),
        shop_attach(shop_letter("Planterad order"), b"%PDF-1.7 planterad", "Planterat kvitto.pdf").as_bytes(),
    )


def keep_books(world: World, client: Client) -> None:
    """What is bought is found, changed, entered and exported; some of it wrongly, and some of it breaks inside."""
    world.fail("s3.GetObject", "AccessDenied")
    assert client.post("/v1/invoices/retail/ingest").status == 200
    world.drain()
    [bought] = client.get("/v1/invoices/retail", q="PLANT-4711").body["data"]["invoices"]["clothing"]
    assert bought["total_amount"] == float(PRICE)
    path = f"/v1/invoices/retail/{bought['InvoiceID']}"
    assert client.patch(path, {"vendor_name": "Planterad butik", "details": {"items": "planterade"}}).status == 400
    assert client.patch(path, {"vendor_name": "Planterad butik"}).status == 200
    client.post("/v1/invoices/retail", {**ENTRY, "currency": "Planterad"})
    client.post("/v1/user/me/export")
    world.aws("sqs").send_message(QueueUrl=world.sandbox.outputs["IngestionQueueUrl"], MessageBody='{"job": "planted"}')
    world.drain()
    [row] = world.rows("RetailInvoices", bought["InvoiceID"])
    world.put("RetailInvoices", row | {"created_at": "planterad"})
    assert client.get("/v1/invoices/retail").status == 500


def test_logs_of_a_whole_journey_hold_nothing_of_the_person(world: World, lines: list[str]) -> None:
    client = world.stranger()
    email, password, name = "planted.person@example.com", "planted password 7!", "Planted Name"
    account = "planted.inbox@gmail.com"
    session = client.sign_up(name, email, password)
    client.post("/v1/auth/login", {"email": email, "password": password + "x"})
    client.post("/v1/auth/signup", {"name": name, "email": email, "password": password})
    renewed = client.post("/v1/auth/refresh", {"refresh_token": session.refresh_token}).data(swift.Session)
    client.token = renewed.access_token
    client.connect(account, scope=["openid"])
    client.connect(account, scope=[READONLY])
    client.register_device("9d" * 32)
    folder = world.mailbox / account
    folder.mkdir()
    notice = dear_notice()
    mails = (
        attach(letter("Hyresavi Planterad rubrik"), pdf_of(notice), "Planterat namn.pdf"),
        attach(letter("Hyresavi Planterad rubrik", sent=sent_on(3)), b"", "Planterat namn.pdf"),
        letter("Hyresavi utan Planterad bilaga"),
    )
    for number, content in enumerate((*(mail.as_bytes() for mail in mails), *shop_mails())):
        (folder / f"{number}.eml").write_bytes(content)
    world.put("VendorConfig", vendor_row("clothing"))
    world.fail("s3.PutObject", "AccessDenied")
    world.fail("sns.Publish", "AuthorizationError", times=2)
    for _run in range(2):
        client.post("/v1/invoices/rental/ingest")
        world.drain()
    [invoice] = client.rentals().invoices
    assert invoice.total > CHARGE
    client.get("/v1/invoices/rental", q="Planterat", cursor="planted")
    client.rental(invoice.invoice_id)
    keep_books(world, client)
    world.fail("dynamodb.GetItem", "AccessDeniedException", times=1)
    client.get("/v1/user/me")
    client.post("/v1/auth/logout", {"refresh_token": "planted.token"})
    client.delete("/v1/delete/me")
    world.drain()

    assert len(lines) > 20
    # A handler that fails is logged by Lambda, with its traceback.
    traces = [failed.trace for failed in world.sandbox.events.failed]
    assert traces
    text = "\n".join([*lines, *traces]).lower()
    planted = [email, account, password, name, "planted", "planter", "xyzzy", str(CHARGE), f"{notice.total:,.0f}"]
    planted += [str(notice.total), notice.reference, "ya29.", "1//", "9d9d9d9d", "bearer ", "$2b$", "hyresavi"]
    planted += [f"{PRICE:,}", f"{PRICE:,}".replace(",", " "), str(PRICE), str(int(PRICE)), "4711", "mössa", "skräp"]
    planted += [session.access_token, session.refresh_token, renewed.access_token, renewed.refresh_token]
    assert [secret for secret in planted if secret.lower() in text] == []
    assert this_month().isoformat() not in text
