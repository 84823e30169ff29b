"""A client of the application, which answers from the invented transcripts with the fake encoder."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.api.deadlines import DeadlineProtocol
from qa_service.retrieval.retriever import Retriever
from qa_service.serving import live_index
from qa_service.settings import Settings
from tests import fakes

TIMEOUT_S = 10.0


def app_over(root: Path) -> FastAPI:
    """The application over the index published, now or later, in `root`."""
    return create_app(Settings(index_dir=root), opener=fakes.opener(root))


def eventually(client: TestClient, path: str, holds: Callable[[Any], bool]) -> Any:
    """The first answer of `path` for which `holds`."""
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        response = client.get(path)
        if holds(response):
            return response
        time.sleep(0.01)
    return pytest.fail(f"{path} still says {response.status_code}: {response.text}")


def is_ready(response: Any) -> bool:
    """Whether `/health/ready` says so."""
    return bool(response.status_code == 200)


@contextmanager
def ready_client(app: FastAPI) -> Iterator[TestClient]:
    """A client that was told the index is open."""
    with TestClient(app, raise_server_exceptions=False) as client:
        eventually(client, "/health/ready", is_ready)
        yield client


@contextmanager
def running_server(app: FastAPI) -> Iterator[str]:
    """The application in a real server on a free loopback port; gives its address once the index answers."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", http=DeadlineProtocol)
    )
    thread = Thread(target=server.run)
    thread.start()
    try:
        end = time.monotonic() + TIMEOUT_S
        while not (server.started and app.state.live_index.ready):
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(TIMEOUT_S)


class Eager(AnswerService):
    """Its threshold, whatever the packaged one is: between words shared and none shared by the fake encoder."""

    def __init__(self, retriever: Retriever, threshold: float = 0.4) -> None:
        super().__init__(retriever)
        self._threshold = threshold


@pytest.fixture(scope="session")
def eager_app(index_root: Path) -> FastAPI:
    """The application with a service that answers readily."""
    return create_app(Settings(index_dir=index_root), opener=lambda: Eager(fakes.open_retriever(index_root)))


@pytest.fixture(scope="session")
def eager(eager_app: FastAPI) -> Iterator[TestClient]:
    """Its client."""
    with ready_client(eager_app) as client:
        yield client


@pytest.fixture
def quick_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for a new index every hundredth of a second."""
    monkeypatch.setattr(live_index, "WATCH_INTERVAL_S", 0.01)


@pytest.fixture(scope="session")
def client(index_root: Path) -> Iterator[TestClient]:
    """For tests that change nothing."""
    with ready_client(app_over(index_root)) as client:
        yield client
