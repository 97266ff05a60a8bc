"""The demo's last page: what was found, refused, announced and spent, as a person would like to read it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from tests.sandbox.answers import Document, Invoices, Notification, Purchases, RentalInvoice, RetailInvoice
from tests.sandbox.samples.rental_mails import Decoy
from tests.sandbox.terminal import Column, Terminal, bar, harmless, number, standing_bars, table

_REASONS: Final = {
    "abandoned_cart": "a cart, nothing was bought",
    "empty_file": "the file is empty",
    "encrypted": "protected by a password",
    "newsletter": "an advertisement",
    "no_pdf_attachment": "nothing attached",
    "no_text": "a picture, no text in it",
    "no_vendor_matches": "the sender only looks known",
    "not_a_pdf": "called .pdf, but is none",
    "not_a_purchase": "no purchase in it",
    "not_a_rental_notice": "a bill, but not for rent",
    "review_request": "asks for a review",
    "shipping_notice": "tells of a delivery",
    "truncated_or_damaged": "the file breaks off",
}
_INVOICES: Final = (
    Column("Due"),
    Column("Landlord", flexible=True),
    Column("Rent", "right"),
    Column("El", "right"),
    Column("Cold", "right"),
    Column("Hot", "right"),
    Column("Other", "right"),
    Column("VAT", "right"),
    Column("Total", "right"),
    Column("Payee"),
    Column("OCR"),
)
_CHART_HEIGHT: Final = 6
_MONTHS_SHOWN: Final = 6

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cost:
    """Counts at one moment; the difference of two is what lay between them cost."""

    gmail: Counter[str]
    aws: Counter[str]

    def since(self, earlier: Cost) -> Cost:
        return Cost(self.gmail - earlier.gmail, self.aws - earlier.aws)


def show_invoices(terminal: Terminal, found: Invoices) -> None:
    """A table a year, newest first."""
    terminal.heading(f"Rental invoices: {found.invoice_count}")
    years = sorted(found.invoices, reverse=True)
    rows = {year: [_row(invoice) for invoice in found.invoices[year]] for year in years}
    everything = list(table(_INVOICES, [row for year in years for row in rows[year]], terminal.width - 4))
    terminal.lines([terminal.paint(everything.pop(0), "dim")])
    for year in years:
        total = sum((invoice.total for invoice in found.invoices[year]), 0)
        terminal.lines([terminal.paint(f"{year}", "bold") + terminal.paint(f"   {number(total)} kr", "dim")])
        terminal.lines(everything[: len(rows[year])])
        del everything[: len(rows[year])]


def _row(invoice: RentalInvoice) -> list[str]:
    return [
        f"{invoice.due_date.day:2} {invoice.due_date:%b}" if invoice.due_date else "?",
        harmless(invoice.vendor_name or ""),
        *(
            number(amount) if amount else "·"
            for amount in (
                invoice.rent,
                invoice.electricity,
                invoice.cold_water,
                invoice.hot_water,
                invoice.other,
                invoice.vat,
                invoice.total,
            )
        ),
        harmless(invoice.payee or ""),
        harmless(invoice.reference) + (" ?" if invoice.needs_review else ""),
    ]


def show_rent(terminal: Terminal, invoices: Iterable[RentalInvoice]) -> None:
    """The rent of each month from the first to the last; a month without a notice stays empty."""
    rents: dict[date, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        if invoice.due_date and invoice.rent:
            rents[_month_after(invoice.due_date)] += invoice.rent
    if not rents:
        return
    months = [min(rents)]
    while months[-1] < max(rents):
        months.append(_month_after(months[-1]))
    values = [rents.get(month) for month in months]
    width = 2 if 3 * len(months) + 10 <= terminal.width - 4 else 1
    terminal.heading("Rent by month, in kronor")
    most = max(rents.values())
    for level, line in enumerate(standing_bars(values, _CHART_HEIGHT, width)):
        label = number(most) if level == 0 else ""
        terminal.line(f"  {label:>6} {terminal.paint('┤' if label else '│', 'dim')} {terminal.paint(line, 'cyan')}")
    initials = " ".join(f"{month:%b}"[0].ljust(width) for month in months)
    years = "".join(f"{month:%Y}".ljust(12 * (width + 1)) if month.month == 1 else "" for month in months)
    offset = next((n for n, month in enumerate(months) if month.month == 1), 0) * (width + 1)
    terminal.line(" " * 11 + terminal.paint(initials, "dim"))
    terminal.line(" " * 11 + terminal.paint(" " * offset + years, "dim"))
    missing = [f"{month:%B %Y}" for month, value in zip(months, values, strict=True) if value is None]
    latest, year_before = months[-1], months[-13] if len(months) > 12 else months[0]
    if year_before in rents:
        change = (rents[latest] / rents[year_before] - 1) * 100
        terminal.paragraph(f"{number(rents[latest])} in {latest:%B %Y}, {change:+.1f} % against {year_before:%B %Y}.")
    if missing:
        terminal.paragraph(f"No notice came for {', '.join(missing)}.")


def _month_after(day: date) -> date:
    """The month that rent due on this day pays for: it is due before that month begins."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def show_purchases(terminal: Terminal, found: Purchases, today: date) -> None:
    """Kronor by category and month, with a bar a category; other currencies below."""
    terminal.heading(f"Purchases: {found.invoice_count}, by category and month in kronor")
    swedish = [purchase for purchase in found.all() if purchase.currency == "SEK"]
    months = _last_months(today)
    totals = _sums((purchase.sub_type, purchase) for purchase in swedish)
    monthly = _sums(((purchase.sub_type, purchase.invoice_date.replace(day=1)), purchase) for purchase in swedish)
    head = [
        Column("Category"),
        Column("earlier", "right"),
        *(Column(f"{month:%b}", "right") for month in months),
        Column("total", "right"),
        Column(""),
    ]
    most = max(totals.values(), default=Decimal(0))
    room = max(terminal.width - 4 - 16 - 9 * (len(months) + 2), 6)
    rows = []
    for category, total in sorted(totals.items(), key=lambda item: -item[1]):
        shown = [monthly.get((category, month), Decimal(0)) for month in months]
        cells = [number(amount) if amount else "·" for amount in (total - sum(shown), *shown, total)]
        rows.append([category, *cells, bar(total, most, room)])
    lines = list(table(head, rows, terminal.width - 4))
    terminal.lines([terminal.paint(lines[0], "dim"), *lines[1:]])
    foreign = [purchase for purchase in found.all() if purchase.currency != "SEK"]
    for purchase in foreign:
        terminal.line(f"  and {_amount(purchase)} at {harmless(purchase.vendor_name)} ({purchase.sub_type})")


