"""The admin port (SPEC section 10): run, drain and break things, and look at what happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from tests.sandbox.events import DrainTimeout

if TYPE_CHECKING:
    from tests.sandbox.sandbox import Sandbox

_MOST_BYTES = 1024 * 1024


class AdminError(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class FaultRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /faults. `retry_after` is for Google's targets, `when` to `function` for AWS's."""

    target: str
    times: int = 1
    error: str = ""
    delay: float = 0
    retry_after: int | str | None = None
    when: Literal["before", "after"] = "before"
    kill: bool = False
    skip: int = 0
    function: str | None = None


class PushRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /google/push: the Google account whose mailbox changed."""

    account: str


class DrainRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /drain."""

    timeout: float = 60


class AdminServer:
    """Answers on a port (0: a free one) for one sandbox. OSError when the port is taken."""

    def __init__(self, sandbox: Sandbox, port: int = 0, host: str = "127.0.0.1") -> None:
        self._http = _Server((host, port), _Handler)
        self._http.daemon_threads = True
        self._http.routes = _routes(sandbox)
        self.url = f"http://{host}:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="admin", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join(timeout=2)
        self._http.server_close()


#: Gets the last segment of the path ("" when the route has none) and the body; returns what becomes JSON.
Route = Callable[[str, bytes], Any]


def _routes(sandbox: Sandbox) -> dict[tuple[str, str], Route]:
    """By method and path; a path that ends with a slash takes one more segment."""

    def add_fault(_segment: str, body: bytes) -> Any:
        request = _decode(body, FaultRequest)
        try:
            sandbox.add_fault(**msgspec.structs.asdict(request))
        except ValueError as exc:
            raise AdminError(400, "INVALID_REQUEST", str(exc)) from exc
        return {"added": msgspec.structs.asdict(request)}

    def clear_faults(_segment: str, _body: bytes) -> Any:
        sandbox.clear_faults()
        return {"cleared": True}

    return {
        ("GET", "/health"): lambda _segment, _body: sandbox.addresses,
        ("POST", "/invoke/"): lambda segment, body: {"result": _invoke(sandbox, segment, body)},
        ("POST", "/drain"): lambda _segment, body: _drain(sandbox, body),
        ("GET", "/notifications"): lambda _segment, _body: sandbox.notifications(),
        ("GET", "/google/requests"): lambda _segment, _body: _google_requests(sandbox),
        ("POST", "/google/push"): lambda _segment, body: _google_push(sandbox, body),
        ("POST", "/faults"): add_fault,
        ("DELETE", "/faults"): clear_faults,
        ("GET", "/failed"): lambda _segment, _body: [asdict(failed) for failed in sandbox.events.failed],
        ("GET", "/calls"): lambda _segment, _body: [asdict(call) for call in sandbox.calls.calls],
    }


def _invoke(sandbox: Sandbox, name: str, body: bytes) -> Any:
    payload = _decode(body, dict[str, Any]) if body.strip() else None
    try:
        return sandbox.events.invoke(name, payload)
    except LookupError as exc:
        if name in sandbox.events.functions.names:
            raise _function_failed(exc) from exc
        raise AdminError(404, "NOT_FOUND", str(exc.args[0])) from exc
    except BaseException as exc:  # the Lambda service: whatever the function raised is its answer
        raise _function_failed(exc) from exc


def _function_failed(error: BaseException) -> AdminError:
    return AdminError(500, "FUNCTION_FAILED", f"{type(error).__name__}: {error}")


def _drain(sandbox: Sandbox, body: bytes) -> dict[str, int]:
    request = _decode(body, DrainRequest) if body.strip() else DrainRequest()
    try:
        return sandbox.drain(request.timeout)
    except DrainTimeout as exc:
        raise AdminError(504, "DRAIN_TIMEOUT", str(exc)) from exc


def _google_requests(sandbox: Sandbox) -> Any:
    if sandbox.google is None:
        raise AdminError(404, "NOT_FOUND", "the Google API was started elsewhere; ask it")
    return sandbox.google.requests()


def _google_push(sandbox: Sandbox, body: bytes) -> dict[str, int]:
    if sandbox.google is None:
        raise AdminError(404, "NOT_FOUND", "the Google API was started elsewhere; ask it")
    try:
        return {"status": sandbox.google.push(_decode(body, PushRequest).account)}
    except LookupError as exc:
        raise AdminError(409, "NOT_WATCHED", str(exc.args[0])) from exc


def _decode(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as exc:
        raise AdminError(400, "INVALID_REQUEST", str(exc)) from exc
    except msgspec.DecodeError as exc:
        raise AdminError(400, "INVALID_JSON", f"the body is not JSON: {exc}") from exc


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    routes: dict[tuple[str, str], Route]

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is not worth a traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _answer(self) -> None:
        try:
            status, answer = 200, self._dispatch()
        except AdminError as exc:
            status, answer = exc.status, {"error": {"code": exc.code, "message": str(exc)}}
        except Exception as exc:  # noqa: BLE001  the boundary of a service: an answer, not a broken connection
            status = 500
            answer = {"error": {"code": "INTERNAL_SERVER_ERROR", "message": f"{type(exc).__name__}: {exc}"}}
        content = json.dumps(answer, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815

    def _dispatch(self) -> Any:
        body = self._body()
        path = urlsplit(self.path).path
        parent, _slash, segment = path.rpartition("/")
        route = self.server.routes.get((self.command, path))
        if route is not None:
            return route("", body)
        route = self.server.routes.get((self.command, f"{parent}/"))
        if route is not None and segment:
            return route(unquote(segment), body)
        known = ", ".join(f"{method} {known}" for method, known in self.server.routes)
        raise AdminError(404, "NOT_FOUND", f"no such thing here; there is {known}")

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            self.close_connection = True
            raise AdminError(413, "INVALID_REQUEST", "a body of at most a megabyte, please")
        return self.rfile.read(int(length))

    def log_message(self, *_args: object) -> None:
        """Say nothing."""
