"""The emulator as an HTTP/1.1 server: keep-alive, a thread per connection, nothing printed."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Any, cast

from tests.sandbox.connections import KeptConnections
from tests.sandbox.gemini.faults import Faults
from tests.sandbox.gemini.misbehaviour import error
from tests.sandbox.gemini.service import ConnectionLostFault, GeminiService
from tests.sandbox.google.wire import Json, Request, Response

_MAX_BODY_BYTES = 20 * 1024 * 1024


class GeminiEmulator:
    """Gemini's generateContent on a local port; also a context manager.

    `port` 0 takes a free one. `answers`: recorded answers (see `answers.Answers`); without one that fits, the answer
    states what is plain to see in the mail. Configure an application with `GEMINI_BASE_URL=url` and any API key
    but "invalid".
    """

    def __init__(self, port: int = 0, answers: Path | None = None, host: str = "127.0.0.1") -> None:
        self._service = GeminiService(answers)
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listens and returns; `OSError` when the port is taken, `RuntimeError` when already started."""
        if self._server is not None:
            raise RuntimeError("already started")
        self._service.stopping.clear()
        self._server = _Server(self._address, self._service)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gemini", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Closes the port and every connection, also those that a fault holds. Harmless when not started."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is not None and thread is not None:
            self._service.stopping.set()
            server.shutdown()
            server.server_close()
            server.close_connections()
            thread.join()

    def __enter__(self) -> GeminiEmulator:
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
        """The calls so far, oldest first, as JSON-ready `service.Entry` objects: no key, no text."""
        return self._service.requests()

    def questions(self) -> list[Json]:
        """The bodies of the well-formed calls so far, oldest first, as they came."""
        return self._service.questions()

    def clear_requests(self) -> None:
        self._service.clear()


class _Server(KeptConnections, ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], service: GeminiService) -> None:
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
            self._send(error(400, "Request payload size exceeds the limit."))
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = service.handle(Request.parse(self.command, self.path, headers, body))
        except ConnectionLostFault:
            self.close_connection = True
            return
        self._send(response)

    do_GET = do_POST = _serve  # noqa: N815 - the names http.server asks for

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Requests are in the request log, without keys; nothing goes to stderr."""
