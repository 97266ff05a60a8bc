"""The RentalInvoices table."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.rental import PaymentStatus, RentalInvoice
from chalicelib.errors import Conflict, InvoiceNotFound

TABLE = "RentalInvoices"
_MONTH_INDEX = "due_date_year-due_date_month-index"
_log = logging.getLogger(__name__)


def _key(user_id: str, invoice_id: str) -> dict[str, str]:
    return {"UserID": user_id, "InvoiceID": invoice_id}


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    """Year and month of every month from one day to another.

    >>> list(_months(date(2025, 12, 30), date(2026, 2, 1)))
    [(2025, 12), (2026, 1), (2026, 2)]
    """
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield count // 12, count % 12 + 1


def _text(moment: datetime) -> str:
    """Of one length, so that texts compare as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _unchanged(known: RentalInvoice) -> tuple[str, Item]:
    """A condition, with its values: nobody paid, announced or reminded since the record was read."""
    stamps = ("announced_by", "announced_at", "announcing_until", "reminded_at")
    clauses = [f"attribute_{'exists' if getattr(known, name) else 'not_exists'}({name})" for name in stamps]
    values: Item = {":paid": known.payment_status}
    if known.announced_by:
        clauses.append("announced_by = :claimer")
        values[":claimer"] = known.announced_by
    return " AND ".join(["payment_status = :paid", *clauses]), values


class RentalInvoices:
    """Each user's rental invoices."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def create_action(self, invoice: RentalInvoice) -> Item:
        """For transactions: writes a record that must not exist yet."""
        return {
            "Put": {
                "TableName": TABLE,
                "Item": self._dynamodb.marshal(to_plain(invoice)),
                "ConditionExpression": "attribute_not_exists(InvoiceID)",
            }
        }

    def replace_action(self, invoice: RentalInvoice, known: RentalInvoice) -> Item:
        """For transactions: what was read anew, with what happened to the record since; refused if that changed."""
        kept = msgspec.structs.replace(
            invoice,
            created_at=known.created_at,
            payment_status=known.payment_status,
            announced_at=known.announced_at,
            announcing_until=known.announcing_until,
            announced_by=known.announced_by,
            reminded_at=known.reminded_at,
        )
        condition, values = _unchanged(known)
        return {
            "Put": {
                "TableName": TABLE,
                "Item": self._dynamodb.marshal(to_plain(kept)),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": self._dynamodb.marshal(values),
            }
        }

    def get(self, user_id: str, invoice_id: str) -> RentalInvoice:
        """Raises ``InvoiceNotFound``, for another user's invoice too."""
        item = self._dynamodb.get(TABLE, _key(user_id, invoice_id))
        if item is None:
            raise InvoiceNotFound("The invoice does not exist")
        return from_plain(item, RentalInvoice)

    def of_user(self, user_id: str) -> Iterator[RentalInvoice]:
        """All of a user's rental invoices, in no useful order, however many pages that takes."""
        for item in self._dynamodb.query(TABLE, "UserID = :user", {":user": user_id}):
            yield from_plain(item, RentalInvoice)

    def from_stream_image(self, image: Mapping[str, Any]) -> RentalInvoice:
        """The record in a stream event's ``NewImage``."""
        return from_plain(self._dynamodb.unmarshal(image), RentalInvoice)

    def set_payment_status(self, user_id: str, invoice_id: str, status: PaymentStatus) -> RentalInvoice:
        """Raises ``InvoiceNotFound``."""
        try:
            item = self._dynamodb.update(
                TABLE,
                _key(user_id, invoice_id),
                "SET payment_status = :status",
                {":status": status},
                condition="attribute_exists(InvoiceID)",
            )
        except Conflict as exc:
            raise InvoiceNotFound("The invoice does not exist") from exc
        return from_plain(item, RentalInvoice)

    def claim_announcement(self, user_id: str, invoice_id: str, claimer: str, seconds: float) -> bool:
        """True for the one who announces, and has so many seconds for it; a claim that ran out is anybody's."""
        now = datetime.now(UTC)
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, invoice_id),
                "SET announced_by = :claimer, announcing_until = :until",
                {
                    ":claimer": claimer,
                    ":until": _text(now + timedelta(seconds=seconds)),
                    ":now": _text(now),
                },
                condition="attribute_exists(InvoiceID) AND attribute_not_exists(announced_at) AND "
                "(attribute_not_exists(announcing_until) OR announcing_until < :now OR announced_by = :claimer)",
            )
        except Conflict:
            return False
        return True

    def settle_announcement(self, user_id: str, invoice_id: str, claimer: str, *, announced: bool) -> None:
        """Ends a claim: announced for good, or for the next one to try. A claim that somebody else has is left."""
        now = _text(datetime.now(UTC))
        expression, values = ("SET announced_at = :now REMOVE announcing_until", {":now": now})
        if not announced:
            expression, values = "REMOVE announcing_until", {}
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, invoice_id),
                expression,
                {**values, ":claimer": claimer},
                condition="announced_by = :claimer",
            )
        except Conflict:
            return

    def unannounced(self, user_id: str, before: datetime) -> Iterator[RentalInvoice]:
        """What a person should have been told of before that moment, and was not; one query."""
        found = self._dynamodb.query(
            TABLE,
            "UserID = :user",
            {":user": user_id, ":no": False, ":before": _text(before)},
            FilterExpression="historical = :no AND attribute_not_exists(announced_at) AND created_at < :before",
        )
        for item in found:
            yield from_plain(item, RentalInvoice)

    def unpaid_due_between(self, first: date, last: date) -> Iterator[RentalInvoice]:
        """Unpaid invoices of all users that are due in these days (both included) and nobody was reminded of yet.

        One query of the month index for each month, page by page. An index lags a little: ``claim_reminder`` decides.
        A record that cannot be read keeps nobody else from being reminded.
        """
        for year, month in _months(first, last):
            found = self._dynamodb.query(
                TABLE,
                "due_date_year = :year AND due_date_month = :month",
                {
                    ":year": str(year),
                    ":month": str(month),
                    ":first": first.isoformat(),
                    ":last": last.isoformat(),
                    ":unpaid": "unpaid",
                },
                IndexName=_MONTH_INDEX,
                FilterExpression="due_date BETWEEN :first AND :last AND payment_status = :unpaid"
                " AND attribute_not_exists(reminded_at)",
            )
            for item in found:
                try:
                    yield from_plain(item, RentalInvoice)
                except msgspec.ValidationError:
                    _log.error("rental invoice %s is not readable", item["InvoiceID"])

    def claim_reminder(self, user_id: str, invoice_id: str) -> bool:
        """True for the first caller only, and only while the invoice is unpaid."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, invoice_id),
                "SET reminded_at = :now",
                {":now": datetime.now(UTC).isoformat(), ":unpaid": "unpaid"},
                condition="payment_status = :unpaid AND attribute_not_exists(reminded_at)",
            )
        except Conflict:
            return False
        return True

    def return_reminder(self, user_id: str, invoice_id: str) -> None:
        """Undoes a claim whose reminder could not be sent."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, invoice_id),
                "REMOVE reminded_at",
                {},
                condition="attribute_exists(InvoiceID)",
            )
        except Conflict:
            return

    def delete_page(self, user_id: str) -> int:
        """Forgets a page of what one user has; answers how much that was."""
        return self._dynamodb.delete_page(TABLE, user_id, "InvoiceID")
