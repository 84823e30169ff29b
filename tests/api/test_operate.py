"""Health, version, documentation; an index that appears or changes while the service runs."""

import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service import __version__
from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.api.models.errors import ErrorModel
from qa_service.errors import IndexDamagedError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import app_over, eventually, is_ready, ready_client

PATHS = {
    "/v1/ask": {"get", "post"},
    "/v1/ask/batch": {"post"},
    "/v1/documents": {"get"},
    "/v1/documents/{document}": {"get", "put", "delete"},
    "/v1/reload": {"post"},
    "/v1/statements/{statement_id}": {"get"},
    "/v1/chat/completions": {"post"},
    "/v1/models": {"get"},
    "/v1/models/{model}": {"get"},
    "/health/live": {"get"},
    "/health/ready": {"get"},
    "/version": {"get"},
    "/metrics": {"get"},
}


def serves(version: str) -> Callable[[Any], bool]:
    """Whether an answer names that index."""
    return lambda response: bool(response.json().get("index_version") == version)


def test_a_service_with_an_index_is_live_and_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["index_version"]


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_monitors_may_ask_for_the_head_alone(client: TestClient, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.text) == (200, "")


def test_versions_of_service_index_and_model_are_told(client: TestClient) -> None:
    version = client.get("/version").json()
    assert (version["version"], version["model"]) == (__version__, fakes.MODEL)
    assert version["index_version"] == client.get("/health/ready").json()["index_version"]


