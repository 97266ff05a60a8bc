"""Neighbours that fail in the middle of an ingestion: nothing is lost, nothing is done twice."""

from __future__ import annotations

import pytest

from tests.app import swift
from tests.app.mails import notice_mail
from tests.app.world import Person, World


def lease_ran_out(person: Person) -> None:
    """Two minutes later, as far as leases of the person's runs are concerned."""
    for row in person.rows("IngestionRuns"):
        if "leased_until" in row:
            person.world.put("IngestionRuns", row | {"leased_until": 1})


def runs(person: Person) -> list[swift.RunProgress]:
    ids = [str(row["RunID"]) for row in person.rows("IngestionRuns")]
    return [
        person.app.get(f"/v1/ingestions/{run_id}").data(swift.RunProgress)
        for run_id in ids
        if run_id.startswith("run_")
    ]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("gmail.messages.list", "429"),
        ("gmail.messages.list", "backendError"),
        ("gmail.messages.get", "429"),
        ("gmail.messages.get", "rateLimitExceeded"),
        ("gmail.messages.get", "500"),
        ("gmail.batch", "500"),
        ("s3.PutObject", "SlowDown"),
        ("dynamodb.TransactWriteItems", "ProvisionedThroughputExceededException"),
        ("dynamodb.TransactWriteItems", "TransactionCanceledException"),
        ("s3.GetObject", "500"),
    ],
)
def test_passing_failure_costs_nothing_but_time(world: World, tenant: Person, target: str, error: str) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.fail(target, error)
    assert tenant.ingest() == 2
    assert tenant.app.rentals().count == 2
    assert [run.status for run in runs(tenant)] == ["done"]
    assert len(tenant.notices()) == 2


def test_answer_of_a_transaction_that_was_lost_changes_nothing(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.fail("dynamodb.TransactWriteItems", "", times=3, when="after")
    tenant.app.post("/v1/invoices/rental/ingest")
    world.drain()
    tenant.app.ingest()
    world.drain()
    assert tenant.app.rentals().count == 2
    assert len(tenant.objects()) == len({each["Key"] for each in tenant.objects()}) == 2


def test_file_that_s3_refuses_is_recorded_and_stored_by_the_next_run(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.fail("s3.PutObject", "AccessDenied")
    assert tenant.ingest() == 1
    assert tenant.app.rentals().count == 1
    failed = tenant.app.documents(state="failed")
    assert failed
    assert all("s3" in (row.reason or "") for row in failed)
    assert tenant.ingest() == 1
    assert tenant.app.rentals().count == 2
    assert tenant.app.documents(state="failed") == []


def test_message_that_gmail_does_not_give_is_recorded_and_tried_a_few_times_only(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    for _run in range(7):
        world.sandbox.clear_faults()
        world.fail("gmail.messages.get", "404", times=9)
        tenant.ingest()
    [row] = tenant.app.documents(state="failed")
    assert row.reason
    assert row.attempts == 5
    assert tenant.google_calls("gmail.messages.get") == 5


def test_run_whose_worker_was_killed_is_taken_over(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1), notice_mail(2))
    world.fail("s3.PutObject", "", skip=1, kill=True)
    assert kills(tenant)
    joined = tenant.app.ingest()
    assert joined.status == "running"
    lease_ran_out(tenant)
    tenant.ingest()
    assert tenant.app.rentals().count == 3
    assert "running" not in {run.status for run in runs(tenant)}
    assert len(tenant.stored_invoices()) == 3


def kills(person: Person) -> bool:
    """Whether the function died: API Gateway then answers 502 in a form of its own."""
    try:
        person.app.post("/v1/invoices/rental/ingest")
    except (AssertionError, KeyError):
        return True
    return False


def test_worker_killed_right_after_storing_a_file_loses_nothing(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.fail("s3.PutObject", "", when="after", kill=True)
    assert kills(tenant)
    lease_ran_out(tenant)
    tenant.ingest()
    assert tenant.app.rentals().count == 2
    assert len(tenant.notices()) == 2
    assert "running" not in {run.status for run in runs(tenant)}


def test_parser_that_was_killed_is_run_again(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    world.fail("dynamodb.TransactWriteItems", "", when="before", kill=True, function="parse_invoice", times=1)
    tenant.ingest()
    assert tenant.app.rentals().count == 1
    assert [run.status for run in runs(tenant)] == ["done"]


def test_parser_whose_database_is_down_for_long_is_made_up_for(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail(), notice_mail(1))
    world.fail("dynamodb.TransactWriteItems", "AccessDeniedException", times=4, function="parse_invoice")
    tenant.ingest()
    tenant.ingest()
    assert tenant.app.rentals().count == 2
    assert "running" not in {run.status for run in runs(tenant)}
    assert len(tenant.notices()) == 2


def test_refusal_by_the_database_ends_the_run_and_the_next_one_brings_it_all(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    world.fail("dynamodb.Scan", "AccessDeniedException", times=1)
    assert tenant.app.post("/v1/invoices/rental/ingest").refused == (502, "DEPENDENCY_FAILURE")
    assert [run.status for run in runs(tenant)] == ["failed"]
    assert tenant.ingest() == 1


def test_queue_that_fails_once_delivers_its_job_again(world: World, tenant: Person) -> None:
    world.disconnect_everybody_but(tenant)
    tenant.receive(notice_mail())
    world.fail("dynamodb.Scan", "AccessDeniedException", times=1, function="work_on_ingestion")
    world.sandbox.events.invoke("fetch_latest_invoice")
    world.drain()
    assert tenant.app.rentals().count == 1
