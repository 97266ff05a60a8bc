"""The only reader of the environment.

Every setting has a default that works in the sandbox; the README lists them with their meaning. Secrets are not
settings: only their names in Secrets Manager are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Settings:
    """One field an environment variable of the same name in upper case; types decide how its text is read."""

    #: S3 bucket of raw invoice files.
    invoices_bucket: str = "paypulse-invoices"
    #: URL of the SQS queue that carries background ingestion, and its name for the trigger.
    ingestion_queue_url: str = ""
    ingestion_queue_name: str = "IngestionQueue"
    #: SNS topic for e-mail, and the platform application for iOS push (empty: push is off).
    notification_topic_arn: str = ""
    push_application_arn: str = ""
    #: DynamoDB stream of RentalInvoices.
    rental_invoices_stream_arn: str = "arn:aws:dynamodb:eu-north-1:000000000000:table/RentalInvoices/stream/none"
    #: Name or ARN of the container function that parses PDFs; empty: parsed in-process.
    parse_invoice_container: str = ""
    #: Names in Secrets Manager.
    jwt_secret_name: str = "PayPulseAppJWTSecret"  # noqa: S105 - a name
    google_client_secret_name: str = "Google-OAuth-Client-ID"  # noqa: S105 - a name
    gemini_key_secret_name: str = "Gemini-API-Key"  # noqa: S105 - a name
    #: Google's addresses.
    gmail_api_endpoint: str = "https://gmail.googleapis.com"
    google_token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - a name
    google_userinfo_uri: str = "https://openidconnect.googleapis.com/v1/userinfo"
    google_revoke_uri: str = "https://oauth2.googleapis.com/revoke"
    google_certs_uri: str = "https://www.googleapis.com/oauth2/v3/certs"
    #: Real time: the Pub/Sub topic that Gmail publishes to (projects/<project>/topics/<topic>), and what the tokens of
    #: its push subscription say: their audience and their service account's address. All three, or it is off.
    gmail_push_topic: str = ""
    gmail_push_audience: str = ""
    gmail_push_service_account: str = ""
    #: Pushes sync a mailbox at most once in so many seconds.
    gmail_push_interval_seconds: float = 60.0
    #: Gemini: empty base URL means Google's own.
    gemini_base_url: str = ""
    gemini_model: str = "gemini-3.5-flash-lite"
    gemini_timeout_seconds: float = 20.0
    gemini_attempts: int = 3
    #: A Gemini key for laptops; in AWS it is the secret of ``gemini_key_secret_name``. Neither: rules read receipts.
    gemini_api_key: str = ""
    #: Model calls a week, of all users together, that the sweep for unknown vendors may make; 0: rules decide alone.
    vendor_model_calls_per_week: int = 200
    #: Seconds that an access token and a refresh token live. The shipped app never refreshes, hence a day.
    access_token_lifetime: int = 86_400
    refresh_token_lifetime: int = 60 * 86_400
    #: Attempts (0: no limit): log-ins in 15 minutes, sign-ups in an hour and refreshes in 15 minutes, each with one
    #: account from one address, and from one address with any account.
    login_limit: int = 30
    login_limit_per_address: int = 1_000
    signup_limit: int = 10
    signup_limit_per_address: int = 500
    refresh_limit: int = 60
    refresh_limit_per_address: int = 3_000
    #: ... and of one user: ingestions in an hour, exports in a day.
    ingestion_limit: int = 120
    export_limit: int = 10
    #: bcrypt's cost factor (log2 of rounds).
    bcrypt_cost: int = 12
    #: An ingestion stores mail for so many seconds while its requester waits, and goes on in the background then.
    ingestion_work_seconds: float = 10.0
    #: ... and answers after so many, having waited for the parser, so that it can count invoices (the promise is 20).
    ingestion_answer_seconds: float = 15.0
    #: Mails older than this many days are imported silently, with one summary a run.
    historical_after_days: int = 45
    #: Where "this month" and a bare date are meant (IANA name).
    time_zone_name: str = "Europe/Stockholm"
    #: Seconds for which a presigned link to a raw file works.
    file_url_lifetime: int = 300

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Reads what is set and not empty; raises ``ValueError`` naming the variable that cannot be read."""
        values: dict[str, str | int | float] = {}
        for field in fields(cls):
            text = environ.get(field.name.upper(), "").strip()
            if not text:
                continue
            kind = {"int": int, "float": float}.get(str(field.type), str)
            try:
                values[field.name] = kind(text)
            except ValueError as exc:
                raise ValueError(f"{field.name.upper()} must be a number") from exc
        return cls(**values)  # type: ignore[arg-type]

    @property
    def gmail_push_is_on(self) -> bool:
        """Whether everything that real time needs is set."""
        return bool(self.gmail_push_topic and self.gmail_push_audience and self.gmail_push_service_account)

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of ``time_zone_name``."""
        return ZoneInfo(self.time_zone_name)
