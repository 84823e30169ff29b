"""A service whose sources are changed over HTTP, for the tests of that."""

from pathlib import Path
from threading import Event
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.errors import SourceError
from qa_service.settings import Settings
from qa_service.sources.folder import fingerprint, read_folder
from tests import fakes
from tests.api.conftest import TIMEOUT_S

BEES = "Reporter: Where do the bees winter?\n\nIda Moss: The bees winter in oak hollows.\n"
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
HERE, ELSEWHERE = ("127.0.0.1", 50000), ("10.0.0.7", 50000)
ADDRESS = "http://127.0.0.1:8000"
WRITES = [
    ("PUT", "/v1/documents/bees"),
    ("DELETE", "/v1/documents/trams"),
    ("POST", "/v1/documents"),
    ("POST", "/v1/reload"),
]


class Service:
    """A service over folders of its own, whose builds can be made to wait or to fail."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.sources = root / "sources"
        self.index = root / "index"
        self.sources.mkdir()
        (self.sources / "trams.txt").write_text(fakes.TRAMS)
        self.settings = Settings(source_dir=self.sources, index_dir=self.index, model=fakes.MODEL, **settings)
        self.go_on = Event()
        self.go_on.set()
        self.started = Event()
        self.error: Exception | None = None
        self.builds = 0
        self.pointer = ""
        self._build()

    def _build(self) -> None:
        fakes.build_index(self.index, read_folder(self.sources).transcripts, fingerprint(self.sources))

    def build(self) -> list[SourceError]:
        """What the application calls."""
        self.builds += 1
        self.started.set()
        assert self.go_on.wait(TIMEOUT_S)
        if self.error:
            raise self.error
        self._build()
        if self.pointer:
            (self.index / "CURRENT").write_text(self.pointer)
        return read_folder(self.sources).refused

    def app(self) -> FastAPI:
        """The application."""
        return create_app(self.settings, fakes.opener(self.index), self.build)

    def files(self) -> dict[str, bytes]:
        """What the source folder holds."""
        return {path.name: path.read_bytes() for path in self.sources.iterdir()}


def client_of(service: Service, client: tuple[str, int] = HERE, address: str = ADDRESS) -> TestClient:
    """Somebody who calls from there, at that address."""
    return TestClient(service.app(), base_url=address, client=client, raise_server_exceptions=False)


def put(client: TestClient, document: str = "bees", text: str | bytes = BEES, **more: Any) -> Any:
    """The response to a transcript."""
    return client.put(f"/v1/documents/{document}", content=text, **{"headers": PLAIN, **more})


def best(client: TestClient, question: str = "bees winter oak hollows") -> Any:
    """The first statement's id."""
    answer = client.post("/v1/ask", json={"question": question, "min_confidence": 0, "top_k": 1}).json()
    return answer["results"][0]["id"]
