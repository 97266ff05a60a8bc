"""Keeping what a retail document says, exactly once a document and once a purchase.

The first document of a purchase creates the invoice and claims the purchase's marks in the ledger, in one
transaction. A later one finds a mark taken, and is merged into that invoice instead. Transactions whose conditions
fail are worked out anew from what is stored by then, so parallel documents of one purchase meet safely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.categories import converted_details
from chalicelib.domain.retail import (
    RetailInvoice,
    better_first,
    is_same_purchase,
    merged,
    merged_details,
    purchase_marks,
    reread,
)
from chalicelib.errors import Conflict, DependencyThrottled, InvoiceNotFound

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb import Item
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.retail_invoices import RetailInvoices
    from chalicelib.adapters.users import Users
    from chalicelib.domain.categories import Details
    from chalicelib.domain.documents import Document, DocumentState
    from chalicelib.services.documents.document_outcomes import DocumentOutcomes

#: Documents of one purchase that arrive together: a mail's body and a few attachments.
_ATTEMPTS = 6

#: Marks that nobody holds, or only an invoice that is gone: that one's id.
_FreeMarks = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class RecordPurchase:
    """Writes an invoice read from a document, or adds the document to the invoice of the same purchase."""

    users: Users
    ledger: Ledger
    invoices: RetailInvoices
    outcomes: DocumentOutcomes

    def __call__(self, document: Document, invoice: RetailInvoice, details: Details) -> None:
        """Does nothing for a document that is finished. Raises ``UserNotFound`` when its user is gone."""
        for _attempt in range(_ATTEMPTS):
            try:
                own = self._own(document)
                known, free = self._standing(invoice)
                if own is not None and not own.corrected:
                    self._read_anew(document, own, invoice, details, free)
                elif known is None:
                    self._create(document, invoice, details, free)
                else:
                    self._merge(document, known, invoice, details, free)
            except Conflict:
                if self._is_over(document):
                    return
                continue
            return
        raise DependencyThrottled("dynamodb", "TransactWriteItems", "purchase_contended")

    def _standing(self, invoice: RetailInvoice) -> tuple[RetailInvoice | None, _FreeMarks]:
        """The known invoice of the same purchase, if one of the marks leads to it; and the marks that are free."""
        marks = purchase_marks(invoice).all()
        claims = self.ledger.claimed_by(invoice.user_id, marks)
        claimers = {invoice_id: self._find(invoice.user_id, invoice_id) for invoice_id in claims.values()}
        free = {mark: claims.get(mark) for mark in marks if mark not in claims or claimers[claims[mark]] is None}
        known = (claimer for claimer in claimers.values() if claimer and is_same_purchase(claimer, invoice))
        return next(known, None), free

    def _find(self, user_id: str, invoice_id: str) -> RetailInvoice | None:
        try:
            return self.invoices.get(user_id, invoice_id)
        except InvoiceNotFound:
            return None

    def _own(self, document: Document) -> RetailInvoice | None:
        """What the document became when it was parsed before, if it is its only source."""
        known = self._find(document.user_id, document.invoice_id) if document.invoice_id else None
        sources = {source.document_id for source in known.sources} if known else set()
        return known if sources == {document.document_id} else None

    def _read_anew(
        self, document: Document, own: RetailInvoice, invoice: RetailInvoice, details: Details, free: _FreeMarks
    ) -> None:
        """The old invoice with what was read this time."""
        anew = reread(own, invoice)
        state: DocumentState = "needs_review" if anew.needs_review else "parsed"
        actions = self.invoices.replace_actions(anew, converted_details(details, own.sub_type), before=own)
        self.outcomes.record(
            document,
            state,
            [*actions, *self._claims(free, own)],
            method=invoice.extraction.method,
            reason=",".join(anew.review_reasons),
            invoice_id=own.invoice_id,
        )

    def _create(self, document: Document, invoice: RetailInvoice, details: Details, free: _FreeMarks) -> None:
        state: DocumentState = "needs_review" if invoice.needs_review else "parsed"
        actions = [*self.invoices.create_actions(invoice, details), *self._claims(free, invoice)]
        self.outcomes.record(
            document,
            state,
            actions,
            method=invoice.extraction.method,
            reason=",".join(invoice.review_reasons),
            invoice_id=invoice.invoice_id,
            vendor=document.vendor_id or "unknown",
            invoices=1,
        )

    def _merge(
        self, document: Document, known: RetailInvoice, other: RetailInvoice, details: Details, free: _FreeMarks
    ) -> None:
        kept, added = self.invoices.details(known), converted_details(details, known.sub_type)
        best, _ = better_first(known, other)
        combined = merged_details(kept, added) if best is known else merged_details(added, kept)
        actions = self.invoices.replace_actions(merged(known, other), combined, before=known)
        self.outcomes.record(
            document,
            "duplicate",
            [*actions, *self._claims(free, known)],
            method=other.extraction.method,
            invoice_id=known.invoice_id,
        )

    def _claims(self, free: _FreeMarks, invoice: RetailInvoice) -> list[Item]:
        """Claims for the free marks; one that is taken in the meantime is a ``Conflict``."""
        return [
            self.ledger.mark_action(invoice.user_id, mark, invoice.invoice_id, instead_of=stale)
            for mark, stale in free.items()
        ]

    def _is_over(self, document: Document) -> bool:
        """Whether the document is finished already; raises ``UserNotFound`` when that is why nothing was written."""
        self.users.get(document.user_id)
        return self.ledger.is_finished(document.user_id, document.document_id)
