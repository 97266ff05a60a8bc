"""Deleting a person: nothing of theirs stays, and nothing comes back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb import PAGE, DynamoDB
from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.jobs import FinishDeletionJob
from tests.app.belongings import belongings
from tests.app.mails import notice_mail
from tests.app.world import PASSWORD, Person, World

DELETE = "/v1/delete/me"


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
    "s3.ListObjectVersions",
    "s3.DeleteObjects",
    "dynamodb.Query",
    "dynamodb.BatchWriteItem",
    "dynamodb.DeleteItem",
]


@pytest.fixture
def departing(world: World, tenant: Person) -> Person:
    """Somebody with something in every store."""
    tenant.app.register_device("7b" * 32)
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


MANY = PAGE + 100


def fill(world: World, person: Person) -> None:
    """Records of every kind, and files, more than fit on a page."""
    dynamodb: DynamoDB = world.sandbox.container.dynamodb
    owned = [{"UserID": person.user_id, "InvoiceID": f"many_{number}_{person.user_id}"} for number in range(MANY)]
    dynamodb.batch_write("RentalInvoices", owned)
    dynamodb.batch_write("RetailInvoices", [item | {"sub_type": "clothing"} for item in owned])
    dynamodb.batch_write(CATEGORIES["clothing"].table, owned)
    documents = [{"UserID": person.user_id, "DocumentID": item["InvoiceID"]} for item in owned]
    dynamodb.batch_write("IngestionLedger", documents)
    s3 = world.aws("s3")
    for number in range(MANY):
        s3.put_object(Bucket=world.bucket, Key=f"invoices/{person.user_id}/rental/{number}.txt", Body=b"x")


def test_many_records_and_files_cost_batched_calls_and_the_request_does_not_wait(world: World, person: Person) -> None:
    """Per page of 500 records one query and 20 batches of 25; per 1,000 files one listing and one deletion."""
    fill(world, person)
    world.drain()
    world.sandbox.calls.clear()
    deletion = replace(world.sandbox.container.delete_account, answer_seconds=-1.0)
    deletion(world.sandbox.container.users.get(person.user_id))
    in_request = len(world.sandbox.calls.calls)
    assert in_request < 15
    world.drain()
    assert belongings(world, person) == []
    calls = Counter(call.name for call in world.sandbox.calls.calls)
    tables, batches = 4, -(-MANY // 25)
    assert calls["dynamodb.BatchWriteItem"] <= tables * (batches + 2)
    assert calls["s3.DeleteObjects"] == 1
    assert calls["dynamodb.DeleteItem"] + calls["s3.ListObjectVersions"] + calls["dynamodb.Query"] < 60


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
    world.fail(held_up, "", delay=1.0)
    worker = threading.Thread(target=work)
    worker.start()
    google, aws = world.sandbox.google, world.sandbox.faults
    assert google is not None
    waits = google.faults if held_up.startswith(("gmail.", "oauth.")) else aws
    while worker.is_alive() and waits.pending().get(held_up):
        worker.join(0.01)
    assert worker.is_alive(), "the work ended before it could be held up"
    meanwhile()
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


@pytest.mark.parametrize("held_up", ["oauth.userinfo", "secretsmanager.PutSecretValue", "sns.Subscribe"])
def test_connection_under_way_brings_nothing_back(world: World, person: Person, held_up: str) -> None:
    during(world, held_up, lambda: person.app.connect(person.account), lambda: person.app.delete(DELETE))
    assert belongings(world, person) == []


def test_registration_of_a_device_under_way_brings_nothing_back(world: World, person: Person) -> None:
    body = {"device_token": "8c" * 32}
    during(
        world,
        "sns.SetEndpointAttributes",
        lambda: person.app.post("/v1/user/devices", body),
        lambda: person.app.delete(DELETE),
    )
    assert belongings(world, person) == []
