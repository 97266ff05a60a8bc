"""Unknown vendors: proposed to people who asked for it, from overviews of their mail, and decided on by them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.jobs import DiscoverVendorsJob
from tests.app.world import Person, World
from tests.sandbox.sandbox import Sandbox

MODE = "Yllegatan Mode <order@yllegatan.example>"
RECEIPT = "Tack för din beställning! Ulltröja 799,00 kr. Frakt 49,00 kr. Totalt 848,00 kr."
SECRET = "Leveransadress: Hemliga gatan 7"


def shop_mail(
    sender: str = MODE, subject: str = "Orderbekräftelse 20418", text: str = RECEIPT, days_ago: float = 2
) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "someone@gmail.com"
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC) - timedelta(days=days_ago))
    message.set_content(f"{text}\n{'- ' * 300}\n{SECRET}")
    return message.as_bytes()


def opt_in(person: Person, wished: bool = True) -> None:
    body = json.dumps({"discover_vendors": wished}).encode()
    assert person.app.send("PUT", "/v1/user/preferences", body).status == 200


@pytest.fixture
def curious(tenant: Person) -> Iterator[Person]:
    """Somebody who wants unknown vendors discovered; no longer after the test."""
    opt_in(tenant)
    yield tenant
    tenant.app.send("PUT", "/v1/user/preferences", b'{"discover_vendors": false}')


def sweep(person: Person, name: str = "2026-01-05") -> None:
    """One sweep of one person, as the queue's worker makes it."""
    job = DiscoverVendorsJob(user_id=person.user_id, sweep=name)
    person.world.sandbox.container.discover_vendors.sweep(job)


