"""`python -m tests.sandbox demo` and `serve --sample` as people run them: processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sandbox.application import PROJECT
from tests.sandbox.samples.mailbox import SampleMailbox, write_sample_mailbox
from tests.sandbox.terminal import number

DEMO = [sys.executable, "-m", "tests.sandbox", "demo"]
SERVE = [sys.executable, "-m", "tests.sandbox", "serve", "--sample"]
FREE_PORTS = ["--port", "0", "--admin-port", "0", "--aws-port", "0", "--google-port", "0"]
ENVIRON = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "PYTHONIOENCODING"}}


@pytest.fixture(scope="module")
def demo() -> subprocess.CompletedProcess[str]:
    environ = ENVIRON | {"PYTHONUTF8": "1", "COLUMNS": "100"}
    return subprocess.run(
        DEMO, cwd=PROJECT, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> SampleMailbox:
    return write_sample_mailbox(tmp_path_factory.mktemp("mailbox"), datetime.now(UTC).date())


def test_demo_succeeds_and_writes_for_people_only(demo: subprocess.CompletedProcess[str]) -> None:
    assert (demo.returncode, demo.stderr) == (0, "")
    assert "Traceback" not in demo.stdout
    assert "\x1b" not in demo.stdout
    assert "\r" not in demo.stdout
    assert max(map(len, demo.stdout.splitlines())) <= 100


def test_demo_shows_every_rental_invoice_of_the_sample(
    demo: subprocess.CompletedProcess[str], mailbox: SampleMailbox
) -> None:
    assert f"Rental invoices: {len(mailbox.notices)}" in demo.stdout
    for notice in mailbox.notices:
        rows = [line for line in demo.stdout.splitlines() if line.rstrip().endswith(notice.reference)]
        assert len(rows) == 1
        assert f" {number(notice.total)} " in rows[0]
        assert notice.payee in rows[0]


def test_demo_shows_what_each_category_cost_in_a_year(
    demo: subprocess.CompletedProcess[str], mailbox: SampleMailbox
) -> None:
    assert f"Purchases: {len(mailbox.purchases)}," in demo.stdout
    swedish = [each for each in mailbox.purchases if each.receipt.currency == "SEK"]
    for category in {each.sub_type for each in swedish}:
        total = number(sum(each.total for each in swedish if each.sub_type == category))
        assert re.search(rf"^  {category} .* {total}  [█▏▎▍▌▋▊▉]+$", demo.stdout, re.MULTILINE)


def test_demo_says_what_was_refused_announced_and_spent(
    demo: subprocess.CompletedProcess[str], mailbox: SampleMailbox
) -> None:
    assert demo.stdout.count("  ✗ ") == sum(bad.reason != "not_a_rental_notice" for bad in mailbox.bad)
    for decoy in mailbox.decoys:
        if decoy.has_file:
            assert f"  · {decoy.subject} " in demo.stdout
    assert "Middag på söndag?" not in demo.stdout
    assert "to Alice, by push and email" in demo.stdout
    assert re.search(r"\d+ rental invoices imported from your mail", demo.stdout)
    assert re.search(r"rent, once more +2 +6 ", demo.stdout)


def test_interrupted_demo_stops_cleanly() -> None:
    with subprocess.Popen(
        DEMO, cwd=PROJECT, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            while "signup" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert output.rstrip().endswith("Stopped.")
    assert errors == ""


def test_failing_demo_says_so_in_one_sentence_and_keeps_its_log(tmp_path: Path) -> None:
    failed = subprocess.run(
        [*DEMO, "--app", str(PROJECT / "tests" / "contract" / "small_app.py")],
        cwd=PROJECT,
        env=ENVIRON | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert failed.returncode == 1
    sentence = r"The demo failed: POST /v1/auth/signup answered 40\d.*\. Details: (.*\.log)\n"
    told = re.fullmatch(sentence, failed.stderr)
    assert told is not None
    assert [path.name for path in tmp_path.iterdir()] == [Path(told[1]).name]
    assert "StepFailed" in Path(told[1]).read_text(encoding="utf-8")
    assert "Traceback" not in failed.stdout


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*SERVE, *FREE_PORTS], cwd=PROJECT, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_served_sample_has_a_user_who_can_log_in_as_told(served: subprocess.Popen[str]) -> None:
    assert served.stdout is not None
    assert served.stderr is not None
    ready, url = served.stdout.readline().split()
    assert ready == "ready"
    credentials = json.dumps({"email": "alice@gmail.com", "password": "correct horse 7"}).encode()
    request = urllib.request.Request(f"{url}/v1/auth/login", credentials, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        token = json.load(answer)["data"]["access_token"]
    profile = urllib.request.Request(f"{url}/v1/user/me", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    with urllib.request.urlopen(profile, timeout=20) as answer:  # noqa: S310
        assert json.load(answer)["data"]["gmail_status"] == "connected"
    served.send_signal(signal.SIGINT)
    rest, told = served.communicate(timeout=20)
    assert (rest, served.returncode) == ("", 0)
    assert f"A={url}/v1" in told
    assert "correct horse 7" in told
