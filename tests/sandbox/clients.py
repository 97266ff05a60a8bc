"""boto3 clients of the sandbox itself: never counted, never failed on purpose, unlike the application's."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import create_loader

REGION = "eu-north-1"
CREDENTIALS = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}

# Every session reads the service descriptions (megabytes of JSON) anew. All of this process share them: sandboxes and
# their applications come and go within one test run, and moto makes sessions while it is imported.
vars(botocore.session)["create_loader"] = cache(create_loader)


def make_session(region: str = REGION) -> boto3.Session:
    """A boto3 session with the sandbox's credentials."""
    return boto3.Session(region_name=region, **CREDENTIALS)


class AwsClients:
    """One client per service at one endpoint; safe to share between threads.

    `client("sqs")` etc. returns the low-level boto3 client. Errors are botocore's.
    """

    def __init__(self, endpoint_url: str, region: str = REGION) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self._session = make_session(region)
        self._lock = threading.Lock()  # making a client is not thread-safe, using one is (boto3 guide)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                config = Config(
                    max_pool_connections=32, connect_timeout=5, read_timeout=30, retries={"max_attempts": 2}
                )
                self._clients[service] = self._session.client(service, endpoint_url=self.endpoint_url, config=config)
            return self._clients[service]

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
