"""An invoice for machines, embedded in a PDF, as an extraction: exact like schema.org markup, and treated alike."""

from __future__ import annotations

from decimal import Decimal

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.markup.details import details_of
from chalicelib.parsing.markup.purchases import LineItem, Purchase
from chalicelib.parsing.markup.values import Money
from chalicelib.parsing.pdf.einvoice import EInvoice
from chalicelib.parsing.receipts.categories import guess_category


def extract_by_einvoice(invoice: EInvoice, text: str, mail: MailContext) -> Extraction:
    """What the XML states, still to be grounded; the category comes from the PDF's ``text``, else from the lines.

    The total is what the purchase costs, whatever was paid in advance. An invoice that settles a period is different:
    its instalments came as documents of their own, so that only the rest is new. Both are flagged ``partly_prepaid``.
    """
    is_partly_paid = bool(invoice.payable) and invoice.payable != invoice.total
    total = invoice.payable if invoice.payable and invoice.settles_a_period else invoice.total
    words = text or "\n".join(line.name for line in invoice.lines)
    category, is_certain = guess_category(words, mail, invoice.seller)
    doubts = {"partly_prepaid": is_partly_paid, "category_uncertain": not is_certain}
    return Extraction(
        method="e-invoice",
        is_purchase=True,
        category=category,
        vendor_name=mail.vendor_name or invoice.seller,
        total_amount=total,
        currency=invoice.currency,
        invoice_date=invoice.issued,
        order_id=invoice.order or invoice.number,
        due_date=invoice.due,
        payment_status=_payment_status(invoice),
        details=details_of(category, _purchase(invoice, total)),
        review_reasons=tuple(reason for reason, holds in doubts.items() if holds),
    )


def source_of(invoice: EInvoice, text: str, mail: MailContext) -> SourceText:
    """The evidence for such an extraction: the page that a person sees, and what the XML states."""
    amounts = [invoice.total, invoice.payable, invoice.tax, *(line.amount for line in invoice.lines)]
    names = [invoice.number, invoice.order, invoice.seller, invoice.currency, *(line.name for line in invoice.lines)]
    days = [day.isoformat() for day in (invoice.issued, invoice.due) if day]
    return SourceText(
        visible=text,
        mail=mail,
        stated="\n".join([*filter(None, names), *days]),
        stated_amounts=frozenset(abs(amount) for amount in amounts if amount is not None),
    )


def _payment_status(invoice: EInvoice) -> str | None:
    if invoice.total < 0:
        return "refunded"
    if invoice.payable is None:
        return None
    return "unpaid" if invoice.payable > 0 else "paid"


def _purchase(invoice: EInvoice, total: Decimal) -> Purchase:
    lines = tuple(LineItem(name=line.name, price=line.amount, currency=invoice.currency) for line in invoice.lines)
    return Purchase(
        kind="invoice",
        total=Money(total, invoice.currency),
        currency=invoice.currency,
        invoice_date=invoice.issued,
        due_date=invoice.due,
        numbers=(invoice.number,),
        seller=invoice.seller,
        tax=invoice.tax,
        lines=lines,
    )
