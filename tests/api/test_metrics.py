"""`/metrics`: what Prometheus reads."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.api.bounds import MAX_BODY_BYTES
from qa_service.indexing.summaries import DocumentSummary
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client

QUESTION = {"question": "harbour levy wages", "min_confidence": 0}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def fresh(index_root: Path) -> Iterator[TestClient]:
    """A client of an application that has counted nothing but being ready."""
    with ready_client(create_app(Settings(index_dir=index_root), opener=fakes.opener(index_root))) as client:
        yield client


def read(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(client: TestClient, name: str, **labels: str) -> float | None:
    """One sample."""
    return read(client).get((name, frozenset(labels.items())))


def requests(client: TestClient, method: str, path: str, status: str) -> float | None:
    """How many such requests were counted."""
    return value(client, "qa_service_requests_total", method=method, path=path, status=status)


def test_questions_are_counted_whichever_way_they_go(fresh: TestClient) -> None:
    fresh.post("/v1/ask", json=QUESTION)
    fresh.post("/v1/ask", json=QUESTION, headers={"Content-Type": "application/ld+json"})
    fresh.post("/v1/ask", json=QUESTION, headers={"Accept": "text/event-stream"})
    fresh.get("/v1/ask", params={"question": "levy", "min_confidence": 1})
    fresh.post("/v1/ask/batch", json={"questions": ["trams", "levy"], "min_confidence": 0})
    assert requests(fresh, "POST", "/v1/ask", "200") == 3
    assert requests(fresh, "GET", "/v1/ask", "200") == 1
    assert value(fresh, "qa_service_ask_seconds_count") == 4
    assert value(fresh, "qa_service_questions_total", answered="true") == 5
    assert value(fresh, "qa_service_questions_total", answered="false") == 1


def test_a_chat_is_one_question(fresh: TestClient) -> None:
    messages = [{"role": "user", "content": "Who pays the wages?"}, {"role": "user", "content": "why?"}]
    assert fresh.post("/v1/chat/completions", json={"messages": messages}).status_code == 200
    counted = [value(fresh, "qa_service_questions_total", answered=answered) or 0 for answered in ("true", "false")]
    assert sum(counted) == 1


def test_errors_are_counted_by_status_and_not_as_answers(fresh: TestClient) -> None:
    fresh.post("/v1/ask", json={})
    fresh.post("/v1/ask", content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)
    fresh.delete("/v1/ask")
    assert requests(fresh, "POST", "/v1/ask", "422") == 1
    assert requests(fresh, "POST", "/v1/ask", "413") == 1
    assert requests(fresh, "DELETE", "/v1/ask", "405") == 1
    assert value(fresh, "qa_service_ask_seconds_count") == 0


def test_clients_can_not_make_up_labels(fresh: TestClient) -> None:
    fresh.get("/v1/documents/trams")
    fresh.get("/v1/documents/made-up")
    fresh.get("/made/up")
    fresh.request("BREW", "/made/up/too")
    assert requests(fresh, "GET", "/v1/documents/{document}", "200") == 1
    assert requests(fresh, "GET", "/v1/documents/{document}", "404") == 1
    assert requests(fresh, "GET", "unmatched", "404") == 1
    assert requests(fresh, "OTHER", "unmatched", "404") == 1
    assert "made" not in fresh.get("/metrics").text


def test_an_unexpected_error_counts_as_500(index_root: Path) -> None:
    class Failing(AnswerService):
        def documents(self) -> list[DocumentSummary]:
            raise RuntimeError

    app = create_app(Settings(index_dir=index_root), opener=lambda: Failing(fakes.open_retriever(index_root)))
    with ready_client(app) as client:
        client.get("/v1/documents")
        assert requests(client, "GET", "/v1/documents", "500") == 1


def test_the_index_and_the_process_are_told(fresh: TestClient) -> None:
    version = fresh.get("/version").json()["index_version"]
    assert value(fresh, "qa_service_index_info", index_version=version, model=fakes.MODEL) == 1
    assert value(fresh, "qa_service_index_documents") == 2
    assert value(fresh, "qa_service_index_statements") == 6
    assert value(fresh, "qa_service_waiting") == 0
    assert value(fresh, "process_resident_memory_bytes")


def test_without_an_index_there_are_numbers_all_the_same(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(index_dir=tmp_path), opener=fakes.opener(tmp_path))) as client:
        assert value(client, "qa_service_waiting") is not None
        assert value(client, "qa_service_index_documents") is None


def test_several_workers_are_told_apart(index_root: Path) -> None:
    app = create_app(Settings(index_dir=index_root, workers=2), opener=fakes.opener(index_root))
    with ready_client(app) as client:
        client.post("/v1/ask", json=QUESTION)
        assert value(client, "qa_service_questions_total", answered="true", pid=str(os.getpid())) == 1
        assert all(("pid", str(os.getpid())) in labels for _, labels in read(client))
