"""Every endpoint, with everything that names something of one person, called by everybody else.

Endpoints are taken from what the application declares: a new one is tried without anybody thinking of it, and one that
reads a new kind of body, or has a new kind of variable in its path, fails here until it is listed below.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
import pytest

from chalicelib.http.api import Route
from chalicelib.http.contracts import NoBody
from tests.app.belongings import belongings
from tests.app.client import Answer, Client
from tests.app.mails import notice_mail
from tests.app.shopper import RETAIL, Shopper
from tests.app.world import PASSWORD, Person, World

ISOLATED = "Isolerad"  # in everything that the owner entered, and so in nothing that others may read
OWN_PHONE, OTHER_PHONE = "1f" * 32, "2e" * 32
#: Variables of paths that choose a kind, not a thing of somebody's.
CHOICES = {"invoice_type": ["rental", "retail"]}
#: A body that each route accepts, by the name of what reads it; ``{id}`` stands for the identifier.
BODIES: dict[str, dict[str, Any]] = {
    "Registration": {"name": "Somebody Else", "email": "{id}", "password": PASSWORD},
    "Login": {"email": "{id}", "password": PASSWORD + "?"},
    "RefreshRequest": {"refresh_token": "{id}"},
    "PasswordChange": {"current_password": "{id}", "new_password": PASSWORD},
    "LogoutRequest": {"refresh_token": "{id}"},
    "PreferencesUpdate": {"reminder_days": 2},
    "DeviceRequest": {"device_token": OTHER_PHONE},
    "GmailConnection": {
        "access_token": "ya29.expired",
        "refresh_token": "1//revoked",
        "scope": "openid",
        "expires_in": 3600,
    },
    "PubSubPush": {"message": {"messageId": "1", "data": ""}},
    "InvoiceChange": {"payment_status": "paid"},
    "RentalChange": {"payment_status": "paid"},
    "ManualInvoice": {
        "sub_type": "clothing",
        "vendor_name": "Annan",
        "total_amount": 1,
        "currency": "SEK",
        "invoice_date": "2025-01-02",
    },
    "IngestRequest": {},
    "BackfillRequest": {"start_year": 2026},
    "AcceptRequest": {"category": "clothing"},
}


@dataclass
class Owner:
    """Somebody with one of everything; ``identifiers`` name it all, by kind."""

    person: Person
    identifiers: dict[str, str] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.person.world


class Attempt(NamedTuple):
    """One request; ``twin`` is the same with an identifier that nobody has."""

    method: str
    path: str
    body: bytes | None
    twin: tuple[str, bytes | None]

    def send(self, client: Client) -> Answer:
        return client.send(self.method, self.path, self.body)

    def send_twin(self, client: Client) -> Answer:
        return client.send(self.method, self.twin[0], self.twin[1])


def routes(world: World) -> list[Route]:
    """Everything declared, but the pages that are for everybody and say nothing of anybody."""
    return [route for route in world.sandbox.app.declared if not (route.public and route.method == "GET")]


def unknown(identifier: str) -> str:
    """An identifier of the same form that names nothing: its last letters and digits are others."""
    turn = str.maketrans("0123456789abcdef", "123456789abcdef0")
    return identifier[:-6] + identifier[-6:].translate(turn)


def requests_of(route: Route, identifier: str) -> Iterator[tuple[str, bytes | None]]:
    """Paths and bodies: every choice, with the identifier in the path, the body and each parameter of the query."""
    variables = re.findall(r"{(\w+)}", route.path)
    for values in itertools.product(*(CHOICES.get(name, [identifier]) for name in variables)):
        chosen = dict(zip(variables, values, strict=True))
        contract, path = route.contract(chosen), route.path.format(**chosen)
        body = None
        if contract.body is not NoBody:
            body = json.dumps(BODIES[contract.body.__name__]).replace("{id}", identifier).encode()
        yield path, body
        for name in (each.encode_name for each in msgspec.structs.fields(contract.query)):
            yield f"{path}?subtype=clothing&{name}={identifier}", body


def attempts(route: Route, identifier: str) -> Iterator[Attempt]:
    known, strange = requests_of(route, identifier), requests_of(route, unknown(identifier))
    for (path, body), twin in zip(known, strange, strict=True):
        yield Attempt(route.method, path, body, twin)


def names_something(route: Route, identifier: str) -> bool:
    """Whether an identifier occurs in any request of a route."""
    return any(identifier in f"{each.path} {each.body!r}" for each in attempts(route, identifier))


@pytest.fixture(scope="module")
def owner(shops: World) -> Owner:
    """Somebody who used everything that there is."""
    person = shops.newcomer()
    person.connect()
    shopper = Shopper(person)
    person.receive(notice_mail())
    person.ingest()
    entered = shopper.enter(vendor_name=f"{ISOLATED} Mode", order_id=f"{ISOLATED}-1")
    shopper.enter(vendor_name=f"{ISOLATED} Skor", order_id=f"{ISOLATED}-2")
    device = person.app.register_device(OWN_PHONE)
    suggestion = {
        "UserID": person.user_id,
        "vendor_id": "own-0f59463c606c5b0e",
        "state": "proposed",
        "domain": f"{ISOLATED.lower()}.example",
        "vendor_name": ISOLATED,
        "sub_type": "clothing",
        "receipts": 2,
        "confidence": 1,
        "first_seen": "2026-01-05T00:00:00+00:00",
        "updated_at": "2026-01-05T00:00:00+00:00",
    }
    shops.put("UserVendors", suggestion)
    export_id = str(person.app.post("/v1/user/me/export").body["data"]["exportId"])
    shops.drain()
    [rental] = person.app.rentals().invoices
    [document] = [each for each in person.app.documents() if each.type == "rental"]
    [run, *_] = [row["RunID"] for row in person.rows("IngestionRuns") if row["RunID"].startswith("run_")]
    identifiers = {
        "rental invoice": rental.invoice_id,
        "retail invoice": entered.invoice_id,
        "document": document.document_id,
        "run": str(run),
        "device": device.device_id,
        "suggestion": str(suggestion["vendor_id"]),
        "export": export_id,
        "user": person.user_id,
        "refresh token": person.refresh_token,
    }
    lists = ("/v1/invoices/retail", "/v1/invoices/retail?subtype=clothing")
    pages = [person.app.get(f"{path}{'&' if '?' in path else '?'}limit=1").body["data"] for path in lists]
    return Owner(person, identifiers, [page["nextCursor"] for page in pages])


@pytest.fixture(scope="module")
def intruder(owner: Owner) -> Person:
    """Somebody else, connected, and with a rental invoice of the same landlord."""
    person = owner.world.newcomer()
    person.connect()
    return person


@pytest.fixture
def untouched(owner: Owner) -> Iterator[None]:
    """Nothing of the owner's changes during the test."""
    before = belongings(owner.world, owner.person)
    assert len(before) > 12
    yield
    owner.world.drain()
    assert belongings(owner.world, owner.person) == before


