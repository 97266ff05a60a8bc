"""A mixed mailbox, one person's journey through it with something going wrong, and what has to be true afterwards.

Time passes by moving what is stored into the past: leases, claims and rows that nobody touched. Delayed messages come
at once, and come again while they find nothing to do, so a journey settles only after its leases have run out.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer

from chalicelib.domain.categories import CATEGORIES as RECORDS
from chalicelib.parsing.rental.notice import parse_rental_notice
from tests.app.mails import attach, facts, letter, notice_mail, notice_pdf
from tests.app.shop_mails import CATEGORIES, days_ago, purchase, receipt_mail, vendor_row
from tests.app.shop_mails import letter as shop_letter
from tests.app.world import Person, World
from tests.sandbox.events import DrainTimeout
from tests.sandbox.sandbox import Sandbox

FINAL_STATES = {"parsed", "duplicate", "ignored", "needs_review", "failed"}
RENTAL, RETAIL = "/v1/invoices/rental/ingest", "/v1/invoices/retail/ingest"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_ROUNDS = 12
_BOTOCORE_ATTEMPTS = 4
_DETAIL_TABLES = sorted({category.table for category in RECORDS.values()})


@dataclass(frozen=True)
class Expected:
    """What a mailbox comes to, however it is worked off."""

    rents: list[tuple[int, str]]
    purchases: list[float]
    announced: int
    imported: int
    states: Counter[str]


@dataclass(frozen=True)
class Mailbox:
    mails: tuple[bytes, ...]
    expected: Expected


@cache
def mixed_mailbox() -> Mailbox:
    """Rent of today and of long ago, a broken PDF, negatives, and a purchase in two mails, one of them with a PDF."""
    jacket = purchase("748.50", ago=4)
    receipt = replace(jacket, day=days_ago(3))
    mails = (
        attach(attach(letter(), notice_pdf()), b"%PDF-1.7 and then nothing of use", "trasig.pdf").as_bytes(),
        notice_mail(4),
        letter("Hyresavi utan bilaga").as_bytes(),
        receipt_mail(jacket, subject=f"Orderbekräftelse {jacket.order_id}"),
        receipt_mail(receipt, subject=f"Kvitto {jacket.order_id}", form="text", pdf=True),
        shop_letter("Veckans nyheter", text="Läs mer på vår blogg.").as_bytes(),
    )
    expected = Expected(
        rents=sorted((int(facts(ago).total), facts(ago).reference) for ago in (0, 4)),
        purchases=[748.5],
        announced=1,
        imported=1,
        states=Counter({"rental/parsed": 2, "rental/unusable": 1, "retail/invoice": 3, "retail/ignored": 1}),
    )
    return Mailbox(mails, expected)


@contextmanager
def world_of_faults(
    mailbox: Path, *, gemini: bool = False, gmail_push: bool = False, **environ: str
) -> Iterator[World]:
    """A sandbox with one worker, so that calls come in one order; the answer to a request waits for nothing."""
    quick = {"BCRYPT_COST": "4", "INGESTION_ANSWER_SECONDS": "0", **environ}
    with Sandbox(mailbox, environ=quick, workers=1, gemini=gemini, gmail_push=gmail_push) as sandbox:
        sandbox.events.is_idle.clear()
        sandbox.session.events.register("before-parameter-build.sqs", _without_delay)
        sandbox.session.events.register_first("needs-retry", _at_once)
        parse = sandbox.container.parse_rental_document
        # The parser itself, without the process around it that hostile files need: it runs hundreds of times here.
        sandbox.container.__dict__["parse_rental_document"] = replace(parse, read_notice=cache(parse_rental_notice))
        _forget_vendors(sandbox)
        world = World(sandbox, mailbox)
        for sub_type in CATEGORIES:
            world.put("VendorConfig", vendor_row(sub_type))
        yield world


def _forget_vendors(sandbox: Sandbox) -> None:
    """All that are configured: their searches would only cost time."""
    table = sandbox.clients.client("dynamodb")
    for row in table.scan(TableName="VendorConfig", ProjectionExpression="vendor_id")["Items"]:
        table.delete_item(TableName="VendorConfig", Key=row)


def _at_once(attempts: int, caught_exception: Exception | None, response: Any, **_kwargs: Any) -> float | None:
    """botocore's own retries without its pauses: as often as the application asks for, for what it retries."""
    status = response[0].status_code if response else 0
    return 0.0 if attempts < _BOTOCORE_ATTEMPTS and (caught_exception is not None or status >= 500) else None