def test_the_documentation_opens(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_the_schema_lists_every_path_of_the_contract(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    for path, methods in PATHS.items():
        assert methods <= schema["paths"][path].keys()


def test_the_schema_tells_the_errors_as_they_are(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    assert schema["components"]["securitySchemes"].keys() == {"HTTPBearer", "APIKeyHeader"}
    statuses = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            statuses[method, path] = {int(status) for status in operation["responses"]}
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    told = response["content"]["application/json"]["schema"]["$ref"]
                    assert told == "#/components/schemas/ErrorModel"
    assert statuses["post", "/v1/ask"] == {200, 400, 401, 403, 413, 415, 422, 429, 503}
    kept = {200, 201, 400, 401, 403, 409, 413, 415, 422, 429, 500, 503, 507}
    assert statuses["put", "/v1/documents/{document}"] == kept
    error = client.get("/v1/statements/nowhere").json()
    assert ErrorModel.model_validate(error).model_dump() == error


def test_before_there_is_an_index_the_service_is_live_but_not_ready(tmp_path: Path) -> None:
    with TestClient(app_over(tmp_path)) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/version").json() == {"version": __version__, "index_version": None, "model": None}
        for response in (
            client.get("/health/ready"),
            client.post("/v1/ask", json={"question": "trams"}),
            client.get("/v1/documents"),
            client.get("/v1/statements/trams%235"),
        ):
            assert response.status_code == 503
            assert int(response.headers["Retry-After"]) >= 1
            assert response.json()["error"]["code"] == "not_ready"


def test_the_reason_why_it_is_not_ready_names_the_command(tmp_path: Path) -> None:
    with TestClient(app_over(tmp_path)) as client:
        eventually(client, "/health/ready", lambda response: "qa-service build" in response.text)


def test_a_damaged_index_is_not_served(tmp_path: Path) -> None:
    fakes.build_index(tmp_path)
    damaged = current_generation(IndexFolder(tmp_path)).statements
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with TestClient(app_over(tmp_path)) as client:
        response = eventually(client, "/health/ready", lambda response: f"{damaged.name} is damaged" in response.text)
        assert response.status_code == 503


def test_the_same_problem_is_logged_once(tmp_path: Path, quick_watcher: None, caplog: pytest.LogCaptureFixture) -> None:
    fakes.build_index(tmp_path)
    damaged = current_generation(IndexFolder(tmp_path)).statements
    good = damaged.read_bytes()
    app = app_over(tmp_path)
    with TestClient(app) as client:
        eventually(client, "/health/ready", is_ready)
    caplog.clear()
    for _ in range(2):
        damaged.write_bytes(good[:-1])
        with TestClient(app) as client:
            eventually(client, "/health/ready", lambda response: f"{damaged.name} is damaged" in response.text)
            time.sleep(0.2)
            damaged.write_bytes(good)
            eventually(client, "/health/ready", is_ready)
    assert caplog.text.count("the index was not opened") == 2


def test_the_first_index_is_served_without_a_restart(tmp_path: Path, quick_watcher: None) -> None:
    with TestClient(app_over(tmp_path)) as client:
        assert client.get("/health/ready").status_code == 503
        fakes.build_index(tmp_path)
        eventually(client, "/health/ready", is_ready)
        assert client.post("/v1/ask", json={"question": "trams"}).status_code == 200


def test_a_new_index_is_served_without_a_restart(tmp_path: Path, quick_watcher: None) -> None:
    fakes.build_index(tmp_path, [fakes.transcript("apples", fakes.APPLES)])
    ask = {"question": "harbour levy wages", "min_confidence": 0, "top_k": 1}
    with ready_client(app_over(tmp_path)) as client:
        assert client.post("/v1/ask", json=ask).json()["results"][0]["citation"]["document"] == "apples"
        new = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/version", serves(new))
        answer = client.post("/v1/ask", json=ask).json()
        assert (answer["index_version"], answer["results"][0]["id"]) == (new, "trams#5")


def test_an_index_that_does_not_open_leaves_the_one_before_serving(
    tmp_path: Path, quick_watcher: None, caplog: pytest.LogCaptureFixture
) -> None:
    before = fakes.build_index(tmp_path).manifest.id
    with ready_client(app_over(tmp_path)) as client:
        (tmp_path / "CURRENT").write_text("nowhere\n")
        eventually(client, "/health/live", lambda _: "the index was not opened" in caplog.text)
        assert client.get("/health/ready").json()["index_version"] == before
        newest = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/health/ready", serves(newest))


def test_answers_never_fail_while_indexes_are_published(tmp_path: Path, quick_watcher: None) -> None:
    fakes.build_index(tmp_path)
    with ready_client(app_over(tmp_path)) as client:
        for _ in range(5):
            newest = fakes.build_index(tmp_path).manifest.id
            for _ in range(10):
                answer = client.post("/v1/ask", json={"question": "harbour levy wages", "min_confidence": 0})
                assert answer.json()["results"][0]["id"] == "trams#5"
        eventually(client, "/version", serves(newest))


def test_the_watcher_survives_an_unexpected_error(tmp_path: Path, quick_watcher: None) -> None:
    errors: list[Exception] = [OSError("stale file handle"), RuntimeError("surprise")]
    open_service = fakes.opener(tmp_path)
    before = fakes.build_index(tmp_path).manifest.id

    def opener() -> AnswerService:
        if errors:
            raise errors.pop()
        return open_service()

    with ready_client(create_app(Settings(index_dir=tmp_path), opener=opener)) as client:
        assert client.get("/version").json()["index_version"] == before
        errors.append(OSError("stale file handle"))
        newest = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/version", lambda response: response.json()["index_version"] == newest)
    assert not errors


def test_an_index_that_could_not_be_opened_for_a_while_is_tried_again(tmp_path: Path, quick_watcher: None) -> None:
    open_service, tries = fakes.opener(tmp_path), iter(range(100))
    fakes.build_index(tmp_path)

    def opener() -> AnswerService:
        if 1 <= next(tries) <= 3:  # the first index opens, the second only at the fourth try
            raise IndexDamagedError("too many open files")
        return open_service()

    with ready_client(create_app(Settings(index_dir=tmp_path), opener=opener)) as client:
        eventually(client, "/version", serves(fakes.build_index(tmp_path).manifest.id))


def test_the_watcher_survives_a_garbled_pointer(tmp_path: Path, quick_watcher: None) -> None:
    before = fakes.build_index(tmp_path).manifest.id
    with ready_client(app_over(tmp_path)) as client:
        for garbled in (b"\xff\xfe", b"\x00", b"x" * 5000):
            (tmp_path / "CURRENT").write_bytes(garbled)
            time.sleep(0.1)
            assert client.get("/version").json()["index_version"] == before
        newest = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/version", lambda response: response.json()["index_version"] == newest)


def test_every_index_is_closed_when_another_takes_its_place_and_at_the_end(tmp_path: Path, quick_watcher: None) -> None:
    closed: list[str] = []

    class Recording(AnswerService):
        def close(self) -> None:
            closed.append(self.index_version)
            super().close()

    app = create_app(Settings(index_dir=tmp_path), opener=lambda: Recording(fakes.open_retriever(tmp_path)))
    first = fakes.build_index(tmp_path).manifest.id
    with ready_client(app) as client:
        assert closed == []
        second = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/version", lambda response: response.json()["index_version"] == second)
        assert closed == [first]
    assert closed == [first, second]


def test_an_index_that_was_replaced_leaves_memory(tmp_path: Path, quick_watcher: None) -> None:
    opened: list[weakref.ref[object]] = []

    def opener() -> AnswerService:
        retriever = fakes.open_retriever(tmp_path)
        opened.append(weakref.ref(retriever.generation.store))
        return AnswerService(retriever)

    fakes.build_index(tmp_path)
    with ready_client(create_app(Settings(index_dir=tmp_path), opener=opener)) as client:
        second = fakes.build_index(tmp_path).manifest.id
        eventually(client, "/version", lambda response: response.json()["index_version"] == second)
        assert [store() is None for store in opened] == [True, False]


def test_what_is_large_is_compressed_and_answers_are_not(client: TestClient) -> None:
    contract = client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert contract.headers["content-encoding"] == "gzip"
    assert int(contract.headers["content-length"]) < len(contract.text) / 2
    answer = client.post("/v1/ask", json={"question": "harbour levy", "min_confidence": 0})
    assert "content-encoding" not in answer.headers
    assert "content-encoding" not in client.get("/openapi.json", headers={"Accept-Encoding": "identity"}).headers
