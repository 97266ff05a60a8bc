"""A running sandbox, and the people who use it: each with an account, a Google account and a mailbox of their own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tests.app.client import Client
from tests.app.mails import LANDLORD, NEIGHBOUR_LANDLORD
from tests.sandbox.sandbox import Sandbox

PASSWORD = "correct horse battery"

#: Rows of VendorConfig for the landlords that the tests' mails come from.
VENDORS = (
    {
        "vendor_id": "test-landlord",
        "vendor_name": "Provhem",
        "invoice_category": "rental",
        "email_patterns": [LANDLORD],
        "subject_keywords": ["hyresavi"],
        "active": True,
    },
    {
        "vendor_id": "test-neighbour-landlord",
        "vendor_name": "Grannhem",
        "invoice_category": "rental",
        "email_patterns": [NEIGHBOUR_LANDLORD.partition("@")[2]],
        "subject_keywords": ["hyresavi", "faktura"],
        "active": True,
    },
)

_numbers = itertools.count(1)


class World:
    """The sandbox and what can be seen of it from outside."""

    def __init__(self, sandbox: Sandbox, mailbox: Path) -> None:
        self.sandbox = sandbox
        self.mailbox = mailbox
        for row in VENDORS:
            self.put("VendorConfig", row)

    def stranger(self) -> Client:
        """A client that nobody has logged in with."""
        return Client(self.sandbox.url)

    def newcomer(self) -> Person:
        """A person who has just signed up, and has a Google account that is not connected yet."""
        number = next(_numbers)
        client = self.stranger()
        email = f"person{number}@example.com"
        session = client.sign_up(f"Person {number}", email, PASSWORD)
        user_id = self.user_id_of(email)
        return Person(self, client, user_id, email, f"inbox{number}@gmail.com", session.refresh_token)

    def user_id_of(self, email: str) -> str:
        found = self.aws("dynamodb").query(
            TableName="Users",
            IndexName="Email-index",
            KeyConditionExpression="Email = :email",
            ExpressionAttributeValues={":email": {"S": email}},
        )
        return str(found["Items"][0]["UserID"]["S"])

    def aws(self, service: str) -> Any:
        """A boto3 client of the tests, whose calls are neither counted nor made to fail."""
        return self.sandbox.clients.client(service)

    def put(self, table: str, item: dict[str, Any]) -> None:
        serialize = TypeSerializer().serialize
        self.aws("dynamodb").put_item(TableName=table, Item={name: serialize(value) for name, value in item.items()})

    def rows(self, table: str, *marks: str) -> list[dict[str, Any]]:
        """The items of a table that mention one of the texts anywhere (a user's id), as plain values."""
        deserialize = TypeDeserializer().deserialize
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=table)
        wanted = (item for page in pages for item in page["Items"] if any(mark in str(item) for mark in marks))
        return [{name: deserialize(value) for name, value in item.items()} for item in wanted]

    def tables(self) -> list[str]:
        return list(self.aws("dynamodb").list_tables()["TableNames"])

    def objects(self, user_id: str) -> list[dict[str, Any]]:
        """Every version and delete marker of a user's objects."""
        answer = self.aws("s3").list_object_versions(Bucket=self.bucket, Prefix=f"invoices/{user_id}/")
        return [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]

    @property
    def bucket(self) -> str:
        return self.sandbox.outputs["InvoicesBucket"]

    def secret(self, user_id: str) -> dict[str, Any] | None:
        """The stored grant of a user."""
        secrets = self.aws("secretsmanager")
        try:
            return dict(json.loads(secrets.get_secret_value(SecretId=f"gmail/user/{user_id}")["SecretString"]))
        except secrets.exceptions.ResourceNotFoundException:
            return None

    def fail(self, target: str, error: str, times: int = 1, **options: Any) -> None:
        """The next calls of ``service.operation`` fail (SPEC section 10, ``/faults``)."""
        self.sandbox.add_fault(target, error=error, times=times, **options)

    def drain(self) -> dict[str, int]:
        return self.sandbox.drain(30)

    def disconnect_everybody_but(self, person: Person) -> None:
        """For schedules, which work for everybody who is connected: the people of other tests, too."""
        for row in self.rows("Users", "user_"):
            if row.get("gmail_status") == "connected" and row["UserID"] != person.user_id:
                self.put("Users", row | {"gmail_status": "not_connected"})

    def put_object(self, key: str, content: bytes) -> None:
        self.aws("s3").put_object(Bucket=self.bucket, Key=key, Body=content)

    def deliveries_about(self, text: str) -> Iterator[Any]:
        """Events so far whose payload mentions a text."""
        return (each for each in self.sandbox.events.deliveries if text in json.dumps(each.event))


@dataclass
class Person:
    """Somebody with an app, an address and a mailbox."""

    world: World
    app: Client
    user_id: str
    email: str
    account: str
    refresh_token: str
    mails: int = 0

    def receive(self, *mails: bytes) -> None:
        """Mails arrive in the person's Gmail."""
        folder = self.world.mailbox / self.account
        folder.mkdir(exist_ok=True)
        for content in mails:
            self.mails += 1
            (folder / f"{self.mails:04d}.eml").write_bytes(content)

    def connect(self) -> None:
        answer = self.app.connect(self.account)
        assert answer.status == 201, answer.text

    def ingest(self) -> int:
        """Ingests everything, waits until nothing is pending, and answers how many invoices were new."""
        ingestion = self.app.ingest()
        self.world.drain()
        return ingestion.count

    def google_calls(self, operation: str) -> int:
        """How many calls of an operation reached Google for this person's account."""
        google = self.world.sandbox.google
        assert google is not None
        found = (entry for entry in google.requests() if entry["account"] == self.account)
        return sum(entry["operation"] == operation for entry in found)

    def notices(self) -> list[str]:
        """Texts of what SNS would have delivered to this person, newest last."""
        mine = (each for each in self.world.sandbox.notifications() if each["user_id"] == self.user_id)
        return [str(each["message"]) for each in mine]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.world.rows(table, self.user_id)

    def user_row(self) -> dict[str, Any]:
        """The person as stored, beside the claim on the address."""
        [row] = [row for row in self.rows("Users") if row["UserID"] == self.user_id]
        return row

    def stored_invoices(self) -> list[dict[str, Any]]:
        """The person's records as they are stored, without the time of the announcement."""
        rows = sorted(self.rows("RentalInvoices"), key=lambda row: str(row["InvoiceID"]))
        return [{name: value for name, value in row.items() if name != "announced_at"} for row in rows]

    def objects(self) -> list[dict[str, Any]]:
        return self.world.objects(self.user_id)
