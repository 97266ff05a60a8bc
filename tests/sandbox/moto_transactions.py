"""Transactions of moto that cost what they touch, not what the tables hold.

moto 5.2.5 copies every table of a transaction beforehand and puts the copies in place when it fails. With a thousand
items that is a fifth of a second a transaction, and it leaves readers of the table's stream behind on the discarded
original. Here only the items named are copied, and put back where they were.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

_moto_transact: Callable[[Any, list[dict[str, Any]]], None] = DynamoDBBackend.transact_write_items


def install() -> None:
    """For this process; doing it twice changes nothing."""
    backend_class: Any = DynamoDBBackend
    table_class: Any = Table
    backend_class.transact_write_items = _transact_write_items
    table_class.__deepcopy__ = _same_table


def _transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
    before = list(_touched(backend, transact_items))
    shards = {
        table.name: (table.stream_shard, len(table.stream_shard.items)) for table, *_ in before if table.stream_shard
    }
    try:
        _moto_transact(backend, transact_items)
    except Exception:
        for table, hash_key, range_key, item in before:
            _put_back(table, hash_key, range_key, item)
        for shard, length in shards.values():
            del shard.items[length:]
        raise


def _same_table(table: Any, _memo: dict[int, Any]) -> Any:
    # moto's own copy for the rollback; create_backup, which the application does not use, is the other caller.
    return table


def _touched(backend: Any, transact_items: list[dict[str, Any]]) -> Iterator[tuple[Any, Any, Any, Any]]:
    for operation in (operation for item in transact_items for operation in item.values()):
        table = backend.tables.get(operation.get("TableName"))
        key = operation.get("Key") or operation.get("Item") or {}
        if table is None or not {table.hash_key_attr, table.range_key_attr or table.hash_key_attr} <= key.keys():
            continue  # moto refuses it
        hash_key, range_key = backend.get_keys_value(table, key)
        yield table, hash_key, range_key, copy.deepcopy(table.get_item(hash_key, range_key))


def _put_back(table: Any, hash_key: Any, range_key: Any, item: Any) -> None:
    group, key = (table.items, hash_key) if range_key is None else (table.items[hash_key], range_key)
    if item is None:
        group.pop(key, None)
    else:
        group[key] = item
