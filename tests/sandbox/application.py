"""The application in this process: a fresh `app.py` per sandbox, bound to that sandbox's emulators."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.sandbox.clients import CREDENTIALS, REGION

PROJECT = Path(__file__).parents[2]

_numbers = itertools.count(1)


def application_environ(aws_url: str, google_url: str, outputs: Mapping[str, str]) -> dict[str, str]:
    """The environment of an application between these two neighbours; `outputs` as `deploy_stack` returns them."""
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "GMAIL_API_ENDPOINT": google_url,
        "GOOGLE_TOKEN_URI": f"{google_url}/token",
        "GOOGLE_USERINFO_URI": f"{google_url}/userinfo",
        "GOOGLE_REVOKE_URI": f"{google_url}/revoke",
        "GOOGLE_CERTS_URI": f"{google_url}/certs",
        # Everybody who uses a sandbox comes from one address.
        "LOGIN_LIMIT_PER_ADDRESS": "0",
        "SIGNUP_LIMIT_PER_ADDRESS": "0",
        "REFRESH_LIMIT_PER_ADDRESS": "0",
        "INVOICES_BUCKET": outputs["InvoicesBucket"],
        "INGESTION_QUEUE_URL": outputs["IngestionQueueUrl"],
        "INGESTION_QUEUE_NAME": outputs["IngestionQueueName"],
        "NOTIFICATION_TOPIC_ARN": outputs["NewInvoiceTopicArn"],
        "PUSH_APPLICATION_ARN": outputs["PushApplicationArn"],
        "RENTAL_INVOICES_STREAM_ARN": outputs["RentalInvoicesStreamArn"],
    }


class Application:
    """`app` is the Chalice object, `session` the boto3 session behind every AWS call of the application.

    `path` is an `app.py` that defines `app` and `container`, reads `environ` while it is imported, and makes its
    boto3 clients from `container.session`. Several applications may live in one process: each is a module of its own,
    and its session is pinned to its own endpoint, so the process's environment is only borrowed for the import.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        with _environment(environ):
            self.module = _fresh_import(path)
            self.app: Any = self.module.app
            self.container: Any = self.module.container
            self.session: Any = self.container.session
        self.session.client = functools.partial(
            self.session.client, endpoint_url=environ["AWS_ENDPOINT_URL"], region_name=REGION, **CREDENTIALS
        )
        for handler in self.app.log.handlers:
            if type(handler) is logging.StreamHandler:  # Chalice's own, on stdout, which belongs to the "ready" line
                handler.setStream(sys.stderr)

    def forget(self) -> None:
        sys.modules.pop(self.module.__name__, None)


def _fresh_import(path: Path) -> ModuleType:
    name = f"sandbox_app_{next(_numbers)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
