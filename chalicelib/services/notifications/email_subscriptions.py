"""E-mail to one person: a subscription of theirs to the topic, which SNS has them confirm by mail.

One that still waits for that cannot be ended. SNS forgets it by itself after two days (AWS, "Amazon SNS now supports
automatic deletion of unconfirmed subscriptions", May 2023), unless its address confirms it before. So for somebody who
leaves, it is tried again until it could be ended, or is gone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.jobs import EndSubscriptionJob
from chalicelib.errors import DependencyFailure

if TYPE_CHECKING:
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.sns import Announcer
    from chalicelib.domain.users import User

_log = logging.getLogger(__name__)
#: A quarter of an hour, the longest that a queue delays, for a little more than the two days.
_EVERY_SECONDS = 900
_MOST_ATTEMPTS = 200


@dataclass(frozen=True, slots=True)
class EmailSubscriptions:
    """Beginning and ending them; each is known by its ARN, which names nobody."""

    announcer: Announcer
    queue: IngestionQueue

    def begin(self, user: User) -> str | None:
        """Asks the person by mail to confirm; a second time it asks again. ``None`` where no topic is configured."""
        return self.announcer.subscribe_email(user.user_id, user.email)

    def end(self, arn: str) -> bool:
        """False for one that waits to be confirmed: it is still there."""
        return self.announcer.unsubscribe(arn)

    def end_for_good(self, arn: str) -> None:
        """Ends one now, or, of somebody who will not be there to ask again, as soon as it can be."""
        if not self.end(arn):
            self.queue.send([EndSubscriptionJob(subscription_arn=arn)], _EVERY_SECONDS)

    def end_later(self, job: EndSubscriptionJob) -> None:
        """A job from the queue."""
        try:
            ended = self.end(job.subscription_arn)
        except DependencyFailure as exc:
            _log.warning("a subscription is ended later: %s", exc)
            ended = False
        if not ended and job.attempt < _MOST_ATTEMPTS:
            again = EndSubscriptionJob(subscription_arn=job.subscription_arn, attempt=job.attempt + 1)
            self.queue.send([again], _EVERY_SECONDS)
