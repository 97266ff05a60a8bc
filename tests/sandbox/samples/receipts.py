"""Receipts of shops: what one states, and how it looks as HTML, with schema.org markup, as plain text and as PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any, Final, Literal

from tests.sandbox.samples.drawing import Sheet
from tests.sandbox.samples.rent_facts import MONTHS

Wording = Literal["sv", "en", "sv-invoice", "sv-refund"]

_WORDS: Final[dict[Wording, dict[str, str]]] = {
    "sv": {
        "thanks": "Tack för ditt köp!",
        "order": "Ordernummer",
        "date": "Datum",
        "item": "Artikel",
        "quantity": "Antal",
        "price": "Pris",
        "subtotal": "Delsumma",
        "delivery": "Frakt",
        "vat": "Varav moms",
        "total": "Totalt",
        "paid": "Betalt med Visa **** 4242",
    },
    "en": {
        "thanks": "Thank you for your purchase!",
        "order": "Order number",
        "date": "Order date",
        "item": "Item",
        "quantity": "Qty",
        "price": "Price",
        "subtotal": "Subtotal",
        "delivery": "Delivery",
        "vat": "Including VAT",
        "total": "Total",
        "paid": "Paid with Visa **** 4242",
    },
}
_WORDS["sv-invoice"] = _WORDS["sv"] | {
    "thanks": "Här är din faktura.",
    "order": "Fakturanummer",
    "date": "Fakturadatum",
    "total": "Att betala",
    "paid": "Betalas med e-faktura",
}
_WORDS["sv-refund"] = _WORDS["sv"] | {
    "thanks": "Vi har betalat tillbaka pengarna till ditt kort.",
    "total": "Återbetalt belopp",
    "paid": "Till Visa **** 4242",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a receipt; ``price`` is for one piece."""

    name: str
    price: Decimal
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a purchase's documents state. Amounts in ``currency``; the total includes VAT and delivery.

    A refund's lines have negative prices.
    """

    shop: str
    order_id: str
    day: date
    lines: tuple[Line, ...]
    delivery: Decimal = Decimal(0)
    currency: str = "SEK"
    wording: Wording = "sv"

    @property
    def language(self) -> str:
        return self.wording[:2]

    @property
    def words(self) -> dict[str, str]:
        return _WORDS[self.wording]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.delivery

    @property
    def vat(self) -> Decimal:
        return (self.total / 5).quantize(Decimal("0.01"))

    def money(self, amount: Decimal) -> str:
        """An amount as this shop prints it."""
        if self.language == "en":
            return f"{self.currency} {amount:,.2f}"
        return f"{amount:,.2f} kr".replace(",", "\u00a0").replace(".", ",")

    def day_text(self) -> str:
        """The day as this shop prints it."""
        if self.language == "en":
            return f"{self.day.day} {self.day:%B %Y}"
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"

    def rows(self) -> Iterator[tuple[str, str]]:
        """Labels and amounts below the lines."""
        if self.delivery:
            yield self.words["subtotal"], self.money(self.subtotal)
            yield self.words["delivery"], self.money(self.delivery)
        yield self.words["vat"], self.money(self.vat)
        yield self.words["total"], self.money(self.total)


def as_html(receipt: Receipt, *, markup: dict[str, Any] | None = None, greeting: str = "") -> str:
    """A mail body of nested tables with a hidden preheader, as mail editors produce it."""
    words = receipt.words
    data = f'<script type="application/ld+json">{json.dumps(markup, ensure_ascii=False)}</script>' if markup else ""
    items = "".join(
        f"<tr><td>{escape(line.name)}</td><td>{line.quantity}</td><td align=right>{receipt.money(line.price)}</td></tr>"
        for line in receipt.lines
    )
    sums = "".join(
        f"<tr><td colspan=2>{label}</td><td align=right><b>{amount}</b></td></tr>" for label, amount in receipt.rows()
    )
    return f"""<!DOCTYPE html><html lang="{receipt.language}"><head><meta charset="utf-8">{data}
