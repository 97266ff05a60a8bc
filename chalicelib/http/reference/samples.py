"""What the examples speak of: one person, their invoices, and the identifiers of these.

Whoever is in here is made up; addresses end in ``example.com``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.domain.categories import CATEGORIES, ClothingDetails, ClothingItem
from chalicelib.domain.invoices import RentalCharge
from chalicelib.domain.retail import ExtractionNote
from chalicelib.http import answers, retail_answers

EXPORT_ID = "export_6f1d2c3b-4a59-4e7f-8d90-1b2c3d4e5f60"
#: Values for the variables of paths, by the path that they stand in; the first that fits.
PATH_VALUES = (
    ("/v1/invoices/rental/{invoice_id}", "rent_5d41402abc4b2a76b9719d911017c592"),
    ("/v1/invoices/retail/{invoice_id}", "retail_7d793037a0760186574b0282f2f435e7"),
    ("/v1/user/devices/{device_id}", "290ab241d06b8de615a1ac8f"),
    ("/v1/ingestions/{run_id}", "run_0b5a3f0e-6c1d-4d0a-9a51-2f9d5a3c7e11"),
    ("/v1/documents/{document_id}", "document_9e107d9d372bb6826bd81d3542a419d6"),
    ("/v1/vendors/suggestions/{suggestion_id}", "own-0f59463c606c5b0e"),
    ("/v1/user/me/exports/{export_id}", EXPORT_ID),
    ("/v1/docs/{asset}", "reference.css"),
)
RETAIL_ID = PATH_VALUES[1][1]
MOMENT = datetime(2025, 3, 14, 9, 26, 53, tzinfo=UTC)
FILE_URL = "https://paypulse-invoices.s3.example.com/invoices/notice.pdf?X-Amz-Expires=300"
DEVICE_TOKEN = "5f0c1e6e8a7b4d2f9c3a1b0d4e6f8a7c5f0c1e6e8a7b4d2f9c3a1b0d4e6f8a7c"  # noqa: S105 - of no phone
REFRESH_TOKEN = "kTq4vB7xN2mR9sW1yC5eH8jL_kTq4vB7xN2mR9sW1yC5eH8jLpA3dF6gZ"  # noqa: S105 - opens nothing
PASSWORD = "correct horse battery"  # noqa: S105 - opens nothing


def path_value(path: str) -> str | None:
    """The example value of a path's variable."""
    return next((value for prefix, value in PATH_VALUES if path.startswith(prefix)), None)


SESSION = answers.Session(
    username="Anna Prov",
    access_token="eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl",  # noqa: S106 - opens nothing
    token_type="Bearer",  # noqa: S106 - a scheme's name
    expires_in=86_400,
    refresh_token=REFRESH_TOKEN,
)
DEVICE = answers.Device(device_id=PATH_VALUES[2][1], platform="ios")
EXPORT = answers.Export(
    export_id=EXPORT_ID,
    state="building",
    requested_at=MOMENT,
    available_until=datetime(2025, 3, 21, 9, 26, 53, tzinfo=UTC),
    url=None,
)
EXPORT_READY = answers.Export(
    export_id=EXPORT_ID,
    state="ready",
    requested_at=MOMENT,
    available_until=EXPORT.available_until,
    url="https://paypulse-invoices.s3.example.com/exports/archive.zip?X-Amz-Expires=300",
)
CONNECTED = answers.GmailConnected(
    google_email="anna.prov@example.com",
    scope="openid email https://www.googleapis.com/auth/gmail.readonly",
    account_switch=False,
    message="Gmail account connected",
)
CONSENT = {
    "access_token": "ya29.anna.prov@example.com",
    "refresh_token": "1//anna.prov@example.com",
    "expires_in": 3600,
    "scope": ["openid", "email", "https://www.googleapis.com/auth/gmail.readonly"],
}
RENT = {
    "invoice_id": PATH_VALUES[0][1],
    "shown_filename": "Hyresavi mars.pdf",
    "ocr": "1297534008",
    "shown_due_date": "31-03-2025",
    "due_date_month": "3",
    "due_date_year": "2025",
    "rent": 8432,
    "electricity": 173,
    "cold_water": 58,
    "hot_water": 121,
    "whole_total": 8784,
    "whole_vat": 35,
    "due_date": date(2025, 3, 31),
    "total_amount": Decimal("8783.50"),
    "vat": Decimal("34.60"),
    "currency": "SEK",
    "charges": (
        RentalCharge(kind="rent", label="Hyra", amount=Decimal("8432")),
        RentalCharge(kind="electricity", label="El enligt avläsning", amount=Decimal("172.50")),
        RentalCharge(kind="cold_water", label="Kallvatten", amount=Decimal("58")),
        RentalCharge(kind="hot_water", label="Varmvatten", amount=Decimal("121")),
    ),
    "payee": "123-4567",
    "landlord": "Provhem AB",
    "vendor_name": "Provhem",
    "payment_status": "unpaid",
    "needs_review": False,
    "review_reasons": (),
    "mail_date": MOMENT,
}
RENTAL = answers.RentalInvoice(**RENT)  # type: ignore[arg-type]
RENTALS = answers.RentalInvoiceList(invoice_count=1, invoices={"2025": [RENTAL]})
RETAIL: dict[str, Any] = {
    "invoice_id": RETAIL_ID,
    "invoice_date": date(2025, 3, 14),
    "vendor_name": "Yllegatan Mode",
    "total_amount": Decimal("848.00"),
    "currency": "SEK",
    "vendor_id": None,
    "order_id": "20418",
    "due_date": None,
    "payment_status": "paid",
    "total_amount_known": True,
    "dated_by_mail": False,
    "needs_review": False,
    "review_reasons": (),
    "extraction": ExtractionNote(method="manual", confidence=1.0),
}
CLOTHES = ClothingDetails(
    tax=Decimal("169.60"),
    delivery_fee=Decimal("49"),
    payment_method="card",
    items=(ClothingItem(name="Ulltröja", brand="Yllegatan", price=Decimal("799"), quantity=1),),
)
DETAILS = {name: getattr(CLOTHES, name) for name in CLOTHES.__struct_fields__}
LISTED = retail_answers.RetailInvoice(**RETAIL, sub_type="clothing")
WHOLE = retail_answers.WHOLE["clothing"](**RETAIL, **DETAILS, same_id=RETAIL_ID, sources=(), file_url=None)
ENTRY: dict[str, Any] = {
    "sub_type": "clothing",
    "vendor_name": "Yllegatan Mode",
    "total_amount": 848.00,
    "currency": "SEK",
    "invoice_date": "2025-03-14",
    "order_id": "20418",
    "payment_status": "paid",
    "details": {
        "tax": 169.6,
        "delivery_fee": 49,
        "payment_method": "card",
        "items": [{"name": "Ulltröja", "brand": "Yllegatan", "price": 799, "quantity": 1}],
    },
}


