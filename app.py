"""PayPulse Cloud's triggers: each a decorator and one call. What they do is in ``chalicelib``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from chalice.app import CloudWatchEvent, Cron, DynamoDBEvent, S3Event, SQSEvent

from chalicelib.container import Container
from chalicelib.domain.gmail import GmailConnection
from chalicelib.domain.preferences import Preferences, PreferencesUpdate
from chalicelib.domain.users import Login, PasswordChange, Registration
from chalicelib.errors import (
    GmailReauthRequired,
    InvalidCredentials,
    InvalidRequest,
    InvalidToken,
    NotFound,
    RateLimited,
    TokenExpired,
    UserAlreadyExists,
    UserNotFound,
)
from chalicelib.http import answers, invoice_contracts, logs
from chalicelib.http import presenters as present
from chalicelib.http.api import Api, Call
from chalicelib.http.bodies import FORM, JSON
from chalicelib.http.contracts import MediaType
from chalicelib.http.envelope import File, Reply
from chalicelib.http.events import guarded, inserted_images, queued_jobs, seconds_left
from chalicelib.http.queries import DocumentQuery, SuggestionQuery
from chalicelib.http.requests import (
    AcceptRequest,
    DeviceRequest,
    LogoutRequest,
    PubSubPush,
    RefreshRequest,
)

container = Container.from_environ(os.environ)
app = Api("paypulse-cloud", container.authenticate)
logs.configure()


# Accounts


@app.endpoint(
    "/v1/auth/signup",
    method="POST",
    name="signup_user",
    body=Registration,
    public=True,
    answer={201: answers.Session},
    errors=(UserAlreadyExists, RateLimited),
)
def signup_user(call: Call[Registration]) -> Reply:
    """Registers a person and opens a session."""
    return Reply("Welcome to PayPulse", present.session(container.accounts.sign_up(call.body, call.source)), 201)


@app.endpoint(
    "/v1/auth/login",
    method="POST",
    name="login_user",
    body=Login,
    public=True,
    answer={200: answers.Session},
    errors=(InvalidCredentials, RateLimited),
)
def login_user(call: Call[Login]) -> Reply:
    """Opens a session."""
    return Reply("Logged in", present.session(container.accounts.log_in(call.body, call.source)))


@app.endpoint(
    "/v1/auth/refresh",
    method="POST",
    name="refresh_session",
    body=RefreshRequest,
    public=True,
    answer={200: answers.Session},
    errors=(InvalidToken, TokenExpired, UserNotFound, RateLimited),
)
def refresh_session(call: Call[RefreshRequest]) -> Reply:
    """Renews a session: a refresh token is good for one use, and using it twice ends the session."""
    renewed = container.accounts.refresh(call.body.refresh_token, call.source)
    return Reply("Session renewed", present.session(renewed))


@app.endpoint("/v1/auth/logout", method="POST", name="logout_user", body=LogoutRequest)
def logout_user(call: Call[LogoutRequest]) -> Reply:
    """Ends one session, or all of them."""
    container.accounts.log_out(call.user, call.body.refresh_token, everywhere=call.body.everywhere)
    return Reply("Logged out")


@app.endpoint(
    "/v1/auth/password",
    method="POST",
    name="change_password",
    body=PasswordChange,
    answer={200: answers.Session},
    errors=(InvalidCredentials, RateLimited),
)
def change_password(call: Call[PasswordChange]) -> Reply:
    """Changes the password; every session ends, and the answer is a new one."""
    changed = container.accounts.change_password(call.user, call.body, call.source)
    return Reply("Password changed", present.session(changed))


@app.endpoint("/v1/user/me", method="GET", name="get_user_profile", answer={200: answers.Profile})
def get_user_profile(call: Call[Any]) -> Reply:
    """Shows who is logged in."""
    return Reply("User profile", present.profile(call.user))


@app.endpoint("/v1/user/me", "/v1/delete/me", method="DELETE", name="delete_user")
def delete_user(call: Call[Any]) -> Reply:
    """Deletes a person and everything of theirs."""
    container.delete_account(call.user)
    return Reply("Account deleted")


@app.endpoint(
    "/v1/user/me/export",
    method="POST",
    name="request_export",
    answer={202: answers.Export},
    errors=(RateLimited,),
)
def request_export(call: Call[Any]) -> Reply:
    """Begins to build an archive of everything that is kept of the caller."""
    return Reply("The export is being built", present.export(container.export_account.request(call.user)), 202)


@app.endpoint(
    "/v1/user/me/exports/{export_id}",
    method="GET",
    name="get_export",
    answer={200: answers.Export},
    errors=(NotFound,),
)
def get_export(call: Call[Any]) -> Reply:
    """Shows an export, and once it is ready a link to its archive."""
    return Reply("Export", present.export(*container.export_account.get(call.user, call.path["export_id"])))


@app.endpoint("/v1/user/preferences", method="GET", name="get_preferences", answer={200: Preferences})
def get_preferences(call: Call[Any]) -> Reply:
    """Shows what a person wants to be told."""
    return Reply("Preferences", call.user.preferences)


@app.endpoint(
    "/v1/user/preferences", method="PUT", name="set_preferences", body=PreferencesUpdate, answer={200: Preferences}
)
def set_preferences(call: Call[PreferencesUpdate]) -> Reply:
    """Changes what a person wants to be told; fields that are absent stay."""
    return Reply("Preferences updated", container.preferences.change(call.user, call.body))


@app.endpoint(
    "/v1/user/devices",
    method="POST",
    name="register_device",
    body=DeviceRequest,
    answer={201: answers.Device},
    errors=(InvalidRequest,),
)
def register_device(call: Call[DeviceRequest]) -> Reply:
    """Registers a phone for push."""
    device = container.devices.register(call.user, call.body.device_token, call.body.platform)
    return Reply("Device registered", present.device(device), 201)


@app.endpoint("/v1/user/devices/{device_id}", method="DELETE", name="remove_device", errors=(NotFound,))
def remove_device(call: Call[Any]) -> Reply:
    """Removes a phone."""
    container.devices.remove(call.user, call.path["device_id"])
    return Reply("Device removed")


# Gmail


@app.endpoint(
    "/v1/auth/gmail/store-tokens",
    "/v1/auth/gmail-tokens",
    method="POST",
    name="gmail_store_tokens",
    body=GmailConnection,
    accepted=(JSON, FORM),
    answer={201: answers.GmailConnected},
    errors=(GmailReauthRequired,),
)
def gmail_store_tokens(call: Call[GmailConnection]) -> Reply:
    """Connects Gmail with the tokens of Google's consent screen."""
    connected = container.gmail_connections.connect(call.user, call.body)
    return Reply("Gmail connected", present.connection(connected), 201)


