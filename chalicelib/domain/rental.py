"""Rental invoices as they are kept and announced."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from chalicelib.domain.invoices import RentalCharge, RentalNotice
from chalicelib.domain.money import whole_units

PaymentStatus = Literal["unpaid", "paid"]


class RentalInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """One row of RentalInvoices: what the notice states, whose it is, and where it came from.

    ``due_date_year`` ("2025") and ``due_date_month`` ("1" to "12") key the month index and group the app's list; a
    notice without a due date is filed under its mail's month, and has no ``due_date``. Amounts are in kronor, exact.
    ``announced_by`` claimed the announcement, and has until ``announcing_until`` to make it.
    """

    user_id: str = msgspec.field(name="UserID")
    invoice_id: str = msgspec.field(name="InvoiceID")
    document_id: str
    run_id: str
    due_date_year: str
    due_date_month: str
    filename: str
    s3_key: str
    mail_date: datetime
    created_at: datetime
    vendor_id: str | None = None
    vendor_name: str | None = None
    sender: str | None = None
    due_date: date | None = None
    reference: str | None = None
    payee: str | None = None
    landlord: str | None = None
    currency: str = "SEK"
    total: Decimal | None = None
    vat: Decimal | None = None
    charges: tuple[RentalCharge, ...] = ()
    payment_status: PaymentStatus = "unpaid"
    historical: bool = False
    needs_review: bool = False
    review_reasons: tuple[str, ...] = ()
    announced_at: datetime | None = None
    announcing_until: datetime | None = None
    announced_by: str | None = None
    reminded_at: datetime | None = None

    @property
    def sort_key(self) -> tuple[date, datetime]:
        """Newest first means: by due date, then by when the mail came."""
        return (self.due_date or self.mail_date.date(), self.mail_date)

    def notice(self) -> RentalNotice:
        """The part of the record that the document itself states."""
        return RentalNotice(
            reference=self.reference,
            due_date=self.due_date,
            total=self.total,
            vat=self.vat,
            charges=self.charges,
            payee=self.payee,
            landlord=self.landlord,
            currency=self.currency,
            review_reasons=self.review_reasons,
        )

    @property
    def whole_total(self) -> int:
        """The amount to pay in whole kronor, as the app shows it."""
        return whole_units(self.total)
