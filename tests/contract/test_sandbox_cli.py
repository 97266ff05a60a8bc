"""`python -m tests.sandbox serve` as people and scripts use it: a process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SMALL_APP = Path(__file__).with_name("small_app.py")
FREE = ["--port", "0", "--admin-port", "0", "--aws-port", "0", "--google-port", "0"]


@contextmanager
def sandbox(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.sandbox", "serve", "--app", str(SMALL_APP), *FREE, *options]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_says_ready_once_everything_answers_and_stops_on_a_signal(number: signal.Signals) -> None:
    with sandbox() as process:
        ready, address = first_line(process).split()
        assert ready == "ready"
        request = urllib.request.Request(f"{address}/v1/echo", b"{}", {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert answer.status == 200
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
        assert process.returncode == 0
        assert rest == ""
        assert "Traceback" not in errors


def test_signal_during_the_start_stops_it_too() -> None:
    with sandbox() as process:
        process.send_signal(signal.SIGTERM)
        output, _errors = process.communicate(timeout=20)
        assert output == ""


def test_taken_port_ends_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = str(occupant.getsockname()[1])
        with sandbox("--port", port) as process:
            output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert f"port {port} is taken" in errors
    assert "Traceback" not in errors


def test_missing_mailbox_ends_with_a_sentence(tmp_path: Path) -> None:
    with sandbox("--mailbox", str(tmp_path / "nowhere")) as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert "no such directory" in errors
