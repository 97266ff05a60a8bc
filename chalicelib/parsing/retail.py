"""The chain that reads one retail document: markup, then a model, then rules; each grounded before it is believed.

Markup is exact and free, so a confident one with a total ends the chain. Where markup states no total but the text
prints money, or contradicts the text, the next method is asked, and only fills what the markup leaves open. A model is
asked at most once, and only about a document that shows money or talks of a purchase.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.errors import DocumentUnreadable
from chalicelib.parsing.grounding.grounding import ground
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.markup.einvoices import extract_by_einvoice, source_of
from chalicelib.parsing.markup.reading import read_markup
from chalicelib.parsing.markup.schema_org import extract_by_markup
from chalicelib.parsing.model.scanned_receipt import checked_scan
from chalicelib.parsing.pdf.document import NO_TEXT
from chalicelib.parsing.pdf.isolation import run_isolated
from chalicelib.parsing.pdf.retail import RetailPdf
from chalicelib.parsing.receipts.rules import extract_by_rules, read_labelled_dates
from chalicelib.parsing.visible.charset import decode_html
from chalicelib.parsing.visible.text import VisibleText, plain_text, visible_text

#: Asks a model about a document's clean text; ``None`` when there is none to ask, or it gave nothing usable.
AskModel = Callable[[str, MailContext], Extraction | None]

#: Asks a model about a PDF that holds no text; ``None`` as for ``AskModel``, and for a PDF that is too large.
AskAboutScan = Callable[[bytes, MailContext], Extraction | None]

#: Below this a method is not believed alone (``grounding`` puts contradictions below it).
_BELIEVED = 0.5


def read_retail_file(
    key: str,
    content: bytes,
    mail: MailContext,
    ask_model: AskModel | None = None,
    ask_about_scan: AskAboutScan | None = None,
) -> Extraction:
    """Reads a raw file as the suffix of its key says. Raises ``DocumentRejected`` for a PDF that cannot be read."""
    if not content.strip():
        raise DocumentUnreadable("empty_file")
    if not key.endswith(".pdf"):
        return extract_from_html(decode_html(content, "utf-8"), mail, ask_model)
    try:
        document: RetailPdf = run_isolated("retail_pdf", content, RetailPdf).value
    except DocumentUnreadable as exc:
        seen = ask_about_scan(content, mail) if ask_about_scan is not None and exc.reason == NO_TEXT else None
        if seen is None:
            raise
        return checked_scan(seen, mail)
    return extract_from_pdf(document, mail, ask_model)


def extract_from_html(html: str, mail: MailContext, ask_model: AskModel | None = None) -> Extraction:
    """What an HTML mail says. Never raises for anything that a mail holds."""
    source = SourceText.of_html(html, mail)
    marked = extract_by_markup(html, mail) if read_markup(html).items else None
    return _chain(visible_text(html, subject=mail.subject), source, mail, marked, ask_model)


def extract_from_pdf(document: RetailPdf, mail: MailContext, ask_model: AskModel | None = None) -> Extraction:
    """What a PDF says: the invoice for machines that it carries is read as markup is, the page as text."""
    if document.invoice is None:
        return extract_from_text(document.text, mail, ask_model)
    source = source_of(document.invoice, document.text, mail)
    marked = extract_by_einvoice(document.invoice, document.text, mail)
    return _chain(plain_text(document.text, subject=mail.subject), source, mail, marked, ask_model)


def extract_from_text(text: str, mail: MailContext, ask_model: AskModel | None = None) -> Extraction:
    """The same for plain text: a PDF's, or a mail's without HTML."""
    return _chain(plain_text(text, subject=mail.subject), SourceText(visible=text, mail=mail), mail, None, ask_model)


def _chain(
    seen: VisibleText, source: SourceText, mail: MailContext, marked: Extraction | None, ask_model: AskModel | None
) -> Extraction:
    first = ground(marked, source) if marked is not None else None
    if first is not None and _is_enough(first, source):
        return _dated(first, seen, mail)
    second = _answered(seen, source, mail, ask_model) or ground(extract_by_rules(seen, mail), source)
    return second if first is None else _filled(first, second)


def _is_enough(marked: Extraction, source: SourceText) -> bool:
    if not marked.is_purchase:
        return True
    if marked.total_amount is None:
        return not source.prints_money
    return marked.confidence >= _BELIEVED


def _dated(marked: Extraction, seen: VisibleText, mail: MailContext) -> Extraction:
    """Markup often states no day of purchase where the text names one: labels are exact enough for that."""
    if not marked.is_purchase or (marked.invoice_date and marked.due_date):
        return marked
    dates = read_labelled_dates(seen, mail, marked.currency)
    return msgspec.structs.replace(
        marked, invoice_date=marked.invoice_date or dates.purchase, due_date=marked.due_date or dates.due
    )


def _answered(
    seen: VisibleText, source: SourceText, mail: MailContext, ask_model: AskModel | None
) -> Extraction | None:
    """The model's reading; rules decide first, at no cost, what is plainly no purchase and shows no money."""
    if ask_model is None or not (source.prints_money or extract_by_rules(seen, mail).is_purchase):
        return None
    answer = ask_model(seen.text, mail)
    return ground(answer, source) if answer is not None else None


def _filled(marked: Extraction, other: Extraction) -> Extraction:
    """Markup with what it leaves open filled by another method; the other one alone cannot make it a purchase."""
    if not other.is_purchase:
        return marked
    if marked.total_amount is not None:
        return _seconded(marked, other)
    if other.total_amount is None or other.confidence < _BELIEVED:
        return marked
    reasons = [reason for reason in marked.review_reasons if reason not in {"total_missing", "currency_missing"}]
    return msgspec.structs.replace(
        marked,
        total_amount=other.total_amount,
        currency=other.currency,
        invoice_date=marked.invoice_date or other.invoice_date,
        review_reasons=tuple(dict.fromkeys((*reasons, *other.review_reasons))),
        confidence=min(marked.confidence, other.confidence),
    )


def _seconded(marked: Extraction, other: Extraction) -> Extraction:
    """Markup that contradicts its text, kept as grounding decided, with the doubt on record."""
    agree = (marked.total_amount, marked.currency) == (other.total_amount, other.currency or marked.currency)
    return marked if agree else msgspec.structs.replace(marked, confidence=min(marked.confidence, 0.4))