def _amount(purchase: RetailInvoice) -> str:
    if not purchase.total_amount_known:
        return "an unknown amount"
    return f"{harmless(purchase.currency or 'an unknown currency')} {purchase.total_amount:,.2f}"


def _sums(rows: Iterable[tuple[Key, RetailInvoice]]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for key, purchase in rows:
        sums[key] += purchase.total_amount
    return sums


def _last_months(today: date) -> list[date]:
    months = [today.year * 12 + today.month - 1 - ago for ago in reversed(range(_MONTHS_SHOWN))]
    return [date(each // 12, each % 12 + 1, 1) for each in months]


def show_refusals(terminal: Terminal, documents: Sequence[Document], decoys: Sequence[Decoy]) -> None:
    """Documents that ended without an invoice, then mails that were not even downloaded."""
    terminal.heading("Not taken, and why")
    reached = {(document.sender, document.subject) for document in documents}
    unopened = [decoy for decoy in decoys if (decoy.sender, decoy.subject) not in reached]
    rows = [
        [
            _mark(document.state),
            harmless((document.filename if document.type == "rental" else None) or document.subject or "a mail"),
            harmless(document.sender or ""),
            _REASONS.get(document.reason or "", (document.reason or "").replace("_", " ")),
        ]
        for document in documents
    ]
    rows += [["·", harmless(decoy.subject), harmless(decoy.sender), decoy.why] for decoy in unopened if decoy.has_file]
    head = [Column(""), *(Column(name, flexible=True) for name in ("Document or mail", "From", "Reason"))]
    first, *others = table(head, rows, terminal.width - 4)
    terminal.lines([terminal.paint(first, "dim"), *others])
    quiet = sum(not decoy.has_file for decoy in unopened)
    terminal.paragraph(f"And {quiet} mails about other things, which were not even downloaded.", "dim")


def _mark(state: str) -> str:
    return "✗" if state in {"failed", "needs_review"} else "·"


def show_notifications(terminal: Terminal, notifications: Sequence[Notification], names: Mapping[str, str]) -> None:
    """Every text once, with all the ways it went out."""
    terminal.heading("Notifications")
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for notification in notifications:
        way = "push" if notification.protocol == "application" else notification.protocol
        who = names.get(notification.user_id or "", notification.user_id or "nobody in particular")
        ways[who, notification.text].append(way)
    for (who, text), how in ways.items():
        terminal.paragraph(harmless(text), mark="→ ")
        terminal.paragraph(f"to {who}, by {' and '.join(how)}", "dim", indent=4)


def show_costs(terminal: Terminal, costs: Mapping[str, Cost]) -> None:
    """Calls to Google and AWS, and Gmail's quota units."""
    terminal.heading("What it cost")
    head = [Column("")] + [Column(name, "right") for name in ("Gmail calls", "quota units", "AWS calls")]
    rows = [
        [name, number(cost.gmail["calls"]), number(cost.gmail["units"]), number(cost.aws.total())]
        for name, cost in costs.items()
    ]
    first, *others = table(head, rows, terminal.width - 4)
    terminal.lines([terminal.paint(first, "dim"), *others])
    terminal.paragraph("Gmail allows a user 6,000 units a minute.", "dim")
