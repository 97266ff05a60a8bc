"""Somebody who shops: a person whose app calls the retail endpoints."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from tests.app import retail_swift as swift
from tests.app.client import Answer
from tests.app.swift import decode
from tests.app.world import Person

RETAIL = "/v1/invoices/retail"


class Shopper:
    """``person`` is who it is; everything else is what they do with their purchases."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.world = person.world
        self.app = person.app

    @property
    def user_id(self) -> str:
        return self.person.user_id

    def ingest(self, *mails: bytes, **body: str) -> swift.Ingestion:
        """Receives the mails, ingests, and waits until nothing is pending."""
        self.person.receive(*mails)
        answer = self.app.post(f"{RETAIL}/ingest", body or None)
        assert answer.status == 200, answer.text
        self.world.drain()
        return answer.data(swift.Ingestion)

    def listed(self, **query: str | int) -> swift.InvoiceList:
        return self.app.get(RETAIL, **query).data(swift.InvoiceList)

    @property
    def invoices(self) -> list[swift.Invoice]:
        return self.listed().invoices

    @property
    def only_invoice(self) -> swift.Invoice:
        [invoice] = self.invoices
        return invoice

    def totals(self) -> list[Decimal]:
        """The exact totals in the order of the list."""
        answer = json.loads(self.app.get(RETAIL).text, parse_float=Decimal, parse_int=Decimal)
        return [invoice["total_amount"] for group in answer["data"]["invoices"].values() for invoice in group]

    def counts(self) -> dict[str, int]:
        return self.app.get(RETAIL, counts="true").data(dict[str, int])

    def whole(self, invoice_id: str) -> swift.WholeInvoice:
        return self.app.get(f"{RETAIL}/{invoice_id}").data(swift.WholeInvoice)

    def details(self, invoice: swift.Invoice) -> Any:
        """The details as their category's model in the app."""
        answer = self.app.get(RETAIL, **{"subtype": invoice.sub_type, "invoice-id": invoice.invoice_id})
        assert answer.status == 200, answer.text
        found = decode(swift.DETAILS[invoice.sub_type], answer.body["data"]["invoiceDetails"])
        assert found.invoice_id == invoice.invoice_id
        return found

    def try_to_enter(self, **fields: Any) -> Answer:
        entry = {
            "sub_type": "clothing",
            "vendor_name": "Torghandeln",
            "total_amount": 129.9,
            "currency": "SEK",
            "invoice_date": "2025-03-14",
        } | fields
        return self.app.post(RETAIL, {name: value for name, value in entry.items() if value is not ...})

    def enter(self, **fields: Any) -> swift.WholeInvoice:
        answer = self.try_to_enter(**fields)
        assert answer.status == 201, answer.text
        assert answer.body["data"]["invoice_id"] == answer.body["data"]["InvoiceID"]
        return answer.data(swift.WholeInvoice)

    def change(self, invoice_id: str, **fields: Any) -> Answer:
        return self.app.patch(f"{RETAIL}/{invoice_id}", fields)

    def delete(self, invoice_id: str) -> Answer:
        return self.app.delete(f"{RETAIL}/{invoice_id}")

    def reasons(self) -> dict[str, str | None]:
        """What became of each retail document of a mail: state and reason by the mail's subject."""
        return {str(each.subject): each.reason for each in self.person.app.documents() if each.type == "retail"}

    def states(self) -> dict[str, str]:
        return {str(each.subject): each.state for each in self.person.app.documents() if each.type == "retail"}

    def rows(self, table: str = "RetailInvoices") -> list[dict[str, Any]]:
        """The person's items of a table that names their owner in ``UserID``, as plain values."""
        owner = {":user": {"S": self.user_id}}
        pages = (
            self.world.aws("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=table, FilterExpression="UserID = :user", ExpressionAttributeValues=owner)
        )
        deserialize = TypeDeserializer().deserialize
        return [{name: deserialize(value) for name, value in item.items()} for page in pages for item in page["Items"]]

    def object_keys(self) -> list[str]:
        return sorted({str(each["Key"]) for each in self.person.objects()})
