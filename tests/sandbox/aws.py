"""The AWS of the sandbox: moto's server in this process."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from tests.sandbox import moto_transactions

_FIRST_ACCOUNT = 123456789012


class _QuietRequestHandler(MotoRequestHandler):
    """Answers without a log line and without waiting for Nagle's algorithm on kept-alive connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_args: object) -> None:
        """Say nothing."""


class _OneAccount:
    """WSGI: sends every request to one of moto's accounts, one request at a time.

    moto checks a condition and writes without a lock of its own, so two threads could both win a conditional write,
    which DynamoDB never allows. Receiving from SQS stays outside the lock since it may wait for messages.
    """

    _one_at_a_time: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, account: int) -> None:
        self._account = str(account)
        self._moto: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account
        if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage":
            return self._moto(environ, start_response)
        with self._one_at_a_time:
            return self._moto(environ, start_response)


class AwsEmulator:
    """moto's server on a port of its own; empty at every start.

    moto keeps its state per process. Emulators that run at the same time in one process therefore get an account each
    (123456789012, 123456789013, ...), and only the start of a lone one wipes the state and counts from the first
    again. Raises OSError from `start` when the port is taken.
    """

    _registry: ClassVar[threading.Lock] = threading.Lock()
    _running: ClassVar[int] = 0
    _next_account: ClassVar[int] = _FIRST_ACCOUNT

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._host = host
        self._port = port
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("the AWS emulator is not running")
        return f"http://{self._host}:{self._server.port}"

    def start(self) -> None:
        moto_transactions.install()
        with self._registry:
            alone = not AwsEmulator._running
            account = _FIRST_ACCOUNT if alone else AwsEmulator._next_account
            self._server = _listen(self._host, self._port, _OneAccount(account))
            self._thread = threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="aws-emulator", daemon=True
            )
            self._thread.start()
            if alone:
                request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")  # noqa: S310
                urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
            AwsEmulator._running += 1
            AwsEmulator._next_account = account + 1

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()
        self._server = None
        with self._registry:
            AwsEmulator._running -= 1

    def __enter__(self) -> AwsEmulator:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _listen(host: str, port: int, app: _OneAccount) -> BaseWSGIServer:
    # werkzeug ends the process when it cannot bind; a socket of our own raises OSError instead.
    with socket.create_server((host, port), backlog=128) as listener:
        return make_server(host, port, app, threaded=True, request_handler=_QuietRequestHandler, fd=listener.fileno())
