"""Takes the README's pictures of the running service (make screenshots); not collected otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.e2e.test_recordings import DRIVERS, talks

__all__ = ["talks"]

LOANS = "/?q=How+will+small+firms+get+loans%3F"
FOLDER = ROOT / "docs" / "images"
LARGEST = 150_000
DESK = {"width": 920, "height": 570}
PHONE = {"width": 390, "height": 780}
FIRST_LINK = "article.found .source a"


@pytest.mark.parametrize(
    ("name", "follow", "options"),
    [
        ("answer", None, {"viewport": DESK | {"height": 640}, "color_scheme": "light"}),
        ("transcript", FIRST_LINK, {"viewport": DESK, "color_scheme": "light"}),
        ("phone", None, {"viewport": PHONE, "color_scheme": "dark"}),
    ],
)
def test_picture(open_page: Callable[..., Page], name: str, follow: str | None, options: dict[str, Any]) -> None:
    page = open_page(LOANS, **options)
    if follow:
        page.click(follow)
        page.wait_for_load_state()
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken = page.screenshot(path=FOLDER / f"{name}.png")
    assert len(taken) < LARGEST


def test_picture_of_an_answer_that_opens_at_the_moment(open_page: Callable[..., Page], talks: str) -> None:
    page = open_page(DRIVERS, origin=talks, viewport=DESK | {"height": 520}, color_scheme="light")
    page.get_by_role("link", name="Listen from 0:00:10").first.click()
    page.wait_for_function("document.querySelector('audio').readyState > 0")
    assert len(page.screenshot(path=FOLDER / "moment.png")) < LARGEST
