"""``POST /v1/gmail/push``: where Cloud Pub/Sub pushes what Gmail publishes.

What Pub/Sub makes of an answer (guide, "Create push subscriptions", "Receive messages"): 102, 200, 201, 202 and 204
acknowledge a message, everything else has it delivered again until the subscription gives up (seven days, unless
configured otherwise). Hence:

- a message of ours, or for nobody we know: 200;
- a genuine push whose message is not Gmail's: 200 too, for it would never become one;
- no or another token: 401, a body that is no Pub/Sub envelope: 400. Pub/Sub sends neither unless it is configured
  wrongly, and then its messages wait until that is mended;
- AWS or Google failed: 502, and the message comes again.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from chalicelib.errors import NotFound, ValidationFailed
from chalicelib.http.api import Call, bearer_token
from chalicelib.http.envelope import Reply
from chalicelib.http.requests import MailboxChange, PubSubPush

if TYPE_CHECKING:
    from chalicelib.services.ingestion.receive_gmail_push import ReceiveGmailPush

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GmailPushEndpoint:
    """``verify`` raises ``InvalidToken``; without it push is not configured, and the address does not exist."""

    verify: Callable[[str], None] | None
    receive: ReceiveGmailPush

    def admit(self, authorization: str | None) -> None:
        """Lets Pub/Sub in and nobody else, by the request's Authorization header."""
        if self.verify is None:
            raise NotFound("There is nothing here")
        self.verify(bearer_token(authorization))

    def push(self, call: Call[PubSubPush]) -> Reply:
        """Hands the change on."""
        message = call.body.message
        try:
            change = mailbox_change(message.data)
        except ValidationFailed:
            _log.warning("a push without a change of a mailbox was acknowledged and dropped")
            return Reply("Message ignored")
        self.receive(change.email_address.strip().lower(), message.message_id)
        return Reply("Message received")


def mailbox_change(data: str) -> MailboxChange:
    """What ``message.data`` of a push says. Raises ``ValidationFailed``.

    It is JSON in base64, of which Pub/Sub writes the ordinary alphabet and Gmail's guide names the one for URLs.

    >>> mailbox_change("eyJlbWFpbEFkZHJlc3MiOiAiYW5uYUBnbWFpbC5jb20iLCAiaGlzdG9yeUlkIjogNDJ9").email_address
    'anna@gmail.com'
    """
    try:
        content = base64.b64decode(data.rstrip("=") + "==", altchars=b"-_" if {"-", "_"} & set(data) else None)
        return msgspec.json.decode(content, type=MailboxChange)
    except (ValueError, msgspec.DecodeError) as exc:
        raise ValidationFailed("message.data", "must be a change of a mailbox") from exc
