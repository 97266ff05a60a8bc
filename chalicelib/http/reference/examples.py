"""One example or more of each operation. The tests send every one of them, and hold the answers to the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chalicelib.domain.preferences import Preferences
from chalicelib.http import answers, retail_answers
from chalicelib.http.reference import samples


@dataclass(frozen=True, slots=True)
class Example:
    """A request, and what answers it: ``status``, ``message`` and ``data`` of the envelope."""

    summary: str
    status: int
    message: str
    data: Any = None
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)


_CONNECT = [Example("Tokens of the consent screen", 201, "Gmail connected", samples.CONNECTED, samples.CONSENT)]
_LEAVE = [Example("Everything is deleted", 200, "Account deleted")]

#: By method and path as the operations have them.
EXAMPLES: dict[str, list[Example]] = {
    "POST /v1/auth/signup": [
        Example(
            "A new person",
            201,
            "Welcome to PayPulse",
            samples.SESSION,
            {"name": "Anna Prov", "email": "anna.prov@example.com", "password": samples.PASSWORD},
        )
    ],
    "POST /v1/auth/login": [
        Example(
            "Who signed up",
            200,
            "Logged in",
            samples.SESSION,
            {"email": "anna.prov@example.com", "password": samples.PASSWORD},
        )
    ],
    "POST /v1/auth/refresh": [
        Example(
            "A token not used before", 200, "Session renewed", samples.SESSION, {"refresh_token": samples.REFRESH_TOKEN}
        )
    ],
    "POST /v1/auth/logout": [
        Example("This session", 200, "Logged out", body={"refresh_token": samples.REFRESH_TOKEN}),
        Example("All sessions", 200, "Logged out", body={"everywhere": True}),
    ],
    "POST /v1/auth/password": [
        Example(
            "A new password",
            200,
            "Password changed",
            samples.SESSION,
            {"current_password": samples.PASSWORD, "new_password": f"{samples.PASSWORD} staple"},
        )
    ],
    "GET /v1/user/me": [
        Example(
            "Connected",
            200,
            "User profile",
            answers.Profile(
                name="Anna Prov",
                email="anna.prov@example.com",
                created_on=date(2025, 3, 14),
                gmail_account_connected=True,
                gmail_status="connected",
                gmail_email="anna.prov@example.com",
            ),
        )
    ],
    "DELETE /v1/user/me": _LEAVE,
    "DELETE /v1/delete/me": _LEAVE,
    "POST /v1/user/me/export": [Example("Everything", 202, "The export is being built", samples.EXPORT)],
    "GET /v1/user/me/exports/{export_id}": [
        Example("Not ready yet", 200, "Export", samples.EXPORT),
        Example("Ready", 200, "Export", samples.EXPORT_READY),
    ],
    "GET /v1/user/preferences": [Example("Nothing was changed yet", 200, "Preferences", Preferences())],
    "PUT /v1/user/preferences": [
        Example(
            "Swedish, and a reminder five days before",
            200,
            "Preferences updated",
            Preferences(language="sv", reminder_days=5),
            {"language": "sv", "reminder_days": 5},
        )
    ],
    "POST /v1/user/devices": [
        Example(
            "An iPhone",
            201,
            "Device registered",
            samples.DEVICE,
            {"device_token": samples.DEVICE_TOKEN, "platform": "ios"},
        )
    ],
    "DELETE /v1/user/devices/{device_id}": [Example("A registered phone", 200, "Device removed")],
    "POST /v1/auth/gmail/store-tokens": _CONNECT,
    "POST /v1/auth/gmail-tokens": _CONNECT,
    "DELETE /v1/auth/gmail": [Example("The tokens are gone", 200, "Gmail disconnected")],
    "POST /v1/gmail/push": [Example("A mailbox has changed", 200, "Message received", body=samples.PUSH)],
    "GET /v1/invoices/rental": [
        Example("All of them", 200, "Rental invoices", samples.RENTALS),
        Example(
            "The newest of a year", 200, "Rental invoices", samples.RENTALS, query={"from": "2025-01-01", "limit": "12"}
        ),
    ],
    "GET /v1/invoices/retail": [
        Example("By category", 200, "Retail invoices", samples.retail_list("clothing")),
        Example(
            "One category by year", 200, "Retail invoices", samples.retail_list("2025"), query={"subtype": "clothing"}
        ),
        Example("Counts", 200, "Retail invoice counts", samples.COUNTS, query={"counts": "true"}),
        Example(
            "Details of one",
            200,
            "Retail invoice details",
            samples.CLOTHES_ANSWER,
            query={"subtype": "clothing", "invoice-id": samples.RETAIL_ID},
        ),
    ],
    "GET /v1/invoices/rental/{invoice_id}": [
        Example("One", 200, "Rental invoice", answers.RentalInvoiceWithFile(**samples.RENT, file_url=samples.FILE_URL))  # type: ignore[arg-type]
    ],
    "GET /v1/invoices/retail/{invoice_id}": [Example("One", 200, "Retail invoice", samples.WHOLE)],
    "PATCH /v1/invoices/rental/{invoice_id}": [
        Example("Paid", 200, "Rental invoice updated", samples.RENTAL, {"payment_status": "paid"})
    ],
    "PATCH /v1/invoices/retail/{invoice_id}": [
        Example(
            "A vendor's right name", 200, "Retail invoice updated", samples.WHOLE, {"vendor_name": "Yllegatan Mode"}
        )
    ],
    "DELETE /v1/invoices/retail/{invoice_id}": [Example("One", 200, "Retail invoice deleted", samples.DELETED)],
    "POST /v1/invoices/retail": [
        Example("A receipt on paper", 201, "Retail invoice created", samples.WHOLE, samples.ENTRY)
    ],
    "POST /v1/invoices/rental/ingest": [
        Example("Found at once", 200, "Rental invoices ingested", answers.Ingestion(invoice_count=2))
    ],
    "POST /v1/invoices/retail/ingest": [
        Example("Since the last time", 200, "Retail invoices ingested", samples.INGESTED, {}),
        Example(
            "Between two days",
            200,
            "Retail invoices ingested",
            samples.INGESTED,
            {"start_date": "2025-01-01", "end_date": "2025-03-31", "vendor_category": "clothing"},
        ),
    ],
    "POST /v1/invoices/rental/ingest/latest": [Example("Not in the inbox yet", 204, "")],
    "POST /v1/invoices/retail/backfill": [
        Example(
            "Two years",
            202,
            "Backfill started",
            retail_answers.Backfill(run_id=samples.PATH_VALUES[3][1], batch_count=8),
            {"start_year": 2024, "end_date": "2025-12-31"},
        )
    ],
    "GET /v1/ingestions/{run_id}": [Example("On its way", 200, "Ingestion", samples.run("running"))],
    "DELETE /v1/ingestions/{run_id}": [Example("Stopped", 200, "Ingestion cancelled", samples.run("cancelled"))],
    "GET /v1/documents": [
        Example(
            "What failed",
            200,
            "Documents",
            answers.DocumentList(documents=[samples.document("failed", "unreadable")]),
            query={"state": "failed"},
        )
    ],
    "POST /v1/documents/{document_id}/retry": [
        Example("Once more", 202, "The document is read once more", samples.document("stored", None))
    ],
    "GET /v1/vendors/suggestions": [
        Example(
            "What waits for a decision",
            200,
            "Vendor suggestions",
            answers.VendorSuggestionList(suggestions=[samples.suggestion("proposed")]),
        )
    ],
    "POST /v1/vendors/suggestions/{suggestion_id}/accept": [
        Example("As proposed", 200, "Vendor accepted", samples.suggestion("accepted"), {})
    ],
    "POST /v1/vendors/suggestions/{suggestion_id}/dismiss": [
        Example("Never again", 200, "Vendor dismissed", samples.suggestion("dismissed"))
    ],
    "GET /v1/openapi.json": [Example("This document", 200, "")],
    "GET /v1/docs": [Example("The page", 200, "")],
    "GET /v1/docs/{asset}": [Example("A part of the page", 200, "")],
}
