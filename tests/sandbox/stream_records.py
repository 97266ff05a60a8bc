"""DynamoDB Streams: every shard in order, batch by batch, as a Lambda event source mapping reads them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.calls import Call, Parameters
from tests.sandbox.clients import AwsClients
from tests.sandbox.event_shapes import stream_event
from tests.sandbox.functions import Functions, Outcome, PartialBatchFailure
from tests.sandbox.polling import Poller

if TYPE_CHECKING:
    from chalice.app import DynamoDBEventConfig

_WRITES = frozenset({"PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem"})
_LOOK_FOR_SHARDS_EVERY = 10.0  # seconds; a shard of DynamoDB lives about four hours


@dataclass(slots=True)
class _Shard:
    parent: str | None
    position: str | None = None  # sequence number of the last record that was dealt with
    closed: bool = False


class StreamRecords(Poller):
    """One stream and the function that reads it, from the oldest record on (TRIM_HORIZON).

    A failing batch holds its shard and is tried again: at most `attempts` times, then it is kept as failed and the
    shard goes on. With `batchItemFailures` only the records from the first failing one on are tried again.
    """

    def __init__(
        self,
        clients: AwsClients,
        config: DynamoDBEventConfig,
        functions: Functions,
        *,
        attempts: int,
        retry_delay: float,
    ) -> None:
        super().__init__(f"stream-{config.name}")
        self._streams = clients.client("dynamodbstreams")
        self._arn = config.stream_arn
        self._function = config.name
        self._batch = config.batch_size or 100
        self._functions = functions
        self._attempts = attempts
        self._retry_delay = retry_delay
        self._shards: dict[str, _Shard] = {}
        self._looked_for_shards = float("-inf")

    def is_fed_by(self, call: Call, parameters: Parameters) -> bool:
        table = self._arn.split("/")[1]
        return call.service == "dynamodb" and call.operation in _WRITES and table in _tables(parameters)

    def poll(self) -> int:
        self._find_shards()
        return sum(self._read(shard_id, shard) for shard_id, shard in self._shards.items() if self._open(shard))

    def _open(self, shard: _Shard) -> bool:
        parent = self._shards.get(shard.parent or "")
        return not shard.closed and (parent is None or parent.closed)

    def _find_shards(self) -> None:
        if time.monotonic() - self._looked_for_shards < _LOOK_FOR_SHARDS_EVERY:
            return
        start: dict[str, str] = {}
        while True:
            page = self._streams.describe_stream(StreamArn=self._arn, **start)["StreamDescription"]
            for shard in page["Shards"]:
                self._shards.setdefault(shard["ShardId"], _Shard(shard.get("ParentShardId")))
            if not page.get("LastEvaluatedShardId"):
                break
            start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}
        self._looked_for_shards = time.monotonic()

    def _read(self, shard_id: str, shard: _Shard) -> int:
        # A new iterator each time, although the last answer had one: moto's follow a table only until one of its
        # transactions is rolled back.
        answer = self._streams.get_records(ShardIterator=self._iterator(shard_id, shard), Limit=self._batch)
        records = answer["Records"]
        if records:
            self._deliver(records)
            shard.position = records[-1]["dynamodb"]["SequenceNumber"]
        if answer.get("NextShardIterator") is None:
            shard.closed = True
            self._looked_for_shards = float("-inf")  # a closed shard has children
        return len(records)

    def _iterator(self, shard_id: str, shard: _Shard) -> str:
        where = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": shard.position}
            if shard.position
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        answer = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard_id, **where)
        return str(answer["ShardIterator"])

    def _deliver(self, records: Sequence[Mapping[str, Any]]) -> None:
        for attempt in range(1, self._attempts + 1):
            event = stream_event(records, self._arn)
            outcome = self._functions.run(self._function, event)
            failed_from = _first_failure(records, outcome)
            self._functions.log.count_delivered(failed_from)
            records = records[failed_from:]
            if not records:
                return
            if attempt == self._attempts or self.stopping:
                error = outcome.error or PartialBatchFailure(f"{len(records)} records")
                self._functions.log.give_up(self._function, stream_event(records, self._arn), attempt, error)
                return
            self.pause_for(self._retry_delay)


def _tables(parameters: Parameters) -> Iterator[str]:
    """Names of the tables that a write is about."""
    if "TableName" in parameters:
        yield parameters["TableName"]
    for item in parameters.get("TransactItems", []):
        yield from (operation["TableName"] for operation in item.values())
    yield from parameters.get("RequestItems", {})


def _first_failure(records: Sequence[Mapping[str, Any]], outcome: Outcome) -> int:
    """How many records at the start of the batch succeeded.

    An item identifier that is no sequence number of the batch fails the whole batch (Lambda developer guide,
    "Configuring partial batch response with DynamoDB and Lambda").
    """
    if outcome.error is not None:
        return 0
    failures = outcome.result.get("batchItemFailures") if isinstance(outcome.result, dict) else None
    if not failures:
        return len(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    named = [failure.get("itemIdentifier") for failure in failures]
    return min(numbers.index(name) if name in numbers else 0 for name in named)
