"""The IngestionRuns table: runs with their counters, and the lease that lets one run of a user work at a time.

Counters move inside the transactions that store and finish documents, so that a replay cannot count twice. Parses of
one run meet on its row; Gmail's quota (300 messages a minute and user) keeps that to a few transactions a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.runs import Run, RunState
from chalicelib.errors import Conflict, NotFound, UserNotFound

TABLE = "IngestionRuns"
_KEPT_FOR = timedelta(days=90)
_LEASE = "lease"
_LONGEST_ID = 100
_ATTEMPTS = 3


def _key(user_id: str, run_id: str) -> dict[str, str]:
    return {"UserID": user_id, "RunID": run_id}


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def _text(moment: datetime) -> str:
    """Of one length, so that texts compare as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Turn(NamedTuple):
    """Which run of a user may work now, and whether the worker that asked is the one to do it."""

    run_id: str
    is_ours: bool


class Runs:
    """Each user's ingestion runs.

    A worker is one invocation of a function that works on a run; its id is random. The lease names run and worker, so
    that a message that is delivered twice does not make two workers of one run.
    """

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def create(self, run: Run, user_exists: Item) -> None:
        """Writes the row of a new run, which expires after 90 days. Raises ``UserNotFound``."""
        try:
            self._dynamodb.transact([user_exists, self._put(run)])
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def begin(self, run: Run, worker: str, seconds: float, user_exists: Item) -> Turn:
        """Writes the row of a new run and makes it the one that may work, both or neither: a run that nobody works
        on would never end. Answers whose turn it is now. Raises ``UserNotFound``."""
        for _attempt in range(_ATTEMPTS):
            try:
                lease = self._lease(run.user_id, run.run_id, worker, seconds)
                self._dynamodb.transact([user_exists, self._put(run), lease])
            except Conflict:
                turn = self._turn(run.user_id, worker)
                if turn is None:
                    continue
                return turn
            return Turn(run.run_id, is_ours=True)
        raise UserNotFound("The user does not exist")

    def get(self, user_id: str, run_id: str) -> Run:
        """Raises ``NotFound``, also for what is not a run."""
        is_id = run_id.startswith("run_") and len(run_id) <= _LONGEST_ID
        item = self._dynamodb.get(TABLE, _key(user_id, run_id)) if is_id else None
        if item is None:
            raise NotFound("The ingestion does not exist")
        return from_plain(item, Run)

    def unsettled(self, user_id: str) -> Iterator[Run]:
        """The user's runs that have not ended, and those that have something left to tell; one query."""
        found = self._dynamodb.query(
            TABLE,
            "UserID = :user",
            {":user": user_id, ":running": "running"},
            FilterExpression="#s = :running OR historical > summarized",
            ExpressionAttributeNames={"#s": "state"},
            ConsistentRead=True,
        )
        for item in found:
            yield from_plain(item, Run)

    def take_turn(self, user_id: str, run_id: str, worker: str, seconds: float) -> Turn:
        """Makes the run the one that may work for this user, or prolongs the worker's turn; answers whose turn it is.

        A lease that ran out belongs to nobody: its worker died. Raises ``NotFound`` when the run is gone, as it is
        when its user was deleted meanwhile.
        """
        for _attempt in range(_ATTEMPTS):
            try:
                self._dynamodb.transact(
                    [self._existence_check(user_id, run_id), self._lease(user_id, run_id, worker, seconds)]
                )
            except Conflict:
                self.get(user_id, run_id)
                turn = self._turn(user_id, worker)
                if turn is None:
                    continue
                return turn
            return Turn(run_id, is_ours=True)
        return Turn(run_id, is_ours=False)

    def is_somebodys_turn(self, user_id: str) -> bool:
        """Whether a worker has the lease of this user now."""
        return self._turn(user_id, "") is not None

    def worker_died(self, user_id: str, run_id: str) -> bool:
        """Whether the run's last worker let its lease run out instead of giving it back."""
        item = self._dynamodb.get(TABLE, _key(user_id, _LEASE)) or {}
        return item.get("holder") == run_id and 0 < int(item["leased_until"]) < _now()

    def release(self, user_id: str, worker: str) -> None:
        """Ends the worker's turn; does nothing when somebody else has the lease by now."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, _LEASE),
                "SET leased_until = :never",
                {":never": 0, ":worker": worker},
                condition="worker = :worker",
            )
        except Conflict:
            return

    def _put(self, run: Run) -> Item:
        expires = int((run.started_at + _KEPT_FOR).timestamp())
        item = self._dynamodb.marshal({**to_plain(run), "expires_at": expires})
        return {"Put": {"TableName": TABLE, "Item": item}}

    def _turn(self, user_id: str, worker: str) -> Turn | None:
        """Who has the lease; ``None`` when nobody does."""
        item = self._dynamodb.get(TABLE, _key(user_id, _LEASE))
        if item is None or int(item["leased_until"]) < _now():
            return None
        return Turn(str(item["holder"]), is_ours=item["worker"] == worker)

    def _existence_check(self, user_id: str, run_id: str) -> Item:
        """No lease for the run of a user who was deleted meanwhile: it would stay behind."""
        return {
            "ConditionCheck": {
                "TableName": TABLE,
                "Key": self._dynamodb.marshal(_key(user_id, run_id)),
                "ConditionExpression": "attribute_exists(RunID)",
            }
        }

    def _lease(self, user_id: str, run_id: str, worker: str, seconds: float) -> Item:
        now = _now()
        return {
            "Update": self._dynamodb.update_request(
                TABLE,
                _key(user_id, _LEASE),
                "SET holder = :run, worker = :worker, leased_until = :until, expires_at = :expires",
                {
                    ":run": run_id,
                    ":worker": worker,
                    ":until": now + int(seconds),
                    ":expires": now + 86_400,
                    ":now": now,
                },
                condition="attribute_not_exists(RunID) OR leased_until < :now OR worker = :worker",
            )
        }

    def add(self, user_id: str, run_id: str, **counts: int) -> Run:
        """Adds to counters outside a transaction: for counts whose loss, or repetition, in a crash harms nothing."""
        return from_plain(self._dynamodb.update(**self._addition(user_id, run_id, counts)), Run)

    def count_action(self, user_id: str, run_id: str, *, vendor: str | None = None, **counts: int) -> Item:
        """For transactions: adds to counters of the run, and one invoice to a vendor's count."""
        addition = self._addition(user_id, run_id, counts)
        if vendor is not None:
            one_more = "by_vendor.#vendor = if_not_exists(by_vendor.#vendor, :none) + :one"
            addition["expression"] = addition["expression"].replace("SET ", f"SET {one_more}, ", 1)
            addition["values"] |= {":none": 0, ":one": 1}
            addition["names"] = {"#vendor": vendor}
        return {"Update": self._dynamodb.update_request(**addition)}

    def _addition(self, user_id: str, run_id: str, counts: dict[str, int]) -> Item:
        additions = ", ".join(f"{name} :{name}" for name in counts)
        values: Item = {f":{name}": count for name, count in counts.items()}
        return {
            "table": TABLE,
            "key": _key(user_id, run_id),
            "expression": f"SET updated_at = :now ADD {additions}",
            "values": {**values, ":now": datetime.now(UTC).isoformat()},
            "condition": "attribute_exists(RunID)",
        }

    def note_error(self, user_id: str, run_id: str, reason: str) -> None:
        """Appends a reason to the run's errors, of which the first fifty are kept."""
        try:
            self._dynamodb.update(
                TABLE,
                _key(user_id, run_id),
                "SET errors = list_append(errors, :reason)",
                {":reason": [reason], ":most": 50},
                condition="attribute_exists(RunID) AND size(errors) < :most",
            )
        except Conflict:
            return

    def mark_fetched(self, user_id: str, run_id: str) -> Run | None:
        """The search is worked off: from now on the run waits for its documents only; ``None`` if the run is gone."""
        return self._set(user_id, run_id, "fetched = :yes", {":yes": True}, "attribute_exists(RunID)")

    def note_history(self, user_id: str, run_id: str, start: str | None, end: str, vendors: str) -> None:
        """From where to where in Gmail's history the run goes, and which vendors it looks for."""
        values = {":start": start, ":end": end, ":vendors": vendors}
        assignments = "history_start = :start, history_end = :end, vendors = :vendors"
        self._set(user_id, run_id, assignments, values, "attribute_exists(RunID)")

    def is_running(self, user_id: str, run_id: str) -> bool:
        """Whether the run is still wanted: nobody cancelled it, and its user is not gone."""
        item = self._dynamodb.get(TABLE, _key(user_id, run_id))
        return item is not None and item["state"] == "running"

    def note_crash(self, user_id: str, run_id: str) -> Run:
        """Counts a worker that died."""
        return self.add(user_id, run_id, crashes=1)

    def note_resumption(self, user_id: str, run_id: str, at: datetime) -> None:
        """The queue is to go on with the run then."""
        self._set(user_id, run_id, "resumes_at = :at", {":at": at.isoformat()}, "attribute_exists(RunID)")

    def claim_summary(self, run: Run, seconds: float) -> bool:
        """Whether the caller is the one to tell what the run imported, and has so many seconds for it."""
        values: Item = {":told": run.summarized, ":until": _text(datetime.now(UTC) + timedelta(seconds=seconds))}
        condition = "summarized = :told AND (attribute_not_exists(summary_until) OR summary_until < :now)"
        return self._set(run.user_id, run.run_id, "summary_until = :until", values, condition) is not None

    def settle_summary(self, user_id: str, run_id: str, summarized: int) -> None:
        """So many of the run's records are told of now; the claim ends, and with the old number nothing else."""
        values = {":told": summarized, ":over": _text(datetime.fromtimestamp(0, UTC))}
        self._set(user_id, run_id, "summarized = :told, summary_until = :over", values, "attribute_exists(RunID)")

    def mark_window_done(self, user_id: str, run_id: str, done: int) -> None:
        """So many windows of a backfill are worked off."""
        self._set(user_id, run_id, "windows_done = :done", {":done": done}, "attribute_exists(RunID)")

    def finish(self, user_id: str, run_id: str, state: RunState = "done") -> bool:
        """Ends a running run; true for the one caller who did it."""
        now = datetime.now(UTC).isoformat()
        values = {":state": state, ":finished": now, ":running": "running"}
        ended = self._set(user_id, run_id, "#s = :state, finished_at = :finished", values, "#s = :running")
        return ended is not None

    def _set(self, user_id: str, run_id: str, assignments: str, values: Item, condition: str) -> Run | None:
        """Sets fields and the time of the change, ``:now``; ``None`` when the condition does not hold."""
        names = {"#s": "state"} if "#s" in assignments + condition else None
        stamp = {":now": _text(datetime.now(UTC))}
        try:
            item = self._dynamodb.update(
                TABLE,
                _key(user_id, run_id),
                f"SET {assignments}, updated_at = :now",
                {**values, **stamp},
                names=names,
                condition=condition,
            )
        except Conflict:
            return None
        return from_plain(item, Run)

    def delete_page(self, user_id: str) -> int:
        """Forgets a page of what one user has; answers how much that was."""
        return self._dynamodb.delete_page(TABLE, user_id, "RunID")
