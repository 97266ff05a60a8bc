"""`chalice local` as a thread: the REST API of the application, with the manners of API Gateway."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer, ThreadedHTTPServer

from tests.sandbox.faults import ProcessKilled
from tests.sandbox.functions import running_function

_MOST_BYTES = 10 * 1024 * 1024  # of a request: quota of API Gateway
_ERROR_502 = b'{"message": "Internal server error"}'


def chalice_config(project: Path, app: Any, stage: str = "dev") -> Config:
    """The project's Chalice configuration of a stage; an empty one when there is no `.chalice/config.json`."""
    path = project / ".chalice" / "config.json"
    on_disk = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    given = {"chalice_app": app, "project_dir": str(project)}
    return Config(chalice_stage=stage, user_provided_params=given, config_from_disk=on_disk)


def function_timeouts(config: Config, names: list[str]) -> dict[str, int]:
    """Configured seconds per function, for those that have any."""
    configured = {name: config.scope(config.chalice_stage, name).lambda_timeout for name in names}
    return {name: seconds for name, seconds in configured.items() if seconds}


class _ApiRequestHandler(ChaliceRequestHandler):
    """Chalice's handler with keep-alive at full speed and API Gateway's answers where Chalice drops the connection."""

    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for head and body

    def _parse_payload(self) -> tuple[dict[str, str], bytes | None]:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length > 0 else None
        if body is not None and self.headers.get("content-type", "") not in self._binary_types:
            # API Gateway hands text to Lambda as a string, with U+FFFD for what is no UTF-8.
            body = body.decode("utf-8", "replace").encode()
        return dict(self.headers), body

    @property
    def _binary_types(self) -> list[str]:
        types: list[str] = self.local_gateway._app_object.api.binary_types
        return types

    def _generic_handle(self) -> None:
        length = self.headers.get("content-length") or "0"
        if not length.isdecimal():
            self.close_connection = True
            self._send_http_response(400, {}, b'{"message": "Bad Request"}')
            return
        if int(length) > _MOST_BYTES:
            self.close_connection = True
            self._send_http_response(413, {}, b'{"message": "Request Too Long"}')
            return
        token = running_function.set("api_handler")
        try:
            super()._generic_handle()
        except (Exception, ProcessKilled):  # noqa: BLE001  a function that crashed is API Gateway's 502
            self._send_http_response(502, {}, _ERROR_502)
        finally:
            running_function.reset(token)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class _ApiServer(ThreadedHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is not worth a traceback."""


class LocalApi:
    """Serves the routes of `app` on a port (0: a free one) until stopped. OSError when the port is taken."""

    def __init__(self, app: Any, config: Config, port: int = 0, host: str = "127.0.0.1") -> None:
        # What chalice.local.create_local_server does, without its class that all apps of a process share.
        app.__class__ = type("LocalApp", (LocalChalice, app.__class__), {})
        server = LocalDevServer(app, config, host, port, _ApiRequestHandler, _ApiServer)
        self._http = server.server
        self.url = f"http://{host}:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="api", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join(timeout=2)
        self._http.server_close()
