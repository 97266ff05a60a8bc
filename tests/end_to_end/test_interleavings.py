"""New mail, runs, schedules, pushes, faults, replays and people's own changes, in any order: nothing lost or doubled.

Each example is one person's history of a few steps, drawn by hypothesis and shrunk to the shortest that fails. After
the last step the faults are over, time passes, the person asks once more, and everything that came is there once.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.app.mails import attach, facts, letter, notice_mail
from tests.app.shop_mails import letter as shop_letter
from tests.app.shop_mails import purchase, receipt_mail
from tests.app.shopper import Shopper
from tests.app.world import World
from tests.end_to_end.recovery import FINAL_STATES, RENTAL, RETAIL, Journey, Mailbox, mixed_mailbox, world_of_faults

MANY = os.environ.get("FAULTS") == "all"
FAULTS = (
    "dynamodb.GetItem",
    "dynamodb.BatchGetItem",
    "dynamodb.Query",
    "dynamodb.UpdateItem",
    "dynamodb.TransactWriteItems",
    "s3.PutObject",
    "s3.GetObject",
    "sqs.SendMessageBatch",
    "gmail.messages.list",
    "gmail.messages.get",
    "gmail.batch",
    "gmail.history.list",
)
WORKERS = ("api_handler", "work_on_ingestion", "parse_invoice", "parse_retail_invoice", "send_invoice_notification")
WAYS: tuple[dict[str, object], ...] = (
    {"error": "500", "times": 4},
    {"when": "after", "times": 1},
    {"kill": True},
    {"kill": True, "when": "after"},
)


@cache
def rent(serial: int) -> bytes:
    """Rent of this month (even) or of a month long ago."""
    return notice_mail(0 if serial % 2 == 0 else 3 + serial, serial)


@cache
def receipts(number: int) -> tuple[bytes, bytes]:
    """Two mails about one purchase."""
    order = purchase(f"{200 + number}.00", ago=2)
    return receipt_mail(order, subject="Order", pdf=bool(number % 2)), receipt_mail(
        order, subject="Kvitto", form="text"
    )


@dataclass
class History:
    """One person, what came in their mail, and what they did."""

    journey: Journey
    rents: Counter[tuple[int, str]] = field(default_factory=Counter)
    announced: int = 0
    imported: int = 0
    purchases: set[int] = field(default_factory=set)
    deleted: set[float] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    marks_that_fail: int = 0

    @property
    def world(self) -> World:
        return self.journey.world

    def notice_comes(self) -> None:
        serial = next(self.numbers)
        ago = 0 if serial % 2 == 0 else 3 + serial
        self.rents[int(facts(ago, serial).total), facts(ago, serial).reference] += 1
        self.announced += ago == 0
        self.imported += ago != 0
        self.journey.person.receive(rent(serial))

    def receipts_come(self) -> None:
        number = next(self.numbers)
        self.purchases.add(200 + number)
        self.journey.person.receive(*receipts(number))

    def junk_comes(self) -> None:
        broken = attach(letter(), b"%PDF-1.7 and no more", "trasig.pdf").as_bytes()
        self.journey.person.receive(broken, shop_letter("Nyheter", text="Läs mer på vår blogg.").as_bytes())

    def rental_ingest(self) -> None:
        self.journey.ask(RENTAL)

    def retail_ingest(self) -> None:
        self.journey.ask(RETAIL)

    def latest(self) -> None:
        self.journey.ask(f"{RENTAL}/latest")

    def backfill(self) -> None:
        self.journey.ask("/v1/invoices/retail/backfill")

    def schedule(self) -> None:
        for name in ("fetch_latest_invoice", "fetch_retail_invoices"):
            self._quietly(partial(self.world.sandbox.events.invoke, name))

    def push(self) -> None:
        emulator = self.world.sandbox.google
        assert emulator is not None
        self._quietly(partial(emulator.push, self.journey.person.account))

    def settle(self) -> None:
        self.journey.settle()

    def events_again(self) -> None:
        events = self.world.sandbox.events
        mine = list(self.world.deliveries_about(self.journey.person.user_id))[-12:]
        events.redeliver([*reversed(mine), *mine], concurrently=True)

    def delete_a_purchase(self) -> None:
        self.journey.settle()
        shopper = Shopper(self.journey.person)
        for invoice in shopper.invoices[:1]:
            if self.journey.ask(f"/v1/invoices/retail/{invoice.invoice_id}", "DELETE") == 200:
                self.deleted.add(invoice.total_amount)

    def retry_a_document(self) -> None:
        rows = [row for row in self.journey.rows("IngestionLedger") if row.get("UserID_State")]
        kept = [row for row in rows if not row.get("invoice_id") or self._exists(str(row["invoice_id"]))]
        for row in kept[:2]:
            self.journey.ask(f"/v1/documents/{row['DocumentID']}/retry")

    def _exists(self, invoice_id: str) -> bool:
        found = self.journey.rows("RetailInvoices") + self.journey.rows("RentalInvoices")
        return invoice_id in {row["InvoiceID"] for row in found}

    @staticmethod
    def _quietly(call: Callable[[], object]) -> None:
        """A function that dies, or a mailbox that nobody watches, is part of the story."""
        try:
            call()
        except BaseException as exc:
            if isinstance(exc, KeyboardInterrupt):
                raise

    def check(self) -> None:
        journey = self.journey
        self.world.sandbox.clear_faults()
        journey.settle()
        for _again in range(2):  # what failed several times in a row is tried a few times more
            journey.recover()
        app = journey.person.app
        assert Counter((each.total, each.ocr) for each in app.rentals().invoices) == self.rents
        totals = Counter(invoice.total_amount for invoice in Shopper(journey.person).invoices)
        assert set(totals.values()) <= {1}, totals
        assert self.purchases - self.deleted <= set(totals) <= self.purchases
        documents = [row for row in journey.rows("IngestionLedger") if row.get("part")]
        assert {row["state"] for row in documents} <= FINAL_STATES, documents
        runs = [row for row in journey.rows("IngestionRuns") if row["RunID"] != "lease"]
        assert {row["state"] for row in runs} <= {"done", "failed", "cancelled"}, runs
        journey.check_files_of_existing()
        self.check_notices()
        journey.check_nothing_is_left()

    def check_notices(self) -> None:
        texts = self.journey.person.notices()
        imported = sum(int(text.split()[0]) for text in texts if "imported from your mail" in text)
        told = Counter(text for text in texts if "imported from your mail" not in text)
        assert len(told) == self.announced, texts
        # Nobody can know that SNS took a message when that could not be written down: then it is told again.
        twice = sum(told.values()) - self.announced + (1 if imported > self.imported else 0)
        assert twice <= self.marks_that_fail, texts
        assert imported == self.imported or (imported > self.imported and self.marks_that_fail), texts


STEPS = (
    "notice_comes",
    "receipts_come",
    "junk_comes",
    "rental_ingest",
    "retail_ingest",
    "latest",
    "backfill",
    "schedule",
    "push",
    "settle",
    "events_again",
    "delete_a_purchase",
    "retry_a_document",
)
FAULT = st.tuples(st.sampled_from(FAULTS), st.sampled_from(WORKERS), st.sampled_from(WAYS), st.integers(0, 8))
#: Something comes first, or nothing can happen.
HISTORIES = st.tuples(
    st.sampled_from(["notice_comes", "receipts_come"]),
    st.lists(st.one_of(st.sampled_from(STEPS), FAULT), min_size=3, max_size=14 if MANY else 8),
)


@pytest.fixture(scope="module")
def eventful_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of_faults(tmp_path_factory.mktemp("interleavings"), gmail_push=True) as made:
        yield made


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "400")) if MANY else 10,
    deadline=None,
    derandomize=not MANY,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink] if MANY else [Phase.generate],
)
@given(drawn=HISTORIES)
def test_any_history_ends_with_everything_there_once(
    eventful_world: World, drawn: tuple[str, list[str | tuple[str, str, dict[str, object], int]]]
) -> None:
    eventful_world.sandbox.clear_faults()
    journey = Journey(eventful_world, Mailbox((), mixed_mailbox().expected))
    journey.settle()
    history = History(journey)
    first, steps = drawn
    for step in (first, *steps):
        if isinstance(step, str):
            getattr(history, step)()
        else:
            history.marks_that_fail += step[0] == "dynamodb.UpdateItem" and step[2].get("when") != "after"
            add_fault(eventful_world, *step)
    history.check()
    journey.leave()


def add_fault(world: World, target: str, function: str, way: dict[str, object], skip: int) -> None:
    """Google's faults are of the whole world, and cannot kill: its refusals do as well."""
    if target.startswith("gmail."):
        world.fail(target, "500", times=1 + skip % 3)
    else:
        world.sandbox.add_fault(target, function=function, skip=skip, **way)
