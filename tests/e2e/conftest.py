"""One service for the whole run, and browser pages that are watched for whatever should not happen."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from qa_service.settings import ENV_PREFIX
from tests.conftest import ROOT

START_S = 120.0  # the first build exports the encoder
NODE = Path(__file__).parent / "node"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is one."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chat_origin() -> str:
    """The origin of another site, whose pages may call the service."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def service(chat_origin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service over the repository's sources."""
    settings = {"SOURCE_DIR": ROOT / "source_texts", "INDEX_DIR": ROOT / "index", "CORS_ORIGINS": chat_origin}
    with served_at(tmp_path_factory.mktemp("service"), settings) as address:
        yield address


@contextmanager
def served_at(folder: Path, settings: Mapping[str, object]) -> Iterator[str]:
    """The address of a service with these settings, which works in a folder."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    told = {"PORT": port, "LOG_LEVEL": "warning", **settings}
    environment |= {f"{ENV_PREFIX}{name}": str(value) for name, value in told.items()}
    command = [sys.executable, "-m", "qa_service", "serve"]
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/health/ready", process)
            yield address
        finally:
            process.terminate()


def wait_for(url: str, process: "subprocess.Popen[bytes]", seconds: float = START_S) -> None:
    """Return once an address answers; fail when its process ends or time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer within {seconds} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


class Watched:
    """Pages of one browser context, and what went wrong in them."""

    def __init__(self, context: BrowserContext, origins: tuple[str, ...]) -> None:
        self.problems: list[str] = []
        self._context, self._origins = context, origins
        context.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(True, f"script: {error.error}"))
        context.on("request", lambda request: self._note(not self._is_ours(request.url), f"request: {request.url}"))

    def page(self) -> Page:
        """A new page."""
        page: Page = self._context.new_page()
        return page

    def _is_ours(self, url: str) -> bool:
        return url.startswith((*(f"{origin}/" for origin in self._origins), "data:", "blob:"))

    def _note(self, is_problem: bool, text: str) -> None:  # noqa: FBT001
        if is_problem:
            self.problems.append(text)


@pytest.fixture
def open_page(browser: Browser, service: str, chat_origin: str) -> Iterator[Callable[..., Page]]:
    """Opens pages with a context's options; console errors (CSP's included) and foreign requests fail the test."""
    with ExitStack() as stack:
        opened: list[Watched] = []

        def open_one(path: str = "/", *, origin: str = service, **options: Any) -> Page:
            context = stack.enter_context(browser.new_context(**options))
            opened.append(Watched(context, (service, chat_origin, origin)))
            page = opened[-1].page()
            page.goto(origin + path)
            return page

        yield open_one
        problems = "\n".join(problem for watched in opened for problem in watched.problems)
        assert not problems, problems