@app.endpoint("/v1/auth/gmail", method="DELETE", name="disconnect_gmail")
def disconnect_gmail(call: Call[Any]) -> Reply:
    """Gives Gmail's tokens back to Google and forgets them."""
    container.gmail_connections.disconnect(call.user)
    return Reply("Gmail disconnected")


@app.endpoint(
    "/v1/gmail/push",
    method="POST",
    name="receive_gmail_push",
    body=PubSubPush,
    public=True,
    admit=container.admit_gmail_push,
    errors=(InvalidCredentials, InvalidToken, NotFound),
)
def receive_gmail_push(call: Call[PubSubPush]) -> Reply:
    """Receives what Gmail publishes, from Google Cloud Pub/Sub only."""
    return container.gmail_push.push(call)


# Invoices


@app.endpoint("/v1/invoices/{invoice_type}", method="GET", name="get_invoices", by_type=invoice_contracts.LIST)
def get_invoices(call: Call[Any]) -> Reply:
    return container.invoices(call).list(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/{invoice_id}", method="GET", name="get_rental_invoice", by_type=invoice_contracts.GET
)
def get_rental_invoice(call: Call[Any]) -> Reply:
    return container.invoices(call).get(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/{invoice_id}", method="PATCH", name="change_invoice", by_type=invoice_contracts.CHANGE
)
def change_invoice(call: Call[Any]) -> Reply:
    return container.invoices(call).change(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/{invoice_id}", method="DELETE", name="delete_invoice", by_type=invoice_contracts.DELETE
)
def delete_invoice(call: Call[Any]) -> Reply:
    return container.invoices(call).delete(call)


