"""Invoices, schedules, jobs and documentation: the container that ``app.py`` and the parser's image use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.domain.jobs import (
    AnnounceJob,
    BuildExportJob,
    DiscoverVendorsJob,
    EndSubscriptionJob,
    FinishDeletionJob,
    IngestionJob,
    Job,
    ParseDocumentJob,
    RemindJob,
    RenewWatchJob,
    SyncMailboxJob,
)
from chalicelib.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.http.api import Call
    from chalicelib.http.reference.viewer import Reference
    from chalicelib.http.rental_endpoints import RentalEndpoints
    from chalicelib.http.retail_endpoints import RetailEndpoints
    from chalicelib.services.accounts.export_account import ExportAccount
    from chalicelib.services.documents.documents import Documents
    from chalicelib.services.ingestion.receive_gmail_push import SyncMailbox
    from chalicelib.services.invoices.rental_invoices import RentalInvoiceList
    from chalicelib.services.invoices.retail_invoices import RetailInvoiceList
    from chalicelib.services.notifications.remind_due_invoices import RemindDueInvoices
    from chalicelib.services.vendors.discover_vendors import DiscoverVendors
    from chalicelib.services.vendors.vendor_suggestions import VendorSuggestions
from chalicelib.container.ingestion import Ingestion


class Container(Ingestion):
    """Adapters and services by name. Tests and the sandbox pass their own environment."""

    @cached_property
    def sync_mailbox(self) -> SyncMailbox:
        from chalicelib.services.ingestion.receive_gmail_push import SyncMailbox

        return SyncMailbox(self.runs, self.ingest_mail, self.book_sync)

    @cached_property
    def remind_due_invoices(self) -> RemindDueInvoices:
        from chalicelib.services.notifications.remind_due_invoices import RemindDueInvoices

        return RemindDueInvoices(
            users=self.users,
            invoices=self.rental_invoices,
            announce=self.announce,
            queue=self.queue,
            time_zone=self.settings.time_zone,
        )

    @cached_property
    def vendor_suggestions(self) -> VendorSuggestions:
        from chalicelib.services.vendors.vendor_suggestions import VendorSuggestions

        return VendorSuggestions(self.user_vendors)

    @cached_property
    def discover_vendors(self) -> DiscoverVendors:
        from chalicelib.adapters.call_budget import WeeklyCallBudget
        from chalicelib.adapters.gemini import Gemini
        from chalicelib.services.vendors.discover_vendors import DiscoverVendors

        most = self.settings.vendor_model_calls_per_week
        return DiscoverVendors(
            users=self.users,
            vendors=self.vendors,
            user_vendors=self.user_vendors,
            connections=self.gmail_connections,
            queue=self.queue,
            # One attempt: what is counted is what may be paid for.
            gemini=Gemini(self.app_secrets, self.settings, attempts=1),
            budget=WeeklyCallBudget(self.dynamodb, "vendor-discovery", most),
        )

    def work_on(self, jobs: Iterable[Job], seconds: float) -> None:
        """Jobs from the queue, each by what it is."""
        for job in jobs:
            self._workers[type(job)](job, seconds)

    @cached_property
    def _workers(self) -> dict[type[Job], Callable[[Any, float], object]]:
        """Who works on which kind of job, for so many seconds at the most; each is made when its first job comes."""
        return {
            IngestionJob: lambda job, seconds: self.ingest_mail.work_on(job, seconds),  # noqa: PLW0108
            ParseDocumentJob: lambda job, _: self.parse_document(job.key, job.attempt),
            AnnounceJob: lambda job, _: self.notify_new_invoice.later(job),
            RenewWatchJob: lambda job, _: self.gmail_connections.renew_watch(job.user_id),
            SyncMailboxJob: lambda job, seconds: self.sync_mailbox(job, seconds),  # noqa: PLW0108
            RemindJob: lambda job, _: self.remind_due_invoices.remind(job),
            DiscoverVendorsJob: lambda job, _: self.discover_vendors.sweep(job),
            EndSubscriptionJob: lambda job, _: self.email_subscriptions.end_later(job),
            BuildExportJob: lambda job, _: self.export_account.build(job),
            FinishDeletionJob: lambda job, seconds: self.delete_account.finish(job, seconds),  # noqa: PLW0108
        }

    @cached_property
    def rental_list(self) -> RentalInvoiceList:
        from chalicelib.services.invoices.rental_invoices import RentalInvoiceList

        return RentalInvoiceList(self.rental_invoices, self.files, self.settings.file_url_lifetime)

    def invoices(self, call: Call[Any]) -> RentalEndpoints | RetailEndpoints:
        """The endpoints of the invoice type in a request's path. Raises ``NotFound`` for a type that does not exist."""
        makers: dict[str, Callable[[], RentalEndpoints | RetailEndpoints]] = {
            "rental": self._rental_endpoints,
            "retail": self._retail_endpoints,
        }
        if call.path["invoice_type"] not in makers:
            raise NotFound("There is no such type of invoice")
        return makers[call.path["invoice_type"]]()

    def _rental_endpoints(self) -> RentalEndpoints:
        from chalicelib.http.rental_endpoints import RentalEndpoints

        return RentalEndpoints(self.rental_list, self.ingest_rental, self.admission)

    def _retail_endpoints(self) -> RetailEndpoints:
        from chalicelib.http.retail_endpoints import RetailEndpoints

        return RetailEndpoints(self.retail_list, self.ingest_retail, self.backfill_retail, self.admission)

    @cached_property
    def retail_list(self) -> RetailInvoiceList:
        from chalicelib.services.invoices.retail_invoices import RetailInvoiceList

        return RetailInvoiceList(
            users=self.users,
            invoices=self.retail_invoices,
            ledger=self.ledger,
            files=self.files,
            dynamodb=self.dynamodb,
            file_url_lifetime=self.settings.file_url_lifetime,
        )

    @cached_property
    def reference(self) -> Reference:
        from chalicelib.http.reference.viewer import Reference

        return Reference()

    @cached_property
    def documents(self) -> Documents:
        from chalicelib.services.documents.documents import Documents

        return Documents(self.ledger)

    @cached_property
    def export_account(self) -> ExportAccount:
        from chalicelib.services.accounts.export_account import ExportAccount

        return ExportAccount(
            users=self.users,
            exports=self.exports,
            archives=self.archives,
            files=self.files,
            queue=self.queue,
            admission=self.admission,
            file_url_lifetime=self.settings.file_url_lifetime,
        )
