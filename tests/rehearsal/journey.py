"""The whole journey through deployed functions: nothing of the application runs in this process."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.message import Message
from pathlib import Path
from typing import Any, Final

from tests.rehearsal.deployed import Deployed
from tests.rehearsal.local_aws import LocalAws
from tests.rehearsal.waiting import NeverHappened, wait_for
from tests.sandbox.answers import Document
from tests.sandbox.journey import Phone
from tests.sandbox.sample import NAME, PASSWORD
from tests.sandbox.samples.mailbox import ACCOUNT, SampleMailbox
from tests.sandbox.samples.truth import mistakes
from tests.sandbox.tour import Walk

#: The queue's maxReceiveCount, and Lambda's two retries of an asynchronous event.
_RECEIVED: Final = 5
_TRIED: Final = 3
_PUSHED: Final = "SNS platform-endpoint publish"  # ministack writes so into its log, and delivers nothing
_QUEUED: Final = 150.0  # seconds; a job that meets another one of the same user comes back after thirty
_HISTORICAL: Final = 5  # the notice of so many months ago is older than what is announced


@dataclass(frozen=True, slots=True)
class Mails:
    """A small mailbox: what is there at first, and what arrives before the schedules run."""

    first: SampleMailbox
    later: SampleMailbox
    whole: SampleMailbox

    @classmethod
    def of(cls, sample: SampleMailbox) -> Mails:
        """Two notices, one of them too old to be announced, and two receipts; later one more of both."""
        *earlier, newest = sorted(sample.purchases, key=lambda each: each.receipt.day)
        bought = tuple({_form(each.mail): each for each in earlier}.values())
        small = replace(sample, decoys=sample.decoys[:1], bad=sample.bad[:1], shop_mail=())
        none = replace(sample, decoys=(), bad=(), shop_mail=())
        rent = (sample.rent[1], sample.rent[_HISTORICAL])
        return cls(
            replace(small, rent=rent, purchases=bought),
            replace(none, rent=(sample.rent[0],), purchases=(newest,)),
            replace(small, rent=(sample.rent[0], *rent), purchases=(newest, *bought)),
        )


@dataclass(slots=True)
class Journey:
    """Each step is one request, upload or event from outside, and what must come of it."""

    aws: LocalAws
    deployed: Deployed
    api_url: str
    outputs: Mapping[str, str]
    walk: Walk
    mails: Mails
    today: date
    #: How often each function was made to fail.
    provoked: Counter[str] = field(default_factory=Counter)
    _ear: str = ""
    _user_id: str = ""
    _heard: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self) -> None:
        """Raises `StepFailed` or `NeverHappened` at the first thing that is not as it should be."""
        phone = Phone(self.api_url)
        self._listen()
        self._enter(phone)
        self._rent(phone)
        self._shopping(phone)
        self._files(phone)
        self._schedules(phone)
        self._strangers()
        self._failures()
        self._leave(phone)

    def _listen(self) -> None:
        with self.walk.step("A queue subscribes to the topic") as note:
            sqs, topic = self.aws.client("sqs"), self.outputs["NewInvoiceTopicArn"]
            self._ear = sqs.create_queue(QueueName="rehearsal-ear")["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=self._ear, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            statement = {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            sqs.set_queue_attributes(QueueUrl=self._ear, Attributes={"Policy": policy})
            self.aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
            note.text = "it hears what e-mail would"

    def _enter(self, phone: Phone) -> None:
        with self.walk.step("POST /v1/auth/signup") as note:
            note.text = phone.sign_up(NAME, ACCOUNT, PASSWORD).username
            ids = [each["UserID"]["S"] for each in self._items("Users")]
            self._user_id = next(each for each in ids if each.startswith("user_"))
        with self.walk.step("POST /v1/auth/login"):
            phone.log_in(ACCOUNT, PASSWORD)
        with self.walk.step("POST /v1/auth/gmail/store-tokens") as note:
            phone.connect_gmail(ACCOUNT)
            self.aws.client("secretsmanager").describe_secret(SecretId=f"gmail/user/{self._user_id}")
            note.text = "tokens are in Secrets Manager"
        with self.walk.step("POST /v1/user/devices"):
            phone.register_device()

    def _rent(self, phone: Phone) -> None:
        with self.walk.step("POST /v1/invoices/rental/ingest") as note:
            note.text = f"{phone.ingest_rental().invoice_count} new by the time of the answer"
        with self.walk.step("S3 > parse_invoice > RentalInvoices") as note:
            wait_for("every notice parsed", phone.rental_invoices, lambda found: found.invoice_count == 2)
            note.text = "2 invoices, 1 of them historical"
        with self.walk.step("stream > send_invoice_notification > topic") as note:
            note.text = self._hear("Rental invoices imported", "New rental invoice")
        with self.walk.step("... > her phone") as note:
            wait_for(
                "two pushes", lambda: self.aws.log.read_text(errors="replace").count(_PUSHED), lambda seen: seen >= 2
            )
            note.text = "2 pushes"

    def _hear(self, *subjects: str) -> str:
        """Waits until the topic had these messages and no others, all for this user; answers the last one's text."""
        sqs = self.aws.client("sqs")

        def listen() -> list[str]:
            answer = sqs.receive_message(QueueUrl=self._ear, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                self._heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self._ear, ReceiptHandle=message["ReceiptHandle"])
            return sorted(each["Subject"] for each in self._heard)

        heard = wait_for(f"messages {subjects}", listen, lambda heard: len(heard) >= len(subjects))
        owners = {each["MessageAttributes"]["user_id"]["Value"] for each in self._heard}
        if heard != sorted(subjects) or owners != {self._user_id}:
            raise NeverHappened(f"messages {subjects} for {self._user_id} alone: {heard} for {owners}")
        return str(self._heard[-1]["Message"])

    def _shopping(self, phone: Phone) -> None:
        wanted = len(self.mails.first.purchases)
        with self.walk.step("POST /v1/invoices/retail/ingest") as note:
            count = phone.ingest_retail(self.today - timedelta(days=370), self.today).invoice_count
            note.text = f"{count} new by the time of the answer"
        with self.walk.step("S3 > parse_retail_invoice > RetailInvoices") as note:
            wait_for("every receipt parsed", phone.purchases, lambda found: found.invoice_count == wanted)
            note.text = f"{wanted} purchases"
        with self.walk.step("Everything as the mails state it") as note:
            if wrong := mistakes(self.mails.first, phone.rental_invoices(), phone.purchases()):
                raise NeverHappened(wrong)
            note.text = "to the öre"

    def _files(self, phone: Phone) -> None:
        with self.walk.step("GET /v1/invoices/rental/{id}") as note:
            document = phone.invoice_file(phone.rental_invoices().all()[0].invoice_id)
            if not document.startswith(b"%PDF"):
                raise NeverHappened("the link leads to something other than a PDF")
            note.text = f"its PDF by link, {len(document) / 1000:.1f} kB"
        with self.walk.step("GET /v1/documents") as note:
            bad = wait_for("the broken mail's document", lambda: _troubled(phone))
            note.text = f"{len(bad)} not taken: {', '.join(sorted(str(each.reason) for each in bad))}"

    def _strangers(self) -> None:
        """Of three objects that nobody ingested one passes a trigger's filters, and starts one function once."""
        with self.walk.step("Only what the S3 filters let through runs") as note:
            before = self._parsers()
            for key in ("exports/stranger.pdf", "invoices/stranger.txt", "invoices/stranger/rental/stranger.pdf"):
                self.aws.client("s3").put_object(Bucket=self.outputs["InvoicesBucket"], Key=key, Body=b"stranger")
            after = before + Counter({"parse_invoice": 1})
            if wait_for("a run for one object", self._parsers, lambda seen: seen >= after) != after:
                raise NeverHappened(f"one run more than {before}: {self._parsers()}")
            note.text = "1 run for 3 objects"

    def _parsers(self) -> Counter[str]:
        return Counter({name: self.deployed.runs(name)[0] for name in ("parse_invoice", "parse_retail_invoice")})

    def _failures(self) -> None:
        """What no function can do is tried as often as it should be, and then kept where a person finds it."""
        sqs, queue = self.aws.client("sqs"), self.outputs["IngestionQueueUrl"]
        with self.walk.step("What nobody can do is kept") as note:
            given = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
            # Five failures fifteen minutes apart are too long to watch.
            sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
            sqs.send_message(QueueUrl=queue, MessageBody="no job")
            self.aws.client("lambda").invoke(
                FunctionName=self.deployed.functions["parse_invoice"]["FunctionName"],
                InvocationType="Event",
                Payload=b"{}",
            )
            self.provoked += Counter({"work_on_ingestion": _RECEIVED, "parse_invoice": _TRIED})
            for output in ("IngestionDeadLetterQueueUrl", "FailedEventsQueueUrl"):
                wait_for(f"one message in {output}", functools.partial(self._waiting, output), lambda count: count == 1)
            sqs.set_queue_attributes(QueueUrl=queue, Attributes=given)
            note.text = "dead letter queue, failed events queue"

    def _waiting(self, output: str) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.aws.client("sqs").get_queue_attributes(QueueUrl=self.outputs[output], AttributeNames=[name])
        return int(answer["Attributes"][name])

    def _schedules(self, phone: Phone) -> None:
        with self.walk.step("A week passes: the schedules fire") as note:
            self.mails.later.directory.joinpath(ACCOUNT).mkdir(exist_ok=True)
            _write(self.mails.later, "later")
            self.aws.let_a_week_pass()
            note.text = "two mails came meanwhile"
        with self.walk.step("fetch_latest_invoice > queue > S3 > ...") as note:
            wait_for("this month's notice", phone.rental_invoices, lambda found: found.invoice_count == 3, _QUEUED)
            note.text = self._hear("Rental invoices imported", "New rental invoice", "New rental invoice")
        with self.walk.step("fetch_retail_invoices > queue > S3 > ...") as note:
            wanted = len(self.mails.whole.purchases)
            wait_for("the new receipt", phone.purchases, lambda found: found.invoice_count == wanted, _QUEUED)
            if wrong := mistakes(self.mails.whole, phone.rental_invoices(), phone.purchases()):
                raise NeverHappened(wrong)
            note.text = f"{wanted} purchases"

    def _leave(self, phone: Phone) -> None:
        with self.walk.step("DELETE /v1/user/me") as note:
            phone.delete_account()
            s3, bucket = self.aws.client("s3"), self.outputs["InvoicesBucket"]
            wait_for(
                "every version of every object gone",
                lambda: s3.list_object_versions(Bucket=bucket, Prefix=f"invoices/{self._user_id}/").get("Versions", []),
                lambda left: not left,
            )
            for table in ("RentalInvoices", "RetailInvoices", "IngestionLedger"):
                wait_for(f"{table} empty", functools.partial(self._items, table), lambda left: not left)
            note.text = "objects, records and ledger are gone"

    def _items(self, table: str) -> Any:
        return self.aws.client("dynamodb").scan(TableName=table)["Items"]


def _form(mail: Message) -> str:
    """A receipt comes as the mail's own text, or as a PDF, which the trigger for rent receives as well."""
    return "PDF" if any(part.get_content_subtype() == "pdf" for part in mail.walk()) else "HTML"


def _troubled(phone: Phone) -> list[Document]:
    return [each for state in ("failed", "needs_review", "ignored") for each in phone.documents(state)]


def _write(mailbox: SampleMailbox, prefix: str) -> None:
    for number, mail in enumerate(mailbox.mails):
        (Path(mailbox.directory) / ACCOUNT / f"{prefix}-{number:03d}.eml").write_bytes(mail.as_bytes())
