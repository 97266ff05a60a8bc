"""The shape of the application: what importing it costs, what it declares, and how its modules are named."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
MODULES = sorted((PROJECT / "chalicelib").rglob("*.py"))

#: Handlers of SPEC section 2, which logs and IAM policies find by these names.
HANDLERS = {
    "signup_user",
    "login_user",
    "gmail_store_tokens",
    "get_user_profile",
    "delete_user",
    "fetch_invoices",
    "fetch_latest_invoice",
    "fetch_retail_invoices",
    "parse_invoice",
    "parse_retail_invoice",
    "get_invoices",
    "get_rental_invoice",
    "send_invoice_notification",
}
_LOOK = """
import json, sys
import app
routes = [[path, sorted(methods)] for path, methods in app.app.routes.items()]
names = sorted({entry.view_name for methods in app.app.routes.values() for entry in methods.values()})
names += sorted(source.name for source in app.app.event_sources)
print(json.dumps({"modules": sorted(sys.modules), "routes": routes, "names": names}))
"""


@cache
def fresh_import() -> dict[str, Any]:
    """What an interpreter that has just imported ``app`` says of itself; its environment has nothing of AWS."""
    environ = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", _LOOK], cwd=PROJECT, env=environ, capture_output=True, check=True)
    return dict(json.loads(done.stdout))


def routes() -> list[tuple[str, list[str]]]:
    return [(path, methods) for path, methods in fresh_import()["routes"]]


@pytest.mark.parametrize(
    "heavy", ["boto3", "botocore", "googleapiclient", "google.auth", "google.genai", "httplib2", "pdfplumber"]
)
def test_importing_the_application_loads_nothing_heavy(heavy: str) -> None:
    loaded = fresh_import()["modules"]
    assert "chalicelib.container" in loaded
    assert [name for name in loaded if name == heavy or name.startswith(f"{heavy}.")] == []


def test_importing_the_application_loads_few_modules() -> None:
    assert len(fresh_import()["modules"]) <= 240


def test_all_handlers_carry_their_names() -> None:
    assert set(fresh_import()["names"]) >= HANDLERS


def segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def children(parent: list[str]) -> set[str]:
    """The segments that stand below a resource of the deployed tree."""
    depth = len(parent)
    return {found[depth] for path, _ in routes() if len(found := segments(path)) > depth and found[:depth] == parent}


def resolved(path: str) -> str | None:
    """The resource that API Gateway finds for a request: segment by segment, literal first, never going back."""
    found: list[str] = []
    for segment in segments(path):
        known = children(found)
        variable = next((each for each in known if each.startswith("{")), None)
        chosen = segment if segment in known else variable
        if chosen is None:
            return None
        found.append(chosen)
    return "/" + "/".join(found)


def test_siblings_of_the_resource_tree_have_one_variable_name() -> None:
    for path, _methods in routes():
        parent = segments(path)[:-1]
        variables = {each for each in children(parent) if each.startswith("{")}
        assert len(variables) <= 1, parent


def test_every_route_is_found_as_api_gateway_resolves_it() -> None:
    for path, _methods in routes():
        values = re.sub(r"\{[^}]*\}", "value", path)
        assert resolved(values) == path


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/v1/invoices/rental", "/v1/invoices/{invoice_type}"),
        ("/v1/invoices/retail", "/v1/invoices/{invoice_type}"),
        ("/v1/invoices/rental/rent_1", "/v1/invoices/{invoice_type}/{invoice_id}"),
        ("/v1/invoices/rental/ingest", "/v1/invoices/{invoice_type}/ingest"),
        ("/v1/invoices/rental/ingest/latest", "/v1/invoices/{invoice_type}/ingest/latest"),
        ("/v1/invoices/retail/backfill", "/v1/invoices/{invoice_type}/backfill"),
        ("/v1/user/devices/1", "/v1/user/devices/{device_id}"),
        ("/v1/nowhere", None),
    ],
)
def test_paths_of_the_app_lead_to_their_routes(path: str, route: str | None) -> None:
    assert resolved(path) == route


def test_triggers_hold_no_logic() -> None:
    tree = ast.parse((PROJECT / "app.py").read_text(encoding="utf-8"))
    logic = (ast.If, ast.IfExp, ast.Try, ast.For, ast.While, ast.With, ast.Match)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, logic)] == []


def names_of_code() -> Iterator[tuple[Path, str]]:
    for path in [PROJECT / "app.py", *MODULES]:
        yield path, path.stem
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = (ast.ClassDef, ast.FunctionDef)
        yield from ((path, node.name) for node in ast.walk(tree) if isinstance(node, named))


def test_nothing_is_called_utils_helper_or_manager() -> None:
    vague = re.compile(r"(^|_)(utils?|common|misc)(_|$)|helper|manager", re.IGNORECASE)
    assert [f"{path.name}: {name}" for path, name in names_of_code() if vague.search(name)] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path.name for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_modules_stay_readable() -> None:
    lengths = {str(path.relative_to(PROJECT)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 350} == {}
