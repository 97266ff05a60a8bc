"""Delays of SQS in the emulator: a second lasts a fifth of one.

The sandbox shortens every delay to the second that is SQS's shortest, and half of what it does, and of what its tests
do, ends with a delayed message.
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.models import Message

_MILLISECONDS_OF_A_SECOND = 200


def install() -> None:
    """For this process; doing it twice changes nothing."""
    message_class: Any = Message
    message_class.delay = _delay


def _delay(message: Any, delay_seconds: int) -> None:
    message.delayed_until = unix_time_millis() + int(delay_seconds) * _MILLISECONDS_OF_A_SECOND
