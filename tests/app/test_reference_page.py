"""The page of the API reference: all of it is served by the application, and nothing else is."""

from __future__ import annotations

import re

import pytest

from tests.app.world import World


def test_page_of_the_reference_allows_nothing_from_other_hosts(world: World) -> None:
    page = world.stranger().fetch("/v1/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert re.findall(r"https?://|//", page.text) == []


def test_parts_of_the_page_are_served_to_be_kept_for_good(world: World) -> None:
    loaded = re.findall(r'(?:href|src)="(docs/[^"]+)"', world.stranger().fetch("/v1/docs").text)
    assert len(loaded) == 4
    for address in loaded:
        asset = world.stranger().fetch(f"/v1/{address}")
        assert asset.status == 200
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        kind = "text/css" if ".css" in address else "text/javascript"
        assert asset.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert re.search(r"\?v=[0-9a-f]{12}$", address)


@pytest.mark.parametrize("name", ["page.html", "viewer.py", "..%2Fviewer.py", "%2e%2e", "swagger-ui.css.map"])
def test_other_files_are_not_served(world: World, name: str) -> None:
    assert world.stranger().get(f"/v1/docs/{name}").refused == (404, "NOT_FOUND")