def _without_delay(params: dict[str, Any], **_kwargs: Any) -> None:
    for message in [params, *params.get("Entries", [])]:
        message.pop("DelaySeconds", None)


class Journey:
    """One person with a mailbox of their own in a world where things go wrong."""

    def __init__(self, world: World, mailbox: Mailbox) -> None:
        self.world = world
        self.expected = mailbox.expected
        self.person: Person = world.newcomer()
        self.person.receive(*mailbox.mails)
        self.person.connect()

    def ask(self, path: str, method: str = "POST") -> int:
        """A request as a phone sends it, whatever comes of it; the status."""
        headers = {"Authorization": f"Bearer {self.person.app.token}", "Content-Type": "application/json"}
        connection = HTTPConnection(urlsplit(self.world.sandbox.url).netloc, timeout=40)
        try:
            connection.request(method, path, b"", headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def run(self) -> None:
        """Ingests both kinds until nothing happens any more."""
        for path in (RENTAL, RETAIL):
            self.ask(path)
        self.settle()

    def recover(self) -> None:
        """The fault is over, time passes, and the person asks once more."""
        self.world.sandbox.clear_faults()
        self.let_time_pass()
        self.run()

    def settle(self) -> None:
        """Until nothing is pending; time passes as long as somebody waits for it."""
        for _round in range(_ROUNDS):
            try:
                self.world.sandbox.drain(1)
            except DrainTimeout:
                self.let_time_pass()
            else:
                return
        raise AssertionError(f"still busy: {self.rows('IngestionRuns')}")

    def let_time_pass(self) -> None:
        """A day: leases and claims run out, and what was lost has been lost for long enough to be missed.

        No function is running meanwhile: nobody alive may lose a lease.
        """
        events = self.world.sandbox.events
        events.pause()
        try:
            events.functions.log.wait_for_the_running()
            self._age()
        finally:
            events.resume()

    def _age(self) -> None:
        past = _LONG_AGO.isoformat()
        for row in self.rows("IngestionRuns"):
            if row["RunID"] == "lease":
                if row["leased_until"]:
                    self._change("IngestionRuns", row, {"leased_until": 1})
            elif row["state"] == "running":
                times = {name: past for name in ("updated_at", "resumes_at", "summary_until") if row.get(name)}
                self._change("IngestionRuns", row, times)
        for row in self.rows("IngestionLedger"):
            if row.get("state") in {"found", "stored"}:
                self._change("IngestionLedger", row, {"updated_at": past})
        for row in self.rows("RentalInvoices"):
            if not row.get("announced_at"):
                late = {"announcing_until": past} if row.get("announcing_until") else {}
                self._change("RentalInvoices", row, {"created_at": past, **late})

    def leave(self) -> None:
        """The person deletes the account, and the world is as empty as it was."""
        assert self.person.app.delete("/v1/user/me").status == 200
        self.world.sandbox.drain(5)
        left = {table: rows for table in self.world.tables() if (rows := self.person.rows(table))}
        assert (left, self.person.objects()) == ({}, [])
        shutil.rmtree(self.world.mailbox / self.person.account)

    def _change(self, table: str, row: dict[str, Any], changes: dict[str, Any]) -> None:
        if not changes:
            return
        names = {"IngestionRuns": "RunID", "IngestionLedger": "DocumentID", "RentalInvoices": "InvoiceID"}
        key = {"UserID": {"S": row["UserID"]}, names[table]: {"S": row[names[table]]}}
        kind = {name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in changes.items()}
        self.world.aws("dynamodb").update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
            ExpressionAttributeNames={f"#{name}": name for name in changes},
            ExpressionAttributeValues={f":{name}": value for name, value in kind.items()},
            ConditionExpression="attribute_exists(UserID)",
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The person's rows of a table whose hash key is the user: one query, since worlds grow large."""
        found = self.world.aws("dynamodb").query(
            TableName=table,
            KeyConditionExpression="UserID = :user",
            ExpressionAttributeValues={":user": {"S": self.person.user_id}},
        )
        deserialize = TypeDeserializer().deserialize
        return [{name: deserialize(value) for name, value in item.items()} for item in found["Items"]]

    # What has to be true

    def check(self, *, told_at_most: int = 1) -> None:
        """Everything, as if nothing had gone wrong. ``told_at_most`` is above 1 for the one gap that cannot be closed:
        between SNS taking a message and the application writing down that it did."""
        self.check_records()
        self.check_documents()
        self.check_files()
        self.check_runs()
        self.check_notices(told_at_most)
        self.check_nothing_is_left()

    def check_records(self) -> None:
        rents = self.person.app.rentals().invoices
        assert sorted((rent.total, rent.ocr) for rent in rents) == self.expected.rents
        retail = self.person.app.get("/v1/invoices/retail").body["data"]["invoices"].values()
        assert sorted(each["total_amount"] for group in retail for each in group) == self.expected.purchases

    def check_documents(self) -> None:
        ledger = self.rows("IngestionLedger")
        documents = [row for row in ledger if row.get("part")]
        assert {row["state"] for row in documents} <= FINAL_STATES, documents
        assert Counter(_outcome(row) for row in documents) == self.expected.states
        invoices = self.rows("RentalInvoices") + self.rows("RetailInvoices")
        ids = {row["InvoiceID"] for row in invoices}
        assert {row["invoice_id"] for row in ledger if row.get("invoice_id")} == ids
        details = [row["InvoiceID"] for table in _DETAIL_TABLES for row in self.person.rows(table)]
        assert sorted(details) == sorted(row["InvoiceID"] for row in self.rows("RetailInvoices"))
        sources = [source["document_id"] for row in self.rows("RetailInvoices") for source in row["sources"]]
        assert len(sources) == len(set(sources)) == self.expected.states["retail/invoice"]

    def check_files(self) -> None:
        known = {row["s3_key"] for row in self.rows("IngestionLedger") if row.get("s3_key")}
        assert {each["Key"] for each in self.person.objects()} == known

    def check_files_of_existing(self) -> None:
        """Every file is known, and every invoice has its own."""
        known = {row["s3_key"] for row in self.rows("IngestionLedger") if row.get("s3_key")}
        kept = {each["Key"] for each in self.person.objects()}
        retail = {source["s3_key"] for row in self.rows("RetailInvoices") for source in row["sources"]}
        assert retail | {row["s3_key"] for row in self.rows("RentalInvoices")} <= kept <= known

    def check_runs(self) -> None:
        rows = self.rows("IngestionRuns")
        runs = [row for row in rows if row["RunID"] != "lease"]
        assert {row["state"] for row in runs} <= {"done", "failed", "cancelled"}, runs
        assert all(row["finished"] == row["documents"] for row in runs), runs
        assert sum(row["invoices"] for row in runs) == len(self.expected.rents) + len(self.expected.purchases)
        assert [row["leased_until"] for row in rows if row["RunID"] == "lease"] == [0]

    def check_notices(self, told_at_most: int) -> None:
        texts = self.person.notices()
        imported = [int(found[1]) for text in texts if (found := re.match(r"(\d+) rental invoices? imported", text))]
        others = Counter(text for text in texts if not re.match(r"\d+ rental invoices? imported", text))
        assert len(others) == self.expected.announced, texts
        assert 1 <= max(others.values(), default=1) <= told_at_most, texts
        assert self.expected.imported <= sum(imported) <= self.expected.imported * told_at_most, texts

    def check_nothing_is_left(self) -> None:
        """One more ingestion finds nothing to download, to store or to tell."""
        before = self._traces()
        for path in (RENTAL, RETAIL):
            assert self.ask(path) == 200
            self.world.sandbox.drain(5)
        assert self._traces() == before

    def _traces(self) -> tuple[int, int, list[str]]:
        return self.person.google_calls("gmail.messages.get"), len(self.person.objects()), self.person.notices()


def _outcome(row: dict[str, Any]) -> str:
    """The state, where it does not depend on which document of a purchase came first."""
    state = row["state"]
    if row["kind"] == "retail":
        return "retail/invoice" if row.get("invoice_id") else f"retail/{state}"
    return f"rental/{'unusable' if state in {'failed', 'ignored', 'needs_review'} else state}"
