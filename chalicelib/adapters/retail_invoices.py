"""RetailInvoices and its eight detail tables, written together or not at all.

Detail tables are keyed by InvoiceID alone; whoever reads one has read the caller's base record first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.categories import CATEGORIES, Details
from chalicelib.domain.retail import RetailInvoice, empty_details, user_sub_type
from chalicelib.errors import InvoiceNotFound

TABLE = "RetailInvoices"
_DATE_INDEX = "invoice_date-index"
_CATEGORY_INDEX = "sub_type-invoice_date-index"


def _key(user_id: str, invoice_id: str) -> dict[str, str]:
    return {"UserID": user_id, "InvoiceID": invoice_id}


class RetailInvoices:
    """Each user's retail invoices with their details."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    # Writing

    def create_actions(self, invoice: RetailInvoice, details: Details) -> list[Item]:
        """For transactions: base and detail records that must not exist yet."""
        return [
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": self._dynamodb.marshal(to_plain(invoice)),
                    "ConditionExpression": "attribute_not_exists(InvoiceID)",
                }
            },
            self._put_details(invoice, details),
        ]

    def replace_actions(self, invoice: RetailInvoice, details: Details, *, before: RetailInvoice) -> list[Item]:
        """For transactions: a changed base record, unless it changed since ``before`` was read, and its details."""
        actions = [
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": self._dynamodb.marshal(to_plain(invoice)),
                    "ConditionExpression": "revision = :before",
                    "ExpressionAttributeValues": self._dynamodb.marshal({":before": before.revision}),
                }
            },
            self._put_details(invoice, details),
        ]
        if before.sub_type != invoice.sub_type:
            actions.append(self._delete_details(before))
        return actions

    def delete_actions(self, invoice: RetailInvoice) -> list[Item]:
        """For transactions: removes base and detail records, unless the base record changed since it was read."""
        delete = {
            "TableName": TABLE,
            "Key": self._dynamodb.marshal(_key(invoice.user_id, invoice.invoice_id)),
            "ConditionExpression": "revision = :before",
            "ExpressionAttributeValues": self._dynamodb.marshal({":before": invoice.revision}),
        }
        return [{"Delete": delete}, self._delete_details(invoice)]

    def _put_details(self, invoice: RetailInvoice, details: Details) -> Item:
        item = {**to_plain(details), "InvoiceID": invoice.invoice_id, "UserID": invoice.user_id}
        return {"Put": {"TableName": CATEGORIES[invoice.sub_type].table, "Item": self._dynamodb.marshal(item)}}

    def _delete_details(self, invoice: RetailInvoice) -> Item:
        key = self._dynamodb.marshal({"InvoiceID": invoice.invoice_id})
        return {"Delete": {"TableName": CATEGORIES[invoice.sub_type].table, "Key": key}}

    # Reading

    def get(self, user_id: str, invoice_id: str) -> RetailInvoice:
        """Raises ``InvoiceNotFound``, for another user's invoice too."""
        item = self._dynamodb.get(TABLE, _key(user_id, invoice_id))
        if item is None:
            raise InvoiceNotFound("The invoice does not exist")
        return from_plain(item, RetailInvoice)

    def details(self, invoice: RetailInvoice) -> Details:
        """The details of an invoice that was read for its owner; empty ones if they are missing."""
        category = CATEGORIES[invoice.sub_type]
        item = self._dynamodb.get(category.table, {"InvoiceID": invoice.invoice_id})
        if item is None or item.get("UserID") != invoice.user_id:
            return empty_details(invoice.sub_type)
        return from_plain(item, category.details)

    def of_user(
        self,
        user_id: str,
        *,
        sub_type: str | None = None,
        start: date | None = None,
        end: date | None = None,
        at_once: int | None = None,
    ) -> Iterator[RetailInvoice]:
        """A user's invoices, newest first, of one category or all, in a span of days (inclusive): one query.

        A page of it is 1 MB, hundreds of invoices that have to be paid for; ``at_once`` makes it so many invoices.
        """
        if sub_type is None:
            index, condition, key = _DATE_INDEX, "UserID = :key", user_id
        else:
            index, condition, key = _CATEGORY_INDEX, "UserID_SubType = :key", user_sub_type(user_id, sub_type)
        values: dict[str, Any] = {":key": key}
        if start or end:
            condition += " AND invoice_date BETWEEN :start AND :end"
            values |= {":start": (start or date.min).isoformat(), ":end": (end or date.max).isoformat()}
        options: dict[str, Any] = {"Limit": at_once} if at_once else {}
        found = self._dynamodb.query(TABLE, condition, values, IndexName=index, ScanIndexForward=False, **options)
        for item in found:
            yield from_plain(item, RetailInvoice)

    def count(self, user_id: str, sub_type: str) -> int:
        """How many invoices a category has: counted by DynamoDB, nothing is loaded."""
        return self._dynamodb.count(
            TABLE, "UserID_SubType = :key", {":key": user_sub_type(user_id, sub_type)}, IndexName=_CATEGORY_INDEX
        )

    def delete_page(self, user_id: str) -> int:
        """Removes a page of one user's records, details first; answers how many there were."""
        attributes = ("UserID", "InvoiceID", "sub_type")
        found = self._dynamodb.keys_page(TABLE, "UserID = :user", {":user": user_id}, attributes)
        for category in CATEGORIES.values():
            deletes = [{"InvoiceID": item["InvoiceID"]} for item in found if item["sub_type"] == category.sub_type]
            self._dynamodb.batch_write(category.table, deletes=deletes)
        self._dynamodb.batch_write(TABLE, deletes=[_key(item["UserID"], item["InvoiceID"]) for item in found])
        return len(found)
