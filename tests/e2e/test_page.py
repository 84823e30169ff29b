"""Our own pages in a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import NODE

LOANS = "How will small firms get loans?"
LEND = "can lend and will lend."
SUBSIDY = "What subsidy is paid per electric car?"
DOCUMENT = "industry-minister-interview-2023"
PHONE = {"width": 360, "height": 740}
PATHS = ["/", f"/?q={LOANS}", f"/?q={SUBSIDY}", f"/?q={SUBSIDY}&nearest=1", f"/documents/{DOCUMENT}#25", "/docs"]
Open = Callable[..., Page]


def ask(page: Page, question: str) -> None:
    """Type a question and send it by the Enter key."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_an_answer_is_marked_announced_and_in_the_address(open_page: Open) -> None:
    page = open_page()
    page.evaluate("window.same = true")
    ask(page, LOANS)
    expect(page.locator("article.found").first.locator("mark")).to_contain_text(LEND)
    expect(page.locator("#announcement")).to_have_text("One statement answers.")
    expect(page.get_by_role("heading", name="The statement that answers")).to_be_focused()
    expect(page).to_have_title(f"{LOANS} – Ask the transcripts")
    assert page.url.endswith("/?q=How+will+small+firms+get+loans%3F")
    assert page.evaluate("window.same"), "the page was loaded anew"


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_the_transcript_opens_at_the_marked_place_among_its_neighbours(open_page: Open, *, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    ask(page, LOANS)
    page.get_by_role("link", name="Read paragraph 25 in its place").click()
    expect(page).to_have_url(re.compile(r"/documents/[\w-]+\?mark=\d+-\d+#25$"))
    statement = page.locator('[id="25"]')
    expect(statement).to_be_in_viewport(ratio=1)
    expect(statement.locator("mark")).to_contain_text(LEND)
    expect(statement.locator("mark")).to_be_in_viewport(ratio=1)
    for neighbour in ("24", "26"):
        expect(page.locator(f'[id="{neighbour}"]')).to_be_in_viewport()


def test_a_citation_of_the_api_opens_its_statement(open_page: Open) -> None:
    page = open_page(f"/documents/{DOCUMENT}#31")
    expect(page.locator('[id="31"]')).to_be_in_viewport(ratio=1)
    shade = "getComputedStyle(document.getElementById('{}')).backgroundColor"
    assert page.evaluate(shade.format(31)) != page.evaluate(shade.format(32))


def test_a_permalink_moves_the_mark_of_the_target(open_page: Open) -> None:
    page = open_page(f"/documents/{DOCUMENT}#31")
    page.get_by_role("link", name="Link to paragraph 8").click()
    assert page.url.endswith("#8")
    expect(page.locator('[id="8"]')).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_no_answer_is_said_and_the_nearest_are_shown_on_request(open_page: Open, *, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    ask(page, SUBSIDY)
    expect(page.get_by_role("heading", name="No confident answer")).to_be_visible()
    expect(page.locator("article.found")).to_have_count(0)
    page.get_by_role("link", name="Show the nearest statements anyway").click()
    expect(page.get_by_role("heading", name="which may not answer")).to_be_visible()
    expect(page.locator("article.found")).to_have_count(5)
    expect(page.get_by_role("heading", name="No confident answer")).to_be_visible()


def test_back_and_forward_bring_question_and_answer_back(open_page: Open) -> None:
    page = open_page()
    ask(page, LOANS)
    expect(page.get_by_role("heading", name="The statement that answers")).to_be_visible()
    ask(page, SUBSIDY)
    expect(page.get_by_role("heading", name="No confident answer")).to_be_visible()
    page.go_back()
    expect(page.locator("article.found mark").first).to_contain_text(LEND)
    expect(page.get_by_label("Your question")).to_have_value(LOANS)
    page.go_back()
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    page.go_forward()
    expect(page.locator("article.found mark").first).to_contain_text(LEND)
    page.reload()
    expect(page.locator("article.found mark").first).to_contain_text(LEND)


def test_the_keyboard_alone_reaches_question_answer_and_transcript(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("and/or loans for small firms?")
    expect(page.get_by_label("Your question")).to_have_value("and/or loans for small firms?")
    ask(page, LOANS)
    expect(page.get_by_role("heading", name="The statement that answers")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Read paragraph 25 in its place")).to_be_focused()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#25$"))


def test_example_questions_are_answered(open_page: Open) -> None:
    page = open_page()
    examples = page.locator(".examples a")
    assert examples.count() >= 2
    for question in examples.all_inner_texts():
        page.get_by_role("link", name=question, exact=True).click()
        expect(page.get_by_role("heading", name="that answer")).to_be_visible()
        page.go_back()
        expect(examples.first).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, path: str) -> None:
    page = open_page(path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('button, input')].filter(e => e.getBoundingClientRect().height < 40).length"
    )
    assert small == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_no_fault(open_page: Open, path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    page.evaluate((NODE / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert found["passes"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]] == []


def test_the_dark_theme_is_dark(open_page: Open) -> None:
    paper = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert max(open_page(color_scheme="dark").evaluate(paper)) < 60
    assert min(open_page(color_scheme="light").evaluate(paper)) > 200


def test_without_motion_nothing_moves(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.getElementById('results')).transitionDuration") == "0s"


def test_a_newer_question_wins_over_a_slower_older_one(open_page: Open, service: str) -> None:
    page = open_page()

    def delay(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route(re.compile(r"q=What"), delay)
    ask(page, SUBSIDY)
    ask(page, LOANS)
    expect(page.locator("article.found mark").first).to_contain_text(LEND)
    page.wait_for_timeout(500)
    expect(page.locator("article.found mark").first).to_contain_text(LEND)
    assert page.url.startswith(f"{service}/?q=How")
