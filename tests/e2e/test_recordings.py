"""Transcripts with a recording: added on a page, played at the quote, copied as a quotation, checked."""

import math
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import NODE, served_at
from tests.e2e.test_page import PHONE

Open = Callable[..., Page]
TALK = Path(__file__).parent / "recorded"
SECONDS, RATE = 20, 4000
DRIVERS = "/?q=Who+pays+the+drivers+of+the+night+trams%3F"
LEVY = "A harbour levy covers the wages of every driver."
BEES = "Reporter: Where do the bees winter?\n\nIda Moss: The bees winter in oak hollows.\n"
MOMENT = "(player => [player.currentTime, player.error && player.error.message])(document.querySelector('audio'))"


def make_tone(file: Path) -> None:
    """A recording as long as the talk."""
    with wave.open(str(file), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(1)
        recording.setframerate(RATE)
        recording.writeframes(bytes(int(128 + 20 * math.sin(n / 3)) for n in range(SECONDS * RATE)))


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose sources may be changed and are played."""
    root = tmp_path_factory.mktemp("talks")
    shutil.copytree(TALK, root / "sources")
    (root / "media").mkdir()
    make_tone(root / "media" / "tram-talk.wav")
    folders = {"SOURCE_DIR": root / "sources", "INDEX_DIR": root / "index", "MEDIA_DIR": root / "media"}
    with served_at(root, folders) as address:
        yield address


def check_axe(page: Page) -> None:
    """No fault that axe finds, with everything opened."""
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    page.evaluate((NODE / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []


def test_an_answer_opens_the_recording_at_the_moment(open_page: Open, talks: str) -> None:
    page = open_page(DRIVERS, origin=talks)
    page.get_by_role("link", name="Listen from 0:00:10").first.click()
    expect(page.locator("mark")).to_have_text(LEVY)
    expect(page.locator("mark")).to_be_in_viewport()
    expect(page.locator("audio")).to_be_in_viewport()
    page.wait_for_function("document.querySelector('audio').readyState > 0")
    assert page.evaluate(MOMENT) == [10, None]


def test_a_time_in_the_margin_plays_from_there(open_page: Open, talks: str) -> None:
    page = open_page("/documents/tram-talk", origin=talks)
    page.get_by_role("link", name="Play from 0:00:16").click()
    page.wait_for_function("!document.querySelector('audio').paused")
    page.wait_for_function("document.querySelector('audio').currentTime >= 16")
    assert page.evaluate(MOMENT)[0] < SECONDS
    assert page.url == f"{talks}/documents/tram-talk"


def test_a_citations_address_sets_the_player_to_its_paragraph(open_page: Open, talks: str) -> None:
    page = open_page("/documents/tram-talk#5", origin=talks)
    page.wait_for_function("document.querySelector('audio').currentTime === 18")


def test_without_script_a_time_opens_the_recording_itself(open_page: Open, talks: str) -> None:
    page = open_page("/documents/tram-talk", origin=talks, java_script_enabled=False)
    page.get_by_role("link", name="Play from 0:00:16").click()
    expect(page).to_have_url(f"{talks}/media/tram-talk.wav#t=16,18")


def test_a_result_is_copied_as_a_quotation(open_page: Open, talks: str) -> None:
    page = open_page(DRIVERS, origin=talks, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as a quotation").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    told = "— Bo Strand, The night trams of Lindhaven, a talk, 2024-03-14, 0:00:10"
    assert copied.startswith(f"“{LEVY}")
    assert told in copied
    page.goto(copied.splitlines()[-1])
    expect(page.locator("mark")).to_have_text(LEVY)


def test_without_script_the_quotation_is_text_to_select(open_page: Open, talks: str) -> None:
    page = open_page(DRIVERS, origin=talks, java_script_enabled=False)
    expect(page.get_by_role("button", name="Copy as a quotation")).to_have_count(0)
    page.get_by_text("The quotation as text").first.click()
    expect(page.locator("pre").first).to_contain_text(LEVY)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_a_transcript_is_added_on_the_page(open_page: Open, talks: str, *, scripts: bool) -> None:
    name = "bees" if scripts else "bees-plain"
    page = open_page("/", origin=talks, java_script_enabled=scripts, viewport=PHONE)
    page.get_by_role("link", name="Add a transcript").click()
    page.get_by_label("Files").set_input_files(
        {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": BEES.encode()}
    )
    page.get_by_label("Title").fill("On bees")
    page.get_by_role("button", name="Show how it is read").click()
    expect(page.get_by_text("Nothing is kept yet")).to_be_visible()
    expect(page.locator(".turns li").nth(1)).to_contain_text("Ida Moss")
    if scripts:
        check_axe(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page).to_have_url(f"{talks}/documents/{name}")
    expect(page.get_by_role("heading", name="On bees")).to_be_visible()


def test_another_sites_form_changes_nothing(browser: Browser, talks: str, service: str) -> None:
    """The other site is a local one, too: only its port differs."""
    page = browser.new_page(bypass_csp=True)  # that site's own policy would not let it try
    page.goto(f"{service}/docs")
    page.evaluate(
        """address => {
            document.body.innerHTML = `<form method="post" enctype="multipart/form-data" action="${address}/upload">
                <input name="step" value="look"><button>Win a prize</button></form>`;
        }""",
        talks,
    )
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name="Win a prize").click()
    assert navigation.value.status == 403
    page.close()


def test_a_quote_is_checked_on_the_page(open_page: Open, talks: str) -> None:
    page = open_page("/verify", origin=talks)
    page.get_by_label("The words").fill("A harbour tax never covers the wages of every driver.")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".differences del").first).to_contain_text("tax never")
    expect(page.locator(".differences ins").first).to_contain_text("levy")
    page.get_by_label("The words").fill(LEVY)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="word for word")).to_be_visible()
    page.get_by_role("link", name="Read it in its place").click()
    expect(page.locator("mark")).to_have_text(LEVY)


NEAR = "A+harbour+tax+never+covers+the+wages"
PATHS = ["/documents/tram-talk?mark=296-344#3", DRIVERS, "/upload", "/verify", f"/verify?quote={NEAR}"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(open_page: Open, talks: str, path: str, scheme: str) -> None:
    check_axe(open_page(path, origin=talks, color_scheme=scheme))


@pytest.mark.parametrize("path", PATHS)
def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, talks: str, path: str) -> None:
    page = open_page(path, origin=talks, viewport=PHONE)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    buttons = page.locator("button:visible, input:visible, select:visible").all()
    assert [button for button in buttons if (button.bounding_box() or {"height": 0})["height"] < 40] == []
