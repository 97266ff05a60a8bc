"""`python -m tests.sandbox demo`: the whole journey on the sample mailbox, shown as it happens and told at the end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NoReturn, TextIO

from tests.sandbox import sample, summary
from tests.sandbox.journey import StepFailed
from tests.sandbox.samples.mailbox import SampleMailbox, write_sample_mailbox
from tests.sandbox.samples.truth import mistakes
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.terminal import Terminal
from tests.sandbox.tour import Findings, Walk, take_tour

_STOPS_WITHIN: Final = 2.5  # seconds, as in `serve`
_INTERRUPTED: Final = 130  # what shells report for Ctrl-C
_API, _ADMIN = "http://127.0.0.1:8000", "http://127.0.0.1:8001"  # where `make serve` listens


class Interrupted(BaseException):
    """Ctrl-C, or an end asked for by the system."""


def run_demo(app_path: Path) -> int:
    """Runs it; returns the exit status. Says in one sentence on stderr what went wrong, if anything."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    with _quiet() as (stdout, stderr, log):
        terminal = Terminal.of(stdout, os.environ)
        try:
            problem: str | None = _demo(terminal, app_path)
        except BrokenPipeError:
            problem = ""  # the reader has seen enough: `make demo | head`
        except Interrupted:
            terminal.done("  Stopped.")
            problem = None
        except Exception as exc:  # the boundary to a person: one sentence; the rest is in the log
            reason = str(exc) if isinstance(exc, StepFailed) else f"{type(exc).__name__}: {exc}"
            logging.getLogger(__name__).exception("the demo failed")
            problem = " ".join(reason.split()).rstrip(".")
        if problem:
            print(f"The demo failed: {problem}. Details: {_keep(log)}", file=stderr, flush=True)
    if problem is None:
        # Requests may still be in flight, and a thread in C code can abort an interpreter that winds down.
        os._exit(_INTERRUPTED)
    return 1 if problem else 0


def _demo(terminal: Terminal, app_path: Path) -> str:
    """Returns what is not as it should be, or nothing."""
    began = time.monotonic()
    today = datetime.now(UTC).date()
    terminal.line()
    terminal.line(f"  {terminal.paint('PayPulse Cloud', 'bold')}: the whole journey, on this machine")
    terminal.line()
    walk = Walk(terminal)
    with tempfile.TemporaryDirectory(prefix="paypulse-demo-") as folder:
        with walk.step("Write a tenant's mailbox") as note:
            mailbox = write_sample_mailbox(Path(folder), today)
            note.text = f"{len(mailbox.mails)} mails"
        with walk.step("Start AWS, Google, REST API, events") as note:
            sandbox = Sandbox(Path(folder), app_path=app_path).start()
            note.text = "all in one process"
        try:
            sample.load_sample_vendors(sandbox)
            findings = take_tour(walk, sandbox, today)
        finally:
            sandbox.stop()
    _tell(terminal, findings, mailbox, today)
    terminal.line()
    terminal.line("  " + terminal.paint(f"All of it took {time.monotonic() - began:.0f} seconds.", "dim"))
    return mistakes(mailbox, findings.rental, findings.purchases)


def _tell(terminal: Terminal, findings: Findings, mailbox: SampleMailbox, today: date) -> None:
    if findings.rental is not None:
        summary.show_invoices(terminal, findings.rental)
        summary.show_rent(terminal, findings.rental.all())
    if findings.purchases is not None:
        summary.show_purchases(terminal, findings.purchases, today)
    summary.show_refusals(terminal, findings.documents, mailbox.decoys)
    owners = {each.user_id for each in findings.notifications if each.user_id}
    summary.show_notifications(terminal, findings.notifications, dict.fromkeys(owners, "Alice"))
    summary.show_costs(terminal, findings.costs)
    terminal.heading("Try it: `make serve` in another terminal, then")
    for line in sample.things_to_try(_API, _ADMIN):
        terminal.line("  " + line)


@contextmanager
def _quiet() -> Iterator[tuple[TextIO, TextIO, Path]]:
    """The real stdout and stderr for the demo, and the file that everything else is written to meanwhile."""
    sys.stdout.flush()
    stdout = os.fdopen(os.dup(1), "w", encoding=sys.stdout.encoding)
    stderr = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    handle, name = tempfile.mkstemp(prefix="paypulse-demo-", suffix=".log")
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        yield stdout, stderr, Path(name)
    finally:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        os.close(handle)
        Path(name).unlink(missing_ok=True)


def _keep(log: Path) -> Path:
    """Renames the log, so that it outlives the demo."""
    return log.rename(log.with_suffix(".failed.log"))


def _interrupt(_number: int, _frame: object) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    last_resort = threading.Timer(_STOPS_WITHIN, os._exit, args=(_INTERRUPTED,))
    last_resort.daemon = True
    last_resort.start()
    raise Interrupted