def suggestions(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.app.get("/v1/vendors/suggestions", **query)
    assert answer.status == 200
    return list(answer.body["data"]["suggestions"])


def domains(person: Person, **query: str) -> list[str]:
    return [each["sender_domain"] for each in suggestions(person, **query)]


def decide(person: Person, decision: str, body: Any = None) -> dict[str, Any]:
    [found] = suggestions(person)
    answer = person.app.post(f"/v1/vendors/suggestions/{found['suggestion_id']}/{decision}", body)
    assert answer.status == 200
    return dict(answer.body["data"])


def active(person: Person) -> set[str]:
    """Sender patterns of the user's own vendors as ingestion would look for them."""
    vendors = person.world.sandbox.container.vendors
    everybodys = vendors.active("retail")
    return {
        pattern
        for vendor in vendors.active_for(person.user_id, "retail")
        if vendor not in everybodys
        for pattern in vendor.email_patterns
    }


def test_weekly_schedule_proposes_what_mail_suggests(curious: Person) -> None:
    curious.receive(shop_mail(), shop_mail(subject="Kvitto 20419"), shop_mail(subject="20 % på allt i helgen", text=""))
    assert curious.world.sandbox.events.invoke("discover_vendors")["enqueued"] >= 1
    curious.world.drain()
    [found] = suggestions(curious)
    assert found["sender_domain"] == "yllegatan.example"
    assert found["name"] == "Yllegatan Mode"
    assert found["category"] == "clothing"
    assert found["receipts"] == 2
    assert 0 < found["confidence"] < 1
    assert "receipt_words" in found["why"]
    assert (found["state"], found["looks_like"]) == ("proposed", None)


def test_nothing_is_looked_at_unless_the_person_asked_for_it(tenant: Person) -> None:
    tenant.receive(shop_mail())
    tenant.world.sandbox.events.invoke("discover_vendors")
    sweep(tenant)
    tenant.world.drain()
    assert tenant.google_calls("gmail.messages.list") == 0
    assert suggestions(tenant) == []


def test_known_private_and_promising_nothing_are_left_out(curious: Person) -> None:
    curious.receive(
        shop_mail("ICA <noreply@ica.se>"),
        shop_mail("Kalle <kalle@hotmail.com>"),
        shop_mail("Nyheter <info@nyhetsbrev.example>", "Veckans erbjudanden på kvittorullar", "Upp till 50 % rabatt"),
        shop_mail(days_ago=60),
    )
    sweep(curious)
    assert suggestions(curious) == []


def test_only_overviews_are_asked_for_in_batches(curious: Person) -> None:
    curious.receive(*(shop_mail(subject=f"Kvitto {number}") for number in range(60)))
    sweep(curious)
    google = curious.world.sandbox.google
    assert google is not None
    mine = [entry for entry in google.requests() if entry["account"] == curious.account]
    gets = [entry for entry in mine if entry["operation"] == "gmail.messages.get"]
    assert len(gets) == 60
    assert all(entry["in_batch"] for entry in gets)
    assert all(entry["query"]["format"] == ["metadata"] for entry in gets)
    assert all(set(entry["query"]["metadataHeaders"]) == {"From", "Subject"} for entry in gets)
    assert curious.google_calls("gmail.messages.list") == 1
    assert suggestions(curious)[0]["receipts"] == 60


def test_of_the_mails_nothing_is_kept_but_domain_name_and_counts(curious: Person) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    [row] = curious.rows("UserVendors")
    kept = json.dumps(row, default=str)
    for word in ("order@", "20418", "Orderbekräftelse", "848", "Ulltröja", "Hemliga"):
        assert word not in kept
    assert curious.rows("IngestionLedger") == []
    assert curious.rows("RetailInvoices") == []
    assert curious.objects() == []


def test_a_sweep_counts_once_and_the_next_adds(curious: Person) -> None:
    curious.receive(shop_mail(), shop_mail(subject="Kvitto 7"))
    for _ in range(2):
        sweep(curious, "2026-01-05")
    assert suggestions(curious)[0]["receipts"] == 2
    sweep(curious, "2026-01-12")
    assert suggestions(curious)[0]["receipts"] == 4


def test_accepted_vendor_counts_for_this_user_only(world: World, curious: Person) -> None:
    before = {vendor.vendor_id for vendor in world.sandbox.container.vendors.all()}
    curious.receive(shop_mail())
    sweep(curious)
    assert active(curious) == set()
    accepted = decide(curious, "accept")
    assert (accepted["state"], accepted["category"]) == ("accepted", "clothing")
    assert active(curious) == {"yllegatan.example"}
    assert active(world.newcomer()) == set()
    assert {vendor.vendor_id for vendor in world.sandbox.container.vendors.all()} == before
    assert suggestions(curious) == []
    assert domains(curious, state="accepted") == ["yllegatan.example"]


def test_accepting_can_correct_the_category(curious: Person) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    [found] = suggestions(curious)
    path = f"/v1/vendors/suggestions/{found['suggestion_id']}/accept"
    refused = curious.app.post(path, {"category": "toys"})
    assert refused.refused == (400, "VALIDATION_ERROR")
    assert refused.error_message.startswith("category:")
    assert decide(curious, "accept", {"category": "miscellaneous"})["category"] == "miscellaneous"


def test_vendor_that_everybody_gets_later_takes_the_place_of_ones_own(world: World, curious: Person) -> None:
    curious.receive(shop_mail("Garn <a@garnboden.example>"))
    sweep(curious)
    decide(curious, "accept")
    assert active(curious) == {"garnboden.example"}
    row = {"vendor_id": "garn", "vendor_name": "Garnboden", "email_patterns": ["garnboden.example"], "active": False}
    world.put("VendorConfig", row)
    assert active(curious) == set()


def test_dismissed_vendor_is_never_proposed_again(curious: Person) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    assert decide(curious, "dismiss")["state"] == "dismissed"
    curious.receive(shop_mail(subject="Kvitto 8"))
    sweep(curious, "2026-01-12")
    assert suggestions(curious) == []
    assert active(curious) == set()
    assert domains(curious, state="dismissed") == ["yllegatan.example"]


def test_accepted_vendor_can_be_let_go_again(curious: Person) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    suggestion_id = decide(curious, "accept")["suggestion_id"]
    assert curious.app.post(f"/v1/vendors/suggestions/{suggestion_id}/dismiss").status == 200
    assert active(curious) == set()


@pytest.mark.parametrize("decision", ["accept", "dismiss"])
def test_somebody_elses_suggestion_does_not_exist(world: World, curious: Person, decision: str) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    [found] = suggestions(curious)
    stranger = world.newcomer()
    answer = stranger.app.post(f"/v1/vendors/suggestions/{found['suggestion_id']}/{decision}")
    nothing = stranger.app.post(f"/v1/vendors/suggestions/own-0000000000000000/{decision}")
    assert answer.refused == nothing.refused == (404, "NOT_FOUND")
    assert answer.text == nothing.text
    assert suggestions(stranger) == []
    assert len(suggestions(curious)) == 1


def test_state_must_be_one_that_there_is(curious: Person) -> None:
    answer = curious.app.get("/v1/vendors/suggestions", state="maybe")
    assert answer.refused == (400, "INVALID_REQUEST")
    assert answer.error_message.startswith("state:")


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("ICA <kvitto@1ca-kvitto.example>", "1ca-kvitto.example"),
        ("Zalando <order@zalando-se.example>", "zalando-se.example"),
        ("Butik <order@zaland0.example>", "zaland0.example"),
    ],
)
def test_look_alike_is_never_proposed_as_the_vendor_it_resembles(curious: Person, sender: str, domain: str) -> None:
    curious.receive(shop_mail(sender))
    sweep(curious)
    [found] = suggestions(curious)
    assert found["sender_domain"] == found["name"] == domain
    assert found["looks_like"] in {"ICA", "Zalando"}
    assert found["confidence"] <= 0.2


