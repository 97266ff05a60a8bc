"""Runs: one of a user at a time, handed over when time or quota is up, taken over when a worker died, told to the end.

The sandbox here answers a request without waiting for the parser, and has runs of a few milliseconds of work.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.app.mails import attach, letter, months_ago, notice_mail, notice_pdf
from tests.app.shop_mails import purchase, receipt_mail, today
from tests.app.world import World
from tests.end_to_end.recovery import RENTAL, RETAIL, Journey, Mailbox, mixed_mailbox, world_of_faults
from tests.sandbox.faults import ProcessKilled

BACKFILL = "/v1/invoices/retail/backfill"


@pytest.fixture(scope="module")
def hasty_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("runs"), INGESTION_WORK_SECONDS="0.000001") as made:
        yield made


@pytest.fixture(scope="module")
def patient_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("patience")) as made:
        yield made


def somebody(world: World, *mails: bytes) -> Journey:
    world.sandbox.clear_faults()
    return Journey(world, Mailbox(mails, mixed_mailbox().expected))


@pytest.fixture
def hasty(hasty_world: World) -> Journey:
    """Somebody whose requests have no time to work."""
    return somebody(hasty_world)


@pytest.fixture
def user(patient_world: World) -> Journey:
    """Somebody whose requests do all of the work."""
    return somebody(patient_world)


def post(journey: Journey, path: str, body: Any = None) -> dict[str, Any]:
    answer = journey.person.app.post(path, body)
    assert answer.status < 300, answer.text
    return dict(answer.body["data"])


def progress(journey: Journey, run_id: str) -> dict[str, Any]:
    return dict(journey.person.app.get(f"/v1/ingestions/{run_id}").body["data"])


def runs(journey: Journey) -> list[dict[str, Any]]:
    return [row for row in journey.rows("IngestionRuns") if row["RunID"] != "lease"]


def google(journey: Journey) -> Counter[str]:
    emulator = journey.world.sandbox.google
    assert emulator is not None
    mine = (entry for entry in emulator.requests() if entry["account"] == journey.person.account)
    return Counter(str(entry["operation"]) for entry in mine)


def somebody_else_works(journey: Journey, kind: str) -> str:
    """Another worker has the turn, for a run of a kind."""
    user_id, now = journey.person.user_id, datetime.now(UTC).isoformat()
    row = {"UserID": user_id, "RunID": f"run_{kind}", "kind": kind, "state": "running", "started_at": now}
    journey.world.put("IngestionRuns", row | {"updated_at": now, "incremental": True, "errors": [], "by_vendor": {}})
    lease = {"holder": f"run_{kind}", "worker": "w", "leased_until": int(time.time()) + 100}
    journey.world.put("IngestionRuns", {"UserID": user_id, "RunID": "lease", **lease})
    return f"run_{kind}"


def test_run_that_is_out_of_time_goes_on_in_the_background(hasty: Journey) -> None:
    hasty.person.receive(notice_mail(), notice_mail(1))
    hasty.world.sandbox.events.pause()
    answer = post(hasty, RENTAL)
    told = progress(hasty, answer["runId"])
    hasty.world.sandbox.events.resume()
    assert (answer["status"], answer["invoiceCount"]) == ("running", 0)
    assert (told["status"], told["documents"], told["finished"]) == ("running", 0, None)
    assert 0 <= told["percent"] < 100
    hasty.settle()
    told = progress(hasty, answer["runId"])
    assert (told["status"], told["invoiceCount"], told["documents"], told["done"]) == ("done", 2, 2, 2)
    assert (told["percent"], told["totalEmailsFound"], told["errors"]) == (100, 2, [])
    assert told["started"] <= told["finished"]


def test_second_request_joins_the_run_that_waits_for_the_queue(hasty: Journey) -> None:
    hasty.person.receive(notice_mail())
    hasty.world.sandbox.events.pause()
    answers = [post(hasty, path) for path in (RENTAL, RENTAL)]
    hasty.world.sandbox.events.resume()
    hasty.settle()
    assert len({answer["runId"] for answer in answers}) == len(runs(hasty)) == 1
    assert google(hasty)["gmail.messages.get"] == 1


@pytest.mark.parametrize(("path", "kind"), [(RENTAL, "rental"), (f"{RENTAL}/latest", "rental"), (RETAIL, "retail")])
def test_request_joins_a_run_that_finds_the_same(user: Journey, path: str, kind: str) -> None:
    run_id = somebody_else_works(user, kind)
    user.person.app.post(path)
    assert [row["RunID"] for row in runs(user)] == [run_id]
    assert google(user)["gmail.messages.list"] == 0
    user.let_time_pass()
    user.settle()
    assert [row["state"] for row in runs(user)] == ["done"]


@pytest.mark.parametrize(
    ("path", "kind"), [(RETAIL, "rental"), (RENTAL, "retail"), (RENTAL, "rental_latest"), (RETAIL, "retail_backfill")]
)
def test_run_that_finds_something_else_waits_for_its_turn(user: Journey, path: str, kind: str) -> None:
    user.person.receive(notice_mail(), receipt_mail(purchase()))
    other = somebody_else_works(user, kind)
    answer = post(user, path)
    assert answer["status"] == "running"
    assert answer["runId"] != other
    assert google(user)["gmail.messages.list"] == 0
    user.let_time_pass()
    user.settle()
    assert progress(user, answer["runId"])["invoiceCount"] == 1


def test_run_whose_workers_die_one_after_the_other_is_given_up(user: Journey) -> None:
    user.person.receive(notice_mail())
    user.world.sandbox.add_fault("s3.PutObject", kill=True, times=1_000)
    for _attempt in range(5):
        user.ask(RENTAL)
        user.let_time_pass()
        user.settle()
    assert [(row["state"], row["errors"]) for row in runs(user)][:1] == [("failed", ["abandoned"])]
    user.recover()
    assert user.person.app.rentals().count == 1
    assert {row["state"] for row in runs(user)} <= {"done", "failed"}


def test_message_that_kills_its_workers_costs_the_others_nothing_and_is_left_alone_in_the_end(user: Journey) -> None:
    """As a mail does that needs more memory than there is; the worker cannot tell which of a batch it was."""
    poison = attach(letter("Hyresavi poison"), notice_pdf(1)).as_bytes()
    user.person.receive(notice_mail(), poison, notice_mail(2))
    died: list[str] = []

    def die(params: dict[str, Any], **_kwargs: Any) -> None:
        if params["Metadata"]["subject"] == "Hyresavi poison":
            died.append(params["Key"])
            raise ProcessKilled

    events = user.world.sandbox.container.aws.client("s3").meta.events
    events.register("before-parameter-build.s3.PutObject", die)
    try:
        for _request in range(14):
            user.ask(RENTAL)
            user.let_time_pass()
            user.settle()
        assert user.person.app.rentals().count == 2
        count = len(died)
        user.run()
        assert len(died) == count
    finally:
        events.unregister("before-parameter-build.s3.PutObject", die)
    messages = [row for row in user.rows("IngestionLedger") if not row.get("part")]
    assert sorted((row["state"], row.get("reason")) for row in messages) == [
        ("failed", "worker_died"),
        ("stored", None),
        ("stored", None),
    ]
    assert {row["state"] for row in runs(user)} == {"done", "failed"}


# Backfill


def windows_searched(journey: Journey) -> list[tuple[int, int]]:
    emulator = journey.world.sandbox.google
    assert emulator is not None
    queries = [
        entry["query"]["q"][0]
        for entry in emulator.requests()
        if entry["account"] == journey.person.account and entry["operation"] == "gmail.messages.list"
    ]
    spans = [(re.search(r"after:(\d+)", query), re.search(r"before:(\d+)", query)) for query in queries]
    return [(int(after[1]), int(before[1])) for after, before in spans if after and before]


def past_purchases(count: int) -> list[bytes]:
    return [receipt_mail(purchase(f"{100 + number}.00", ago=20 + 100 * number)) for number in range(count)]


def test_backfill_searches_window_by_window_newest_first(user: Journey) -> None:
    user.person.receive(*past_purchases(4))
    answer = post(user, BACKFILL, {"start_year": today().year - 1})
    assert answer["batchCount"] == -(-(12 + today().month) // 3)
    user.settle()
    spans = windows_searched(user)
    assert len(spans) == answer["batchCount"]
    assert spans == sorted(spans, reverse=True)
    # Whole seconds: two windows share the one that they meet in, and leave none out.
    assert {older[1] - newer[0] for newer, older in pairwise(spans)} <= {0, 1}
    told = progress(user, answer["runId"])
    since = (today() - today().replace(year=today().year - 1, month=1, day=1)).days
    assert told["invoiceCount"] == sum(20 + 100 * number <= since for number in range(4))
    assert (told["status"], told["percent"]) == ("done", 100)


@pytest.mark.parametrize("skip", [12, 40, 70])
def test_backfill_whose_worker_was_killed_goes_on_where_it_was(user: Journey, skip: int) -> None:
    user.person.receive(*past_purchases(3))
    user.world.sandbox.add_fault("dynamodb.GetItem", function="work_on_ingestion", skip=skip, kill=True)
    answer = post(user, BACKFILL, {"start_year": today().year - 1})
    user.settle()
    told = progress(user, answer["runId"])
    assert (told["status"], told["errors"]) == ("done", [])
    assert told["invoiceCount"] == len(user.rows("RetailInvoices")) >= 2
    searched = Counter(windows_searched(user))
    assert len(searched) == answer["batchCount"]
    # Only the window in hand is searched again.
    assert sum(searched.values()) <= answer["batchCount"] + 1


def test_backfill_asked_for_twice_is_one(user: Journey) -> None:
    user.world.sandbox.events.pause()
    ids = {post(user, BACKFILL, {"start_year": today().year})["runId"] for _ in range(2)}
    user.world.sandbox.events.resume()
    user.settle()
    assert len(ids) == len(runs(user)) == 1


def test_cancelled_backfill_searches_nothing_more(user: Journey) -> None:
    user.person.receive(*past_purchases(2))
    user.world.sandbox.events.pause()
    run_id = post(user, BACKFILL, {"start_year": today().year - 1})["runId"]
    cancelled = user.person.app.delete(f"/v1/ingestions/{run_id}")
    user.world.sandbox.events.resume()
    assert cancelled.body["data"]["status"] == "cancelled"
    user.settle()
    assert windows_searched(user) == []
    assert progress(user, run_id)["status"] == "cancelled"
    assert user.person.app.delete(f"/v1/ingestions/{run_id}").refused == (400, "INVALID_REQUEST")
    assert user.person.app.delete("/v1/ingestions/run_nobody").refused == (404, "NOT_FOUND")
    assert post(user, RETAIL)["invoiceCount"] == 1


# History


def test_history_that_gmail_forgot_is_made_up_for_by_a_search(user: Journey) -> None:
    user.person.receive(notice_mail(1))
    user.run()
    emulator = user.world.sandbox.google
    assert emulator is not None
    user.person.receive(notice_mail(), receipt_mail(purchase()))
    emulator.expire_history(user.person.account, emulator.history_id(user.person.account))
    before = google(user)
    for path in (f"{RENTAL}/latest", RETAIL):
        assert user.ask(path) in {200, 201}
        user.settle()
    assert (google(user) - before)["gmail.messages.get"] == 2
    assert user.person.app.rentals().count == 2
    before = google(user)
    for path in (f"{RENTAL}/latest", RETAIL):
        user.ask(path)
    assert google(user) - before == Counter({"gmail.history.list": 2})


def test_sync_point_that_goes_back_costs_a_search_and_no_download(user: Journey) -> None:
    user.person.receive(notice_mail())
    user.run()
    [row] = [row for row in user.rows("Users") if "sync" in row]
    user.person.receive(notice_mail(1))
    user.run()
    before, stored = google(user), user.person.stored_invoices()
    [now] = [row for row in user.rows("Users") if "sync" in row]
    user.world.put("Users", now | {"sync": row["sync"]})
    user.ask(f"{RENTAL}/latest")
    user.settle()
    assert (google(user) - before)["gmail.messages.get"] == 0
    assert user.person.stored_invoices() == stored


def test_mail_that_comes_while_a_run_works_is_found_by_the_next(user: Journey) -> None:
    user.person.receive(notice_mail())
    world, late = user.world, notice_mail(0, serial=7)

    def another_mail(call: Any, _parameters: Any, _answer: Any) -> None:
        if call.name == "s3.PutObject" and user.person.mails == 1:
            user.person.receive(late)

    world.sandbox.calls.observers.append(another_mail)
    user.run()
    world.sandbox.calls.observers.remove(another_mail)
    assert user.person.app.rentals().count == 1
    assert user.ask(f"{RENTAL}/latest") == 201
    user.settle()
    assert user.person.app.rentals().count == 2


# Gmail's refusals


def test_token_that_gmail_refuses_is_renewed_once(user: Journey) -> None:
    user.person.receive(notice_mail())
    before = google(user)
    user.world.fail("gmail.messages.list", "401")
    assert user.ask(RENTAL) == 200
    assert (google(user) - before)["oauth.token"] == 1
    user.settle()
    assert user.person.app.rentals().count == 1


@pytest.mark.parametrize(
    ("error", "status", "gmail"),
    [
        ("userRateLimitExceeded", 200, "connected"),
        ("rateLimitExceeded", 200, "connected"),
        ("forbidden", 409, "reauth_required"),
        ("insufficientPermissions", 409, "reauth_required"),
    ],
)
def test_forbidden_for_quota_is_told_from_forbidden_for_good(
    user: Journey, error: str, status: int, gmail: str
) -> None:
    user.person.receive(notice_mail())
    user.world.fail("gmail.messages.list", error)
    assert user.ask(RENTAL) == status
    user.settle()
    assert user.person.app.profile().gmail_status == gmail
    assert user.person.app.rentals().count == (status == 200)
    assert sum("reconnect" in text or "connect it again" in text for text in user.person.notices()) == (status == 409)


@pytest.mark.parametrize("target", ["gmail.messages.list", "gmail.batch", "gmail.messages.get", "gmail.getProfile"])
def test_gmail_that_wants_to_be_left_alone_for_long_is_asked_again_then(user: Journey, target: str) -> None:
    user.person.receive(notice_mail(), notice_mail(1))
    user.world.sandbox.events.pause()
    user.world.fail(target, "429", times=2, retry_after=300)
    answer = post(user, RENTAL)
    [run] = runs(user)
    resumes = datetime.fromisoformat(run["resumes_at"]) - datetime.now(UTC)
    asked = google(user)[target]
    user.world.sandbox.clear_faults()
    user.world.sandbox.events.resume()
    assert (answer["status"], run["state"]) == ("running", "running")
    assert 290 <= resumes.total_seconds() <= 310
    assert asked <= 2
    user.settle()
    assert progress(user, answer["runId"])["invoiceCount"] == 2


def test_few_messages_of_a_batch_that_are_refused_are_asked_for_alone(user: Journey) -> None:
    user.person.receive(*(letter(f"Hyresavi {number}").as_bytes() for number in range(20)))
    user.world.fail("gmail.messages.get", "429", times=3)
    user.run()
    calls = google(user)
    assert (calls["gmail.messages.get"], calls["gmail.batch"]) == (23, 2)


def test_rent_of_years_is_one_summary_however_often_the_run_is_handed_over(hasty: Journey) -> None:
    hasty.person.receive(*(notice_mail(ago) for ago in range(3, 9)))
    assert months_ago(3) < today()
    post(hasty, RENTAL)
    hasty.settle()
    assert hasty.person.notices() == ["6 rental invoices imported from your mail."]
