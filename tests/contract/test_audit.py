"""The audit says when it could not look, instead of having found nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.audit import are_reachable


class Mirror(BaseHTTPRequestHandler):
    """Answers like a mirror of PyPI without advisories, below ``/empty``, or like PyPI, below ``/full``."""

    def do_GET(self) -> None:
        found = [{"id": "PYSEC-2022-202"}] if self.path.startswith("/full/pyjwt/") else []
        self.send_response(404 if self.path.startswith("/none/") else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"vulnerabilities": found}).encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_data_is_there_only_if_it_tells_of_a_known_vulnerability(mirror: str) -> None:
    assert are_reachable(f"{mirror}/full")
    assert not are_reachable(f"{mirror}/empty")
    assert not are_reachable(f"{mirror}/none")
    assert not are_reachable("http://127.0.0.1:9")


@pytest.mark.parametrize(("options", "status"), [([], 1), (["--if-reachable"], 0)])
def test_audit_without_data_says_so(mirror: str, options: list[str], status: int) -> None:
    command = [sys.executable, "-m", "tests.audit", "--advisories", f"{mirror}/empty", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert done.stdout.startswith("pip-audit was not run")
