"""The methods under evaluation, by name. A new one is one function and one line in ``METHODS``.

A method takes a row and returns its answer: an Extraction, a RentalNotice, or ``None`` when it has none. Imports
stand inside, so that one method can be measured while another is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.invoices import Extraction, RentalNotice
from chalicelib.errors import DocumentRejected
from tests.golden.corpus import Row

Answer = Extraction | RentalNotice | None


@dataclass(frozen=True, slots=True)
class Method:
    """``applies`` tells which rows the method can answer at all; the others are not counted against it.

    ``wants`` tells which of those are documents of its kind: answering any other one is a mistake.
    """

    answer: Callable[[Row], Answer]
    applies: Callable[[Row], bool]
    wants: Callable[[Row], bool] = lambda row: row.is_receipt


def by_markup(row: Row) -> Answer:
    """schema.org markup, grounded, as the chain uses it."""
    from chalicelib.parsing.grounding.grounding import ground
    from chalicelib.parsing.grounding.source_text import SourceText
    from chalicelib.parsing.markup.schema_org import extract_by_markup

    html = row.html()
    extraction = extract_by_markup(html, row.mail)
    return ground(extraction, SourceText.of_html(html, row.mail)) if extraction is not None else None


def by_rental_layout(row: Row) -> Answer:
    """The rental parser; a rejected document has no answer."""
    from chalicelib.parsing.rental.notice import parse_rental_notice

    try:
        return parse_rental_notice(row.path.read_bytes())
    except DocumentRejected:
        return None


def by_rules(row: Row) -> Answer:
    """Rules alone, grounded: what an unmarked mail gets without a model."""
    from chalicelib.parsing.grounding.grounding import ground
    from chalicelib.parsing.grounding.source_text import SourceText
    from chalicelib.parsing.receipts.rules import extract_by_rules
    from chalicelib.parsing.visible.text import visible_text

    html = row.html()
    return ground(
        extract_by_rules(visible_text(html, subject=row.mail.subject), row.mail), SourceText.of_html(html, row.mail)
    )


def by_chain(row: Row) -> Answer:
    """The whole chain as the product runs it without a model, for mails and for PDFs; rent notices are not its task."""
    from chalicelib.parsing.retail import read_retail_file

    try:
        return read_retail_file(row.path.name, row.path.read_bytes(), row.mail)
    except DocumentRejected:
        return None


METHODS: dict[str, Method] = {
    "markup": Method(by_markup, lambda row: not row.is_pdf and (row.has_markup or row.is_hostile)),
    "rules": Method(by_rules, lambda row: not row.is_pdf and not row.has_markup),
    "chain": Method(by_chain, lambda row: not row.is_rental),
    "rental": Method(by_rental_layout, lambda row: row.is_pdf, lambda row: row.is_rental),
}
