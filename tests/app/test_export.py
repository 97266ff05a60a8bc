"""Taking everything along: one archive with all records, as JSON and CSV, and all raw files."""

from __future__ import annotations

import csv
import io
import json
import urllib.request
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters import s3_archives
from chalicelib.domain.jobs import BuildExportJob
from tests.app.belongings import belongings
from tests.app.client import Answer
from tests.app.gateway import Gateway
from tests.app.mails import notice_mail, notice_pdf
from tests.app.shopper import Shopper
from tests.app.world import Person, World

FORMULA = '=HYPERLINK("https://evil.example","x")'
EXPORT = "/v1/user/me/export"


def asked(person: Person) -> str:
    answer = person.app.post(EXPORT)
    assert answer.status == 202, answer.text
    assert answer.body["data"]["state"] == "building"
    return str(answer.body["data"]["exportId"])


def seen(person: Person, export_id: str) -> Answer:
    return person.app.get(f"{EXPORT}s/{export_id}")


def archive_of(person: Person, export_id: str) -> zipfile.ZipFile:
    data = seen(person, export_id).body["data"]
    assert data["state"] == "ready"
    with urllib.request.urlopen(data["url"]) as answer:  # noqa: S310 - the emulator's
        assert answer.headers["Content-Disposition"].startswith("attachment")
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert archive.testzip() is None
    return archive


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(f"{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def records_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return list(json.loads(archive.read(f"{name}.json")))


@pytest.fixture
def hoarder(shops: World, tenant: Person) -> Person:
    """Somebody with a rent, two purchases and a phone."""
    tenant.receive(notice_mail())
    tenant.ingest()
    shopper = Shopper(tenant)
    shopper.enter(vendor_name="Torghandeln", details={"items": [{"name": "Mössa", "price": 129.9, "quantity": 1}]})
    shopper.enter(vendor_name=FORMULA, total_amount=-80.5, order_id="-2+3")
    tenant.app.register_device("4d" * 32)
    shops.drain()
    return tenant


def test_archive_holds_every_record_and_every_file(world: World, hoarder: Person) -> None:
    export_id = asked(hoarder)
    world.drain()
    archive = archive_of(hoarder, export_id)
    [rent] = records_of(archive, "rental_invoices")
    assert rent["InvoiceID"] == hoarder.app.rentals().invoices[0].invoice_id
    purchases = {each["vendor_name"]: each for each in records_of(archive, "retail_invoices")}
    assert purchases["Torghandeln"]["details"]["items"][0]["name"] == "Mössa"
    assert purchases[FORMULA]["total_amount"] == -80.5
    documents = {each["DocumentID"] for each in records_of(archive, "documents")}
    assert documents == {str(row["DocumentID"]) for row in hoarder.rows("IngestionLedger")}
    assert len(records_of(archive, "ingestions")) == len(hoarder.rows("IngestionRuns"))
    assert records_of(archive, "vendors") == []
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert [archive.read(name) for name in files] == [notice_pdf()]
    account = json.loads(archive.read("account.json"))
    assert (account["email"], account["gmail_email"]) == (hoarder.email, hoarder.account)
    assert [device["platform"] for device in account["devices"]] == ["ios"]


def test_tables_say_the_same_as_the_records(world: World, hoarder: Person) -> None:
    export_id = asked(hoarder)
    world.drain()
    archive = archive_of(hoarder, export_id)
    for name in ("rental_invoices", "retail_invoices", "documents", "ingestions"):
        records, rows = records_of(archive, name), rows_of(archive, name)
        assert len(rows) == len(records) > 0
        assert set(rows[0]) == {column for record in records for column in record}
    amounts = {row["total_amount"] for row in rows_of(archive, "retail_invoices")}
    assert amounts == {"129.9", "-80.5"}


def test_no_cell_is_a_formula(world: World, hoarder: Person) -> None:
    export_id = asked(hoarder)
    world.drain()
    rows = rows_of(archive_of(hoarder, export_id), "retail_invoices")
    assert f"'{FORMULA}" in {row["vendor_name"] for row in rows}
    assert "'-2+3" in {row["order_id"] for row in rows}


def test_archive_holds_nothing_that_opens_the_account_and_nothing_of_others(world: World, hoarder: Person) -> None:
    other = world.newcomer()
    Shopper(other).enter(vendor_name="Någon Annans")
    export_id = asked(hoarder)
    world.drain()
    archive = archive_of(hoarder, export_id)
    whole = b"".join(archive.read(name) for name in archive.namelist())
    row = hoarder.user_row()
    for secret in (str(row["password_hash"]), "ya29.", "1//", hoarder.refresh_token, other.user_id, "Någon Annans"):
        assert secret.encode() not in whole


def test_export_of_somebody_with_nothing_is_a_whole_archive(world: World, person: Person) -> None:
    export_id = asked(person)
    world.drain()
    archive = archive_of(person, export_id)
    assert records_of(archive, "rental_invoices") == rows_of(archive, "rental_invoices") == []


def test_links_are_short_lived(world: World, person: Person) -> None:
    export_id = asked(person)
    world.drain()
    assert "X-Amz-Expires=300" in seen(person, export_id).body["data"]["url"]


def test_export_whose_time_is_over_does_not_exist(world: World, person: Person) -> None:
    export_id = asked(person)
    world.drain()
    [row] = person.rows("Exports")
    world.put("Exports", row | {"expires_at": 1})
    assert seen(person, export_id).refused == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "target", ["s3.CreateMultipartUpload", "s3.UploadPart", "s3.CompleteMultipartUpload", "dynamodb.Query"]
)
def test_export_that_failed_is_built_by_the_next_attempt(world: World, hoarder: Person, target: str) -> None:
    world.fail(target, "AccessDenied", function="work_on_ingestion")
    export_id = asked(hoarder)
    world.drain()
    assert not world.sandbox.faults.pending()
    assert len(archive_of(hoarder, export_id).namelist()) > 8
    assert "Uploads" not in world.aws("s3").list_multipart_uploads(Bucket=world.bucket)