@app.endpoint("/v1/invoices/{invoice_type}", method="POST", name="create_invoice", by_type=invoice_contracts.CREATE)
def create_invoice(call: Call[Any]) -> Reply:
    return container.invoices(call).create(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/ingest", method="POST", name="fetch_invoices", by_type=invoice_contracts.INGEST
)
def fetch_invoices(call: Call[Any]) -> Reply:
    return container.invoices(call).ingest(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/ingest/latest",
    method="POST",
    name="fetch_latest_invoice_now",
    by_type=invoice_contracts.INGEST_LATEST,
)
def fetch_latest_invoice_now(call: Call[Any]) -> Reply:
    return container.invoices(call).ingest_latest(call)


@app.endpoint(
    "/v1/invoices/{invoice_type}/backfill", method="POST", name="backfill_invoices", by_type=invoice_contracts.BACKFILL
)
def backfill_invoices(call: Call[Any]) -> Reply:
    return container.invoices(call).backfill(call)


@app.endpoint(
    "/v1/ingestions/{run_id}",
    method="DELETE",
    name="cancel_ingestion",
    answer={200: answers.IngestionRun},
    errors=(NotFound, InvalidRequest),
)
def cancel_ingestion(call: Call[Any]) -> Reply:
    """Stops an ingestion; what is stored stays."""
    run = container.backfill_retail.cancel(call.user, call.path["run_id"])
    return Reply("Ingestion cancelled", present.run_progress(run))


@app.endpoint(
    "/v1/ingestions/{run_id}",
    method="GET",
    name="get_ingestion",
    answer={200: answers.IngestionRun},
    errors=(NotFound,),
)
def get_ingestion(call: Call[Any]) -> Reply:
    """Shows how far an ingestion is."""
    run = container.runs.get(call.user.user_id, call.path["run_id"])
    return Reply("Ingestion", present.run_progress(run))


@app.endpoint(
    "/v1/documents", method="GET", name="get_documents", query=DocumentQuery, answer={200: answers.DocumentList}
)
def get_documents(call: Call[Any]) -> Reply:
    """Shows what became of each document of the inbox."""
    return Reply(
        "Documents", present.document_list(container.documents.list(call.user, call.query.state, call.query.filters()))
    )


@app.endpoint(
    "/v1/documents/{document_id}/retry",
    method="POST",
    name="retry_document",
    answer={202: answers.Document},
    errors=(NotFound, InvalidRequest, GmailReauthRequired),
)
def retry_document(call: Call[Any]) -> Reply:
    """Reads a document once more."""
    document = container.mend_documents.retry(call.user, call.path["document_id"])
    return Reply("The document is read once more", present.document(document), 202)


# Vendors


@app.endpoint(
    "/v1/vendors/suggestions",
    method="GET",
    name="get_vendor_suggestions",
    query=SuggestionQuery,
    answer={200: answers.VendorSuggestionList},
)
def get_vendor_suggestions(call: Call[Any]) -> Reply:
    """Lists senders that may be vendors."""
    found = container.vendor_suggestions.list(call.user, call.query.state)
    return Reply("Vendor suggestions", present.vendor_suggestions(found))


@app.endpoint(
    "/v1/vendors/suggestions/{suggestion_id}/accept",
    method="POST",
    name="accept_vendor_suggestion",
    body=AcceptRequest,
    answer={200: answers.VendorSuggestion},
    errors=(NotFound,),
)
def accept_vendor_suggestion(call: Call[AcceptRequest]) -> Reply:
    """Accepts a suggestion: mail of that sender counts from now on."""
    row = container.vendor_suggestions.accept(call.user, call.path["suggestion_id"], call.body.category)
    return Reply("Vendor accepted", present.vendor_suggestion(row))


