"""Somebody who owns everything that the documentation's examples speak of, under the examples' own ids."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.dynamodb import to_plain
from chalicelib.adapters.ledger import Ledger
from chalicelib.domain.categories import ClothingDetails
from chalicelib.domain.documents import Document
from chalicelib.domain.exports import new_export
from chalicelib.domain.rental import RentalInvoice
from chalicelib.domain.retail import ExtractionNote, RetailInvoice, user_sub_type
from chalicelib.domain.runs import Run
from chalicelib.domain.vendor_suggestions import VendorSuggestion
from chalicelib.http.reference.examples import EXAMPLES
from chalicelib.http.reference.samples import path_value
from tests.app.world import Person, World

_MOMENT = datetime(2025, 3, 14, 9, 26, 53, tzinfo=UTC)


def example_id(path: str) -> str:
    value = path_value(path)
    assert value is not None
    return value


def _rental(user_id: str) -> RentalInvoice:
    return RentalInvoice(
        user_id=user_id,
        invoice_id=example_id("/v1/invoices/rental/{invoice_id}"),
        document_id="document_1",
        run_id="",
        due_date_year="2025",
        due_date_month="3",
        filename="Hyresavi mars.pdf",
        s3_key=f"invoices/{user_id}/rental/notice.pdf",
        mail_date=_MOMENT,
        created_at=_MOMENT,
        due_date=date(2025, 3, 31),
        total=Decimal("8783.50"),
        historical=True,
    )


def _retail(user_id: str) -> RetailInvoice:
    return RetailInvoice(
        user_id=user_id,
        invoice_id=example_id("/v1/invoices/retail/{invoice_id}"),
        user_sub_type=user_sub_type(user_id, "clothing"),
        sub_type="clothing",
        vendor_name="Yllegatan",
        invoice_date=date(2025, 3, 14),
        created_at=_MOMENT,
        updated_at=_MOMENT,
        extraction=ExtractionNote(method="manual", confidence=1.0),
        total_amount=Decimal("848.00"),
        currency="SEK",
    )


def _document(user_id: str, account: str) -> Document:
    return Document(
        user_id=user_id,
        document_id=example_id("/v1/documents/{document_id}/retry"),
        kind="retail",
        account=account,
        message_id="1",
        part="1",
        state="failed",
        reason="unreadable",
        run_id="",
        updated_at=_MOMENT,
        mail_date=_MOMENT,
        s3_key=f"invoices/{user_id}/retail/clothing/order.html",
    )


def _suggestion(user_id: str) -> VendorSuggestion:
    return VendorSuggestion(
        user_id=user_id,
        suggestion_id=example_id("/v1/vendors/suggestions/{suggestion_id}/accept"),
        state="proposed",
        domain="shop.example",
        vendor_name="Provbutiken",
        sub_type="clothing",
        receipts=3,
        confidence=0.8,
        first_seen=_MOMENT,
        updated_at=_MOMENT,
    )


def _run(user_id: str) -> Run:
    run_id = example_id("/v1/ingestions/{run_id}")
    return Run(
        user_id=user_id, run_id=run_id, kind="retail_backfill", state="running", started_at=_MOMENT, updated_at=_MOMENT
    )


def owner_of_examples(world: World) -> Person:
    """A newcomer who is connected and owns them."""
    person = world.newcomer()
    person.connect()
    user_id = person.user_id
    retail = _retail(user_id)
    world.put("RentalInvoices", to_plain(_rental(user_id)))
    world.put("RetailInvoices", to_plain(retail))
    details = to_plain(ClothingDetails()) | {"InvoiceID": retail.invoice_id, "UserID": user_id}
    world.put("ClothingInvoices", details)
    world.put("IngestionRuns", to_plain(_run(user_id)))
    world.put("UserVendors", to_plain(_suggestion(user_id)))
    export = replace(new_export(user_id, datetime.now(UTC)), export_id=example_id("/v1/user/me/exports/{export_id}"))
    world.put("Exports", to_plain(export))
    ledger: Ledger = world.sandbox.container.ledger
    document = _document(user_id, account=person.user_row()["gmail_account"])
    world.aws("dynamodb").put_item(TableName="IngestionLedger", Item=ledger.claim_action(document)["Put"]["Item"])
    [device] = EXAMPLES["POST /v1/user/devices"]
    assert device.body is not None
    person.app.register_device(device.body["device_token"])
    return person


def account_of_examples(world: World, exists: bool) -> None:
    """Whoever the sign-up and login examples speak of is there, or is not."""
    [sign_up], [login] = EXAMPLES["POST /v1/auth/signup"], EXAMPLES["POST /v1/auth/login"]
    client = world.stranger()
    opened = client.post("/v1/auth/login", login.body)
    if exists and opened.status != 200:
        assert client.post("/v1/auth/signup", sign_up.body).status == 201
    if not exists and opened.status == 200:
        client.token = opened.body["data"]["access_token"]
        assert client.delete("/v1/user/me").status == 200


def personal(person: Person, body: Any) -> Any:
    """A body with the person's own refresh token in place of the example's, which opens nothing."""
    if isinstance(body, dict) and "refresh_token" in body and "access_token" not in body:
        return body | {"refresh_token": person.refresh_token}
    return body
