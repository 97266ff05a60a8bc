"""What must not grow: calls and units of the ordinary ways through the application, counted at its neighbours.

The numbers are those that were measured, not budgets with room: a change that costs more has to say so here.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable

from tests.app.mails import notice_mail
from tests.app.world import PASSWORD, Person, World
from tests.sandbox.application import PROJECT

#: What every call with a token costs: the session and its user.
AUTHENTICATION = Counter({"dynamodb.GetItem Sessions": 1, "dynamodb.GetItem Users": 1})
#: Libraries that only some calls need.
HEAVY = ("boto3", "botocore", "googleapiclient", "google.genai", "google.auth", "pdfplumber", "pdfminer", "selectolax")


class Costs:
    """Counts what one action makes the application do."""

    def __init__(self, world: World, person: Person, act: Callable[[], object]) -> None:
        google = world.sandbox.google
        assert google is not None
        world.drain()
        world.sandbox.calls.clear()
        before = len(google.requests())
        act()
        world.drain()
        self.calls = world.sandbox.calls.calls
        self.google = [entry for entry in google.requests()[before:] if entry["account"] == person.account]

    def aws(self, function: str = "api_handler") -> Counter[str]:
        """Calls of a function: how often which operation on what."""
        mine = (call for call in self.calls if (call.function or "api_handler") == function)
        return Counter(f"{call.name} {call.resource}" for call in mine)

    def named(self, name: str) -> int:
        return sum(call.name == name for call in self.calls)

    @property
    def gmail(self) -> Counter[str]:
        return Counter(str(entry["operation"]) for entry in self.google)

    @property
    def units(self) -> int:
        return sum(int(entry["units"]) for entry in self.google)


def test_a_repeated_rental_ingestion_downloads_and_stores_nothing(world: World, tenant: Person) -> None:
    tenant.receive(*(notice_mail(ago) for ago in range(6)))
    assert tenant.ingest() == 6
    costs = Costs(world, tenant, tenant.app.ingest)
    assert costs.gmail["gmail.messages.get"] == 0
    assert (sum(costs.gmail.values()), costs.units) <= (2, 6)
    assert (costs.named("s3.PutObject"), costs.named("dynamodb.PutItem")) == (0, 0)
    assert not [call for call in costs.calls if call.function == "parse_invoice"]
    assert len(costs.calls) <= 24


def test_a_first_ingestion_gets_each_mail_once_in_batches(world: World, tenant: Person) -> None:
    count = 6
    tenant.receive(*(notice_mail(ago) for ago in range(count)))
    costs = Costs(world, tenant, tenant.app.ingest)
    assert costs.gmail == {
        "gmail.messages.get": count,
        "gmail.batch": 1,
        "gmail.messages.list": 1,
        "gmail.getProfile": 1,
    }
    assert costs.named("s3.PutObject") == count


def test_looking_for_this_month_s_notice_again_asks_gmail_for_the_history_alone(world: World, tenant: Person) -> None:
    tenant.receive(notice_mail())
    tenant.app.ingest_latest()
    world.drain()
    costs = Costs(world, tenant, tenant.app.ingest_latest)
    assert (costs.gmail, costs.units) == ({"gmail.history.list": 1}, 2)


def test_parsing_a_notice_costs_four_calls_and_a_run_s_end_a_few(world: World, tenant: Person) -> None:
    """The file, its row, one transaction, and a look at the run; several at once may find the run at its end."""
    count = 8
    tenant.receive(*(notice_mail(ago) for ago in range(count)))
    parsing = Costs(world, tenant, tenant.app.ingest).aws("parse_invoice")
    assert parsing["dynamodb.TransactWriteItems None"] == count
    assert parsing["dynamodb.GetItem IngestionLedger"] == count
    assert sum(number for name, number in parsing.items() if name.startswith("s3.GetObject")) == count
    assert sum(parsing.values()) <= 4 * count + 12


def test_an_announcement_costs_four_calls_and_one_a_receiver(world: World, tenant: Person) -> None:
    tenant.app.register_device("ab" * 32)
    tenant.receive(notice_mail())
    announcing = Costs(world, tenant, tenant.app.ingest).aws("send_invoice_notification")
    sent = {name: number for name, number in announcing.items() if name.startswith("sns.Publish ")}
    assert sum(sent.values()) == len(sent) == 2
    assert sum(announcing.values()) <= 4 + 2


def test_a_list_is_one_query_however_long(world: World, tenant: Person) -> None:
    tenant.receive(*(notice_mail(ago) for ago in range(6)))
    tenant.ingest()
    costs = Costs(world, tenant, tenant.app.rentals)
    assert costs.aws() == AUTHENTICATION + Counter({"dynamodb.Query RentalInvoices": 1})
    empty = Costs(world, tenant, lambda: tenant.app.get("/v1/invoices/retail"))
    assert empty.aws() == AUTHENTICATION + Counter({"dynamodb.Query RetailInvoices": 1})


#: The counter of attempts.
COUNTED = {"dynamodb.UpdateItem RateLimits": 1}


def test_a_login_is_one_query_and_one_session(world: World, person: Person) -> None:
    credentials = {"email": person.email, "password": PASSWORD}
    costs = Costs(world, person, lambda: world.stranger().post("/v1/auth/login", credentials))
    assert costs.aws() == {"dynamodb.Query Users": 1, "dynamodb.PutItem Sessions": 1, **COUNTED}


def test_a_refused_login_writes_its_counter_only(world: World, person: Person) -> None:
    wrong = {"email": person.email, "password": "not the password"}
    costs = Costs(world, person, lambda: world.stranger().post("/v1/auth/login", wrong))
    assert costs.aws() == {"dynamodb.Query Users": 1, **COUNTED}


def test_a_cold_start_loads_little() -> None:
    """The bound for ``len(sys.modules)`` is 240; what is heavy is loaded by the first call that needs it."""
    code = "import app, sys; print(len(sys.modules), *sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60
    )
    count, *modules = answer.stdout.split()
    assert int(count) <= 180
    assert not [name for name in modules if name.startswith(HEAVY)]