<style>.pre{{display:none}} td{{padding:4px}}</style></head><body>
<div class="pre" style="display:none;max-height:0">{escape(receipt.shop)} &#847;&zwnj;&nbsp;&#847;&zwnj;</div>
<table width="600"><tr><td><h1>{escape(receipt.shop)}</h1><p>{escape(greeting or words["thanks"])}</p>
<p>{words["order"]}: {receipt.order_id}<br>{words["date"]}: {receipt.day_text()}</p>
<table><tr><th>{words["item"]}</th><th>{words["quantity"]}</th><th>{words["price"]}</th></tr>{items}{sums}</table>
<p>{words["paid"]}</p><p><a href="https://{receipt.order_id.lower()}.click.example/u?x=1">{escape(receipt.shop)}</a></p>
</td></tr></table></body></html>"""


def as_text(receipt: Receipt, *, greeting: str = "") -> str:
    """A plain text body."""
    words = receipt.words
    lines = [f"{line.name} ({line.quantity} st)  {receipt.money(line.price)}" for line in receipt.lines]
    sums = [f"{label}: {amount}" for label, amount in receipt.rows()]
    head = [greeting or words["thanks"], "", f"{words['order']}: {receipt.order_id}"]
    return "\n".join([*head, f"{words['date']}: {receipt.day_text()}", "", *lines, "", *sums, "", words["paid"], ""])


def as_pdf(receipt: Receipt) -> bytes:
    """A page with the same figures."""
    words, sheet = receipt.words, Sheet()
    sheet.left(50, 60, f"{receipt.shop} - {'Kvitto' if receipt.language == 'sv' else 'Receipt'}", 16)
    sheet.left(50, 90, f"{words['order']}: {receipt.order_id}")
    sheet.left(50, 104, f"{words['date']}: {receipt.day_text()}")
    y = 140.0
    for line in receipt.lines:
        sheet.left(50, y, f"{line.quantity} x {line.name}")
        sheet.right(500, y, receipt.money(line.price * line.quantity))
        y += 14
    for label, amount in receipt.rows():
        y += 14
        sheet.left(50, y, label)
        sheet.right(500, y, amount)
    sheet.left(50, y + 30, words["paid"])
    return sheet.pdf()


def order_markup(receipt: Receipt) -> dict[str, Any]:
    """The receipt as schema.org Order (https://schema.org/Order) in JSON-LD."""
    return {
        "@context": "https://schema.org",
        "@type": "Order",
        "merchant": {"@type": "Organization", "name": receipt.shop},
        "orderNumber": receipt.order_id,
        "orderDate": receipt.day.isoformat(),
        "price": f"{receipt.total:.2f}",
        "priceCurrency": receipt.currency,
        "acceptedOffer": [
            {
                "@type": "Offer",
                "itemOffered": {"@type": "Product", "name": line.name},
                "price": f"{line.price:.2f}",
                "priceCurrency": receipt.currency,
                "eligibleQuantity": {"@type": "QuantitativeValue", "value": line.quantity},
            }
            for line in receipt.lines
        ],
    }


def train_markup(receipt: Receipt, start: str, end: str) -> dict[str, Any]:
    """The receipt as schema.org TrainReservation (https://schema.org/TrainReservation) in JSON-LD."""
    return {
        "@context": "https://schema.org",
        "@type": "TrainReservation",
        "reservationNumber": receipt.order_id,
        "reservationStatus": "https://schema.org/ReservationConfirmed",
        "bookingTime": f"{receipt.day.isoformat()}T09:12:00+01:00",
        "underName": {"@type": "Person", "name": "Alice Exempel"},
        "totalPrice": f"{receipt.total:.2f}",
        "priceCurrency": receipt.currency,
        "provider": {"@type": "Organization", "name": receipt.shop},
        "reservationFor": {
            "@type": "TrainTrip",
            "provider": {"@type": "Organization", "name": receipt.shop},
            "departureStation": {"@type": "TrainStation", "name": start},
            "arrivalStation": {"@type": "TrainStation", "name": end},
            "departureTime": f"{receipt.day.isoformat()}T15:04:00+01:00",
            "arrivalTime": f"{receipt.day.isoformat()}T18:12:00+01:00",
        },
    }
