"""The outside world, as this environment describes it: AWS, Google, Gemini."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from boto3.session import Session

    from chalicelib.adapters.aws import AwsClients
    from chalicelib.adapters.dynamodb import DynamoDB
    from chalicelib.adapters.exports import Exports
    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.adapters.gmail_quota import GmailQuota
    from chalicelib.adapters.google_id_tokens import GoogleIdTokens
    from chalicelib.adapters.google_oauth import GoogleOAuth
    from chalicelib.adapters.ledger import Ledger
    from chalicelib.adapters.queue import IngestionQueue, ParserContainer
    from chalicelib.adapters.rental_invoices import RentalInvoices
    from chalicelib.adapters.retail_invoices import RetailInvoices
    from chalicelib.adapters.runs import Runs
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.adapters.s3_archives import Archives
    from chalicelib.adapters.secrets import AppSecrets, GmailGrants
    from chalicelib.adapters.sessions import Sessions
    from chalicelib.adapters.sns import Announcer
    from chalicelib.adapters.sync_slots import SyncSlots
    from chalicelib.adapters.user_vendors import UserVendors
    from chalicelib.adapters.users import Users
    from chalicelib.adapters.vendors import Vendors
    from chalicelib.domain.gmail import GmailGrant


class Neighbours:
    """The outside world, as this environment describes it: AWS, Google, Gemini."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The container that an environment describes."""
        return cls(Settings.from_env(environ))

    @cached_property
    def aws(self) -> AwsClients:
        from chalicelib.adapters.aws import AwsClients

        return AwsClients()

    @property
    def session(self) -> Session:
        """The one boto3 session, made at first use; hooks registered on it see every AWS call."""
        return self.aws.session

    @cached_property
    def dynamodb(self) -> DynamoDB:
        from chalicelib.adapters.dynamodb import DynamoDB

        return DynamoDB(self.aws)

    @cached_property
    def users(self) -> Users:
        from chalicelib.adapters.users import Users

        return Users(self.dynamodb)

    @cached_property
    def sessions(self) -> Sessions:
        from chalicelib.adapters.sessions import Sessions

        return Sessions(self.dynamodb, self.settings.refresh_token_lifetime)

    @cached_property
    def vendors(self) -> Vendors:
        from chalicelib.adapters.vendors import Vendors

        return Vendors(self.dynamodb)

    @cached_property
    def ledger(self) -> Ledger:
        from chalicelib.adapters.ledger import Ledger

        return Ledger(self.dynamodb)

    @cached_property
    def runs(self) -> Runs:
        from chalicelib.adapters.runs import Runs

        return Runs(self.dynamodb)

    @cached_property
    def rental_invoices(self) -> RentalInvoices:
        from chalicelib.adapters.rental_invoices import RentalInvoices

        return RentalInvoices(self.dynamodb)

    @cached_property
    def files(self) -> InvoiceFiles:
        from chalicelib.adapters.s3 import InvoiceFiles

        return InvoiceFiles(self.aws, self.settings.invoices_bucket)

    @cached_property
    def archives(self) -> Archives:
        from chalicelib.adapters.s3_archives import Archives

        return Archives(self.aws, self.settings.invoices_bucket)

    @cached_property
    def app_secrets(self) -> AppSecrets:
        from chalicelib.adapters.secrets import AppSecrets

        return AppSecrets(self.aws)

    @cached_property
    def grants(self) -> GmailGrants:
        from chalicelib.adapters.secrets import GmailGrants

        return GmailGrants(self.aws)

    @cached_property
    def oauth(self) -> GoogleOAuth:
        from chalicelib.adapters.google_oauth import GoogleOAuth

        return GoogleOAuth(self.app_secrets, self.settings)

    @cached_property
    def announcer(self) -> Announcer:
        from chalicelib.adapters.sns import Announcer

        return Announcer(self.aws, self.settings.notification_topic_arn, self.settings.push_application_arn)

    @cached_property
    def queue(self) -> IngestionQueue:
        from chalicelib.adapters.queue import IngestionQueue

        return IngestionQueue(self.aws, self.settings.ingestion_queue_url)

    @cached_property
    def parser_container(self) -> ParserContainer:
        from chalicelib.adapters.queue import ParserContainer

        return ParserContainer(self.aws, self.settings.parse_invoice_container)

    def mailbox(self, grant: GmailGrant, renew: Callable[[], GmailGrant], spend: Callable[[int], None]) -> GmailMailbox:
        """A mailbox at the configured Gmail API."""
        from chalicelib.adapters.gmail import GmailMailbox

        return GmailMailbox(grant, renew, self.settings.gmail_api_endpoint, spend)

    @cached_property
    def gmail_quota(self) -> GmailQuota:
        from chalicelib.adapters.gmail_quota import GmailQuota

        return GmailQuota(self.dynamodb)

    @cached_property
    def sync_slots(self) -> SyncSlots:
        from chalicelib.adapters.sync_slots import SyncSlots

        return SyncSlots(self.dynamodb, self.settings.gmail_push_interval_seconds)

    @cached_property
    def google_id_tokens(self) -> GoogleIdTokens:
        from chalicelib.adapters.google_id_tokens import GoogleCertificates, GoogleIdTokens

        certificates = GoogleCertificates(self.settings.google_certs_uri)
        return GoogleIdTokens(certificates, self.settings.gmail_push_audience, self.settings.gmail_push_service_account)

    @cached_property
    def user_vendors(self) -> UserVendors:
        from chalicelib.adapters.user_vendors import UserVendors

        return UserVendors(self.dynamodb)

    @cached_property
    def retail_invoices(self) -> RetailInvoices:
        from chalicelib.adapters.retail_invoices import RetailInvoices

        return RetailInvoices(self.dynamodb)

    @cached_property
    def exports(self) -> Exports:
        from chalicelib.adapters.exports import Exports

        return Exports(self.dynamodb)
