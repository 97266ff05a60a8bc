"""DynamoDB: records to items and back, and the few operations that the tables are built from.

Every failure is one of ``Conflict``, ``DependencyThrottled``, ``DependencyFailure``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.errors import DependencyThrottled

Item = dict[str, Any]
Record = TypeVar("Record")

#: DynamoDB API reference: BatchGetItem 100 keys, BatchWriteItem 25 requests.
_KEYS_PER_BATCH_GET = 100
_REQUESTS_PER_BATCH_WRITE = 25
_ATTEMPTS = 6
#: Items that are read at once in order to be deleted: bounded work between two looks at the clock.
PAGE = 500


def to_plain(record: Any) -> Item:
    """A record as plain values that DynamoDB's type system knows; fields that are ``None`` are left out."""
    plain = msgspec.to_builtins(record, builtin_types=(Decimal, bytes))
    return {name: _storable(value) for name, value in plain.items() if value is not None}


def _storable(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _storable(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value


def _readable(value: Any) -> Any:
    """DynamoDB's one number type is Decimal; whole numbers become int, which msgspec accepts for both."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else value
    if isinstance(value, dict):
        return {name: _readable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    return value


def from_plain(item: Mapping[str, Any], record_type: type[Record]) -> Record:
    """The record that an item holds; attributes that the record does not know are ignored."""
    return msgspec.convert(_readable(dict(item)), record_type, strict=False)


def _pause_before_retry(attempt: int) -> None:
    """Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter")."""
    time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - spreads load, guards nothing


class DynamoDB:
    """Typed access to items: names in, plain values out."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> Any:
        return self._aws.client("dynamodb")

    @cached_property
    def _serialize(self) -> Any:
        from boto3.dynamodb.types import TypeSerializer

        return TypeSerializer().serialize

    @cached_property
    def _deserialize(self) -> Any:
        from boto3.dynamodb.types import TypeDeserializer

        return TypeDeserializer().deserialize

    def marshal(self, plain: Mapping[str, Any]) -> Item:
        """Plain values to DynamoDB's typed JSON."""
        return {name: self._serialize(value) for name, value in plain.items()}

    def unmarshal(self, item: Mapping[str, Any]) -> Item:
        """DynamoDB's typed JSON, as in answers and stream records, to plain values."""
        return {name: self._deserialize(value) for name, value in item.items()}

    def get(self, table: str, key: Mapping[str, str], *, consistent: bool = True) -> Item | None:
        """One item by its key, or ``None``."""
        with aws_errors("dynamodb", "GetItem"):
            answer = self._client.get_item(TableName=table, Key=self.marshal(key), ConsistentRead=consistent)
        return self.unmarshal(answer["Item"]) if "Item" in answer else None

    def batch_get(
        self,
        table: str,
        keys: Sequence[Mapping[str, str]],
        *,
        projection: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Iterator[Item]:
        """The items that exist among any number of keys; ``projection`` names the attributes wanted, or all are."""
        options: Item = {"ConsistentRead": True}
        if projection:
            options |= {"ProjectionExpression": projection, "ExpressionAttributeNames": dict(names or {})}
        for start in range(0, len(keys), _KEYS_PER_BATCH_GET):
            wanted = [self.marshal(key) for key in keys[start : start + _KEYS_PER_BATCH_GET]]
            request: Item = {table: {"Keys": wanted, **options}}
            for attempt in range(_ATTEMPTS):
                with aws_errors("dynamodb", "BatchGetItem"):
                    answer = self._client.batch_get_item(RequestItems=request)
                yield from (self.unmarshal(item) for item in answer["Responses"].get(table, []))
                request = answer.get("UnprocessedKeys") or {}
                if not request:
                    break
                _pause_before_retry(attempt)
            else:
                raise DependencyThrottled("dynamodb", "BatchGetItem", "UnprocessedKeys")

    def batch_write(self, table: str, puts: Iterable[Item] = (), deletes: Iterable[Mapping[str, str]] = ()) -> None:
        """Any number of unconditional puts and deletes, 25 a call, until DynamoDB took every one."""
        requests: list[Item] = [{"PutRequest": {"Item": self.marshal(item)}} for item in puts]
        requests += [{"DeleteRequest": {"Key": self.marshal(key)}} for key in deletes]
        for start in range(0, len(requests), _REQUESTS_PER_BATCH_WRITE):
            pending: Item = {table: requests[start : start + _REQUESTS_PER_BATCH_WRITE]}
            for attempt in range(_ATTEMPTS):
                with aws_errors("dynamodb", "BatchWriteItem"):
                    answer = self._client.batch_write_item(RequestItems=pending)
                pending = answer.get("UnprocessedItems") or {}
                if not pending:
                    break
                _pause_before_retry(attempt)
            else:
                raise DependencyThrottled("dynamodb", "BatchWriteItem", "UnprocessedItems")

    def put(self, table: str, item: Item, *, condition: str | None = None) -> None:
        """Writes one item; raises ``Conflict`` when the condition does not hold."""
        request: Item = {"TableName": table, "Item": self.marshal(item)}
        if condition:
            request["ConditionExpression"] = condition
        with aws_errors("dynamodb", "PutItem"):
            self._client.put_item(**request)

    def update(
        self,
        table: str,
        key: Mapping[str, str],
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Updates one item and answers what it is then; raises ``Conflict`` when the condition does not hold."""
        request = self.update_request(table, key, expression, values, condition=condition, names=names)
        with aws_errors("dynamodb", "UpdateItem"):
            answer = self._client.update_item(ReturnValues="ALL_NEW", **request)
        return self.unmarshal(answer.get("Attributes", {}))

    def update_request(
        self,
        table: str,
        key: Mapping[str, str],
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """The parameters of an update, for ``update`` itself and for transactions."""
        request: Item = {"TableName": table, "Key": self.marshal(key), "UpdateExpression": expression}
        if values:
            request["ExpressionAttributeValues"] = self.marshal(values)
        if names:
            request["ExpressionAttributeNames"] = dict(names)
        if condition:
            request["ConditionExpression"] = condition
        return request

    def keys_page(self, table: str, condition: str, values: Mapping[str, Any], attributes: Sequence[str]) -> list[Item]:
        """Some attributes of the first items that a query finds, ``PAGE`` at most: for deleting page by page."""
        request = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": self.marshal(values),
            "ProjectionExpression": ",".join(attributes),
            "ConsistentRead": True,
            "Limit": PAGE,
        }
        with aws_errors("dynamodb", "Query"):
            answer = self._client.query(**request)
        return [self.unmarshal(item) for item in answer["Items"]]

    def delete_page(self, table: str, user_id: str, sort_key: str) -> int:
        """Deletes the first items of a user, ``PAGE`` at most; answers how many there were."""
        keys = self.keys_page(table, "UserID = :user", {":user": user_id}, ("UserID", sort_key))
        self.batch_write(table, deletes=keys)
        return len(keys)

    def delete(self, table: str, key: Mapping[str, str]) -> None:
        """Deletes one item; deleting what is not there succeeds."""
        with aws_errors("dynamodb", "DeleteItem"):
            self._client.delete_item(TableName=table, Key=self.marshal(key))

    def transact(self, actions: Sequence[Item]) -> None:
        """All of the writes or none. Transactions that meet on an item are tried again, a few times, apart."""
        for attempt in range(_ATTEMPTS):
            try:
                with aws_errors("dynamodb", "TransactWriteItems"):
                    self._client.transact_write_items(TransactItems=list(actions))
                return
            except DependencyThrottled:
                if attempt == _ATTEMPTS - 1:
                    raise
                _pause_before_retry(attempt)

    def query(self, table: str, condition: str, values: Mapping[str, Any], **options: Any) -> Iterator[Item]:
        """Every item of a query, page by page as they are consumed; ``options`` are those of boto3's ``query``."""
        request = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": self.marshal(values),
            **options,
        }
        yield from self._pages("query", "Query", request)

    def count(self, table: str, condition: str, values: Mapping[str, Any], **options: Any) -> int:
        """How many items a query finds, without reading any of them into memory."""
        request = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": self.marshal(values),
            "Select": "COUNT",
            **options,
        }
        total = 0
        while True:
            with aws_errors("dynamodb", "Query"):
                answer = self._client.query(**request)
            total += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return total
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def query_page(
        self,
        table: str,
        condition: str,
        values: Mapping[str, Any],
        *,
        limit: int,
        start: Item | None = None,
        index: str | None = None,
        newest_first: bool = False,
    ) -> tuple[list[Item], Item | None]:
        """One page of at most ``limit`` items, and the plain key to start the next one from."""
        request: Item = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": self.marshal(values),
            "Limit": limit,
            "ScanIndexForward": not newest_first,
        }
        if index:
            request["IndexName"] = index
        if start:
            request["ExclusiveStartKey"] = self.marshal(start)
        with aws_errors("dynamodb", "Query"):
            answer = self._client.query(**request)
        following = answer.get("LastEvaluatedKey")
        return [self.unmarshal(item) for item in answer["Items"]], self.unmarshal(following) if following else None

    def scan(self, table: str, **options: Any) -> Iterator[Item]:
        """Every item of a table, page by page; for schedules and maintenance, never for a request."""
        if values := options.pop("values", None):
            options["ExpressionAttributeValues"] = self.marshal(values)
        yield from self._pages("scan", "Scan", {"TableName": table, **options})

    def _pages(self, method: str, operation: str, request: Item) -> Iterator[Item]:
        call = getattr(self._client, method)
        while True:
            with aws_errors("dynamodb", operation):
                answer = call(**request)
            yield from (self.unmarshal(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
