"""Run by :mod:`package.check` in an interpreter that has what is deployed, what Lambda brings, and nothing else.

    python -I -S -B clean_check.py functions|image TASK_FOLDER RUNTIME_FOLDER

Uses everything that the functions, or the container function, use, against a server of its own in place of Google: what
was pruned too far fails here. Prints a line for each check; an exception ends it.
"""

from __future__ import annotations

import ast
import json
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

_HEAVY = ("boto3", "google.genai", "googleapiclient", "pdfplumber", "bcrypt", "jwt")
_AUDIENCE, _ACCOUNT = "https://example.com/v1/gmail/push", "push@example.iam.gserviceaccount.com"


class Google(BaseHTTPRequestHandler):
    """Gmail's profile, Google's certificates and Gemini's answer."""

    certificates: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        """Gmail and certificates."""
        self._answer(self.certificates if self.path == "/certs" else {"historyId": "4711"})

    def do_POST(self) -> None:
        """Gemini."""
        self.rfile.read(int(self.headers["Content-Length"]))
        candidate = {"content": {"role": "model", "parts": [{"text": '{"is_purchase": true}'}]}, "finishReason": "STOP"}
        self._answer({"candidates": [candidate]})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Nothing: what is printed are checks."""

    def _answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Checks:
    """Each public method is one check; :data:`CHECKS` says which apply to what."""

    def __init__(self, task: Path, runtime: Path, google: str) -> None:
        self._task, self._runtime, self._google = task, runtime, google

    def importing_the_application_loads_nothing_heavy(self) -> None:
        import_module("app")
        _expect([name for name in _HEAVY if name in sys.modules], [])

    def every_handler_is_there(self) -> None:
        module: Any = import_module("app")
        names = ["app", *(source.name for source in module.app.event_sources)]
        _expect([name for name in names if not callable(getattr(module, name))], [])

    def every_import_of_the_application_succeeds(self) -> None:
        for file in sorted(self._task.glob("chalicelib/**/*.py")):
            for module, name in _imports(ast.parse(file.read_text(encoding="utf-8"))):
                found = import_module(module)
                if name and not hasattr(found, name):
                    import_module(f"{module}.{name}")

    def the_reference_and_its_assets_are_served(self) -> None:
        page = self._get("/v1/docs")
        _expect("swagger-ui-bundle.js?v=" in page, True)
        _expect(len(self._get("/v1/docs/{asset}", "swagger-ui-bundle.js")) > 100_000, True)
        _expect(len(self._get("/v1/docs/{asset}", "swagger-ui.css")) > 10_000, True)
        _expect(json.loads(self._get("/v1/openapi.json"))["openapi"][:3], "3.1")

    def passwords_are_hashed_and_checked(self) -> None:
        from chalicelib.adapters.passwords import Passwords

        passwords = Passwords(cost=4)
        _expect(passwords.matches("correct horse", passwords.hash("correct horse")), True)

    def an_rs256_token_is_verified(self) -> None:
        import jwt
        from cryptography.hazmat.primitives.asymmetric import rsa

        from chalicelib.adapters.google_id_tokens import GoogleCertificates, GoogleIdTokens

        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        Google.certificates = {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}
        now = datetime.now(UTC)
        claims = {"iss": "https://accounts.google.com", "aud": _AUDIENCE, "email": _ACCOUNT, "email_verified": True}
        claims |= {"iat": now, "exp": now + timedelta(minutes=5)}
        token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})
        GoogleIdTokens(GoogleCertificates(f"{self._google}/certs"), _AUDIENCE, _ACCOUNT).verify(token)

    def gmail_is_called_by_its_static_description(self) -> None:
        from chalicelib.adapters.gmail import GmailMailbox
        from chalicelib.domain.gmail import GmailGrant

        expires = datetime.now(UTC) + timedelta(hours=1)
        grant = GmailGrant(access_token="t", account="1", email="a@example.com", scope="", expires_at=expires)  # noqa: S106
        _expect(GmailMailbox(grant, lambda: grant, self._google, lambda _units: None).history_id(), "4711")

    def gemini_answers(self) -> None:
        from chalicelib.adapters.aws import AwsClients
        from chalicelib.adapters.gemini import Gemini
        from chalicelib.adapters.secrets import AppSecrets
        from chalicelib.parsing.model.prompt import ModelPrompt
        from chalicelib.settings import Settings

        settings = Settings(gemini_api_key="key", gemini_base_url=self._google)
        prompt = ModelPrompt(instruction="Read.", document="Kvitto", schema={"type": "object"}, identity="1")
        answer = Gemini(AppSecrets(AwsClients()), settings).extract(prompt)
        _expect(json.loads(answer), {"is_purchase": True})

    def a_pdf_is_read_in_a_process_of_its_own(self) -> None:
        _expect(text_of(_LATIN), "Totalt att betala: 8 432")

    def a_pdf_is_read_whose_chinese_font_is_not_embedded(self) -> None:
        _expect(text_of(_CHINESE), "\u53d1\u7968")

    def a_mail_becomes_text(self) -> None:
        from chalicelib.parsing.visible.text import visible_text

        _expect("849,00 kr" in visible_text("<p>Summa <b>849,00 kr</b></p>").text, True)

    def every_client_of_aws_can_be_made(self) -> None:
        from chalicelib.adapters.aws import AwsClients

        for service in ("dynamodb", "s3", "secretsmanager", "sns", "sqs", "lambda"):
            AwsClients().client(service)

    def the_handler_of_the_image_is_wired(self) -> None:
        handler: Any = import_module("handler")
        _expect(callable(handler.handle), True)
        _expect(type(handler.container.parse_document).__name__, "ParseDocument")

    def nothing_came_from_elsewhere(self) -> None:
        library = Path(json.__file__).resolve().parents[1]
        allowed = tuple(f"{each.resolve()}/" for each in (self._task, self._runtime, library, *_linked(self._runtime)))
        files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        outside = {file for file in files if file and not str(Path(file).resolve()).startswith(allowed)}
        _expect(outside - {str(Path(__file__).resolve()), __file__, str(self._runtime / "six.py")}, set())

    def _get(self, resource: str, asset: str = "") -> str:
        application: Any = import_module("app").app
        context = {
            "httpMethod": "GET",
            "resourcePath": resource,
            "requestId": "1",
            "identity": {"sourceIp": "192.0.2.1"},
        }
        event = {
            "requestContext": context | {"path": resource, "stage": "api"},
            "headers": {},
            "multiValueQueryStringParameters": None,
            "pathParameters": {"asset": asset} if asset else {},
            "stageVariables": None,
            "body": None,
            "isBase64Encoded": False,
        }
        answer = application(event, None)
        _expect(answer["statusCode"], 200)
        return str(answer["body"])


def text_of(document: bytes) -> str:
    """What a PDF says, read as the functions read it: in a process of its own, but with patience for a busy machine."""
    from chalicelib.parsing.pdf.isolation import Limits, run_isolated
    from chalicelib.parsing.pdf.retail import RetailPdf

    read: RetailPdf = run_isolated("retail_pdf", document, RetailPdf, Limits(seconds=60)).value
    return read.text.strip()


_OF_BOTH = (
    Checks.gemini_answers,
    Checks.a_pdf_is_read_in_a_process_of_its_own,
    Checks.a_pdf_is_read_whose_chinese_font_is_not_embedded,
    Checks.a_mail_becomes_text,
    Checks.every_client_of_aws_can_be_made,
    Checks.nothing_came_from_elsewhere,
)
CHECKS: dict[str, tuple[Callable[[Checks], None], ...]] = {
    "functions": (
        Checks.importing_the_application_loads_nothing_heavy,
        Checks.every_handler_is_there,
        Checks.every_import_of_the_application_succeeds,
        Checks.the_reference_and_its_assets_are_served,
        Checks.passwords_are_hashed_and_checked,
        Checks.an_rs256_token_is_verified,
        Checks.gmail_is_called_by_its_static_description,
        *_OF_BOTH,
    ),
    "image": (Checks.the_handler_of_the_image_is_wired, *_OF_BOTH),
}


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Every import of a module, wherever it stands, but for those that only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        yield from _imports(node)


def _linked(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()]


def pdf(font: str, content: str, pages: int = 1) -> bytes:
    """So many pages of the same content, which may show text with the font /F1."""
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        font,
        *[page] * pages,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return out + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode("ascii")


HELVETICA = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_LATIN = pdf(HELVETICA, "BT /F1 12 Tf 72 720 Td (Totalt att betala: 8 432) Tj ET")
#: "Invoice" in a font that the reader is supposed to have (ISO 32000-1, 9.7.5.2 and table 118).
_CHINESE = pdf(
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880/Descent -120>>>>]>>",
    "BT /F1 12 Tf 72 720 Td <53D17968> Tj ET",
)


def _expect(found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def main() -> int:
    """Runs the checks of what is named, in their order; returns 0 or raises."""
    what, task, runtime = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # Lambda's order: the function's code, the standard library, what the runtime brings.
    sys.path.insert(0, str(task))
    sys.path.append(str(runtime))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Google)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    checks = Checks(task, runtime, f"http://127.0.0.1:{server.server_port}")
    for check in CHECKS[what]:
        check(checks)
        sys.stdout.write(f"  {check.__name__.replace('_', ' ')}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