def test_export_that_fails_for_good_says_so(world: World, person: Person) -> None:
    world.fail("s3.CreateMultipartUpload", "AccessDenied", times=5)
    export_id = asked(person)
    world.drain()
    data = seen(person, export_id).body["data"]
    assert (data["state"], data["url"]) == ("failed", None)


def test_job_that_comes_again_builds_nothing_again(world: World, person: Person) -> None:
    export_id = asked(person)
    world.drain()
    before = belongings(world, person)
    world.sandbox.container.export_account.build(BuildExportJob(user_id=person.user_id, export_id=export_id))
    assert belongings(world, person) == before


def test_exports_go_with_the_account(world: World, hoarder: Person) -> None:
    asked(hoarder)
    world.drain()
    assert any(each.startswith("s3") and "exports/" in each for each in belongings(world, hoarder))
    hoarder.app.delete("/v1/user/me")
    world.drain()
    assert belongings(world, hoarder) == []


def test_export_under_way_leaves_nothing_of_somebody_who_left(world: World, hoarder: Person) -> None:
    export_account = world.sandbox.container.export_account
    user = world.sandbox.container.users.get(hoarder.user_id)

    class LeavingUsers:
        """A person who leaves after their archive has been begun."""

        existence_check = world.sandbox.container.users.existence_check

        def get(self, _user_id: str) -> Any:
            assert hoarder.app.delete("/v1/user/me").status == 200
            return user

    world.sandbox.events.pause()
    export = export_account.request(user)
    replace(export_account, users=LeavingUsers()).build(
        BuildExportJob(user_id=hoarder.user_id, export_id=export.export_id)
    )
    world.sandbox.events.resume()
    world.drain()
    assert belongings(world, hoarder) == []


def test_exports_are_limited_per_day(world: World, person: Person) -> None:
    gateway = Gateway(world, EXPORT_LIMIT="2")
    statuses = [gateway.send("POST", EXPORT, token=person.app.token).status for _attempt in range(3)]
    assert statuses == [202, 202, 429]
    world.drain()


def test_large_archive_is_sent_part_by_part(world: World, person: Person) -> None:
    """No more than a part is held at once: three files of two parts each are six parts, and the rest a seventh."""
    for number in range(3):
        world.put_object(f"invoices/{person.user_id}/rental/{number}.bin", bytes([number]) * 2 * s3_archives.PART_BYTES)
    world.sandbox.calls.clear()
    export_id = asked(person)
    world.drain()
    assert world.sandbox.calls.count("s3.UploadPart") == 3 * 2 + 1
    archive = archive_of(person, export_id)
    assert [len(archive.read(f"files/rental/{number}.bin")) for number in range(3)] == [2 * s3_archives.PART_BYTES] * 3
