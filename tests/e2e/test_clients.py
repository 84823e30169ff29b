"""Other people's clients, unmodified."""

import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NODE
from tests.e2e.test_page import LEND, LOANS, SUBSIDY

NODE_TIMEOUT_S = 60


def completion(service: str, question: str) -> dict[str, Any]:
    """What the service itself says."""
    body = json.dumps({"messages": [{"role": "user", "content": question}]}).encode()
    request = urllib.request.Request(
        f"{service}/v1/chat/completions", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


@pytest.mark.parametrize("question", [LOANS, SUBSIDY])
def test_the_ai_sdk_gets_text_and_sources_plain_and_streamed(service: str, question: str) -> None:
    command = ["node", "ai_sdk.mjs", f"{service}/v1", question]
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, timeout=NODE_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    answer = completion(service, question)
    expected = {
        "text": answer["choices"][0]["message"]["content"],
        "finishReason": "stop",
        "sources": [
            {
                "url": service + source["citation"]["url"],
                "title": f"{source['citation']['title']} ({source['citation']['date']}), "
                f"paragraph {source['id'].partition('#')[2]}",
            }
            for source in answer["sources"]
        ],
    }
    assert json.loads(done.stdout) == {"plain": expected, "streamed": expected}
    assert bool(expected["sources"]) == (question == LOANS)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def other_site(chat_origin: str, tmp_path: Path) -> Iterator[str]:
    """A site of another origin with deep-chat on its page."""
    copy(NODE / "deep_chat.html", tmp_path / "index.html")
    copy(NODE / "node_modules/deep-chat/dist/deepChat.bundle.js", tmp_path)
    address = ("127.0.0.1", urlsplit(chat_origin).port or 0)
    with ThreadingHTTPServer(address, partial(Quiet, directory=str(tmp_path))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield chat_origin
        server.shutdown()
        thread.join()


def test_deep_chat_on_another_site_shows_the_quotes_over_two_turns(
    open_page: Callable[..., Page], other_site: str, service: str
) -> None:
    page = open_page(f"/?service={quote(service, safe='')}", origin=other_site)
    field = page.locator("#text-input")
    answers = page.locator(".ai-message-text")
    for turn, (question, part) in enumerate([(LOANS, LEND), ("And what about 6G?", "6G")]):
        field.click()
        page.keyboard.type(question)
        page.keyboard.press("Enter")
        expect(answers.nth(turn)).to_contain_text(part)
        expect(answers.nth(turn)).to_contain_text("Sources")
        expect(answers.nth(turn).get_by_text(part).first).to_be_visible()
    expect(page.locator(".error-message")).to_have_count(0)
