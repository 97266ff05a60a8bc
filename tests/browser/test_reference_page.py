"""The API reference in a real browser: it draws every operation, asks nobody else for anything, and sends requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.app.documented import document
from tests.app.world import World
from tests.browser.chromium import CHROMIUM, Page, page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt-get install chromium, then make browser"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with page(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def reference(world: World, tab: Page) -> Page:
    """The reference, drawn."""
    tab.open(f"{world.sandbox.url}/v1/docs")
    tab.wait_for("document.querySelectorAll('.opblock').length")
    return tab


def test_every_operation_is_drawn(reference: Page, tmp_path: Path) -> None:
    drawn = reference.evaluate(
        "[...document.querySelectorAll('.opblock')].map(each =>"
        " each.querySelector('.opblock-summary-method').innerText + ' '"
        " + each.querySelector('.opblock-summary-path').dataset.path)"
    )
    documented = [f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods]
    assert sorted(drawn) == sorted(documented)
    reference.screenshot(tmp_path / "reference.png")
    assert (tmp_path / "reference.png").stat().st_size > 50_000


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(world: World, reference: Page) -> None:
    hosts = {urlsplit(url).netloc for url in reference.requested if not url.startswith("data:")}
    assert hosts == {urlsplit(world.sandbox.url).netloc}
    assert reference.complaints == []


def test_request_can_be_sent_with_a_token(world: World, reference: Page) -> None:
    person = world.newcomer()
    reference.evaluate(f"void window.reference.preauthorizeApiKey('accessToken', '{person.app.token}')")
    block = "document.querySelector('#operations-Accounts-get_user_profile')"
    reference.evaluate(f"void {block}.querySelector('.opblock-summary-control').click()")
    reference.wait_for(f"{block}.querySelector('.try-out__btn') && true")
    reference.evaluate(f"void {block}.querySelector('.try-out__btn').click()")
    reference.wait_for(f"{block}.querySelector('.execute') && true")
    reference.evaluate(f"void {block}.querySelector('.execute').click()")
    answered = reference.wait_for(f"{block}.querySelector('.live-responses-table .response')?.innerText")
    assert answered.startswith("200")
    assert person.email in answered
