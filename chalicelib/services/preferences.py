"""What a person wishes to be told, and letting SNS know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import UserNotFound

if TYPE_CHECKING:
    from chalicelib.adapters.sns import Announcer
    from chalicelib.adapters.users import Users
    from chalicelib.domain.preferences import Preferences, PreferencesUpdate
    from chalicelib.domain.users import User


@dataclass(frozen=True, slots=True)
class PreferenceSettings:
    """Changing preferences. Each step can be repeated, so the same request mends one that failed half-way."""

    users: Users
    announcer: Announcer

    def change(self, user: User, update: PreferencesUpdate) -> Preferences:
        """Keeps what the update states. Raises ``UserNotFound``, and ``DependencyFailure`` when AWS failed.

        E-mail that is switched off is kept as such first, since nothing is published for such a person, and then
        unsubscribed; e-mail that is asked for is subscribed to first, and SNS asks the person to confirm it by mail.
        """
        wished = update.applied_to(user.preferences)
        if wished.email and update.email is True and not user.email_subscription_arn:
            self._subscribe(user)
        kept = self.users.set_preferences(user.user_id, wished)
        if not wished.email and kept.email_subscription_arn:
            self.announcer.unsubscribe(kept.email_subscription_arn)
            self.users.update(user.user_id, email_subscription_arn=None)
        return kept.preferences

    def _subscribe(self, user: User) -> None:
        subscription = self.announcer.subscribe_email(user.user_id, user.email)
        try:
            self.users.update(user.user_id, email_subscription_arn=subscription)
        except UserNotFound:
            if subscription:
                self.announcer.unsubscribe(subscription)
            raise
