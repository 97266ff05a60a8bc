"""Reading a user's rental invoices, and marking them paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.listing import Filters, Page, page_of

if TYPE_CHECKING:
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.domain.rental import PaymentStatus, RentalInvoice
    from chalicelib.domain.users import User


class InvoiceWithFile(NamedTuple):
    """A record, and a short-lived link to its raw file."""

    invoice: RentalInvoice
    file_url: str


@dataclass(frozen=True, slots=True)
class RentalInvoiceList:
    """The use cases of the rental endpoints."""

    invoices: RentalInvoices
    files: InvoiceFiles
    file_url_lifetime: int

    def list(self, user: User, filters: Filters) -> Page[RentalInvoice]:
        """The invoices that pass the filters, newest first. A tenant has a dozen a year: one query reads them all."""
        found = [invoice for invoice in self.invoices.of_user(user.user_id) if _passes(invoice, filters)]
        found.sort(key=lambda invoice: (invoice.sort_key, invoice.invoice_id), reverse=True)
        return page_of(found, filters, lambda invoice: invoice.invoice_id)

    def get(self, user: User, invoice_id: str) -> InvoiceWithFile:
        """Raises ``InvoiceNotFound``."""
        invoice = self.invoices.get(user.user_id, invoice_id)
        url = self.files.download_url(invoice.s3_key, invoice.filename, self.file_url_lifetime)
        return InvoiceWithFile(invoice, url)

    def set_payment_status(self, user: User, invoice_id: str, status: PaymentStatus) -> RentalInvoice:
        """Raises ``InvoiceNotFound``."""
        return self.invoices.set_payment_status(user.user_id, invoice_id, status)


def _passes(invoice: RentalInvoice, filters: Filters) -> bool:
    day = invoice.sort_key[0]
    texts = (invoice.vendor_name, invoice.landlord, invoice.filename, invoice.reference)
    return filters.covers(day) and filters.is_vendor(invoice.vendor_name, invoice.vendor_id) and filters.finds(*texts)
