"""Events of S3, DynamoDB streams and SQS become domain values here; handlers of ``app.py`` hand them on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import msgspec

from chalicelib.domain.jobs import Job
from chalicelib.errors import PayPulseError
from chalicelib.http.api import log_unexpected
from chalicelib.http.logs import unit_of_work

if TYPE_CHECKING:
    from chalice.app import DynamoDBEvent, SQSEvent

P = ParamSpec("P")
R = TypeVar("R")
#: Time that a queue worker leaves itself to hand over before Lambda ends it.
_MARGIN_SECONDS = 30.0


class HandlerFailed(Exception):
    """What Lambda sees of a failed handler, and logs: the type of the failure, without its text."""


def inserted_images(event: DynamoDBEvent) -> Iterator[Mapping[str, Any]]:
    """``NewImage`` of each INSERT, in DynamoDB's typed JSON; changes and removals are left out."""
    for record in event:
        if record.event_name == "INSERT" and record.new_image:
            yield record.new_image


def queued_jobs(event: SQSEvent) -> Iterator[Job]:
    """The jobs of a queue event. Raises ``msgspec.ValidationError`` for a message that is none."""
    for record in event:
        yield msgspec.json.decode(record.body, type=Job)


def seconds_left(event: SQSEvent) -> float:
    """How long a handler may work before it should hand over."""
    context: Any = event.context
    remaining = float(context.get_remaining_time_in_millis()) / 1000
    return max(1.0, remaining - _MARGIN_SECONDS)


def guarded(handler: Callable[P, R]) -> Callable[P, R]:
    """Lets a failed event be delivered again, without its exception's text in Lambda's log."""

    @wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        context: Any = getattr(args[0], "context", None) if args else None
        with unit_of_work(handler.__name__, getattr(context, "aws_request_id", None)) as unit:
            try:
                return handler(*args, **kwargs)
            except PayPulseError as exc:
                unit.outcome = type(exc).__name__
                failed = HandlerFailed(f"{handler.__name__}: {exc}")
            except Exception as exc:  # noqa: BLE001 - the boundary to Lambda, which logs whatever passes it
                unit.outcome = type(exc).__name__
                log_unexpected(handler.__name__, exc)
                failed = HandlerFailed(f"{handler.__name__}: {type(exc).__name__}")
        raise failed

    return run
