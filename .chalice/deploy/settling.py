"""Calls that AWS refuses for some seconds after others: a role that is not known everywhere, a function being changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from deploy.stage import Stage

_ATTEMPTS, _SECONDS = 24, 5
#: Another change of the same function or event source is not done yet.
_BUSY = frozenset({"ResourceConflictException", "ResourceInUseException"})
#: With "role" in the text: IAM tells a new role or policy around. The same codes stand for real faults, which their
#: text tells from this.
_UNKNOWN_ROLE = frozenset({"BadRequestException", "InvalidParameterValueException"})


def until_settled(stage: Stage, call: Callable[..., Any], **arguments: Any) -> Any:
    """Calls until AWS has settled, two minutes at most; raises what the last attempt raised."""
    attempts = Retrying(
        retry=retry_if_exception(_is_passing),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_fixed(_SECONDS),
        sleep=stage.pause,
        reraise=True,
    )
    return attempts(call, **arguments)


def _is_passing(exc: BaseException) -> bool:
    if not isinstance(exc, ClientError):
        return False
    code = exc.response["Error"]["Code"]
    return code in _BUSY or (code in _UNKNOWN_ROLE and "role" in str(exc).lower())
