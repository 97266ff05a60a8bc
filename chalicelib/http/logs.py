"""Logs: one JSON object a line, and one line for each request and event that says how it ended.

Whoever reads them can follow a person's requests without learning who it is: users appear as a hash of their id. What
is told beside that is ids and counts; no line quotes a request, a mail or an exception's text of somebody else's.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

_log = logging.getLogger(__name__)
_USER_ID = re.compile(r"user_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: The handler that Lambda's runtime puts on the root logger (aws-lambda-python-runtime-interface-client).
_LAMBDA_HANDLER = "LambdaLoggerHandler"
_LONGEST_MESSAGE = 2_000


@dataclass(slots=True)
class Unit:
    """One request or event: what works on it, for whom, and how it ended. ``user_id`` is never written as it is."""

    function: str
    request_id: str | None
    user_id: str | None = None
    outcome: str = "OK"


_current: ContextVar[Unit | None] = ContextVar("unit", default=None)


@contextmanager
def unit_of_work(function: str, request_id: str | None) -> Iterator[Unit]:
    """Marks every line that is logged inside, and ends with one that says how it went and how long that took."""
    unit = Unit(function, request_id)
    token, started = _current.set(unit), time.monotonic()
    try:
        yield unit
    except BaseException as exc:
        unit.outcome = type(exc).__name__
        raise
    finally:
        milliseconds = round((time.monotonic() - started) * 1000)
        _log.info("%s: %s", function, unit.outcome, extra={"outcome": unit.outcome, "milliseconds": milliseconds})
        _current.reset(token)


def pseudonym(user_id: str) -> str:
    """What stands for a user in a log: always the same, and not what opens anything.

    >>> pseudonym("user_1")
    'user#79b0aa0042b3'
    """
    return f"user#{hashlib.sha256(user_id.encode()).hexdigest()[:12]}"


class JsonLines(logging.Formatter):
    """A record as one line of JSON; an exception as its type, since its text may quote somebody."""

    def format(self, record: logging.LogRecord) -> str:
        unit = _current.get()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _USER_ID.sub(lambda found: pseudonym(found[0]), record.getMessage())[:_LONGEST_MESSAGE],
            "function": unit.function if unit else None,
            "request_id": unit.request_id if unit else None,
            "user": pseudonym(unit.user_id) if unit and unit.user_id else None,
            "outcome": getattr(record, "outcome", None),
            "milliseconds": getattr(record, "milliseconds", None),
            "exception": record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        }
        return json.dumps({name: value for name, value in line.items() if value is not None}, ensure_ascii=False)


def configure() -> None:
    """Lets the application's information through, and makes Lambda's handler write JSON; elsewhere it stays quiet."""
    logging.getLogger("chalicelib").setLevel(logging.INFO)
    for handler in logging.getLogger().handlers:
        if type(handler).__name__ == _LAMBDA_HANDLER:
            handler.setFormatter(JsonLines())
