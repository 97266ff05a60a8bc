"""Real time: Gmail's push, from the watch to the notification, and who may not push."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.sync_slots import SyncSlots
from chalicelib.domain.jobs import SyncMailboxJob
from tests.app.client import Answer
from tests.app.mails import notice_mail
from tests.app.world import Person, World
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.google.push import TOPIC
from tests.sandbox.sandbox import Sandbox

PUSH = "/v1/gmail/push"


@pytest.fixture(scope="module")
def pushing_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox with Gmail's push, which syncs a mailbox once a minute at most."""
    mailbox: Path = tmp_path_factory.mktemp("pushed")
    environ = {"BCRYPT_COST": "4", "GMAIL_PUSH_INTERVAL_SECONDS": "60"}
    with Sandbox(mailbox, gmail_push=True, environ=environ) as sandbox:
        yield World(sandbox, mailbox)


@pytest.fixture
def world(pushing_world: World) -> Iterator[World]:
    pushing_world.sandbox.clear_faults()
    yield pushing_world
    pushing_world.sandbox.clear_faults()


@pytest.fixture
def watched(world: World) -> Person:
    """Somebody who has connected Gmail and is watched."""
    somebody = world.newcomer()
    somebody.connect()
    world.drain()
    return somebody


def google_of(world: World) -> GoogleEmulator:
    assert world.sandbox.google is not None
    return world.sandbox.google


def deliver(world: World, envelope: Any, token: str | None = None, **headers: str) -> Answer:
    """A push as Pub/Sub sends it."""
    authorization = f"Bearer {token or google_of(world).pubsub.token()}"
    return world.stranger().send("POST", PUSH, json.dumps(envelope).encode(), Authorization=authorization, **headers)


def change_of(person: Person) -> Any:
    google = google_of(person.world)
    return google.pubsub.envelope(person.account, google.history_id(person.account))


def told(data: Any) -> Any:
    """An envelope around any data."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return {"message": {"data": base64.b64encode(content).decode(), "messageId": "1"}, "subscription": "s"}


def syncs_of(person: Person) -> int:
    """How many syncs the queue has delivered for a person."""
    bodies = (
        json.loads(record["body"])
        for delivery in person.world.deliveries_about(person.user_id)
        if delivery.function == "work_on_ingestion"
        for record in delivery.event["Records"]
    )
    return sum(body["job"] == "sync" for body in bodies)


def row_of(person: Person) -> dict[str, Any]:
    [row] = [row for row in person.rows("Users") if row["UserID"] == person.user_id]
    return row


def watch_until(person: Person, moment: datetime) -> None:
    """Notes another end of the person's watch."""
    person.world.aws("dynamodb").update_item(
        TableName="Users",
        Key={"UserID": {"S": person.user_id}},
        UpdateExpression="SET gmail_watch_expires_at = :moment",
        ExpressionAttributeValues={":moment": {"S": moment.isoformat()}},
    )


def renew_watches(world: World) -> int:
    enqueued = int(world.sandbox.events.invoke("renew_gmail_watches")["enqueued"])
    world.drain()
    return enqueued


# From the mail to the notification


def test_new_mail_becomes_a_notification_without_a_schedule(world: World, watched: Person) -> None:
    watched.receive(notice_mail())
    assert google_of(world).push(watched.account) == 200
    world.drain()
    assert watched.app.rentals().count == 1
    assert len(watched.notices()) == 1


def test_mail_that_comes_right_after_a_sync_is_found_by_the_push_that_tells_of_it(
    world: World, watched: Person
) -> None:
    for serial in range(2):
        watched.receive(notice_mail(serial=serial))
        assert google_of(world).push(watched.account) == 200
        world.drain()
    assert watched.app.rentals().count == 2


def test_everybody_who_connected_the_account_is_synced(world: World, watched: Person) -> None:
    other = world.newcomer()
    other.app.connect(watched.account)
    world.drain()
    watched.receive(notice_mail())
    assert google_of(world).push(watched.account) == 200
    world.drain()
    assert (watched.app.rentals().count, other.app.rentals().count) == (1, 1)


def test_address_is_compared_without_case(world: World, watched: Person) -> None:
    watched.receive(notice_mail())
    assert deliver(world, told({"emailAddress": watched.account.upper(), "historyId": "42"})).status == 200
    world.drain()
    assert watched.app.rentals().count == 1


