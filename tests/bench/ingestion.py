"""Calls and units of the ways through the whole system, on a sandbox of its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.app.mails import notice_mail
from tests.app.shop_mails import CATEGORIES, purchase, receipt_mail, vendor_row
from tests.app.world import PASSWORD, Person, World
from tests.bench.capacity import Capacity
from tests.bench.table import Row, ratio
from tests.sandbox.sandbox import Sandbox

_MAILS = 24
_DEVICES = 3


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one action cost at the neighbours, by function where that matters."""

    calls: Counter[str]
    names: Counter[str]
    gmail: int
    units: int
    read: float
    write: float

    @property
    def total(self) -> int:
        return self.calls.total()


class _Meter:
    def __init__(self, world: World, person: Person) -> None:
        self._world, self._person = world, person
        self._capacity = Capacity()
        world.sandbox.calls.observers.append(self._capacity.observe)

    def __call__(self, act: Callable[[], object]) -> _Cost:
        google = self._world.sandbox.google
        assert google is not None
        self._world.drain()
        self._world.sandbox.calls.clear()
        self._capacity.clear()
        before = len(google.requests())
        act()
        self._world.drain()
        calls = self._world.sandbox.calls.calls
        asked = [entry for entry in google.requests()[before:] if entry["account"] == self._person.account]
        return _Cost(
            calls=Counter(call.function or "api_handler" for call in calls),
            names=Counter(call.name for call in calls),
            gmail=sum(not entry["in_batch"] for entry in asked),
            units=sum(int(entry["units"]) for entry in asked),
            read=self._capacity.read,
            write=self._capacity.write,
        )


def rows() -> Iterator[Row]:
    """Two years of rental notices and a receipt for each; then everything once more."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder), environ={"BCRYPT_COST": "4"}) as sandbox:
        world = World(sandbox, Path(folder))
        for sub_type in CATEGORIES:
            world.put("VendorConfig", vendor_row(sub_type))
        person = world.newcomer()
        person.connect()
        for number in range(_DEVICES):
            person.app.register_device(f"{number:064x}")
        meter = _Meter(world, person)
        yield from _rental_rows(person, meter)
        yield from _retail_rows(person, meter)
        yield from _request_rows(world, person, meter)


def _rental_rows(person: Person, meter: _Meter) -> Iterator[Row]:
    person.receive(*(notice_mail(ago) for ago in range(1, _MAILS + 1)))
    first, repeated = meter(person.app.ingest), meter(person.app.ingest)
    yield from _ingestion_rows("rental", "parse_invoice", first, repeated)
    person.receive(notice_mail())
    latest = meter(person.app.ingest_latest)
    fan_out = latest.names["sns.Publish"]
    yield Row("this month's notice, when it came", f"{latest.total} AWS calls", f"{latest.units} Gmail units")
    again = meter(person.app.ingest_latest)
    yield Row("... looked for again", f"{again.total} AWS calls", f"{again.units} Gmail units")
    told = f"{latest.calls['send_invoice_notification']} AWS calls in all"
    yield Row(f"its announcement, {_DEVICES} devices and e-mail", f"{fan_out} publications", told)


def _retail_rows(person: Person, meter: _Meter) -> Iterator[Row]:
    bought = [purchase(ago=1 + number) for number in range(_MAILS)]
    kinds = [CATEGORIES[number % len(CATEGORIES)] for number in range(_MAILS)]
    person.receive(*(receipt_mail(receipt, sub_type=kind) for receipt, kind in zip(bought, kinds, strict=True)))

    def ingest() -> object:
        return person.app.post("/v1/invoices/retail/ingest")

    first, repeated = meter(ingest), meter(ingest)
    yield from _ingestion_rows("retail", "parse_retail_invoice", first, repeated)


def _ingestion_rows(kind: str, parser: str, first: _Cost, repeated: _Cost) -> Iterator[Row]:
    units = f"{first.read / _MAILS:.1f} read and {first.write / _MAILS:.1f} write units"
    yield Row(f"{kind} mail, from inbox to record", f"{first.total / _MAILS:.1f} AWS calls", units)
    yield Row("... of which the parser", f"{first.calls[parser] / _MAILS:.1f} AWS calls")
    yield Row("... Gmail", f"{first.units / _MAILS:.1f} units", f"{first.gmail} requests for {_MAILS} mails")
    beside = f"{ratio(repeated.total, first.total)} the first, {repeated.names['s3.PutObject']} files written"
    yield Row(f"{kind} mails, all once more", f"{repeated.total} AWS calls", beside)
    spent = f"{repeated.read:.1f} read and {repeated.write:.1f} write units"
    yield Row("... Gmail", f"{repeated.units} units", f"{repeated.gmail} requests; {spent}")


def _request_rows(world: World, person: Person, meter: _Meter) -> Iterator[Row]:
    credentials = {"email": person.email, "password": PASSWORD}
    requests: dict[str, Callable[[], object]] = {
        "login": lambda: world.stranger().post("/v1/auth/login", credentials),
        f"list of {_MAILS + 1} rental invoices": person.app.rentals,
        f"list of {_MAILS} retail invoices": lambda: person.app.get("/v1/invoices/retail"),
        "counts of all categories": lambda: person.app.get("/v1/invoices/retail", counts="true"),
    }
    for name, request in requests.items():
        cost = meter(request)
        yield Row(name, f"{cost.total} AWS calls", f"{cost.read:.1f} read and {cost.write:.1f} write units")
