"""Run by :mod:`package.measure`: takes one path through the application from a cold start, and says what it cost.

    python -I -S -B clean_measures.py NAME TASK_FOLDER RUNTIME_FOLDER

Prints JSON: seconds of CPU of this process and its children, and the peak memory in MiB of this process and, apart, of
the largest of its children.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

# What follows is needed before the measurement begins, and is not the application's.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from package.clean_check import HELVETICA, Google, pdf, text_of

sys.path.pop()

#: A receipt of 60 lines in 150 KB of the style sheets and tables that mails are made of.
_ROW = (
    "<tr><td style='font-family:Arial;padding:4px 8px 4px 8px;color:#333333'>Tröja, svart</td><td>129,00 kr</td></tr>"
)
_MAIL = (
    f"<html><head><style>{'.a{color:red;margin:0}' * 6000}</style></head><body><h1>Tack för din beställning</h1>"
    f"<p>Ordernummer: 4711-20</p><table>{_ROW * 60}</table><p>Summa: 7 740,00 kr</p></body></html>"
)
_LINE = "1 0 0 1 40 {y} Tm (Hyra lagenhet 1204 januari 2025, Storgatan 12, 123 45 Exempelby   8 432,00) Tj"


def _page(lines: int) -> str:
    return "BT /F1 9 Tf " + " ".join(_LINE.format(y=820 - 14 * line) for line in range(lines)) + " ET"


def import_app() -> None:
    """What every cold start pays."""
    import_module("app")


def _aws(*services: str) -> None:
    from chalicelib.adapters.aws import AwsClients

    import_app()
    clients = AwsClients()
    for service in services:
        clients.client(service)


def api_request() -> None:
    """A request that is authenticated and reads a table."""
    import jwt

    _aws("dynamodb", "secretsmanager")
    jwt.decode(jwt.encode({"user_id": "1"}, "k" * 32), "k" * 32, algorithms=["HS256"])


def log_in() -> None:
    """A log-in: one run of bcrypt at cost 12 beside that."""
    from chalicelib.adapters.passwords import Passwords

    api_request()
    Passwords(12).matches("correct horse", None)


def bcrypt_alone() -> None:
    """One run of bcrypt, in a process that has only that."""
    import bcrypt

    bcrypt.checkpw(b"correct horse", b"$2b$12$" + b"." * 53)


def gmail() -> None:
    """An ingestion up to Gmail's first answer."""
    from chalicelib.adapters.gmail import GmailMailbox
    from chalicelib.domain.gmail import GmailGrant

    _aws("dynamodb", "secretsmanager", "s3", "sqs")
    expires = datetime.now(UTC) + timedelta(hours=1)
    grant = GmailGrant(access_token="t", account="1", email="a@example.com", scope="", expires_at=expires)  # noqa: S106
    GmailMailbox(grant, lambda: grant, _GOOGLE[0], lambda _units: None).history_id()


def enqueue() -> None:
    """A schedule: reads users, fills the queue."""
    _aws("dynamodb", "sqs")


def notify() -> None:
    """A stream record: reads, and publishes."""
    _aws("dynamodb", "sns")


def hand_over() -> None:
    """The dispatcher where there is a container function."""
    _aws("lambda")


def _read_pdf(pages: int, lines: int) -> None:
    from chalicelib.parsing.pdf.isolation import stop_workers

    _aws("s3", "dynamodb")
    text_of(pdf(HELVETICA, _page(lines), pages))
    stop_workers()  # a worker's costs are counted when it has ended


def pdf_of_one_page() -> None:
    """A notice of 40 lines."""
    _read_pdf(1, 40)


def pdf_of_fifty_pages() -> None:
    """The longest PDF that is read: 50 pages, 180,000 glyphs."""
    _read_pdf(50, 48)


def _receipt(model: bool) -> None:
    from chalicelib.domain.mail import MailContext
    from chalicelib.parsing.retail import extract_from_html

    _aws("s3", "dynamodb", "secretsmanager")
    mail = MailContext(subject="Orderbekräftelse", sender_address="order@example.com", date=datetime.now(UTC))
    if model:
        _ask()
    extract_from_html(_MAIL, mail)


def receipt_by_rules() -> None:
    """A mail of 150 KB, read by rules."""
    _receipt(model=False)


def receipt_by_model() -> None:
    """The same, and Gemini asked before."""
    _receipt(model=True)


def _ask() -> None:
    from chalicelib.adapters.aws import AwsClients
    from chalicelib.adapters.gemini import Gemini
    from chalicelib.adapters.secrets import AppSecrets
    from chalicelib.parsing.model.prompt import ModelPrompt
    from chalicelib.settings import Settings

    settings = Settings(gemini_api_key="key", gemini_base_url=_GOOGLE[0])
    prompt = ModelPrompt(instruction="Read.", document="Kvitto", schema={"type": "object"}, identity="1")
    Gemini(AppSecrets(AwsClients()), settings).extract(prompt)


PATHS: tuple[Callable[[], None], ...] = (
    import_app,
    api_request,
    bcrypt_alone,
    log_in,
    gmail,
    enqueue,
    notify,
    hand_over,
    pdf_of_one_page,
    pdf_of_fifty_pages,
    receipt_by_rules,
    receipt_by_model,
)
_GOOGLE: list[str] = []


def main() -> int:
    """Runs the named path; returns 0 or raises."""
    path = next(each for each in PATHS if each.__name__ == sys.argv[1])
    sys.path.insert(0, sys.argv[2])
    sys.path.append(sys.argv[3])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Google)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _GOOGLE.append(f"http://127.0.0.1:{server.server_port}")
    before = _cpu()
    path()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found = {"cpu": _cpu() - before, "own": int(status["VmHWM"].split()[0]) / 1024, "children": children / 1024}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    sys.exit(main())