def test_data_in_the_alphabet_for_addresses_is_read_too(world: World, watched: Person) -> None:
    data = base64.urlsafe_b64encode(
        json.dumps({"x": "ÿ?>~", "emailAddress": watched.account, "historyId": 4}, ensure_ascii=False).encode()
    )
    assert b"_" in data or b"-" in data
    deliver(world, {"message": {"data": data.decode().rstrip("="), "messageId": "1"}})
    world.drain()
    assert syncs_of(watched) == 1


# Bursts, repeats, failures


def test_burst_makes_one_sync_now_and_one_afterwards(world: World, watched: Person) -> None:
    for _ in range(20):
        assert google_of(world).push(watched.account) == 200
    world.drain()
    assert syncs_of(watched) == 2


def test_repeated_and_reordered_pushes_change_nothing(world: World, watched: Person) -> None:
    early = change_of(watched)
    watched.receive(notice_mail())
    late = change_of(watched)
    for envelope in (late, early, late, early, early, late):
        assert deliver(world, envelope).status == 200
    world.drain()
    assert watched.app.rentals().count == 1
    assert len(watched.notices()) == 1
    assert syncs_of(watched) == 2


@pytest.mark.parametrize("target", ["sqs.sendmessagebatch", "dynamodb.query", "dynamodb.getitem"])
def test_push_that_aws_failed_comes_again_and_is_not_lost(world: World, watched: Person, target: str) -> None:
    watched.receive(notice_mail())
    envelope = change_of(watched)
    world.fail(target, "InternalServerError", times=10, function="api_handler")
    assert deliver(world, envelope).refused == (502, "DEPENDENCY_FAILURE")
    world.sandbox.clear_faults()
    assert deliver(world, envelope).status == 200
    world.drain()
    assert watched.app.rentals().count == 1


def test_push_that_was_killed_before_its_job_was_sent_comes_again_and_is_not_lost(
    world: World, watched: Person
) -> None:
    assert google_of(world).push(watched.account) == 200
    world.drain()
    watched.receive(notice_mail())
    envelope = change_of(watched)
    world.fail("sqs.sendmessagebatch", "", kill=True, function="api_handler")
    assert google_of(world).pubsub.deliver(envelope) == 502
    assert deliver(world, envelope).status == 200
    world.drain()
    assert watched.app.rentals().count == 1


def test_certificates_that_google_does_not_give_are_asked_for_again(world: World, tmp_path: Path) -> None:
    with Sandbox(tmp_path, gmail_push=True, environ={"BCRYPT_COST": "4"}) as fresh:
        other = World(fresh, tmp_path)
        other.fail("oauth.certs", "503")
        envelope = told({"emailAddress": "nobody@gmail.com", "historyId": 1})
        assert deliver(other, envelope).refused == (502, "DEPENDENCY_FAILURE")
        for _ in range(30):
            assert deliver(other, envelope).status == 200
        asked = [entry["status"] for entry in google_of(other).requests() if entry["operation"] == "oauth.certs"]
        assert asked == [503, 200]


def test_pushes_during_a_long_run_wait_for_its_end_as_one_sync(world: World, watched: Person) -> None:
    lease = {"UserID": watched.user_id, "RunID": "lease", "holder": "run_long", "leased_until": 2_000_000_000}
    world.put("IngestionRuns", lease)
    watched.receive(notice_mail())
    for _ in range(5):
        assert google_of(world).push(watched.account) == 200
    container = world.sandbox.container
    waiting = [SyncMailboxJob(user_id=watched.user_id, signal=f"late {number}") for number in range(10)]
    assert sum(container.book_sync(job.put_off()) for job in waiting) <= 1
    world.put("IngestionRuns", lease | {"leased_until": 0})
    world.drain()
    assert watched.app.rentals().count == 1


# Who may push, and what


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example"},
        {"iss": "https://accounts.example"},
        {"exp": 1_700_000_000},
        {"email": "somebody@elsewhere.iam.gserviceaccount.com"},
        {"email_verified": False},
    ],
    ids=str,
)
def test_token_that_is_not_our_subscriptions_is_refused(world: World, watched: Person, changes: dict[str, Any]) -> None:
    token = google_of(world).pubsub.token(**changes)
    assert deliver(world, change_of(watched), token).refused == (401, "INVALID_TOKEN")
    world.drain()
    assert syncs_of(watched) == 0


def test_our_own_users_tokens_do_not_push(world: World, watched: Person) -> None:
    assert deliver(world, change_of(watched), watched.app.token).refused == (401, "INVALID_TOKEN")


def test_push_without_a_token_is_refused_before_its_body_is_read(world: World) -> None:
    assert world.stranger().send("POST", PUSH, b"{not json").refused == (401, "INVALID_CREDENTIALS")


