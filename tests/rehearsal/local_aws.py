"""The local AWS as a process of its own, with everything that it starts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import boto3
from botocore.config import Config

from tests.rehearsal.processes import end_group

REGION: Final = "eu-north-1"
#: ministack takes an access key of twelve digits for the root user of that account.
ACCOUNT: Final = "123456789012"
_STARTS_WITHIN = 60.0  # seconds


class LocalAwsFailed(Exception):
    """It did not start."""


class LocalAws:
    """ministack on a free port, with IAM enforced; a context manager.

    `python` has ministack, `lambda_python` what Lambda's runtime has; `folder` takes the log (`aws.log`) and whatever
    is written while it runs.
    """

    def __init__(self, python: Path, lambda_python: Path, folder: Path) -> None:
        self._python = python
        self._lambda_python = lambda_python
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "aws.log"
        self.port = _free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """What points boto3, and everything made of it, here; nothing of the person's own account is left in it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="rehearsal",
            config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=120),
        )

    def __enter__(self) -> LocalAws:
        scratch = self._folder / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        # Functions inherit the server's environment: they must find in it what Lambda gives them, and no more.
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_DEFAULT_REGION": REGION,
            "AUTH": "true",
            "LOG_LEVEL": "INFO",
            "LAMBDA_PYTHON": str(self._lambda_python),
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "tests.rehearsal.server"],
                cwd=Path(__file__).parents[2],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the server and every function that it started."""
        process, self._process = self._process, None
        if process is not None:
            end_group(process)

    def placeholders(self) -> list[dict[str, str]]:
        """Resources of the template that were accepted and not made, as `{"type", "logical_id"}`."""
        with urllib.request.urlopen(f"{self.url}/_rehearsal/placeholders", timeout=10) as answer:  # noqa: S310
            found: list[dict[str, str]] = json.load(answer)
        return found

    def let_a_week_pass(self) -> None:
        """Every schedule that fires at least once a week fires, once."""
        request = urllib.request.Request(f"{self.url}/_rehearsal/week", method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310

    def keep_logs(self, path: Path) -> None:
        """Writes what the functions logged, oldest first, one group after the other."""
        client = self.client("logs")
        with path.open("w", encoding="utf-8") as file:
            for groups in client.get_paginator("describe_log_groups").paginate():
                for group in groups["logGroups"]:
                    name = group["logGroupName"]
                    for page in client.get_paginator("filter_log_events").paginate(logGroupName=name):
                        file.writelines(f"{name} {event['message']}\n" for event in page["events"])

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise LocalAwsFailed(f"the local AWS ended at once: {_tail(self.log)}")
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5).close()  # noqa: S310 - our own server
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise LocalAwsFailed(f"the local AWS was not ready within {_STARTS_WITHIN:.0f} seconds: {_tail(self.log)}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
