"""Open WebUI in front of the service (make e2e-openwebui); not collected otherwise, for it takes minutes to install."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import free_port, wait_for
from tests.e2e.test_page import LEND, LOANS

START_S = 180.0
SETTINGS = {  # read at the first start only: the data folder is a fresh one
    "USE_SLIM_DOCKER": "true",
    "WEBUI_AUTH": "False",
    "WEBUI_SECRET_KEY": "e2e",
    "ENABLE_OLLAMA_API": "false",
    "OPENAI_API_KEY": "none",
    "OFFLINE_MODE": "true",
    "HF_HUB_OFFLINE": "1",
    "ENABLE_VERSION_UPDATE_CHECK": "false",
    "ENABLE_TITLE_GENERATION": "false",
    "ENABLE_TAGS_GENERATION": "false",
    "ENABLE_FOLLOW_UP_GENERATION": "false",
    "ENABLE_AUTOCOMPLETE_GENERATION": "false",
}


@pytest.fixture
def open_webui(service: str, tmp_path: Path) -> Iterator[str]:
    """Its address, with the service as its only model."""
    address = f"http://127.0.0.1:{free_port()}"
    environment = os.environ | SETTINGS | {"DATA_DIR": str(tmp_path), "OPENAI_API_BASE_URL": f"{service}/v1"}
    command = [os.environ["OPEN_WEBUI"], "serve", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"{address}/health", process, START_S)
            mark_news_as_read(address)
            yield address
        finally:
            process.terminate()


def mark_news_as_read(address: str) -> None:
    """Else a dialog appears late and covers the input."""
    token = call(f"{address}/api/v1/auths/signin", {"email": "", "password": ""})["token"]
    version = call(f"{address}/api/version")["version"]
    call(f"{address}/api/v1/users/user/settings/update", {"ui": {"version": version}}, token)


def call(url: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
    """A JSON answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def test_an_answer_keeps_its_one_source_over_a_reload(open_webui: str, browser: Any) -> None:
    with browser.new_context() as context:
        foreign: list[str] = []
        context.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url) else None)
        page: Page = context.new_page()
        page.goto(f"{open_webui}/?models=qa-service")
        page.locator("#chat-input").click(timeout=60_000)
        page.keyboard.type(LOANS)
        page.keyboard.press("Enter")
        for reload in (lambda: None, page.reload):
            check_sources(page, reload)
        assert foreign == []


def check_sources(page: Page, before: Callable[[], object]) -> None:
    """The quote, its mark as a chip, and the list of sources with the place in the transcript."""
    before()
    expect(page.get_by_text(LEND).first).to_be_visible(timeout=30_000)
    sources = page.get_by_role("button", name="Toggle 1 source")
    expect(sources).to_be_visible()
    sources.click()
    expect(page.get_by_role("button", name="paragraph 25").last).to_contain_text("Interview with Jin Zhuanglong")


def is_foreign(url: str) -> bool:
    """Whether a request leaves this machine."""
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
