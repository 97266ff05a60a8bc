"""What the reference documents (lambda-functions, s3-buckets, architecture) ask of functions and API, as data.

Where SPEC.md differs from them, it wins: function names and paths are those of its section 2.
"""

from __future__ import annotations

from typing import Final

#: The thirteen functions by the trigger that the documents give them; a REST endpoint is "<METHOD> <path>".
FUNCTIONS: Final = {
    "signup_user": ("POST /v1/auth/signup",),
    "login_user": ("POST /v1/auth/login",),
    "gmail_store_tokens": ("POST /v1/auth/gmail/store-tokens",),
    "get_user_profile": ("GET /v1/user/me",),
    "delete_user": ("DELETE /v1/user/me", "DELETE /v1/delete/me"),
    "fetch_invoices": ("POST /v1/invoices/{invoice_type}/ingest",),
    "fetch_latest_invoice": ("cron(30 8 ? * MON-FRI *)", "POST /v1/invoices/{invoice_type}/ingest/latest"),
    "fetch_retail_invoices": ("weekly", "POST /v1/invoices/{invoice_type}/ingest"),
    "parse_invoice": ("s3:ObjectCreated:* invoices/*.pdf",),
    "parse_retail_invoice": ("s3:ObjectCreated:* invoices/*.html",),
    "get_invoices": ("GET /v1/invoices/{invoice_type}",),
    "get_rental_invoice": ("GET /v1/invoices/{invoice_type}/{invoice_id}",),
    "send_invoice_notification": ("stream RentalInvoices",),
}

#: "Burst limit 5,000 / rate limit 1,000 req/s."
THROTTLING: Final = {"throttlingBurstLimit": 5000, "throttlingRateLimit": 1000}
TOPIC: Final = "NewInvoiceTopicNotification"
IDENTITY_POOL: Final = "WallenstamAppIdentityPool"
SECRETS: Final = ("Google-OAuth-Client-ID", "PayPulseAppJWTSecret")


def is_weekly(expression: str) -> bool:
    """Whether a cron expression fires on one day of every week, once.

    Source: EventBridge user guide, "Cron expressions": minutes, hours, day of month, month, day of week, year.

    >>> is_weekly("cron(0 6 ? * SUN *)"), is_weekly("cron(30 8 ? * MON-FRI *)"), is_weekly("rate(7 days)")
    (True, False, True)
    """
    if expression == "rate(7 days)":
        return True
    minute, hour, day, month, weekday, year = expression.removeprefix("cron(").removesuffix(")").split()
    return minute.isdecimal() and hour.isdecimal() and weekday.isalnum() and (day, month, year) == ("?", "*", "*")