def test_push_does_not_exist_where_it_is_not_configured(shared_world: World, world: World) -> None:
    token = google_of(world).pubsub.token()
    answer = shared_world.stranger().send("POST", PUSH, b"{}", Authorization=f"Bearer {token}")
    assert answer.refused == (404, "NOT_FOUND")
    assert shared_world.stranger().send("POST", PUSH, b"{}").refused == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        ({}, "MISSING_FIELDS"),
        ([], "INVALID_JSON"),
        ({"message": "text"}, "VALIDATION_ERROR"),
        ({"message": {"data": "e30="}}, "VALIDATION_ERROR"),
        ({"message": {"data": 5, "messageId": "1"}}, "VALIDATION_ERROR"),
    ],
    ids=str,
)
def test_body_that_is_no_envelope_is_a_fault_of_the_configuration(world: World, envelope: Any, code: str) -> None:
    assert deliver(world, envelope).refused == (400, code)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"[]", b"{}", {"emailAddress": "a@gmail.com"}, {"emailAddress": 5, "historyId": 1}],
    ids=str,
)
def test_message_that_is_not_gmails_is_acknowledged_so_that_it_never_comes_again(world: World, data: Any) -> None:
    assert deliver(world, told(data)).status == 200


def test_change_of_an_unknown_account_is_acknowledged_silently(world: World) -> None:
    assert deliver(world, told({"emailAddress": "nobody@gmail.com", "historyId": 1})).status == 200


def test_nothing_personal_is_logged(world: World, watched: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="chalicelib"):
        google_of(world).push(watched.account)
        deliver(world, told({"emailAddress": watched.account, "historyId": []}))
        world.drain()
    assert caplog.records
    assert watched.account not in caplog.text
    assert watched.email not in caplog.text


# Watches


def test_connecting_asks_gmail_to_watch_the_inbox(world: World, watched: Person) -> None:
    watch = google_of(world).watches()[watched.account]
    assert (watch["topicName"], watch["labelIds"]) == (TOPIC, ["INBOX"])
    assert watched.google_calls("gmail.watch") == 1
    kept = datetime.fromisoformat(row_of(watched)["gmail_watch_expires_at"])
    assert abs(kept - datetime.fromtimestamp(watch["expiration"] / 1000, UTC)) < timedelta(seconds=1)


def test_schedule_renews_only_what_ends_soon(world: World, watched: Person) -> None:
    renew_watches(world)
    assert watched.google_calls("gmail.watch") == 1
    watch_until(watched, datetime.now(UTC) + timedelta(days=1))
    assert renew_watches(world) == 1
    assert watched.google_calls("gmail.watch") == 2
    assert datetime.fromisoformat(row_of(watched)["gmail_watch_expires_at"]) > datetime.now(UTC) + timedelta(days=6)
    calls = [each for each in google_of(world).requests() if each["account"] == watched.account]
    assert sum(each["units"] for each in calls if each["operation"] == "gmail.watch") == 200


def test_queue_that_fails_while_connecting_is_made_up_for_by_the_schedule(world: World) -> None:
    person = world.newcomer()
    world.fail("sqs.sendmessagebatch", "InternalServerError", times=10)
    person.connect()
    world.sandbox.clear_faults()
    assert person.account not in google_of(world).watches()
    assert renew_watches(world) == 1
    assert person.account in google_of(world).watches()


def test_topic_that_gmail_may_not_publish_to_bothers_nobody(world: World) -> None:
    person = world.newcomer()
    world.fail("gmail.watch", "forbidden", times=1)
    person.connect()
    world.drain()
    assert person.app.profile().gmail_status == "connected"
    assert person.account in google_of(world).watches()
    assert person.notices() == []


def test_watch_that_finds_the_grant_gone_asks_to_reconnect_once(world: World, watched: Person) -> None:
    stored = world.secret(watched.user_id)
    assert stored is not None
    gone = stored | {"access_token": "ya29.expired", "refresh_token": "1//revoked"}
    world.aws("secretsmanager").put_secret_value(
        SecretId=f"gmail/user/{watched.user_id}", SecretString=json.dumps(gone)
    )
    for _ in range(2):
        watch_until(watched, datetime.now(UTC))
        renew_watches(world)
    assert watched.app.profile().gmail_status == "reauth_required"
    assert len(watched.notices()) == 1