@app.endpoint(
    "/v1/vendors/suggestions/{suggestion_id}/dismiss",
    method="POST",
    name="dismiss_vendor_suggestion",
    answer={200: answers.VendorSuggestion},
    errors=(NotFound,),
)
def dismiss_vendor_suggestion(call: Call[Any]) -> Reply:
    """Dismisses a suggestion for good."""
    row = container.vendor_suggestions.dismiss(call.user, call.path["suggestion_id"])
    return Reply("Vendor dismissed", present.vendor_suggestion(row))


# Documentation


@app.endpoint(
    "/v1/openapi.json", method="GET", name="get_openapi", public=True, answer={200: MediaType(("application/json",))}
)
def get_openapi(call: Call[Any]) -> File:
    """Describes this API, as OpenAPI 3.1."""
    return container.reference.openapi(app.declared, call.mount)


@app.endpoint("/v1/docs", method="GET", name="get_docs", public=True, answer={200: MediaType(("text/html",))})
def get_docs(call: Call[Any]) -> File:
    """Shows this documentation, to be read and tried in a browser."""
    return container.reference.page()


@app.endpoint(
    "/v1/docs/{asset}",
    method="GET",
    name="get_docs_asset",
    public=True,
    answer={200: MediaType(("text/css", "text/javascript"))},
    errors=(NotFound,),
)
def get_docs_asset(call: Call[Any]) -> File:
    """Serves a part of the documentation's page."""
    return container.reference.asset(call.path["asset"])


# Schedules, queue, S3 and stream


@app.schedule(Cron(30, 8, "?", "*", "MON-FRI", "*"), name="fetch_latest_invoice")
@guarded
def fetch_latest_invoice(event: CloudWatchEvent) -> dict[str, int]:
    return {"enqueued": container.ingest_mail.enqueue_everyone("rental_latest")}


@app.schedule(Cron(0, 6, "?", "*", "SUN", "*"), name="fetch_retail_invoices")
@guarded
def fetch_retail_invoices(event: CloudWatchEvent) -> dict[str, int]:
    return {"enqueued": container.ingest_mail.enqueue_everyone("retail")}


@app.schedule(Cron(15, 3, "*", "*", "?", "*"), name="renew_gmail_watches")
@guarded
def renew_gmail_watches(event: CloudWatchEvent) -> dict[str, int]:
    return {"enqueued": container.gmail_watches.enqueue_due()}


@app.schedule(Cron(0, 7, "*", "*", "?", "*"), name="remind_due_invoices")
@guarded
def remind_due_invoices(event: CloudWatchEvent) -> dict[str, int]:
    return {"enqueued": container.remind_due_invoices.enqueue()}


@app.schedule(Cron(0, 4, "?", "*", "MON", "*"), name="discover_vendors")
@guarded
def discover_vendors(event: CloudWatchEvent) -> dict[str, int]:
    return {"enqueued": container.discover_vendors.enqueue(datetime.now(UTC).date())}


@app.on_sqs_message(queue=container.settings.ingestion_queue_name, batch_size=1, name="work_on_ingestion")
@guarded
def work_on_ingestion(event: SQSEvent) -> None:
    container.work_on(queued_jobs(event), seconds_left(event))


@app.on_s3_event(
    bucket=container.settings.invoices_bucket,
    events=["s3:ObjectCreated:*"],
    prefix="invoices/",
    suffix=".pdf",
    name="parse_invoice",
)
@guarded
def parse_invoice(event: S3Event) -> None:
    container.parse_pdf(event.key)


@app.on_s3_event(
    bucket=container.settings.invoices_bucket,
    events=["s3:ObjectCreated:*"],
    prefix="invoices/",
    suffix=".html",
    name="parse_retail_invoice",
)
@guarded
def parse_retail_invoice(event: S3Event) -> None:
    container.parse_document(event.key)


@app.on_dynamodb_record(
    stream_arn=container.settings.rental_invoices_stream_arn, batch_size=25, name="send_invoice_notification"
)
@guarded
def send_invoice_notification(event: DynamoDBEvent) -> None:
    container.notify_new_invoice(inserted_images(event))
