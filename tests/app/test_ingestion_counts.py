"""What ingestion costs, in calls: Gmail's quota and AWS's bill grow with what is new, and with nothing else."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.adapters.gmail_quota import GmailQuota
from tests.app.mails import letter, notice_mail
from tests.app.shop_mails import purchase, receipt_mail
from tests.app.shopper import Shopper
from tests.app.world import Person
from tests.end_to_end.recovery import RENTAL, RETAIL, world_of_faults
from tests.end_to_end.test_every_fault_point import EVERY_POINT
from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

UNITS_PER_MINUTE = 6_000


def empty_notices(count: int) -> list[bytes]:
    """Mails of a landlord with nothing attached: found, downloaded, and done with."""
    return [letter(f"Hyresavi {number}").as_bytes() for number in range(count)]


def google(person: Person) -> Counter[str]:
    """The person's calls to Gmail so far, by operation."""
    emulator = person.world.sandbox.google
    assert emulator is not None
    return Counter(
        entry["operation"]
        for entry in emulator.requests()
        if entry["account"] == person.account and entry["operation"].startswith("gmail.")
    )


def units_spent(person: Person) -> int:
    emulator = person.world.sandbox.google
    assert emulator is not None
    return sum(int(entry["units"]) for entry in emulator.requests() if entry["account"] == person.account)


@pytest.mark.parametrize("count", [1, 50, 51, 120])
def test_new_mails_cost_a_list_a_page_and_a_batch_for_fifty(tenant: Person, count: int) -> None:
    tenant.receive(*empty_notices(count))
    before = google(tenant)
    tenant.ingest()
    assert google(tenant) - before == {
        "gmail.getProfile": 1,
        "gmail.messages.list": 1,
        "gmail.batch": math.ceil(count / 50),
        "gmail.messages.get": count,
    }


@pytest.mark.parametrize("path", [RENTAL, f"{RENTAL}/latest", RETAIL])
def test_nothing_new_costs_at_most_two_gmail_calls_and_no_download(shopper: Shopper, path: str) -> None:
    person = shopper.person
    person.receive(notice_mail(), receipt_mail(purchase(), pdf=True), letter("Hyresavi utan bilaga").as_bytes())
    for kind in (RENTAL, f"{RENTAL}/latest", RETAIL):
        person.app.post(kind)
        person.world.drain()
    before, objects = google(person), person.objects()
    puts = person.world.sandbox.calls.count("s3.PutObject")
    assert person.app.post(path).status == 200
    person.world.drain()
    spent = google(person) - before
    assert spent.total() <= 2
    assert not set(spent) & {"gmail.messages.get", "gmail.batch", "gmail.attachments.get"}
    assert (person.objects(), person.world.sandbox.calls.count("s3.PutObject")) == (objects, puts)


def test_one_new_mail_among_many_costs_one_download(tenant: Person) -> None:
    tenant.receive(*empty_notices(60))
    tenant.ingest()
    before = google(tenant)
    tenant.receive(notice_mail())
    assert tenant.app.ingest_latest() == 201
    tenant.world.drain()
    assert google(tenant) - before == Counter(
        {"gmail.history.list": 1, "gmail.messages.list": 1, "gmail.batch": 1, "gmail.messages.get": 1}
    )


class Minutes:
    """A clock that stands still until a run is put off: then a minute has passed."""

    def __init__(self, person: Person) -> None:
        self.now = 1_800_000_000.0
        self.spent_by_then: list[int] = [0]
        self._person = person

    def __call__(self) -> float:
        return self.now

    def observe(self, call: Call, parameters: Any, _answer: Any) -> None:
        if call.name == "sqs.SendMessageBatch" and any("run_" in each["MessageBody"] for each in parameters["Entries"]):
            self.now += 62
            self.spent_by_then.append(units_spent(self._person))


def test_thousand_new_mails_stay_inside_the_quota_of_each_minute(tmp_path: Path) -> None:
    with world_of_faults(tmp_path, INGESTION_WORK_SECONDS="60") as world:
        person = world.newcomer()
        person.connect()
        minutes = Minutes(person)
        container = world.sandbox.container
        quota = GmailQuota(container.dynamodb, minutes)
        container.__dict__["gmail_connections"] = replace(container.gmail_connections, quota=quota)
        world.sandbox.calls.observers.append(minutes.observe)
        person.receive(*empty_notices(1_000))
        answer = person.app.ingest()
        # The request does not wait for the next minute: the queue goes on.
        assert answer.status == "running"
        assert google(person)["gmail.messages.get"] <= UNITS_PER_MINUTE / 20
        world.sandbox.drain(60)
        run = person.app.get(f"/v1/ingestions/{answer.run_id}").body["data"]
        assert (run["status"], run["totalEmailsFound"], run["errors"]) == ("done", 1_000, [])
        calls = google(person)
        assert calls["gmail.batch"] == calls["gmail.messages.get"] / 50 == 20
        # Each time that it goes on, it looks for what is left: two pages.
        assert calls["gmail.messages.list"] <= math.ceil(1_000 / 500) * len(minutes.spent_by_then)
        totals = [*minutes.spent_by_then, units_spent(person)]
        spent = [after - before for before, after in pairwise(totals)]
        assert max(spent) <= UNITS_PER_MINUTE
        assert sum(spent) >= 1_000 * 20


