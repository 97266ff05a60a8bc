"""A small application with every kind of trigger, for tests of the sandbox itself."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from chalice.app import Chalice, Cron, Response

app = Chalice(app_name="small")
BUCKET = os.environ.get("INVOICES_BUCKET", "unset")
QUEUE_URL = os.environ.get("INGESTION_QUEUE_URL", "unset")
TOPIC = os.environ.get("NOTIFICATION_TOPIC_ARN", "unset")
STREAM = os.environ.get("RENTAL_INVOICES_STREAM_ARN", "unset")


class Container:
    """The least that the sandbox asks of an application."""

    @cached_property
    def session(self) -> Any:
        import boto3

        return boto3.Session()

    def client(self, service: str) -> Any:
        return self.session.client(service)


container = Container()


@app.route("/v1/echo", methods=["POST"], content_types=["application/json", "text/plain"])
def echo() -> Any:
    request: Any = app.current_request
    return {"body": request.raw_body.decode("utf-8")}


@app.route("/v1/crash", methods=["POST"])
def crash() -> Any:
    container.client("dynamodb").list_tables()
    return Response(body="", status_code=204)


@app.route("/v1/files/{name}", methods=["PUT"], content_types=["application/json"])
def put_file(name: str) -> Any:
    container.client("s3").put_object(Bucket=BUCKET, Key=f"invoices/user_1/rental/{name}.pdf", Body=b"%PDF-1.7")
    return {"name": name}


@app.on_s3_event(BUCKET, events=["s3:ObjectCreated:*"], prefix="invoices/", suffix=".pdf", name="parse_invoice")
def parse_invoice(event: Any) -> None:
    item = {"UserID": {"S": "user_1"}, "InvoiceID": {"S": event.key}}
    container.client("dynamodb").put_item(TableName="RentalInvoices", Item=item)


@app.on_dynamodb_record(stream_arn=STREAM, name="send_invoice_notification")
def send_invoice_notification(event: Any) -> None:
    for record in event:
        container.client("sns").publish(
            TopicArn=TOPIC,
            Message=f"new invoice {record.keys['InvoiceID']['S']}",
            MessageAttributes={"user_id": {"DataType": "String", "StringValue": "user_1"}},
        )


@app.on_sqs_message(queue=os.environ.get("INGESTION_QUEUE_NAME", "unset"), batch_size=1, name="ingest")
def ingest(_event: Any) -> None:
    """Does nothing."""


@app.schedule(Cron(30, 8, "?", "*", "MON-FRI", "*"), name="fetch_latest_invoice")
def fetch_latest_invoice(_event: Any) -> dict[str, int]:
    container.client("sqs").send_message(QueueUrl=QUEUE_URL, MessageBody="user_1", DelaySeconds=600)
    return {"enqueued": 1}
