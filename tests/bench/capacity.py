"""DynamoDB's capacity units, worked out from a call: emulators report made-up ones.

Rules: developer guide, "DynamoDB on-demand capacity mode" and "DynamoDB item sizes and formats". A write costs a unit
per KB begun of the item, a read one per 4 KB, half of that when eventually consistent; both double in a transaction,
whose condition checks count as writes; a query counts the sizes of its items together. Not counted: the same writes
once more for each index that they touch, and the size of an item that an update changes (one unit is assumed).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.calls import Call, Parameters


@dataclass(slots=True)
class Capacity:
    """Sums up the units of the calls that it observes."""

    read: float = 0
    write: float = 0

    def clear(self) -> None:
        self.read = self.write = 0

    def observe(self, call: Call, parameters: Parameters, answer: Mapping[str, Any] | None) -> None:
        """An observer of a ``CallLog``."""
        if call.service != "dynamodb":
            return
        match call.operation:
            case "GetItem":
                self.read += _read_units(_size((answer or {}).get("Item", {})), parameters)
            case "Query" | "Scan":
                items = (answer or {}).get("Items", [])
                self.read += _read_units(sum(_size(item) for item in items), parameters)
            case "BatchGetItem":
                found = [item for items in (answer or {}).get("Responses", {}).values() for item in items]
                self.read += sum(_read_units(_size(item), {"ConsistentRead": True}) for item in found)
            case "PutItem" | "UpdateItem" | "DeleteItem":
                self.write += _write_units(parameters)
            case "TransactWriteItems":
                self.write += sum(
                    2 * _write_units(each) for one in parameters["TransactItems"] for each in one.values()
                )
            case "BatchWriteItem":
                requests = [each for group in parameters["RequestItems"].values() for each in group]
                self.write += sum(_write_units(each) for one in requests for each in one.values())


def _read_units(size: int, parameters: Parameters) -> float:
    units = max(1, math.ceil(size / 4096))
    return units if parameters.get("ConsistentRead") else units / 2


def _write_units(parameters: Parameters) -> int:
    return max(1, math.ceil(_size(parameters.get("Item", {})) / 1024))


def _size(value: Any) -> int:
    """Bytes of names and values in typed JSON; numbers take about a byte for two digits.

    >>> _size({"UserID": {"S": "user_1"}, "total": {"N": "10365.00"}})
    22
    """
    total = 0
    for name, typed in value.items():
        [(kind, inner)] = typed.items()
        total += len(name.encode()) + _value_size(kind, inner)
    return total


def _value_size(kind: str, inner: Any) -> int:
    match kind:
        case "S":
            return len(str(inner).encode())
        case "N":
            return 1 + math.ceil(len(str(inner)) / 2)
        case "L":
            return 3 + sum(1 + _value_size(*next(iter(each.items()))) for each in inner)
        case "M":
            return 3 + _size(inner)
        case "B" | "SS" | "NS":
            return sum(len(each) for each in inner) if kind != "B" else len(inner)
        case _:
            return 1
