"""What people do with their own accounts, and how they are told of things."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.users import User
    from chalicelib.http.gmail_push import GmailPushEndpoint
    from chalicelib.services.accounts.accounts import Accounts
    from chalicelib.services.accounts.admission import Admission
    from chalicelib.services.accounts.delete_account import DeleteAccount
    from chalicelib.services.accounts.devices import Devices
    from chalicelib.services.accounts.preferences import PreferenceSettings
    from chalicelib.services.gmail.gmail_connection import GmailConnections
    from chalicelib.services.gmail.gmail_watches import GmailWatches
    from chalicelib.services.ingestion.receive_gmail_push import BookSync
    from chalicelib.services.notifications.announce import Announce
    from chalicelib.services.notifications.email_subscriptions import EmailSubscriptions
from chalicelib.container.neighbours import Neighbours


class People(Neighbours):
    """What people do with their own accounts, and how they are told of things."""

    @cached_property
    def accounts(self) -> Accounts:
        from chalicelib.adapters.passwords import Passwords
        from chalicelib.adapters.signing_keys import StoredSigningKeys
        from chalicelib.adapters.tokens import AccessTokens
        from chalicelib.services.accounts.accounts import Accounts

        keys = StoredSigningKeys(self.app_secrets, self.settings.jwt_secret_name)
        tokens = AccessTokens(keys, self.settings.access_token_lifetime)
        return Accounts(self.users, Passwords(self.settings.bcrypt_cost), tokens, self.sessions, self.admission)

    @cached_property
    def admission(self) -> Admission:
        from chalicelib.adapters.rate_limits import RateLimits
        from chalicelib.services.accounts.admission import Admission, Most

        settings = self.settings
        return Admission(
            RateLimits(self.dynamodb),
            log_ins=Most(settings.login_limit, settings.login_limit_per_address),
            sign_ups=Most(settings.signup_limit, settings.signup_limit_per_address),
            refreshes=Most(settings.refresh_limit, settings.refresh_limit_per_address),
            ingestions=settings.ingestion_limit,
            exports=settings.export_limit,
        )

    def authenticate(self, access_token: str) -> User:
        """The caller behind an access token."""
        return self.accounts.authenticate(access_token)

    @cached_property
    def announce(self) -> Announce:
        from chalicelib.services.notifications.announce import Announce

        return Announce(self.users, self.announcer)

    @cached_property
    def email_subscriptions(self) -> EmailSubscriptions:
        from chalicelib.services.notifications.email_subscriptions import EmailSubscriptions

        return EmailSubscriptions(self.announcer, self.queue)

    @cached_property
    def gmail_connections(self) -> GmailConnections:
        from chalicelib.services.gmail.gmail_connection import GmailConnections

        return GmailConnections(
            users=self.users,
            grants=self.grants,
            oauth=self.oauth,
            subscriptions=self.email_subscriptions,
            announce=self.announce,
            mailbox=self.mailbox,
            quota=self.gmail_quota,
            watches=self.gmail_watches,
        )

    @cached_property
    def gmail_watches(self) -> GmailWatches:
        from chalicelib.services.gmail.gmail_watches import GmailWatches

        topic = self.settings.gmail_push_topic if self.settings.gmail_push_is_on else ""
        return GmailWatches(self.users, self.queue, topic)

    @cached_property
    def gmail_push(self) -> GmailPushEndpoint:
        from chalicelib.http.gmail_push import GmailPushEndpoint
        from chalicelib.services.ingestion.receive_gmail_push import ReceiveGmailPush

        verify = self.google_id_tokens.verify if self.settings.gmail_push_is_on else None
        return GmailPushEndpoint(verify, ReceiveGmailPush(self.users, self.book_sync))

    @cached_property
    def book_sync(self) -> BookSync:
        from chalicelib.services.ingestion.receive_gmail_push import BookSync

        return BookSync(self.queue, self.sync_slots)

    def admit_gmail_push(self, authorization: str | None) -> None:
        """Lets Pub/Sub in, by the Authorization header of its push."""
        self.gmail_push.admit(authorization)

    @cached_property
    def devices(self) -> Devices:
        from chalicelib.services.accounts.devices import Devices

        return Devices(self.users, self.announcer)

    @cached_property
    def preferences(self) -> PreferenceSettings:
        from chalicelib.services.accounts.preferences import PreferenceSettings

        return PreferenceSettings(self.users, self.email_subscriptions)

    @cached_property
    def delete_account(self) -> DeleteAccount:
        from chalicelib.adapters.departures import Departures
        from chalicelib.services.accounts.delete_account import DeleteAccount

        return DeleteAccount(
            departures=Departures(self.dynamodb),
            grants=self.grants,
            oauth=self.oauth,
            connections=self.gmail_connections,
            announcer=self.announcer,
            subscriptions=self.email_subscriptions,
            sessions=self.sessions,
            rental_invoices=self.rental_invoices,
            retail_invoices=self.retail_invoices,
            ledger=self.ledger,
            runs=self.runs,
            files=self.files,
            archives=self.archives,
            slots=self.sync_slots,
            quota=self.gmail_quota,
            user_vendors=self.user_vendors,
            exports=self.exports,
            queue=self.queue,
        )
