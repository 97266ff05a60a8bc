"""Deleting a person: nothing of theirs stays, and nothing comes back."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.domain.jobs import EndSubscriptionJob, FinishDeletionJob
from chalicelib.errors import UserNotFound
from tests.app.belongings import belongings
from tests.app.mails import notice_mail
from tests.app.world import PASSWORD, Person, World
from tests.end_to_end.possessions import own_a_few, own_many
from tests.sandbox.faults import ProcessKilled

DELETE = "/v1/delete/me"
TOPIC = "arn:aws:sns:eu-north-1:123456789012:NewInvoiceTopicNotification"


def test_nothing_is_left_of_somebody_who_used_everything(world: World, tenant: Person) -> None:
    tenant.app.register_device("7b" * 32)
    tenant.app.post("/v1/auth/login", {"email": tenant.email, "password": "wrong"})
    tenant.receive(*(notice_mail(ago) for ago in range(4)))
    tenant.ingest()
    tenant.world.put_object(tenant.objects()[0]["Key"], b"another version")
    world.drain()
    assert len(belongings(world, tenant)) > 10
    assert tenant.app.delete(DELETE).status == 200
    world.drain()
    assert belongings(world, tenant) == []
    assert tenant.google_calls("oauth.revoke") == 1
    assert tenant.app.delete(DELETE).refused == (404, "USER_NOT_FOUND")
    renewed = world.stranger().post("/v1/auth/refresh", {"refresh_token": tenant.refresh_token})
    assert renewed.refused == (401, "INVALID_TOKEN")


def test_deletion_leaves_everybody_else_alone(world: World, tenant: Person) -> None:
    other = world.newcomer()
    other.connect()
    other.receive(notice_mail())
    tenant.receive(notice_mail())
    tenant.ingest()
    other.ingest()
    before = belongings(world, other)
    tenant.app.delete("/v1/user/me")
    world.drain()
    assert belongings(world, other) == before
    assert other.app.rentals().count == 1


@pytest.mark.parametrize("ends", ["confirmed", "forgotten by SNS", "refused for a while"])
def test_subscription_that_nobody_confirmed_is_ended_as_soon_as_it_can_be(
    world: World, tenant: Person, ends: str
) -> None:
    """SNS ends none that waits to be confirmed: the person may still do that after they have left."""
    arn = tenant.user_row()["email_subscription_arn"]
    world.fail("sns.Unsubscribe", "InvalidParameter", times=3)
    if ends == "forgotten by SNS":
        world.fail("sns.Unsubscribe", "NotFound")
    if ends == "refused for a while":
        world.fail("sns.Unsubscribe", "AuthorizationError", times=2)
    world.sandbox.calls.clear()
    assert tenant.app.delete(DELETE).status == 200
    assert world.drain()["failed"] == 0
    assert not world.sandbox.faults.pending()
    assert world.sandbox.calls.count("sns.Unsubscribe") == {"refused for a while": 6}.get(ends, 4)
    if ends == "forgotten by SNS":
        world.aws("sns").unsubscribe(SubscriptionArn=arn)
    assert belongings(world, tenant) == []


def test_subscription_that_is_never_ended_is_given_up_in_the_end(world: World) -> None:
    subscriptions = world.sandbox.container.email_subscriptions
    world.fail("sns.Unsubscribe", "InvalidParameter")
    world.sandbox.calls.clear()
    subscriptions.end_later(EndSubscriptionJob(subscription_arn=f"{TOPIC}:1", attempt=200))
    assert world.sandbox.calls.count("sqs.SendMessageBatch") == 0


def test_address_is_free_again_after_deletion(world: World, person: Person) -> None:
    person.app.delete(DELETE)
    client = world.stranger()
    client.sign_up("Somebody New", person.email, "another password")
    assert client.profile().gmail_status == "not_connected"


def test_google_that_does_not_answer_does_not_keep_a_person_from_leaving(world: World, tenant: Person) -> None:
    world.fail("oauth.revoke", "503", times=4)
    assert tenant.app.delete(DELETE).status == 200
    world.drain()
    assert tenant.google_calls("oauth.revoke") == 1
    assert belongings(world, tenant) == []


def test_google_that_never_answers_does_not_keep_a_person_from_leaving(world: World, tenant: Person) -> None:
    world.fail("oauth.revoke", "503", times=100)
    assert tenant.app.delete(DELETE).status == 200
    world.drain()
    assert belongings(world, tenant) == []


@pytest.mark.parametrize("target", ["sqs.SendMessageBatch", "dynamodb.TransactWriteItems"])
def test_deletion_that_could_not_begin_has_changed_nothing_and_can_be_asked_for_again(
    world: World, tenant: Person, target: str
) -> None:
    world.fail(target, "AccessDeniedException")
    assert tenant.app.delete(DELETE).refused == (502, "DEPENDENCY_FAILURE")
    world.drain()
    assert tenant.app.profile().gmail_account_connected
    assert tenant.app.delete(DELETE).status == 200
    world.drain()
    assert belongings(world, tenant) == []


STEPS = [
    "sns.DeleteEndpoint",
    "sns.Unsubscribe",
    "secretsmanager.GetSecretValue",
    "secretsmanager.DeleteSecret",
    "s3.ListMultipartUploads",
    "s3.AbortMultipartUpload",
    "s3.ListObjectVersions",
    "s3.DeleteObjects",
    "dynamodb.Query",
    "dynamodb.BatchWriteItem",
    "dynamodb.DeleteItem",
]


@pytest.fixture
def departing(world: World, tenant: Person) -> Person:
    """Somebody with something in every store, and an archive that was begun."""
    tenant.app.register_device("7b" * 32)
    world.aws("s3").create_multipart_upload(Bucket=world.bucket, Key=f"exports/{tenant.user_id}/begun.zip")
    tenant.receive(notice_mail())
    tenant.ingest()
    return tenant


@pytest.mark.parametrize("ends", ["error", "death"])
@pytest.mark.parametrize("target", STEPS)
def test_deletion_interrupted_at_any_step_is_finished_by_itself(
    world: World, departing: Person, target: str, ends: str
) -> None:
    world.fail(target, "AccessDeniedException", function="api_handler", kill=ends == "death")
    answer = departing.app.send_raw("DELETE", DELETE)
    assert answer == (502 if ends == "death" else 200)
    assert not world.sandbox.faults.pending()
    assert departing.app.get("/v1/user/me").refused == (404, "USER_NOT_FOUND")
    credentials = {"email": departing.email, "password": PASSWORD}
    assert world.stranger().post("/v1/auth/login", credentials).refused == (401, "INVALID_CREDENTIALS")
    world.drain()
    assert belongings(world, departing) == []


def test_half_deleted_account_lets_nobody_in_and_keeps_its_address(world: World, departing: Person) -> None:
    deletion = replace(world.sandbox.container.delete_account, answer_seconds=-1.0)
    world.sandbox.events.pause()
    try:
        deletion(world.sandbox.container.users.get(departing.user_id))
        assert belongings(world, departing) != []
        for answer in (
            departing.app.get("/v1/user/me"),
            departing.app.get("/v1/invoices/rental"),
            departing.app.delete(DELETE),
        ):
            assert answer.refused == (404, "USER_NOT_FOUND")
        stranger = world.stranger()
        body = {"name": "Somebody New", "email": departing.email, "password": PASSWORD}
        assert stranger.post("/v1/auth/signup", body).refused == (409, "USER_ALREADY_EXISTS")
        refreshed = stranger.post("/v1/auth/refresh", {"refresh_token": departing.refresh_token})
        assert refreshed.status in {401, 404}
    finally:
        world.sandbox.events.resume()
    world.drain()
    assert belongings(world, departing) == []
    assert world.stranger().post("/v1/auth/signup", body).status == 201


def test_job_that_finishes_a_deletion_touches_nobody_who_stays(world: World, departing: Person) -> None:
    before = belongings(world, departing)
    for attempt in (0, 3):
        job = FinishDeletionJob(user_id=departing.user_id, attempt=attempt)
        world.sandbox.container.delete_account.finish(job, 60)
    assert belongings(world, departing) == before


def test_late_job_leaves_the_address_to_whoever_has_it_now(world: World, person: Person) -> None:
    container = world.sandbox.container
    user = container.users.get(person.user_id)
    person.app.delete(DELETE)
    client = world.stranger()
    client.sign_up("Somebody New", person.email, PASSWORD)
    container.delete_account.departures.end(user)
    container.delete_account.finish(FinishDeletionJob(user_id=person.user_id), 60)
    body = {"name": "A Third One", "email": person.email, "password": PASSWORD}
    assert world.stranger().post("/v1/auth/signup", body).refused == (409, "USER_ALREADY_EXISTS")
    assert client.profile().email == person.email


def test_what_was_written_while_somebody_left_is_erased_by_the_job(world: World, departing: Person) -> None:
    world.sandbox.events.pause()
    try:
        departing.app.delete(DELETE)
        world.sandbox.container.sessions.open(departing.user_id, 0)
        world.put_object(f"invoices/{departing.user_id}/rental/late.pdf", b"late")
        assert belongings(world, departing) != []
    finally:
        world.sandbox.events.resume()
    world.drain()
    assert belongings(world, departing) == []


def owner_of_everything(world: World) -> Person:
    """Somebody with a row in each table, a file of two versions, an export, a grant, a phone and a subscription."""
    person = world.newcomer()
    person.connect()
    person.app.register_device(person.user_id[-12:].rjust(64, "0"))
    own_a_few(world, person)
    return person


def dies(work: Callable[[], object], world: World, point: int) -> bool:
    """Does something that is killed before its call of this number (from 0) to AWS; false if it made no more calls."""
    world.fail("*.*", "", skip=point, kill=True)
    try:
        work()
    except ProcessKilled:
        return True
    finally:
        world.sandbox.clear_faults()
    return False


def test_deletion_that_dies_before_any_one_call_of_its_request_and_of_its_job_is_finished(world: World) -> None:
    """At each point in turn, somebody of their own; what stays is looked for once, behind them all."""
    container = world.sandbox.container
    deletion, people, dead = container.delete_account, list[Person](), True
    world.sandbox.events.pause()
    try:
        while dead:
            point, person = len(people), owner_of_everything(world)
            people.append(person)
            user, job = container.users.get(person.user_id), FinishDeletionJob(user_id=person.user_id)
            dead = dies(partial(deletion, user), world, point)
            dies(partial(deletion.finish, job, 60), world, point)
            with suppress(UserNotFound):  # nothing has begun: its person was told so, and asks again
                deletion(container.users.get(person.user_id))
    finally:
        world.sandbox.events.resume()
    assert world.drain()["failed"] == 0
    assert belongings(world, *people) == []
    assert len(people) > 30
    assert all(person.google_calls("oauth.revoke") for person in people)


def test_many_records_and_files_cost_batched_calls_and_the_request_does_not_wait(world: World, person: Person) -> None:
    """So many invoices, ledger rows and files; DELETED_RECORDS of each in ``make deletion``.

    Per page of 500 rows one query and 20 batches of 25; per 1,000 files one listing and one deletion.
    """
    count = int(os.environ.get("DELETED_RECORDS", "1000"))
    rows = own_many(world, person, count)
    world.drain()
    world.sandbox.calls.clear()
    deletion = replace(world.sandbox.container.delete_account, answer_seconds=-1.0)
    deletion(world.sandbox.container.users.get(person.user_id))
    assert len(world.sandbox.calls.calls) < 15
    world.sandbox.drain(600)
    assert belongings(world, person) == []
    calls = Counter(call.name for call in world.sandbox.calls.calls)
    sys.stdout.write(f"{rows} rows and {count} files: {calls.total()} calls, {dict(calls)}\n")
    assert rows == count * 5 // 2
    assert calls["dynamodb.BatchWriteItem"] <= rows / 25 * 1.1 + 10
    assert calls["s3.DeleteObjects"] <= count / 1000 + 1
    assert calls.total() - calls["dynamodb.BatchWriteItem"] <= count / 100 + 60


def test_events_in_flight_bring_nothing_back(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.sandbox.events.pause()
    try:
        run = tenant.app.ingest()
        assert run.status == "running"
        assert tenant.objects()
        assert tenant.app.delete(DELETE).status == 200
    finally:
        world.sandbox.events.resume()
    world.drain()
    assert belongings(world, tenant) == []
    assert tenant.notices() == []


def test_old_events_delivered_again_bring_nothing_back(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(0, 1))
    tenant.ingest()
    told = tenant.notices()
    events = list(world.deliveries_about(tenant.user_id))
    tenant.app.delete(DELETE)
    assert all(outcome.error is None for outcome in world.sandbox.events.redeliver(events, concurrently=True))
    world.drain()
    assert belongings(world, tenant) == []
    assert tenant.notices() == told


def during(world: World, held_up: str, work: Callable[[], object], meanwhile: Callable[[], object]) -> None:
    """Does something while a piece of work waits for the answer to one of its calls."""
    world.fail(held_up, "", delay=10.0)
    worker = threading.Thread(target=work)
    worker.start()
    google, aws = world.sandbox.google, world.sandbox.faults
    assert google is not None
    waits = google.faults if held_up.startswith(("gmail.", "oauth.")) else aws
    while worker.is_alive() and waits.pending().get(held_up):
        worker.join(0.01)
    assert worker.is_alive(), "the work ended before it could be held up"
    meanwhile()
    world.sandbox.clear_faults()
    worker.join(30)
    assert not worker.is_alive()


@pytest.mark.parametrize("held_up", ["gmail.messages.list", "gmail.batch", "s3.PutObject", "dynamodb.BatchGetItem"])
def test_ingestion_under_way_brings_nothing_back(world: World, tenant: Person, held_up: str) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    during(
        world,
        held_up,
        lambda: tenant.app.post("/v1/invoices/rental/ingest"),
        lambda: tenant.app.delete(DELETE),
    )
    world.drain()
    assert belongings(world, tenant) == []


def test_renewal_under_way_brings_no_disconnected_grant_back(world: World, tenant: Person) -> None:
    stored = world.secret(tenant.user_id)
    assert stored is not None
    world.aws("secretsmanager").put_secret_value(
        SecretId=f"gmail/user/{tenant.user_id}", SecretString=json.dumps(stored | {"access_token": "ya29.expired"})
    )
    during(
        world,
        "secretsmanager.PutSecretValue",
        lambda: tenant.app.post("/v1/invoices/rental/ingest/latest"),
        lambda: tenant.app.delete("/v1/auth/gmail"),
    )
    assert world.secret(tenant.user_id) is None


@pytest.mark.parametrize("held_up", ["oauth.userinfo", "secretsmanager.PutSecretValue", "sns.Subscribe"])
def test_connection_under_way_brings_nothing_back(world: World, person: Person, held_up: str) -> None:
    during(world, held_up, lambda: person.app.connect(person.account), lambda: person.app.delete(DELETE))
    world.drain()
    assert belongings(world, person) == []


def test_registration_of_a_device_under_way_brings_nothing_back(world: World, person: Person) -> None:
    body = {"device_token": "8c" * 32}
    during(
        world,
        "sns.SetEndpointAttributes",
        lambda: person.app.post("/v1/user/devices", body),
        lambda: person.app.delete(DELETE),
    )
    world.drain()
    assert belongings(world, person) == []
