"""Mails as shops send them, as raw bytes."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from tests.sandbox.samples import receipts
from tests.sandbox.samples.receipts import Line, Receipt

#: One shop a category; its mails come from ``receipt@<sub_type>.shop.example``.
CATEGORIES = (
    "food-delivery",
    "clothing",
    "technology",
    "subscriptions",
    "grocery",
    "utility",
    "miscellaneous",
    "travel",
)
Form = Literal["html", "text", "markup"]

_order_numbers = itertools.count(40_001)


def vendor_row(sub_type: str) -> dict[str, object]:
    """A row of VendorConfig: every mail of the shop counts, whatever its subject."""
    return {
        "vendor_id": f"test-{sub_type}",
        "vendor_name": shop_name(sub_type),
        "invoice_category": "retail",
        "invoice_sub_type": sub_type,
        "email_patterns": [f"{sub_type}.shop.example"],
        "active": True,
    }


def shop_name(sub_type: str) -> str:
    return f"Provbutik {sub_type.capitalize()}"


def sender(sub_type: str) -> str:
    return f"{shop_name(sub_type)} <receipt@{sub_type}.shop.example>"


def today() -> date:
    return datetime.now(UTC).date()


def days_ago(count: int) -> date:
    return today() - timedelta(days=count)


def purchase(
    price: str = "249.00", *, ago: int = 3, order_id: str | None = None, name: str = "Provvara", delivery: str = "0"
) -> Receipt:
    """A purchase of one thing some days ago; without ``order_id`` it has a number of its own."""
    return Receipt(
        shop="Provbutik",
        order_id=order_id or f"PB{next(_order_numbers)}",
        day=days_ago(ago),
        lines=(Line(name, Decimal(price)),),
        delivery=Decimal(delivery),
    )


def refund_of(receipt: Receipt, amount: str, *, ago: int) -> Receipt:
    return Receipt(
        shop=receipt.shop,
        order_id=receipt.order_id,
        day=days_ago(ago),
        lines=(Line("Provvara", -Decimal(amount)),),
        wording="sv-refund",
    )


def letter(
    subject: str = "Orderbekräftelse",
    *,
    sub_type: str = "clothing",
    text: str = "",
    html: str = "",
    ago: int = 3,
    sent_by: str | None = None,
) -> EmailMessage:
    """A mail of a shop, sent at noon some days ago (0: an hour ago)."""
    message = EmailMessage()
    message["From"] = sent_by or sender(sub_type)
    message["To"] = "somebody@gmail.com"
    message["Subject"] = subject
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=ago)
    message["Date"] = format_datetime(noon if ago else datetime.now(UTC) - timedelta(hours=1))
    if text or not html:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def attach(message: EmailMessage, content: bytes, filename: str = "Kvitto.pdf") -> EmailMessage:
    message.add_attachment(content, maintype="application", subtype="pdf", filename=filename)
    return message


def body_of(receipt: Receipt, form: Form = "html") -> str:
    if form == "text":
        return receipts.as_text(receipt)
    return receipts.as_html(receipt, markup=receipts.order_markup(receipt) if form == "markup" else None)


def receipt_mail(
    receipt: Receipt,
    *,
    sub_type: str = "clothing",
    form: Form = "html",
    subject: str | None = None,
    ago: int | None = None,
    pdf: bool = False,
    sent_by: str | None = None,
) -> bytes:
    """A shop's mail about a purchase, sent on its day (or ``ago`` days ago), with the receipt as a PDF too."""
    message = letter(
        subject or f"Kvitto {receipt.order_id}",
        sub_type=sub_type,
        text=body_of(receipt, "text") if form == "text" else "",
        html="" if form == "text" else body_of(receipt, form),
        ago=(today() - receipt.day).days if ago is None else ago,
        sent_by=sent_by,
    )
    if pdf:
        attach(message, receipts.as_pdf(receipt), f"Kvitto {receipt.order_id}.pdf")
    return message.as_bytes()
