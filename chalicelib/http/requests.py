"""Bodies that exist only at the API's edge; the others are domain models."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chalicelib.domain.days import Day
from chalicelib.domain.manual_entry import SubType
from chalicelib.domain.rental import PaymentStatus

#: Refresh tokens are 67 characters; anything much longer is not one.
RefreshToken = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class RefreshRequest(msgspec.Struct, frozen=True):
    """``POST /v1/auth/refresh``."""

    refresh_token: RefreshToken


class LogoutRequest(msgspec.Struct, frozen=True):
    """``POST /v1/auth/logout``: one session, by its refresh token; all of them ``everywhere``, or without a token."""

    refresh_token: RefreshToken | None = None
    everywhere: bool = False


class DeviceRequest(msgspec.Struct, frozen=True):
    """``POST /v1/user/devices``: the APNs device token in hexadecimal, as iOS gives it."""

    device_token: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{32,200}$")]
    platform: Annotated[str, msgspec.Meta(pattern=r"^ios$")] = "ios"


class RentalChange(msgspec.Struct, frozen=True):
    """``PATCH /v1/invoices/rental/{invoice_id}``: the only thing of a rent that its payer decides."""

    payment_status: PaymentStatus


class BackfillRequest(msgspec.Struct, frozen=True):
    """``POST /v1/invoices/retail/backfill``: from the first of January of a year to a day."""

    start_year: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 2004})] | None = None
    end_date: Day | None = None


class IngestRequest(msgspec.Struct, frozen=True):
    """``POST /v1/invoices/{invoice_type}/ingest``; rental ingestion reads none of it."""

    start_date: Day | None = None
    end_date: Day | None = None
    vendor_category: SubType | None = None


class PubSubMessage(msgspec.Struct, frozen=True):
    """One message of a Pub/Sub topic as JSON carries it; ``data`` is base64 (Pub/Sub reference, PubsubMessage)."""

    message_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = msgspec.field(name="messageId")
    data: str = ""


class PubSubPush(msgspec.Struct, frozen=True):
    """``POST /v1/gmail/push``: the envelope of a push (Pub/Sub guide, "Create push subscriptions")."""

    message: PubSubMessage


class MailboxChange(msgspec.Struct, frozen=True):
    """What Gmail publishes (Gmail API guide, "Push notifications"); it writes the id as text or as a number."""

    email_address: Annotated[str, msgspec.Meta(min_length=1, max_length=320)] = msgspec.field(name="emailAddress")
    history_id: str | int = msgspec.field(name="historyId")


class AcceptRequest(msgspec.Struct, frozen=True):
    """``POST /v1/vendors/suggestions/{suggestion_id}/accept``: a category corrects the proposed one."""

    category: SubType | None = None