# Schedules


@pytest.fixture
def ten_thousand_people(tmp_path: Path) -> Iterator[Sandbox]:
    """With rows of about a kilobyte, so that a page of a scan, a megabyte, holds about a thousand of them."""
    with Sandbox(tmp_path, environ={"BCRYPT_COST": "4"}) as sandbox:
        sandbox.events.pause()
        client = sandbox.clients.client("dynamodb")
        for start in range(0, 10_000, 25):
            rows = [
                {
                    "UserID": {"S": f"user_{number:05d}"},
                    "Email": {"S": f"person{number}@example.com"},
                    "gmail_status": {"S": "connected"},
                    "name": {"S": "x" * 900},
                }
                for number in range(start, start + 25)
            ]
            client.batch_write_item(RequestItems={"Users": [{"PutRequest": {"Item": row}} for row in rows]})
        # Accepted, and not kept: moto's queues take longer for each message, the more there are.
        sandbox.session.events.register("before-send.sqs.SendMessageBatch", _accepted)
        yield sandbox


def _accepted(request: AWSPreparedRequest, **_kwargs: Any) -> AWSResponse:
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    successful = [{"Id": entry["Id"], "MessageId": entry["Id"]} for entry in json.loads(body)["Entries"]]
    content = io.BytesIO(json.dumps({"Successful": successful}).encode())
    return AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, _Answer(content))


class _Answer:
    """What botocore reads an answer's bytes from."""

    def __init__(self, content: io.BytesIO) -> None:
        self._content = content

    def stream(self, **_kwargs: Any) -> Iterator[bytes]:
        yield self._content.getvalue()


def test_schedule_enqueues_ten_thousand_people_page_by_page(ten_thousand_people: Sandbox) -> None:
    sandbox, schedule = ten_thousand_people, "fetch_retail_invoices"
    sandbox.calls.clear()
    assert sandbox.events.invoke(schedule) == {"enqueued": 10_000}
    names = [call.name for call in sandbox.calls.calls if call.function == schedule]
    assert set(names) == {"dynamodb.Scan", "sqs.SendMessageBatch"}
    assert names.count("sqs.SendMessageBatch") == 1_000
    sends_between_scans = [len(part) for part in _split(names, "dynamodb.Scan")][1:]
    # A page is sent off before the next one is read: nobody ever holds more than a page of ids and the ten of a call.
    assert len(sends_between_scans) >= 9
    assert max(sends_between_scans) * 10 <= 1_200
    assert min(sends_between_scans[:-1]) * 10 >= 800


def _split(names: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for name in names:
        if name == mark:
            parts.append([])
        else:
            parts[-1].append(name)
    return parts


# Parsing


def test_documents_cost_the_same_however_many_there_are(tmp_path: Path) -> None:
    with world_of_faults(tmp_path, INGESTION_WORK_SECONDS="60") as world:
        costs = {}
        for count in (10, 100, 250) if EVERY_POINT else (10, 100):
            shopper = Shopper(world.newcomer())
            shopper.person.connect()
            shopper.person.receive(*(receipt_mail(purchase(f"{100 + n}.00"), form="text") for n in range(count)))
            world.sandbox.calls.clear()
            assert shopper.app.post(RETAIL).status == 200
            world.sandbox.drain(120)
            calls = world.sandbox.calls.calls
            costs[count] = Counter(call.name for call in calls if call.function == "parse_retail_invoice")
            assert len(shopper.rows()) == count
            shopper.app.delete("/v1/user/me")
        each = {name: number // 10 for name, number in costs[10].items() if number >= 10}
        assert each["s3.GetObject"] == each["dynamodb.TransactWriteItems"] == 1
        assert sum(each.values()) <= 9
        for count, cost in costs.items():
            # What the last document of a run costs more ends the run.
            assert (cost - Counter({name: number * count for name, number in each.items()})).total() <= 4
            assert all(cost[name] >= number * count for name, number in each.items())
