"""What a person wishes to be told, and letting SNS know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import UserNotFound

if TYPE_CHECKING:
    from chalicelib.adapters.users import Users
    from chalicelib.domain.preferences import Preferences, PreferencesUpdate
    from chalicelib.domain.users import User
    from chalicelib.services.notifications.email_subscriptions import EmailSubscriptions


@dataclass(frozen=True, slots=True)
class PreferenceSettings:
    """Changing preferences. Each step can be repeated, so the same request mends one that failed half-way."""

    users: Users
    subscriptions: EmailSubscriptions

    def change(self, user: User, update: PreferencesUpdate) -> Preferences:
        """Keeps what the update states. Raises ``UserNotFound``, and ``DependencyFailure`` when AWS failed.

        E-mail that is switched off is kept as such first, since nothing is published for such a person, and then
        unsubscribed; e-mail that is asked for is subscribed to first, and SNS asks the person to confirm it by mail. A
        subscription that nobody confirmed stays known, so that switching on asks once more, and an account's deletion
        finds it.
        """
        wished = update.applied_to(user.preferences)
        known = user.email_subscription_arn and user.preferences.email
        if update.email is True and not known:
            self._subscribe(user)
        kept = self.users.set_preferences(user.user_id, wished)
        arn = kept.email_subscription_arn
        if not wished.email and arn and self.subscriptions.end(arn):
            self.users.update(user.user_id, email_subscription_arn=None)
        return kept.preferences

    def _subscribe(self, user: User) -> None:
        subscription = self.subscriptions.begin(user)
        try:
            self.users.update(user.user_id, email_subscription_arn=subscription)
        except UserNotFound:
            if subscription:
                self.subscriptions.end_for_good(subscription)
            raise
