"""``/v1/openapi.json`` and ``/v1/docs``: the document, and Swagger UI to read and try it.

Swagger UI comes from the package ``flask-openapi3-swagger`` (its plug-in for Flask is not imported); the page, what
starts the viewer and our style are files beside this module. All is served from here, and the page's policy forbids
the browser to load anything from elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.errors import NotFound
from chalicelib.http.envelope import File, encode

if TYPE_CHECKING:
    from chalicelib.http.api import Route

_OURS = Path(__file__).parent
_PACKAGE = "flask_openapi3_swagger"
_PACKAGED = {
    "swagger-ui.css": "templates/swagger/css/swagger-ui.css",
    "swagger-ui-bundle.js": "templates/swagger/js/swagger-ui-bundle.js",
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_ASSETS = ("reference.css", "reference.js", *_PACKAGED)
#: An asset's address carries a digest of its content (``?v=``), so a browser may keep it for good (RFC 8246).
_FOR_GOOD = "public, max-age=31536000, immutable"
_A_WHILE = "public, max-age=300"
#: CSP level 3. Swagger UI draws its icons as data: images and sets style attributes.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class Reference:
    """What is served is made at the first request and kept."""

    def __init__(self) -> None:
        self._documents: dict[str, str] = {}

    def openapi(self, declared: Iterable[Route], mount: str) -> File:
        """The OpenAPI document of the declared routes, whose paths are below ``mount``."""
        if mount not in self._documents:
            from chalicelib.http.reference.openapi import openapi_document

            self._documents[mount] = encode(openapi_document(declared, mount or "/")).decode()
        return File(self._documents[mount], {"Content-Type": "application/json", "Cache-Control": _A_WHILE})

    def page(self) -> File:
        """The page, which loads the assets and the document."""
        text = (_OURS / "page.html").read_text(encoding="utf-8")
        for name in _ASSETS:
            text = text.replace(f"docs/{name}", f"docs/{name}?v={self._versions[name]}")
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": _A_WHILE,
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
        }
        return File(text, headers)

    def asset(self, name: str) -> File:
        """One of the files that the page loads. Raises ``NotFound``."""
        if name not in _ASSETS:
            raise NotFound("There is no such part of the documentation")
        headers = {"Content-Type": _TYPES[Path(name).suffix], "Cache-Control": _FOR_GOOD}
        return File(_path(name).read_text(encoding="utf-8"), headers)

    @cached_property
    def _versions(self) -> dict[str, str]:
        return {name: hashlib.sha256(_path(name).read_bytes()).hexdigest()[:12] for name in _ASSETS}


def _path(name: str) -> Path:
    if name not in _PACKAGED:
        return _OURS / name
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{_PACKAGE} is not installed")
    return Path(spec.submodule_search_locations[0]) / _PACKAGED[name]
