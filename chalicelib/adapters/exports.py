"""The Exports table, and everything that the other tables keep of one person, as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice

from chalicelib.adapters import ledger, rental_invoices, retail_invoices, runs, user_vendors
from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.exports import Export, ExportState
from chalicelib.errors import Conflict, NotFound, UserNotFound

TABLE = "Exports"
_DETAILS_PER_CALL = 100

Records = Callable[[], Iterator[Item]]


class Exports:
    """Archives by user and id, and what goes into them."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def create(self, export: Export, user_exists: Item) -> None:
        """Raises ``UserNotFound``."""
        put = {"Put": {"TableName": TABLE, "Item": self._dynamodb.marshal(to_plain(export))}}
        try:
            self._dynamodb.transact([user_exists, put])
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def get(self, user_id: str, export_id: str) -> Export:
        """Raises ``NotFound``, also for one whose time is over."""
        item = self._dynamodb.get(TABLE, {"UserID": user_id, "ExportID": export_id})
        if item is None or item["expires_at"] <= datetime.now(UTC).timestamp():
            raise NotFound("The export does not exist")
        return from_plain(item, Export)

    def settle(self, export: Export, state: ExportState, user_exists: Item) -> None:
        """How it ended. Raises ``UserNotFound`` when the person has left meanwhile."""
        change = self._dynamodb.update_request(
            TABLE,
            {"UserID": export.user_id, "ExportID": export.export_id},
            "SET #state = :state",
            {":state": state},
            names={"#state": "state"},
            condition="attribute_exists(ExportID)",
        )
        try:
            self._dynamodb.transact([user_exists, {"Update": change}])
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def delete_page(self, user_id: str) -> int:
        """Forgets a page of what one user has; answers how much that was."""
        return self._dynamodb.delete_page(TABLE, user_id, "ExportID")

    def records(self, user_id: str) -> dict[str, Records]:
        """What each table keeps of a user, by a name for it; every call reads anew, page by page."""
        tables = {
            "rental_invoices": rental_invoices.TABLE,
            "documents": ledger.TABLE,
            "ingestions": runs.TABLE,
            "vendors": user_vendors.TABLE,
        }
        found: dict[str, Records] = {name: self._reader(table, user_id) for name, table in tables.items()}
        return found | {"retail_invoices": lambda: self._with_details(user_id)}

    def _reader(self, table: str, user_id: str) -> Records:
        return lambda: self._dynamodb.query(table, "UserID = :user", {":user": user_id})

    def _with_details(self, user_id: str) -> Iterator[Item]:
        """Base records, each with its detail record as ``details``."""
        base = self._dynamodb.query(retail_invoices.TABLE, "UserID = :user", {":user": user_id})
        while some := list(islice(base, _DETAILS_PER_CALL)):
            details: dict[str, Item] = {}
            for category in CATEGORIES.values():
                keys = [{"InvoiceID": item["InvoiceID"]} for item in some if item["sub_type"] == category.sub_type]
                for item in self._dynamodb.batch_get(category.table, keys) if keys else ():
                    if item.pop("UserID", None) == user_id:
                        details[item.pop("InvoiceID")] = item
            yield from ({**item, "details": details.get(item["InvoiceID"])} for item in some)