def nothing_of(owner: Owner, answer: Answer) -> bool:
    """Whether an answer holds nothing that only the owner may know."""
    secrets = [*owner.identifiers.values(), owner.person.email, owner.person.account, ISOLATED, "Provhem"]
    return not any(secret in answer.text for secret in secrets)


def test_every_route_can_be_tried(owner: Owner) -> None:
    """Bodies and variables that this module does not know would be tried with nothing in them."""
    declared = routes(owner.world)
    bodies = {contract.body for route in declared for contract in route.contracts.values()}
    assert {body.__name__ for body in bodies - {NoBody}} <= set(BODIES)
    kinds = {"invoice_id", "device_id", "run_id", "document_id", "suggestion_id", "export_id", *CHOICES}
    assert {name for route in declared for name in re.findall(r"{(\w+)}", route.path)} <= kinds
    assert len(declared) >= 30


def test_identifiers_are_what_their_owner_reads_them_by(owner: Owner) -> None:
    """Else the tests below would try what exists for nobody."""
    app, known = owner.person.app, owner.identifiers
    assert app.get(f"/v1/invoices/rental/{known['rental invoice']}").status == 200
    assert app.get(f"{RETAIL}/{known['retail invoice']}").status == 200
    assert app.get(f"/v1/ingestions/{known['run']}").status == 200
    assert app.get(f"/v1/user/me/exports/{known['export']}").body["data"]["state"] == "ready"
    assert ISOLATED in app.get("/v1/vendors/suggestions").text
    assert known["document"] in app.get("/v1/documents").text
    assert all(app.get(RETAIL, limit=1, cursor=cursor).status == 200 for cursor in owner.cursors)


