"""What schemathesis loads: who its requests come from, and how many there were."""

from __future__ import annotations

import itertools
import json
import os
import urllib.request
import zlib
from pathlib import Path
from typing import Any

import schemathesis

from chalicelib.http.reference.samples import path_value

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
    """The token of somebody who owns what the examples speak of; who deletes is another one, who owned it, too."""

    def get(self, case: Any, _context: Any) -> str:
        if case.operation.definition.raw.get("operationId") in LAST_DEEDS:
            return newcomer()
        return os.environ["FUZZED_LEAVER" if case.method == "DELETE" else "FUZZED_OWNER"]

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    """Every other time the identifier of something that is there."""
    known = path_value(context.operation.path)
    if known is None or not path_parameters or zlib.crc32(repr(path_parameters).encode("utf-8", "replace")) % 2:
        return path_parameters
    return dict.fromkeys(path_parameters, known)


def after_call(_context: Any, _case: Any, _response: Any) -> None:
    Path(os.environ["FUZZED_COUNT"]).write_text(str(next(_requests)), encoding="ascii")


schemathesis.hook(map_path_parameters)
schemathesis.hook(after_call)