def test_disconnecting_stops_the_watch_and_forgets_the_address(world: World, watched: Person) -> None:
    assert watched.app.delete("/v1/auth/gmail").status == 200
    assert watched.account not in google_of(world).watches()
    assert watched.google_calls("gmail.stop") == 1
    assert not any(watched.account in str(row) for row in watched.rows("Users"))
    assert "gmail_watch_expires_at" not in row_of(watched)
    assert deliver(world, change_of(watched)).status == 200
    world.drain()
    assert syncs_of(watched) == 0


def test_deleting_an_account_stops_the_watch_and_leaves_no_row(world: World, watched: Person) -> None:
    assert google_of(world).push(watched.account) == 200
    world.drain()
    assert watched.app.delete("/v1/user/me").status == 200
    assert watched.account not in google_of(world).watches()
    assert {table: rows for table in world.tables() if (rows := watched.rows(table))} == {}
    assert not any(watched.account in str(row) for row in world.rows("Users", ""))
    assert deliver(world, change_of(watched)).status == 200


@pytest.mark.parametrize("path", ["/v1/auth/gmail", "/v1/user/me"])
@pytest.mark.parametrize("error", ["503", "connection_reset", "forbidden"])
def test_watch_that_cannot_be_stopped_keeps_nobody(world: World, watched: Person, path: str, error: str) -> None:
    world.fail("gmail.stop", error)
    assert watched.app.delete(path).status == 200
    assert watched.google_calls("gmail.stop") == 1
    assert watched.google_calls("oauth.revoke") == 1


def test_another_account_is_watched_in_place_of_the_one_before(world: World, watched: Person) -> None:
    before = watched.account
    watched.app.connect(f"other.{before}")
    world.drain()
    assert before not in google_of(world).watches()
    assert f"other.{before}" in google_of(world).watches()
    deliver(world, told({"emailAddress": before, "historyId": 1}))
    world.drain()
    assert syncs_of(watched) == 0
    deliver(world, told({"emailAddress": f"other.{before}", "historyId": 1}))
    world.drain()
    assert syncs_of(watched) == 1


def test_reconnecting_the_same_account_keeps_one_row_to_find_it_by(world: World, watched: Person) -> None:
    watched.connect()
    world.drain()
    assert sum(row.get("owner") == watched.user_id and "gmail#" in row["UserID"] for row in watched.rows("Users")) == 1


def test_nothing_is_watched_where_push_is_not_configured(shared_world: World) -> None:
    person = shared_world.newcomer()
    person.connect()
    assert shared_world.sandbox.events.invoke("renew_gmail_watches") == {"enqueued": 0}
    assert person.google_calls("gmail.watch") == 0
    assert person.app.delete("/v1/auth/gmail").status == 200
    assert person.google_calls("gmail.stop") == 0


# Slots


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slots(world: World, clock: Clock) -> SyncSlots:
    return SyncSlots(world.sandbox.container.dynamodb, 60, clock)


def test_one_sync_a_minute_and_the_last_signal_is_always_covered(slots: SyncSlots, clock: Clock) -> None:
    """A signal every seven seconds for ten minutes: syncs keep their distance, and one follows every signal."""
    start, syncs, signals = clock.now, list[float](), list[float]()
    for number in range(86):
        clock.now = start + 7 * number
        signals.append(clock.now)
        wait = slots.book("user_a", f"signal {number}")
        if wait is not None:
            syncs.append(clock.now + wait)
            slots.confirm("user_a", f"signal {number}")
    assert len(syncs) <= 12
    assert min(later - sooner for sooner, later in pairwise(syncs)) >= 59.9
    assert all(any(sync >= signal for sync in syncs) for signal in signals)
    assert max(min(sync - signal for sync in syncs if sync >= signal) for signal in signals) <= 60.1


def test_users_do_not_wait_for_each_other(slots: SyncSlots) -> None:
    assert [slots.book(user, "1") for user in ("user_b", "user_c")] == [0, 0]


def test_signal_that_was_not_confirmed_gets_its_time_again(slots: SyncSlots, clock: Clock) -> None:
    assert slots.book("user_d", "1") == 0
    assert slots.book("user_d", "1") == 0
    slots.confirm("user_d", "1")
    assert slots.book("user_d", "1") is None
    assert slots.book("user_d", "2") == pytest.approx(60, abs=0.01)
    clock.now += 20
    assert slots.book("user_d", "3") is None
    assert slots.book("user_d", "2") == pytest.approx(40, abs=0.01)


def test_first_signal_after_a_quiet_time_is_worked_on_at_once(slots: SyncSlots, clock: Clock) -> None:
    slots.book("user_e", "1")
    clock.now += 61
    assert slots.book("user_e", "2") == 0
