"""Things of a person's, put where they are kept without the application: a few of each kind, or thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.s3.models import s3_backends

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.domain.categories import CATEGORIES
from tests.app.world import Person, World


def own_a_few(world: World, person: Person) -> None:
    """A row in every table that is keyed by a person, a file of two versions that was deleted, and archives."""
    write(world, tables_of(person, 2))
    user = person.user_id
    write(
        world,
        {
            "IngestionRuns": [{"UserID": user, "RunID": "run_1"}],
            "UserVendors": [{"UserID": user, "vendor_id": "own-1"}],
            "Exports": [{"UserID": user, "ExportID": "export_1"}],
        },
    )
    for key in (f"invoices/{user}/rental/1.txt", f"invoices/{user}/rental/1.txt", f"exports/{user}/export_1.zip"):
        world.put_object(key, b"x")
    world.aws("s3").create_multipart_upload(Bucket=world.bucket, Key=f"exports/{user}/export_2.zip")
    world.aws("s3").delete_object(Bucket=world.bucket, Key=f"invoices/{user}/rental/1.txt")


def own_many(world: World, person: Person, count: int) -> int:
    """So many invoices, half of them rental, with ledger rows and files; answers how many rows that is."""
    tables = tables_of(person, count)
    write(world, tables)
    put_files(world, (f"invoices/{person.user_id}/rental/{number}.txt" for number in range(count)))
    return sum(map(len, tables.values()))


def tables_of(person: Person, count: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of so many invoices, by table."""
    invoices = [{"UserID": person.user_id, "InvoiceID": f"many_{number}_{person.user_id}"} for number in range(count)]
    rental, retail = invoices[: count // 2], invoices[count // 2 :]
    return {
        "RentalInvoices": rental,
        "RetailInvoices": [item | {"sub_type": "clothing"} for item in retail],
        CATEGORIES["clothing"].table: retail,
        "IngestionLedger": [{"UserID": person.user_id, "DocumentID": item["InvoiceID"]} for item in invoices],
    }


def write(world: World, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    dynamodb: DynamoDB = world.sandbox.container.dynamodb
    for table, rows in tables.items():
        dynamodb.batch_write(table, rows)


def put_files(world: World, keys: Iterable[str]) -> None:
    """Thousands of files straight into the emulator, and without an event for each."""
    backend = s3_backends[world.sandbox.outputs["IngestionQueueArn"].split(":")[4]]["aws"]
    bucket = backend.get_bucket(world.bucket)
    notified, bucket.notification_configuration = bucket.notification_configuration, None
    for key in keys:
        backend.put_object(world.bucket, key, b"x")
    bucket.notification_configuration = notified
