"""The steps of the demo: each a request of the app or a look behind the API, shown with what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from tests.sandbox import sample
from tests.sandbox.answers import Document, Invoices, Notification, Purchases
from tests.sandbox.journey import AdminPort, Phone, StepFailed
from tests.sandbox.samples.mailbox import ACCOUNT
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.summary import Cost
from tests.sandbox.terminal import Terminal, clipped, padded

_LABEL: Final = 38


@dataclass(slots=True)
class Findings:
    """What the journey brought to light."""

    rental: Invoices | None = None
    purchases: Purchases | None = None
    documents: list[Document] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)


@dataclass(slots=True)
class Note:
    """What a step has to say when it is done."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """Shows each step while it runs, and afterwards what came of it and how long it took."""

    terminal: Terminal

    @contextmanager
    def step(self, label: str) -> Iterator[Note]:
        note, began = Note(), time.monotonic()
        self.terminal.began(label)
        try:
            yield note
        except BaseException:
            self.terminal.done(f"  {self.terminal.paint('✗', 'red')} {label}")
            raise
        seconds = f"{time.monotonic() - began:4.1f} s"
        room = self.terminal.width - _LABEL - 14
        self.terminal.done(
            f"  {self.terminal.paint('✓', 'green')} {padded(label, _LABEL)}  "
            f"{padded(clipped(note.text, room), room)} {self.terminal.paint(seconds, 'dim')}"
        )


def take_tour(walk: Walk, sandbox: Sandbox, today: date) -> Findings:
    """Raises StepFailed at the first step that does not succeed."""
    phone, admin, findings = Phone(sandbox.url), AdminPort(sandbox.admin_url), Findings()
    _enter(walk, phone)
    _rent(walk, phone, admin, findings)
    _shopping(walk, phone, admin, findings, today)
    with walk.step("GET /v1/documents") as note:
        unread = [each for each in phone.documents("needs_review") if each.reason == "no_text"]
        findings.documents = [*phone.documents("failed"), *unread, *phone.documents("ignored")]
        note.text = f"{len(findings.documents)} not taken, with reasons"
    findings.notifications = admin.notifications()
    return findings


def _enter(walk: Walk, phone: Phone) -> None:
    with walk.step("POST /v1/auth/signup") as note:
        note.text = phone.sign_up(sample.NAME, ACCOUNT, sample.PASSWORD).username
    with walk.step("POST /v1/auth/gmail/store-tokens") as note:
        phone.connect_gmail(ACCOUNT)
        note.text = f"{ACCOUNT}, read only"
    with walk.step("POST /v1/user/devices") as note:
        phone.register_device()
        note.text = "her phone, for push"


def _rent(walk: Walk, phone: Phone, admin: AdminPort, findings: Findings) -> None:
    before = _cost(admin)
    with walk.step("POST /v1/invoices/rental/ingest") as note:
        note.text = f"{phone.ingest_rental().invoice_count} new invoices"
    with walk.step("wait for the last event") as note:
        note.text = f"{admin.drain()['delivered']} delivered, none failed"
    findings.costs["rent, first time"] = _cost(admin).since(before)
    with walk.step("GET /v1/invoices/rental") as note:
        findings.rental = phone.rental_invoices()
        note.text = f"{findings.rental.invoice_count} invoices, {len(findings.rental.invoices)} years"
    with walk.step("GET /v1/invoices/rental/{id}") as note:
        newest = findings.rental.all()[0]
        document = phone.invoice_file(newest.invoice_id)
        if not document.startswith(b"%PDF"):
            raise StepFailed(f"the link of {newest.invoice_id} leads to something other than a PDF")
        note.text = f"its PDF by link, {len(document) / 1000:.1f} kB"
    with walk.step("POST /v1/invoices/rental/ingest/latest") as note:
        note.text = {200: "had this month's already", 201: "this month's came"}.get(phone.ingest_latest(), "none yet")
    before = _cost(admin)
    with walk.step("POST /v1/invoices/rental/ingest") as note:
        count = phone.ingest_rental().invoice_count
        admin.drain()
        findings.costs["rent, once more"] = cost = _cost(admin).since(before)
        note.text = f"{count or 'nothing'} new, {cost.gmail['calls']} Gmail call{'s' * (cost.gmail['calls'] != 1)}"


def _shopping(walk: Walk, phone: Phone, admin: AdminPort, findings: Findings, today: date) -> None:
    before = _cost(admin)
    with walk.step("POST /v1/invoices/retail/ingest") as note:
        note.text = f"{phone.ingest_retail(today - timedelta(days=365), today).invoice_count} so far"
    with walk.step("wait for the last event") as note:
        note.text = f"{admin.drain()['delivered']} delivered, none failed"
    findings.costs["shopping, a year"] = _cost(admin).since(before)
    with walk.step("GET /v1/invoices/retail") as note:
        findings.purchases = phone.purchases()
        note.text = f"{findings.purchases.invoice_count} purchases, {len(findings.purchases.invoices)} kinds"


def _cost(admin: AdminPort) -> Cost:
    return Cost(admin.gmail_calls(), admin.aws_calls())
