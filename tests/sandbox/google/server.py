"""The emulator as an HTTP/1.1 server: keep-alive, a thread per connection, nothing printed."""

from __future__ import annotations

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Any, cast

from tests.sandbox.connections import KeptConnections
from tests.sandbox.google.errors import ConnectionResetFault, gmail_error
from tests.sandbox.google.faults import Faults
from tests.sandbox.google.push import PushService
from tests.sandbox.google.service import GoogleService
from tests.sandbox.google.wire import Json, Request, Response

_MAX_BODY_BYTES = 64 * 1024 * 1024


class GoogleEmulator:
    """Gmail and Google's OAuth endpoints on a local port; also a context manager.

    `mailbox`: a directory as in SPEC section 10 (`None`: no mail). `port` 0 takes a free one. `enforce_quota` refuses
    what exceeds 6,000 units per user and minute. Configure an application with `GMAIL_API_ENDPOINT=url`,
    `GOOGLE_TOKEN_URI=url/token`, `GOOGLE_USERINFO_URI=url/userinfo`, `GOOGLE_REVOKE_URI=url/revoke`,
    `GOOGLE_CERTS_URI=url/certs`.
    """

    def __init__(
        self, mailbox: Path | None = None, host: str = "127.0.0.1", port: int = 0, enforce_quota: bool = False
    ) -> None:
        self._service = GoogleService(mailbox, enforce_quota)
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listens and returns; `OSError` when the port is taken, `RuntimeError` when already started."""
        if self._server is not None:
            raise RuntimeError("already started")
        self._server = _Server(self._address, self._service)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="google", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes the port and every connection. Harmless when not started."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            server.close_connections()
            thread.join()

    def __enter__(self) -> GoogleEmulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://host:port`, without a slash at the end; `RuntimeError` when not started."""
        if self._server is None:
            raise RuntimeError("not started")
        return f"http://{self._address[0]}:{self._server.server_address[1]}"

    @property
    def faults(self) -> Faults:
        return self._service.faults

    def requests(self) -> list[Json]:
        """The calls so far, oldest first, as JSON-ready `requestlog.Entry` objects."""
        return self._service.log.entries()

    def clear_requests(self) -> None:
        self._service.log.clear()

    def expire_history(self, account: str, before_id: int | str) -> None:
        """From now on history.list answers 404 to start ids below `before_id`."""
        self._service.mailboxes.expire_history(account.casefold(), int(before_id))

    def history_id(self, account: str) -> str:
        """The mailbox's current history id, as a push notification would carry it. Not logged."""
        return str(self._service.mailboxes.snapshot(account.casefold()).history_id)

    def watches(self) -> dict[str, Json]:
        """The running watches by account: `topicName`, `labelIds`, `expiration` (epoch ms)."""
        return self._service.gmail.watches()

    @property
    def pubsub(self) -> PushService:
        """What signs and delivers pushes; its `endpoint` is the application's."""
        return self._service.push

    def push(self, account: str) -> int:
        """Tells the endpoint that the account's mailbox changed; the status of its answer.

        LookupError when nobody watches the account, RuntimeError without an endpoint.
        """
        if account.casefold() not in self.watches():
            raise LookupError(f"nobody watches {account}")
        return self.pubsub.deliver(self.pubsub.envelope(account.casefold(), self.history_id(account)))

    def consent(self, account: str) -> None:
        """The person consents (again): tokens of a revoked account are good from now on."""
        self._service.grants.consent(account)


class _Server(KeptConnections, ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: GoogleService) -> None:
        self.service = service
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without HTTPServer's reverse name look-up, which takes seconds on machines whose resolver is slow."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        service = cast(_Server, self.server).service
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(gmail_error("invalidArgument", "Length Required", status=411).response())
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = service.handle(Request.parse(self.command, self.path, headers, body))
        except ConnectionResetFault:
            self._reset()
            return
        self._send(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names http.server asks for

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Closes with RST instead of FIN: SO_LINGER with a timeout of 0 (socket(7))."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Requests are in the request log, without tokens; nothing goes to stderr."""