def test_name_that_spells_an_address_does_not_become_the_sender(curious: Person) -> None:
    curious.receive(shop_mail("=?utf-8?q?noreply=40ica=2Ese_=3Cnoreply=40ica=2Ese=3E?= <x@fulspel.example>"))
    sweep(curious)
    assert domains(curious) == ["fulspel.example"]


def test_deleting_the_account_removes_suggestions_and_stops_jobs_in_flight(world: World, curious: Person) -> None:
    curious.receive(shop_mail())
    sweep(curious)
    assert len(curious.rows("UserVendors")) == 1
    assert curious.app.delete("/v1/user/me").status == 200
    sweep(curious, "2026-01-12")
    assert curious.rows("UserVendors") == []


def test_person_deleted_while_a_sweep_runs_leaves_nothing(world: World, curious: Person) -> None:
    service = world.sandbox.container.discover_vendors
    curious.receive(shop_mail())
    make_mailbox = service.connections.mailbox

    def make_and_leave(*given: Any) -> Any:
        mailbox = make_mailbox(*given)
        assert list(mailbox.search("in:anywhere")) != [[]]
        assert curious.app.delete("/v1/user/me").status == 200
        return mailbox

    service = replace(service, connections=replace(service.connections, mailbox=make_and_leave))
    service.sweep(DiscoverVendorsJob(user_id=curious.user_id, sweep="2026-01-05"))
    assert curious.rows("UserVendors") == []


def test_account_that_google_refuses_is_marked_and_told_once(world: World, curious: Person) -> None:
    world.aws("secretsmanager").put_secret_value(
        SecretId=f"gmail/user/{curious.user_id}",
        SecretString=json.dumps(
            (world.secret(curious.user_id) or {}) | {"access_token": "ya29.expired", "refresh_token": "1//revoked"}
        ),
    )
    for _ in range(2):
        sweep(curious)
    assert curious.app.profile().gmail_status == "reauth_required"
    assert len(curious.notices()) == 1


def test_schedule_only_enqueues(world: World, curious: Person) -> None:
    world.sandbox.calls.clear()
    world.sandbox.events.invoke("discover_vendors")
    calls = {call.name for call in world.sandbox.calls.calls if call.function == "discover_vendors"}
    assert calls == {"dynamodb.Scan", "sqs.SendMessageBatch"}
    world.drain()


# With a model


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="module")
def model_world(tmp_path_factory: pytest.TempPathFactory, answers: Path) -> Iterator[World]:
    """A world with a model that may be asked twice a week."""
    mailbox = tmp_path_factory.mktemp("model-mailbox")
    environ = {"BCRYPT_COST": "4", "VENDOR_MODEL_CALLS_PER_WEEK": "2"}
    with Sandbox(mailbox, environ=environ, gemini_answers=answers) as sandbox:
        yield World(sandbox, mailbox)


def asked(world: World) -> int:
    assert world.sandbox.gemini is not None
    return len(world.sandbox.gemini.requests())


def forget_calls(world: World) -> None:
    """A new week begins."""
    table = world.aws("dynamodb")
    for item in table.scan(TableName="RateLimits")["Items"]:
        if item["LimitKey"]["S"].startswith("vendor-discovery#"):
            table.delete_item(TableName="RateLimits", Key={"LimitKey": item["LimitKey"]})
    assert world.sandbox.gemini is not None
    world.sandbox.gemini.clear_requests()


@pytest.fixture
def reader(model_world: World, answers: Path) -> Person:
    """Somebody whose senders a model is asked about, in a week without calls so far."""
    forget_calls(model_world)
    model_world.sandbox.clear_faults()
    for file in answers.glob("*.json"):
        file.unlink()
    person = model_world.newcomer()
    person.connect()
    opt_in(person)
    return person


