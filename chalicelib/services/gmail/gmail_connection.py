"""Connecting a Gmail account, opening its mailbox, and letting go of it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chalicelib.domain.gmail import READONLY_SCOPE, GmailConnection, GmailGrant, GoogleIdentity
from chalicelib.domain.notifications import reconnect_gmail
from chalicelib.errors import (
    DependencyFailure,
    DependencyThrottled,
    GmailReauthRequired,
    UserNotFound,
    ValidationFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.adapters.gmail_quota import GmailQuota
    from chalicelib.adapters.google_oauth import GoogleOAuth
    from chalicelib.adapters.secrets import GmailGrants
    from chalicelib.adapters.users import Users
    from chalicelib.domain.users import User
    from chalicelib.services.gmail.gmail_watches import GmailWatches
    from chalicelib.services.notifications.announce import Announce
    from chalicelib.services.notifications.email_subscriptions import EmailSubscriptions

_log = logging.getLogger(__name__)
#: Seconds that a call waits for quota when nobody says until when it may.
_QUOTA_PATIENCE = 30.0
#: Google's access tokens live an hour; the app says so too, but any lifetime it says is only a hint.
_LONGEST_LIFETIME = timedelta(hours=1)


class Connected(NamedTuple):
    """The outcome of a connection: whose Gmail it is, and whether another account was connected before."""

    google_email: str
    scopes: list[str]
    account_switch: bool


class MailboxFactory(Protocol):
    """Makes a mailbox from a grant, a way to renew it, and a way to ask for quota."""

    def __call__(
        self, grant: GmailGrant, renew: Callable[[], GmailGrant], spend: Callable[[int], None]
    ) -> GmailMailbox: ...


@dataclass(frozen=True, slots=True)
class GmailConnections:
    """The use cases around a person's grant at Google."""

    users: Users
    grants: GmailGrants
    oauth: GoogleOAuth
    subscriptions: EmailSubscriptions
    announce: Announce
    mailbox: MailboxFactory
    quota: GmailQuota
    watches: GmailWatches

    def connect(self, user: User, connection: GmailConnection) -> Connected:
        """Keeps the tokens that the app got from Google's consent screen.

        The identity is asked of Google, and so is whether the token really reads mail: the app sends the scopes that
        it asked for, and a person may have unticked one. A consent without a refresh token (Google sends one only the
        first time) keeps the stored one of the same account.
        """
        identity = self.oauth.identity(connection.access_token)
        if not self.oauth.reads_mail(connection.access_token):
            raise ValidationFailed("scope", f"Google did not grant {READONLY_SCOPE}")
        known = self.grants.find(user.user_id)
        same_account = known is not None and known.account == identity.sub
        refresh_token = connection.refresh_token or (known.refresh_token if known and same_account else None)
        subscription = user.email_subscription_arn or self._subscribe(user)
        if known is not None and not same_account:
            self.stop_watch(user)
        self.grants.save(user.user_id, _grant(connection, identity, refresh_token))
        try:
            self.users.set_gmail(
                user.user_id,
                gmail_email=identity.email,
                gmail_status="connected",
                gmail_account=identity.sub,
                email_subscription_arn=subscription,
            )
        except UserNotFound:
            self._undo_connection(user, subscription)
            raise
        self.watches.request(user.user_id)
        switched = bool(user.gmail_account) and user.gmail_account != identity.sub
        return Connected(identity.email, connection.scopes, switched)

    def _undo_connection(self, user: User, subscription: str | None) -> None:
        """The person was deleted meanwhile: nothing of theirs may come back."""
        self.grants.forget(user.user_id)
        if subscription:
            self.subscriptions.end_for_good(subscription)

    def _subscribe(self, user: User) -> str | None:
        """Offers e-mail at the first connection: SNS delivers only to a person who confirms its mail."""
        if not user.preferences.email:
            return None
        try:
            return self.subscriptions.begin(user)
        except DependencyFailure as exc:
            _log.warning("e-mail subscription failed: %s", exc)
            return None

    def open(self, user: User, deadline: float | None = None) -> GmailMailbox:
        """The user's mailbox. Raises ``GmailReauthRequired`` when there is none to open.

        Its calls wait for Gmail quota until ``deadline`` (of ``time.monotonic``, half a minute from now by default),
        and raise ``DependencyThrottled`` when that is not long enough.
        """
        grant = self.grants.find(user.user_id) if user.gmail_status == "connected" else None
        if grant is None:
            raise GmailReauthRequired("Gmail is not connected")
        limit = time.monotonic() + _QUOTA_PATIENCE if deadline is None else deadline
        return self.mailbox(
            grant,
            lambda: self._renew(user.user_id, grant),
            lambda units: self._spend(user.user_id, units, limit),
        )

    def _spend(self, user_id: str, units: int, deadline: float) -> None:
        while wait := self.quota.take(user_id, units):
            if time.monotonic() + wait > deadline:
                raise DependencyThrottled("gmail", "quota", "quota_spent", wait)
            time.sleep(wait)

    def _renew(self, user_id: str, grant: GmailGrant) -> GmailGrant:
        """Keeps the renewed grant only if the person has neither left, nor let go of the account, nor changed it."""
        renewed = self.oauth.refresh(grant)
        stored = self.grants.find(user_id)
        if stored is None or stored.account != grant.account or not self.grants.replace(user_id, renewed):
            raise GmailReauthRequired("Gmail was disconnected")
        try:
            self.users.get(user_id)
        except UserNotFound:
            self.grants.forget(user_id)
            raise
        return renewed

    def require_reauth(self, user_id: str) -> None:
        """Marks an account that Google no longer honours, and tells its owner the first time."""
        if not self.users.begin_reauth(user_id):
            return
        try:
            self.announce(user_id, reconnect_gmail())
        except DependencyFailure as exc:
            # The profile says it too, and every ingestion.
            _log.warning("%s could not be told to reconnect: %s", user_id, exc)

    def renew_watch(self, user_id: str) -> None:
        """A job from the queue. What only its owner can mend is recorded, not tried again."""
        try:
            user = self.users.get(user_id)
            self.watches.renew(user, self.open(user))
        except GmailReauthRequired:
            self.require_reauth(user_id)
        except UserNotFound:
            _log.info("%s has left", user_id)

    def stop_watch(self, user: User) -> None:
        """Has Gmail tell nothing more of the account, if that can be done at once."""
        if user.gmail_watch_expires_at is not None:
            self.watches.stop(user, lambda: self.open(user, time.monotonic()))

    def disconnect(self, user: User) -> None:
        """Gives the grant back to Google and forgets it; nothing connected is fine too."""
        grant = self.grants.find(user.user_id)
        if grant is not None:
            self.stop_watch(user)
            self.oauth.revoke(grant)
            self.grants.forget(user.user_id)
        self.users.set_gmail(user.user_id, gmail_email=None, gmail_status="not_connected", gmail_watch_expires_at=None)


def _grant(connection: GmailConnection, identity: GoogleIdentity, refresh_token: str | None) -> GmailGrant:
    longest = _LONGEST_LIFETIME.total_seconds()
    seconds = float(connection.expires_in or longest)
    stated = timedelta(seconds=seconds if 0 < seconds < longest else longest)
    return GmailGrant(
        access_token=connection.access_token.strip(),
        refresh_token=refresh_token,
        account=identity.sub,
        email=identity.email,
        scope=" ".join(connection.scopes),
        expires_at=datetime.now(UTC) + stated,
    )
