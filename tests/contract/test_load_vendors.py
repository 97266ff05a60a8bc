"""The loader against DynamoDB: the files decide about their rows and touch no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.aws import AwsClients
from chalicelib.adapters.dynamodb import DynamoDB, from_plain
from chalicelib.adapters.vendors import TABLE, Vendors
from chalicelib.domain.vendors import VendorConfig
from chalicelib.errors import ValidationFailed
from chalicelib.services.vendors.load_vendors import load_vendor_configs, read_vendor_configs
from tests.sandbox import clients
from tests.sandbox.aws import AwsEmulator
from tests.sandbox.stack import deploy_stack

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".chalice" / "load_vendors.py"


@dataclass
class World:
    """A deployed table, the application's access to it, and a folder of vendor files."""

    dynamodb: DynamoDB
    folder: Path

    @property
    def vendors(self) -> Vendors:
        return Vendors(self.dynamodb)

    def file(self, vendor_id: str, **more: Any) -> None:
        row = {
            "vendor_id": vendor_id,
            "vendor_name": vendor_id.title(),
            "invoice_category": "rental",
            "email_patterns": [f"{vendor_id}.example"],
        }
        (self.folder / f"{vendor_id}.json").write_text(json.dumps(row | more), encoding="utf-8")

    def row(self, vendor_id: str) -> dict[str, Any] | None:
        return self.dynamodb.get(TABLE, {"vendor_id": vendor_id})

    def mark(self, vendor_id: str) -> None:
        """An attribute that the application ignores; it is gone when the row is written again."""
        self.dynamodb.update(TABLE, {"vendor_id": vendor_id}, "SET note = :note", {":note": "by hand"})


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with AwsEmulator() as aws:
        of_sandbox = clients.AwsClients(aws.url)
        deploy_stack(of_sandbox)
        yield aws.url
        of_sandbox.close()


@pytest.fixture
def world(aws_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", clients.REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    dynamodb = DynamoDB(AwsClients())
    dynamodb.batch_write(TABLE, deletes=[{"vendor_id": row["vendor_id"]} for row in dynamodb.scan(TABLE)])
    return World(dynamodb, tmp_path)


def run_script(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=False)


def test_first_load_writes_every_file(world: World) -> None:
    world.file("one", subject_keywords=["avi"], hints={"language": "sv"})
    world.file("two", invoice_category="retail", invoice_sub_type="grocery")
    summary = load_vendor_configs(world.vendors, world.folder)
    assert summary.written == ("one", "two")
    assert world.vendors.active("rental") == [read_vendor_configs(world.folder)[0]]
    assert world.vendors.active("retail") == [read_vendor_configs(world.folder)[1]]


def test_second_load_writes_nothing(world: World) -> None:
    world.file("one")
    load_vendor_configs(world.vendors, world.folder)
    world.mark("one")
    summary = load_vendor_configs(world.vendors, world.folder)
    assert (summary.written, summary.unchanged) == ((), ("one",))
    assert (world.row("one") or {})["note"] == "by hand"


def test_only_a_changed_file_is_written(world: World) -> None:
    world.file("one")
    world.file("two")
    load_vendor_configs(world.vendors, world.folder)
    world.file("two", subject_keywords=["avi"])
    world.mark("one")
    assert load_vendor_configs(world.vendors, world.folder).written == ("two",)
    assert (world.row("two") or {})["subject_keywords"] == ["avi"]
    assert (world.row("one") or {})["note"] == "by hand"


def test_row_changed_by_hand_is_put_back_as_its_file_says(world: World) -> None:
    world.file("one")
    load_vendor_configs(world.vendors, world.folder)
    world.dynamodb.update(TABLE, {"vendor_id": "one"}, "SET active = :no", {":no": False})
    assert load_vendor_configs(world.vendors, world.folder).written == ("one",)
    assert [vendor.vendor_id for vendor in world.vendors.active("rental")] == ["one"]


def test_rows_without_a_file_are_left_alone(world: World) -> None:
    hand_made = {"vendor_id": "mine", "vendor_name": "Mine", "email_patterns": {"mine.example"}}
    world.dynamodb.put(TABLE, hand_made)
    world.file("one")
    world.file("two")
    load_vendor_configs(world.vendors, world.folder)
    (world.folder / "two.json").unlink()
    summary = load_vendor_configs(world.vendors, world.folder)
    assert (summary.written, summary.only_in_table) == ((), ("mine", "two"))
    assert world.row("mine") == hand_made
    assert world.row("two") is not None


def test_row_of_the_original_system_added_by_hand_is_active_at_once(world: World) -> None:
    world.dynamodb.put(TABLE, {"vendor_id": "mine", "vendor_name": "Mine", "email_patterns": ["mine.example"]})
    assert [vendor.vendor_id for vendor in world.vendors.active("retail")] == ["mine"]


def test_file_that_is_not_active_takes_its_row_out_of_use(world: World) -> None:
    world.file("one")
    load_vendor_configs(world.vendors, world.folder)
    world.file("one", active=False)
    load_vendor_configs(world.vendors, world.folder)
    assert world.vendors.active("rental") == []
    assert (world.row("one") or {})["active"] is False


def test_one_faulty_file_keeps_all_from_being_written(world: World) -> None:
    world.file("one")
    world.file("two", email_patterns=["*"])
    with pytest.raises(ValidationFailed, match=r"two\.json: email_patterns\[0\]"):
        load_vendor_configs(world.vendors, world.folder)
    assert world.row("one") is None


def test_dry_run_tells_and_writes_nothing(world: World) -> None:
    world.file("one")
    assert load_vendor_configs(world.vendors, world.folder, dry_run=True).written == ("one",)
    assert world.row("one") is None


def test_script_loads_the_repository_s_vendors_and_the_second_run_changes_nothing(world: World) -> None:
    count = len(read_vendor_configs(ROOT / "vendor_configs"))
    dry, first, second = run_script("--dry-run"), run_script(), run_script()
    assert dry.stdout.startswith(f"dry run, nothing written: {count} vendor files: {count} rows written")
    assert (
        first.stdout == f"{count} vendor files: {count} rows written, 0 unchanged; 0 rows without a file left alone\n"
    )
    assert second.stdout.startswith(f"{count} vendor files: 0 rows written, {count} unchanged")
    stored = {row["vendor_id"]: from_plain(row, VendorConfig) for row in world.dynamodb.scan(TABLE)}
    assert stored == {vendor.vendor_id: vendor for vendor in read_vendor_configs(ROOT / "vendor_configs")}


def test_script_fails_with_the_file_and_field_of_a_fault(world: World) -> None:
    world.file("one", logo_url="ftp://one.example/logo.png")
    outcome = run_script("--dir", str(world.folder))
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr == "nothing loaded: one.json: logo_url: must be an https address\n"
