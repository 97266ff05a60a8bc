"""What a retail PDF gives to read: its text and, when it carries one, its invoice for machines."""

from __future__ import annotations

import msgspec

from chalicelib.errors import DocumentUnreadable
from chalicelib.parsing.pdf.document import NO_TEXT, extract_pdf_text
from chalicelib.parsing.pdf.einvoice import EInvoice, embedded_invoice


class RetailPdf(msgspec.Struct, frozen=True):
    """``text`` is empty only beside an ``invoice``."""

    text: str
    invoice: EInvoice | None = None


def read_retail_pdf(pdf: bytes) -> RetailPdf:
    """Raises as ``extract_pdf_text``; a PDF without text is readable when it carries an invoice."""
    try:
        text = extract_pdf_text(pdf)
    except DocumentUnreadable as exc:
        invoice = embedded_invoice(pdf) if exc.reason == NO_TEXT else None
        if invoice is None:
            raise
        return RetailPdf("", invoice)
    return RetailPdf(text, embedded_invoice(pdf))
