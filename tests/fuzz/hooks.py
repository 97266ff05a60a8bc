"""What schemathesis loads: who its requests come from, and how many there were."""

from __future__ import annotations

import itertools
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

import schemathesis

#: After these a person can do nothing more, so each request has one of its own.
LAST_DEEDS = {"delete_user", "delete_user_at_v1_delete_me", "logout_user", "change_password"}
_URL = os.environ["FUZZED_URL"]
_numbers = itertools.count(1)
_requests = itertools.count(1)


def newcomer() -> str:
    """The access token of somebody who has just signed up."""
    email = f"fuzz{os.getpid()}-{next(_numbers)}@example.com"
    body = json.dumps({"name": "Fuzz Prov", "email": email, "password": "correct horse"}).encode()
    request = urllib.request.Request(f"{_URL}/v1/auth/signup", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the sandbox
        return str(json.load(answer)["data"]["access_token"])


@schemathesis.auth(refresh_interval=None)
class Person:
    """Everybody's token, but for what ends a session."""

    def __init__(self) -> None:
        self._token = newcomer()

    def get(self, case: Any, _context: Any) -> str:
        return newcomer() if case.operation.definition.raw.get("operationId") in LAST_DEEDS else self._token

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


def after_call(_context: Any, _case: Any, _response: Any) -> None:
    Path(os.environ["FUZZED_COUNT"]).write_text(str(next(_requests)), encoding="ascii")


schemathesis.hook(after_call)