@pytest.mark.usefixtures("untouched")
def test_what_is_somebody_elses_is_as_if_it_did_not_exist(owner: Owner, intruder: Person) -> None:
    tried = 0
    owner.world.sandbox.calls.clear()
    for route in routes(owner.world):
        for identifier in owner.identifiers.values():
            if route.path.startswith("/v1/auth/") or not names_something(route, identifier):
                continue
            for attempt in attempts(route, identifier):
                answer, twin = attempt.send(intruder.app), attempt.send_twin(intruder.app)
                assert (answer.status, answer.text) == (twin.status, twin.text), (route.name, attempt.path)
                assert nothing_of(owner, answer), (route.name, attempt.path)
                tried += 1
    assert tried > 100
    # No request looks through a whole table.
    assert owner.world.sandbox.calls.count("dynamodb.Scan") == 0
    assert owner.world.sandbox.calls.count("dynamodb.Query") > 20


@pytest.mark.usefixtures("untouched")
def test_places_in_lists_lead_others_into_their_own_lists_only(owner: Owner, intruder: Person) -> None:
    for route in routes(owner.world):
        for cursor in owner.cursors:
            for path, _body in requests_of(route, cursor):
                if route.method == "GET":
                    assert nothing_of(owner, intruder.app.send("GET", path)), (route.name, path)


@pytest.mark.usefixtures("untouched")
def test_no_route_reaches_into_somebody_elses_account(owner: Owner) -> None:
    """Each by somebody new, since some of them end an account or a session."""
    for route in routes(owner.world):
        person = owner.world.newcomer()
        for path, body in requests_of(route, "nothing"):
            answer = person.app.send(route.method, path, body)
            assert answer.status < 500, (route.name, path)
            assert nothing_of(owner, answer), (route.name, path)


@pytest.mark.usefixtures("untouched")
def test_nobody_in_particular_learns_nothing(owner: Owner) -> None:
    nobody = owner.world.stranger()
    for route in routes(owner.world):
        for identifier in owner.identifiers.values():
            if route.public:
                continue
            for attempt in attempts(route, identifier):
                answer = attempt.send(nobody)
                assert answer.refused == (401, "INVALID_CREDENTIALS"), (route.name, attempt.path)
                assert answer.text == attempt.send_twin(nobody).text


@pytest.mark.usefixtures("untouched")
def test_somebody_who_left_learns_nothing(owner: Owner) -> None:
    left = owner.world.newcomer()
    assert left.app.delete("/v1/user/me").status == 200
    for route in routes(owner.world):
        for identifier in owner.identifiers.values():
            if route.public:
                continue
            for attempt in attempts(route, identifier):
                answer = attempt.send(left.app)
                assert answer.refused == (404, "USER_NOT_FOUND"), (route.name, attempt.path)
                assert answer.text == attempt.send_twin(left.app).text
    body = json.dumps({"email": left.email, "password": PASSWORD}).encode()
    assert left.app.send("POST", "/v1/auth/login", body).refused == (401, "INVALID_CREDENTIALS")
    body = json.dumps({"refresh_token": left.refresh_token}).encode()
    assert left.app.send("POST", "/v1/auth/refresh", body).refused == (401, "INVALID_TOKEN")