def retail_list(group: str) -> retail_answers.RetailInvoiceList:
    return retail_answers.RetailInvoiceList(invoice_count=1, invoices={group: [LISTED]})


COUNTS = retail_answers.RetailCounts(**{each.table: int(each.sub_type == "clothing") for each in CATEGORIES.values()})
CLOTHES_ANSWER = retail_answers.DETAIL_ANSWERS["clothing"](
    details=retail_answers.DETAILS["clothing"](**DETAILS, invoice_id=RETAIL_ID)
)
DAYS = retail_answers.DateRange(start=date(2025, 1, 1), end=date(2025, 3, 31))
INGESTED = retail_answers.RetailIngestion(
    invoice_count=2, total_emails_found=3, by_vendor={"yllegatan": 2}, date_range=DAYS, errors=()
)
DELETED = retail_answers.DeletedInvoice(
    deleted_invoice=retail_answers.InvoiceSummary(
        invoice_id=RETAIL_ID,
        vendor_name="Yllegatan Mode",
        sub_type="clothing",
        invoice_date=date(2025, 3, 14),
        total_amount=Decimal("848.00"),
        currency="SEK",
    )
)


def run(state: Any) -> answers.IngestionRun:
    return answers.IngestionRun(
        run_id=PATH_VALUES[3][1],
        kind="retail_backfill",
        status=state,
        invoice_count=12,
        total_emails_found=40,
        documents=20,
        done=14,
        percent=100 if state == "cancelled" else 57,
        errors=(),
        started=MOMENT,
        finished=MOMENT if state == "cancelled" else None,
    )


def document(state: Any, reason: str | None) -> answers.Document:
    return answers.Document(
        document_id=PATH_VALUES[4][1],
        type="retail",
        state=state,
        reason=reason,
        attempts=1,
        vendor_name="Yllegatan Mode",
        sender="order@yllegatan.example",
        subject="Orderbekräftelse 20418",
        filename="order.html",
        mail_date=MOMENT,
        updated_at=MOMENT,
        invoice_id=None,
        method=None,
    )


def suggestion(state: Any) -> answers.VendorSuggestion:
    return answers.VendorSuggestion(
        suggestion_id=PATH_VALUES[5][1],
        state=state,
        sender_domain="shop.example",
        name="Provbutiken",
        category="clothing",
        receipts=3,
        confidence=0.8,
        why=("receipt_words",),
        looks_like=None,
        first_seen=MOMENT,
        updated_at=MOMENT,
    )


PUSH = {
    "message": {
        "data": "eyJlbWFpbEFkZHJlc3MiOiAiYW5uYS5wcm92QGV4YW1wbGUuY29tIiwgImhpc3RvcnlJZCI6IDQyfQ==",
        "messageId": "2070443601311540",
    }
}
