"""The AWS of the sandbox: moto's server in this process."""

from __future__ import annotations

import io
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.test import run_wsgi_app

from tests.sandbox import moto_answers, moto_delays, moto_instances, moto_transactions
from tests.sandbox.connections import KeptConnections

_FIRST_ACCOUNT = 123456789012


class _Server(KeptConnections, ThreadedWSGIServer):
    """A thread for every connection."""


class _RequestHandler(MotoRequestHandler):
    """Answers without a log line, and keeps the connection, which werkzeug's own `run_wsgi` always closes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for head and body

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        # All of it, so that the next request on this connection begins where this one ends.
        chunked = "wsgi.input_terminated" in environ
        body = environ["wsgi.input"].read() if chunked else self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))
        answer, status, headers = run_wsgi_app(self.server.app, environ | {"wsgi.input": io.BytesIO(body)})
        content = b"".join(answer)
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and code not in {"204", "304"} and self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def handle_expect_100(self) -> bool:
        answered = super().handle_expect_100()
        self.wfile.flush()
        return answered

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
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise RuntimeError("the AWS emulator is not running")
        return f"http://{self._host}:{self._server.port}"

    def start(self) -> None:
        moto_transactions.install()
        moto_instances.install()
        moto_delays.install()
        moto_answers.install()
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
        self._server.close_connections()
        self._server = None
        with self._registry:
            AwsEmulator._running -= 1

    def __enter__(self) -> AwsEmulator:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _listen(host: str, port: int, app: _OneAccount) -> _Server:
    # werkzeug ends the process when it cannot bind; a socket of our own raises OSError instead.
    with socket.create_server((host, port), backlog=128) as listener:
        return _Server(host, port, app, _RequestHandler, fd=listener.fileno())
