"""Reading, entering, changing and deleting a user's retail invoices."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.categories import CATEGORIES, Details, converted_details
from chalicelib.domain.listing import Filters, Page, decode_cursor, encode_cursor
from chalicelib.domain.retail import ExtractionNote, RetailInvoice, purchase_marks, user_sub_type
from chalicelib.errors import Conflict, DependencyThrottled, InvalidRequest

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb import DynamoDB
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.retail_invoices import RetailInvoices
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.adapters.users import Users
    from chalicelib.domain.manual_entry import InvoiceChange, ManualInvoice
    from chalicelib.domain.users import User

#: A change meets a parser that merges another document into the same invoice, a few times at the most.
_ATTEMPTS = 5
#: A page ends where a day is known to: so many invoices of one day are read along.
_SAME_DAY = 20


class DetailedInvoice(NamedTuple):
    """A base record with its details, and a short-lived link to its raw file if it has one."""

    invoice: RetailInvoice
    details: Details
    file_url: str | None


@dataclass(frozen=True, slots=True)
class RetailInvoiceList:
    """The use cases of the retail endpoints; whatever is not the caller's does not exist."""

    users: Users
    invoices: RetailInvoices
    ledger: Ledger
    files: InvoiceFiles
    dynamodb: DynamoDB
    file_url_lifetime: int

    def list(self, user: User, sub_type: str | None, filters: Filters) -> Page[RetailInvoice]:
        """Newest first. One query, read no further than the page needs."""
        position = _position(filters)
        end = position[0] if position else filters.end
        stored = self.invoices.of_user(
            user.user_id, sub_type=sub_type, start=filters.start, end=end, at_once=_at_once(filters)
        )
        wanted = (invoice for invoice in _in_order(stored) if _passes(invoice, filters) and _follows(invoice, position))
        if filters.limit is None:
            found = list(wanted)
            return Page(found, None)
        found = list(islice(wanted, filters.limit + 1))
        page = found[: filters.limit]
        more = len(found) > filters.limit
        return Page(page, _cursor(page[-1]) if more else None)

    def counts(self, user: User) -> dict[str, int]:
        """Invoices of each category, all eight of them."""
        return {sub_type: self.invoices.count(user.user_id, sub_type) for sub_type in CATEGORIES}

    def get(self, user: User, invoice_id: str) -> DetailedInvoice:
        """Raises ``InvoiceNotFound``."""
        invoice = self.invoices.get(user.user_id, invoice_id)
        return DetailedInvoice(invoice, self.invoices.details(invoice), self._file_url(invoice))

    def _file_url(self, invoice: RetailInvoice) -> str | None:
        if invoice.s3_path is None:
            return None
        filename = invoice.s3_path.rpartition("/")[2]
        return self.files.download_url(invoice.s3_path, filename, self.file_url_lifetime)

    def enter(self, user: User, entry: ManualInvoice) -> DetailedInvoice:
        """Keeps an invoice that a person typed in. Raises ``ValidationFailed``."""
        now = datetime.now(UTC)
        invoice = RetailInvoice(
            user_id=user.user_id,
            invoice_id=f"retail_{uuid.uuid4().hex}",
            user_sub_type=user_sub_type(user.user_id, entry.sub_type),
            sub_type=entry.sub_type,
            vendor_name=entry.vendor_name.strip(),
            invoice_date=entry.day,
            created_at=now,
            updated_at=now,
            extraction=ExtractionNote(method="manual", confidence=1.0),
            total_amount=entry.total_amount,
            currency=entry.currency.upper(),
            order_id=entry.order_id,
            due_date=entry.due_day,
            payment_status=entry.payment_status,
        )
        details = entry.typed_details()
        check = self.users.existence_check(user.user_id)
        self.dynamodb.transact([check, *self.invoices.create_actions(invoice, details)])
        return DetailedInvoice(invoice, details, None)

    def change(self, user: User, invoice_id: str, change: InvoiceChange) -> DetailedInvoice:
        """Sets the fields that are given. Raises ``InvoiceNotFound`` and ``ValidationFailed``."""
        for _attempt in range(_ATTEMPTS):
            before = self.invoices.get(user.user_id, invoice_id)
            changed = change.applied_to(before)
            kept = self.invoices.details(before)
            details = converted_details(kept, changed.sub_type)
            if change.details is not None:
                details = change.typed_details(changed.sub_type, details)
            actions = self.invoices.replace_actions(changed, details, before=before)
            try:
                self.dynamodb.transact([self.users.existence_check(user.user_id), *actions])
            except Conflict:
                continue
            return DetailedInvoice(changed, details, self._file_url(changed))
        raise DependencyThrottled("dynamodb", "TransactWriteItems", "invoice_contended")

    def delete(self, user: User, invoice_id: str) -> RetailInvoice:
        """Removes records and raw files; the ledger keeps that the documents were seen, so that they stay deleted."""
        for _attempt in range(_ATTEMPTS):
            invoice = self.invoices.get(user.user_id, invoice_id)
            # Files first: what fails half-way can be asked for again as long as the record is there.
            for source in invoice.sources:
                self.files.delete_all(source.s3_key)
            marks = self.ledger.claimed_by(user.user_id, purchase_marks(invoice).all())
            ours = [mark for mark, owner in marks.items() if owner == invoice_id]
            unmark = self.ledger.unmark_actions(user.user_id, ours)
            try:
                self.dynamodb.transact([*self.invoices.delete_actions(invoice), *unmark])
            except Conflict:
                continue
            return invoice
        raise DependencyThrottled("dynamodb", "TransactWriteItems", "invoice_contended")


def _at_once(filters: Filters) -> int | None:
    """How many invoices to read at a time: few for a page of those that come next, all if most may not be wanted."""
    if filters.limit is None or filters.vendor or filters.text:
        return None
    return filters.limit + _SAME_DAY


def _passes(invoice: RetailInvoice, filters: Filters) -> bool:
    texts = (invoice.vendor_name, invoice.order_id, invoice.sub_type)
    return filters.is_vendor(invoice.vendor_name, invoice.vendor_id) and filters.finds(*texts)


def _cursor(invoice: RetailInvoice) -> str:
    return encode_cursor(f"{invoice.invoice_date.isoformat()} {invoice.invoice_id}")


def _position(filters: Filters) -> tuple[date, str] | None:
    """The day and id of the last invoice of the page before."""
    if filters.cursor is None:
        return None
    day, _, invoice_id = decode_cursor(filters.cursor).partition(" ")
    try:
        position = date.fromisoformat(day), invoice_id
    except ValueError as exc:
        raise InvalidRequest("cursor: is not one that this API gave") from exc
    if not filters.covers(position[0]):
        raise InvalidRequest("cursor: belongs to a list between other days")
    return position


def _in_order(stored: Iterator[RetailInvoice]) -> Iterator[RetailInvoice]:
    """Newest first, and by id within a day: an index leaves the order of equal dates open."""
    for _day, same_day in groupby(stored, key=lambda invoice: invoice.invoice_date):
        yield from sorted(same_day, key=lambda invoice: invoice.invoice_id)


def _follows(invoice: RetailInvoice, position: tuple[date, str] | None) -> bool:
    """Whether an invoice comes after the cursor's, which may have been deleted since."""
    return position is None or invoice.invoice_date < position[0] or invoice.invoice_id > position[1]