def answer_with(answers: Path, contains: str, *senders: dict[str, Any]) -> None:
    record = {"contains": contains, "answer": {"senders": list(senders)}}
    (answers / "senders.json").write_text(json.dumps(record), encoding="utf-8")


def verdict(number: int, is_vendor: bool = True, category: str = "miscellaneous", **other: Any) -> dict[str, Any]:
    return {"number": number, "is_vendor": is_vendor, "category": category, "name": None, **other}


def test_model_is_asked_once_about_all_senders_and_believed(reader: Person, answers: Path) -> None:
    answer_with(answers, "Domain: b-shop.example", verdict(1, category="grocery"), verdict(2, is_vendor=False))
    reader.receive(shop_mail("A <x@a-shop.example>"), shop_mail("A <x@a-shop.example>"))
    reader.receive(shop_mail("B <x@b-shop.example>"))
    sweep(reader)
    assert asked(reader.world) == 1
    [found] = suggestions(reader)
    assert (found["sender_domain"], found["category"]) == ("a-shop.example", "grocery")
    assert "model" in found["why"]


def test_model_sees_sender_subject_and_preview_only(reader: Person) -> None:
    reader.receive(shop_mail())
    sweep(reader)
    assert reader.world.sandbox.gemini is not None
    [question] = reader.world.sandbox.gemini.questions()
    seen = json.dumps(question, ensure_ascii=False)
    assert "yllegatan.example" in seen
    assert "Orderbekräftelse 20418" in seen
    assert "Hemliga" not in seen
    assert reader.account not in seen
    assert reader.email not in seen
    assert reader.user_id not in seen


def test_no_more_calls_a_week_than_set_and_rules_go_on_without(reader: Person) -> None:
    people = [reader, *(reader.world.newcomer() for _ in range(3))]
    for number, person in enumerate(people):
        if person is not reader:
            person.connect()
            opt_in(person)
        person.receive(shop_mail(f"Butik <x@shop{number}.example>"))
    for week in ("2026-01-05", "2026-01-05", "2026-01-12"):
        for person in people:
            sweep(person, week)
    assert asked(reader.world) == 2
    assert [len(suggestions(person)) for person in people] == [1, 1, 1, 1]


def test_mailbox_without_strangers_costs_no_call(reader: Person) -> None:
    reader.receive(shop_mail("ICA <noreply@ica.se>"))
    sweep(reader)
    assert asked(reader.world) == 0


@pytest.mark.parametrize("fault", ["500", "429", "timeout"])
def test_model_that_fails_costs_one_call_and_leaves_it_to_the_rules(reader: Person, fault: str) -> None:
    reader.world.fail("gemini.generateContent", fault, times=5, **({"delay": 0.1} if fault == "timeout" else {}))
    reader.receive(shop_mail())
    sweep(reader)
    assert asked(reader.world) == 1
    [found] = suggestions(reader)
    assert "model" not in found["why"]


def test_schedule_of_a_day_names_its_sweep(reader: Person) -> None:
    reader.receive(shop_mail())
    discover = reader.world.sandbox.container.discover_vendors
    for _ in range(2):
        discover.enqueue(date(2026, 2, 2))
    reader.world.drain()
    [row] = reader.rows("UserVendors")
    assert (row["last_sweep"], int(row["receipts"])) == ("2026-02-02", 1)


def test_mail_of_an_accepted_vendor_becomes_an_invoice(world: World, curious: Person) -> None:
    curious.receive(shop_mail(days_ago=7), shop_mail(subject="Kvitto 9", text="Totalt 99,00 kr", days_ago=1))
    answer = curious.app.post("/v1/invoices/retail/ingest")
    world.drain()
    assert answer.body["data"]["totalEmailsFound"] == 0
    sweep(curious)
    decide(curious, "accept")
    answer = curious.app.post("/v1/invoices/retail/ingest")
    assert answer.status == 200
    world.drain()
    rows = curious.rows("RetailInvoices")
    assert {(row["vendor_name"], row["sub_type"]) for row in rows} == {("Yllegatan Mode", "clothing")}
    stranger = world.newcomer()
    stranger.connect()
    stranger.receive(shop_mail())
    stranger.app.post("/v1/invoices/retail/ingest")
    world.drain()
    assert stranger.rows("RetailInvoices") == []
