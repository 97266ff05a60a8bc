"""Lambda's side of a container function: the runtime API, environments that poll it, and what happens on a time-out.

Source: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes" (2018-06-01) and "Understanding
the Lambda execution environment lifecycle". The function's side is AWS's own runtime interface client, which the base
image starts as ``python -m awslambdaric <handler>``.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

_API = "/2018-06-01/runtime"
ARN = "arn:aws:lambda:eu-north-1:123456789012:function:paypulse-parse-invoice"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an invocation, or of a start: "response", "error", "init error", "timeout" or "ready"."""

    kind: str
    value: Any = None


class _RuntimeApi(ThreadingHTTPServer):
    """One environment's endpoint. ``started`` and ``ended`` hold outcomes in the order in which they come."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.waiting: queue.Queue[tuple[str, bytes, float] | None] = queue.Queue()
        self.started: queue.Queue[Outcome] = queue.Queue()
        self.ended: queue.Queue[Outcome] = queue.Queue()


class _Handler(BaseHTTPRequestHandler):
    server: _RuntimeApi

    def do_GET(self) -> None:
        assert self.path == f"{_API}/invocation/next"
        self.server.started.put(Outcome("ready"))
        invocation = self.server.waiting.get()
        if invocation is None:
            self.close_connection = True
            return
        request_id, payload, seconds = invocation
        self._answer(
            200,
            payload,
            {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": ARN,
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        value = json.loads(body) if body else None
        if self.path == f"{_API}/init/error":
            self.server.started.put(Outcome("init error", value))
        else:
            self.server.ended.put(Outcome(self.path.rpartition("/")[2], value))
        self._answer(202, b'{"status": "OK"}', {"Content-Type": "application/json"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Nothing."""

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Environment:
    """An execution environment: a process with the image's files, started when entered, and killed on a time-out.

    ``task`` is the image's ``LAMBDA_TASK_ROOT``; ``environ`` is the function's configuration.
    """

    def __init__(self, task: Path, environ: Mapping[str, str], log: Path) -> None:
        self._task, self._environ, self._log = task, dict(environ), log
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as parts:
            self._api = parts.enter_context(_RuntimeApi())
            parts.callback(self._api.shutdown)
            threading.Thread(target=self._api.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            environ = self._environ | {
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
                "AWS_LAMBDA_FUNCTION_NAME": ARN.rpartition(":")[2],
                "LAMBDA_TASK_ROOT": str(self._task),
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", "handler.handle"],
                cwd=self._task,
                env=environ,
                stdout=parts.enter_context(self._log.open("ab")),
                stderr=subprocess.STDOUT,
            )
            parts.callback(self._process.wait)
            parts.callback(self._process.kill)
            parts.callback(self._api.waiting.put, None)
            self._running = parts.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._running.close()

    def start(self, seconds: float = 30) -> Outcome:
        """The end of the cold start: the first poll, or the error that prevented it."""
        return self._api.started.get(timeout=seconds)

    def invoke(self, payload: object, seconds: float = 30, *, until: threading.Event | None = None) -> Outcome:
        """One invocation. What does not end in time is killed, as Lambda kills it: the environment is gone then.

        With ``until``, time is up at that event, and not before.
        """
        self._api.waiting.put((str(uuid.uuid4()), json.dumps(payload).encode(), seconds))
        try:
            if until is None:
                return self._api.ended.get(timeout=seconds)
            assert until.wait(seconds)
            return self._api.ended.get_nowait()
        except queue.Empty:
            self._process.kill()
            return Outcome("timeout")

    def wait(self, seconds: float = 10) -> int:
        """The exit status of a process that ends."""
        return self._process.wait(seconds)

    @property
    def status(self) -> int | None:
        """The process's exit status; None while it runs."""
        return self._process.poll()

    @property
    def log(self) -> str:
        """What the function wrote, which Lambda sends to CloudWatch."""
        return self._log.read_text(encoding="utf-8")


class TroubledAws(ThreadingHTTPServer):
    """An endpoint of AWS that refuses everything, or, once ``hangs`` is set, answers nothing until it is left."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refusal)
        self.hangs = False
        self.left = threading.Event()
        self.asked = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.left.set()
        self.shutdown()
        self.server_close()


class _Refusal(BaseHTTPRequestHandler):
    server: TroubledAws

    def do_GET(self) -> None:
        self.server.asked.set()
        if self.server.hangs:
            self.server.left.wait()
            return
        body = b"<Error><Code>AccessDenied</Code><Message>somebody</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 - named by http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Nothing."""
