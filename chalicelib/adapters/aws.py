"""What all AWS adapters share: how a client is made, and what its errors become."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Conflict, DependencyFailure, DependencyThrottled

if TYPE_CHECKING:
    from boto3.session import Session

_THROTTLING = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


class AwsClients:
    """One boto3 session and its clients, each made at first use; safe to share between threads.

    Sharing one session halves the cost of the second client; making clients is the one thing that a session does not
    allow from two threads at once (boto3 guide, "Multithreading").
    """

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self._session: Session | None = None
        self._lock = threading.RLock()

    @property
    def session(self) -> Session:
        """The boto3 session; region, credentials and endpoint come from the environment, as boto3 documents."""
        with self._lock:
            if self._session is None:
                import boto3

                self._session = boto3.session.Session()
            return self._session

    def client(self, service: str) -> Any:
        """The client of a service: standard retries, and time-outs that fit into an API call of 29 seconds."""
        with self._lock:
            if service not in self._clients:
                from botocore.config import Config

                options: dict[str, Any] = {
                    "retries": {"mode": "standard", "total_max_attempts": 4},
                    "connect_timeout": 3,
                    "read_timeout": 10,
                    "max_pool_connections": 20,
                }
                if service == "s3":
                    options |= {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}
                self._clients[service] = self.session.client(service, config=Config(**options))
            return self._clients[service]


def error_code(exc: Exception) -> str:
    """The code of a botocore ``ClientError`` ("ResourceNotFoundException"), else the exception's class name."""
    response = getattr(exc, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(exc).__name__)


def _cancellation_codes(exc: Exception) -> set[str]:
    response = getattr(exc, "response", None) or {}
    return {reason.get("Code", "None") for reason in response.get("CancellationReasons", [])} - {"None"}


@contextmanager
def aws_errors(service: str, operation: str) -> Iterator[None]:
    """Turns botocore's errors into ours: ``Conflict``, ``DependencyThrottled`` or ``DependencyFailure``.

    A cancelled transaction is a ``Conflict`` when one of its conditions failed, else (it met another transaction) a
    throttle: trying again may succeed (DynamoDB API reference, TransactWriteItems, "Errors").
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as exc:
        code = error_code(exc)
        cancellations = _cancellation_codes(exc)
        if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in cancellations:
            raise Conflict(f"{service} {operation}") from exc
        if code in _THROTTLING or cancellations & _THROTTLING:
            raise DependencyThrottled(service, operation, code) from exc
        raise DependencyFailure(service, operation, code) from exc
    except BotoCoreError as exc:
        raise DependencyFailure(service, operation, type(exc).__name__) from exc
