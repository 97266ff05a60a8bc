"""Command line of the sandbox: `python -m tests.sandbox serve` and `python -m tests.sandbox demo`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from tests.sandbox.application import PROJECT
from tests.sandbox.demo import run_demo
from tests.sandbox.journey import StepFailed
from tests.sandbox.sample import load_sample_vendors, prepare_sample_user, things_to_try
from tests.sandbox.samples.mailbox import write_sample_mailbox
from tests.sandbox.sandbox import PortTaken, Sandbox

_STOPS_WITHIN = 2.5  # seconds; a handler that does not return is left behind


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "demo":
        return run_demo(options.app)
    if options.mailbox is not None and not options.mailbox.is_dir():
        print(f"no such directory: {options.mailbox}", file=sys.stderr)
        return 2
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    return _serve(options, _claim_stdout())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="the whole journey on the sample mailbox, on free ports")
    serve = commands.add_parser("serve", help="run the whole system until interrupted")
    serve.add_argument("--port", type=int, default=8000, help="REST API (%(default)s; 0: any free one)")
    serve.add_argument("--admin-port", type=int, default=8001, help="admin port (%(default)s)")
    serve.add_argument("--aws-port", type=int, default=8002, help="AWS emulator (%(default)s)")
    serve.add_argument("--google-port", type=int, default=8003, help="Google emulator (%(default)s)")
    mails = serve.add_mutually_exclusive_group()
    mails.add_argument("--mailbox", type=Path, metavar="DIR", help="mails: DIR/<account>/**/*.eml, DIR/*.eml")
    mails.add_argument("--sample", action="store_true", help="the sample mailbox, and a user who has connected it")
    serve.add_argument("--aws-url", metavar="URL", help="use the AWS endpoint that runs there")
    serve.add_argument("--google-url", metavar="URL", help="use the Gmail API that runs there")
    serve.add_argument("--gemini", action="store_true", help="with an emulated model (off: rules read receipts)")
    serve.add_argument("--push", action="store_true", help="with Gmail's push (on with --sample, off otherwise)")
    for command in (demo, serve):
        command.add_argument("--app", type=Path, default=PROJECT / "app.py", metavar="FILE", help="another app.py")
    return parser


def _claim_stdout() -> TextIO:
    """The real stdout, for one line; whatever else prints goes to stderr from now on."""
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return stdout


def _serve(options: argparse.Namespace, stdout: TextIO) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    with tempfile.TemporaryDirectory(prefix="paypulse-sample-") as folder:
        if options.sample:
            options.mailbox = write_sample_mailbox(Path(folder)).directory
        return _serve_until_interrupted(options, stdout)


def _serve_until_interrupted(options: argparse.Namespace, stdout: TextIO) -> int:
    sandbox = Sandbox(
        options.mailbox,
        options.port,
        options.admin_port,
        options.aws_port,
        options.google_port,
        aws_url=options.aws_url,
        google_url=options.google_url,
        gemini=options.gemini,
        gmail_push=options.push or options.sample,
        app_path=options.app,
    )
    try:
        with sandbox:
            if options.sample:
                _prepare_sample(sandbox)
            print(f"ready {sandbox.url}", file=stdout, flush=True)
            threading.Event().wait()
    except (PortTaken, StepFailed) as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def _prepare_sample(sandbox: Sandbox) -> None:
    load_sample_vendors(sandbox)
    prepare_sample_user(sandbox)
    lines = things_to_try(sandbox.url, sandbox.admin_url)
    print("\nThe sample mailbox and its user are ready. Try, in another terminal:\n", file=sys.stderr)
    print("".join(f"  {line}\n" for line in lines), file=sys.stderr, flush=True)


def _end(_number: int, _frame: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    last_resort = threading.Timer(_STOPS_WITHIN, os._exit, args=(0,))
    last_resort.daemon = True
    last_resort.start()
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
