"""Bad input in every way: the right status, one shape, the request's id, and never a 500."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.errors import BuildRunningError, ModelError
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client

JSON = {"Content-Type": "application/json"}


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """The error of a response, after checking its shape and that its id is in a header too."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"error"}
    error: dict[str, Any] = response.json()["error"]
    assert error.keys() == {"code", "message", "type", "param", "details", "request_id"}
    assert error["code"] == code
    assert error["message"]
    assert error["type"] == ("invalid_request_error" if status < 500 else "server_error")
    assert isinstance(error["details"], list)
    assert re.fullmatch(r"[\w.:-]{1,128}", error["request_id"])
    assert response.headers.get_list("X-Request-ID") == [error["request_id"]]
    return error


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"question": ""}, "question"),
        ({"question": " \n\t\u3000"}, "question"),
        ({"question": "x" * 2001}, "question"),
        ({"question": "x" * 3000}, "question"),
        ({"question": None}, "question"),
        ({"question": ["trams"]}, "question"),
        ({"question": 7}, "question"),
        ({}, "question"),
        ({"question": "trams", "top_k": 0}, "top_k"),
        ({"question": "trams", "top_k": 101}, "top_k"),
        ({"question": "trams", "top_k": 2.5}, "top_k"),
        ({"question": "trams", "top_k": "many"}, "top_k"),
        ({"question": "trams", "context": -1}, "context"),
        ({"question": "trams", "context": 6}, "context"),
        ({"question": "trams", "min_confidence": 1.01}, "min_confidence"),
        ({"question": "trams", "min_confidence": -0.01}, "min_confidence"),
        ({"question": "trams", "explain": "perhaps"}, "explain"),
        ({"question": "trams", "filters": {"party": ["Greens"]}}, "filters.party"),
        ({"question": "trams", "filters": {"speaker": [7]}}, "filters.speaker.0"),
        ({"question": "trams", "filters": {"speaker": ["a"] * 1001}}, "filters.speaker"),
        ({"question": "trams", "filters": {"speaker": ["a", "b" * 501]}}, "filters.speaker.1"),
        ({"question": "trams", "filters": {"speaker": "b" * 501}}, "filters.speaker.0"),
        ({"question": "trams", "filters": {"speaker": [None]}}, "filters.speaker.0"),
        ({"question": "trams", "filters": []}, "filters"),
        ({"question": "trams", "limit": 3}, "limit"),
    ],
)
def test_a_field_outside_its_bounds_is_refused_by_name(client: TestClient, body: dict[str, Any], param: str) -> None:
    error = refused(client.post("/v1/ask", json=body), 422, "invalid_request")
    assert error["param"] == param
    assert param in error["message"]
    assert error["details"][0]["param"] == param


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("", "question"),
        ("question=", "question"),
        ("question=%20", "question"),
        (f"question={'x' * 2001}", "question"),
        ("question=trams&top_k=0", "top_k"),
        ("question=trams&top_k=101", "top_k"),
        ("question=trams&min_confidence=nan", "min_confidence"),
        ("question=trams&limit=3", "limit"),
        ("question=trams&party=Greens", "party"),
        ("question=trams" + "&speaker=a" * 1001, "speaker"),
        (f"question=trams&speaker={'a' * 501}", "speaker.0"),
    ],
)
def test_a_parameter_outside_its_bounds_is_refused_by_name(client: TestClient, query: str, param: str) -> None:
    assert refused(client.get(f"/v1/ask?{query}"), 422, "invalid_request")["param"] == param


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"question": "trams"', b"{'question': 'trams'}", b"\xff\xfe", b'{"question": "\xff"}', b"[" * 8],
)
def test_malformed_json_is_a_400(client: TestClient, content: bytes) -> None:
    refused(client.post("/v1/ask", content=content, headers=JSON), 400, "invalid_json")


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'"trams"', b"7", b"true"])
def test_json_that_is_no_object_is_a_422(client: TestClient, content: bytes) -> None:
    refused(client.post("/v1/ask", content=content, headers=JSON), 422, "invalid_request")


@pytest.mark.parametrize(
    "content",
    [
        b'{"question": "\\ud800"}',
        b'{"question": "trams", "\\ud800": 1}',
        b'{"question": "trams", "filters": {"\\ud800": ["x"]}}',
        b'{"question": "trams", "filters": {"speaker": ["\\ud800"]}}',
        b'{"question": "trams", "min_confidence": NaN}',
        b'{"question": "trams", "top_k": 1e999}',
    ],
)
def test_json_beyond_what_json_allows_is_a_422(client: TestClient, content: bytes) -> None:
    """Lone surrogates, NaN, infinity: Python reads them, but no answer could be written with them."""
    refused(client.post("/v1/ask", content=content, headers=JSON), 422, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/batch"])
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
def test_a_body_that_is_not_announced_as_json_is_a_415(client: TestClient, path: str, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    content = b'{"question": "trams", "questions": ["trams"]}'
    error = refused(client.post(path, content=content, headers=headers), 415, "unsupported_media_type")
    assert "application/json" in error["message"]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/ld+json"])
def test_every_spelling_of_json_is_understood(client: TestClient, kind: str) -> None:
    response = client.post("/v1/ask", content=b'{"question": "trams"}', headers={"Content-Type": kind})
    assert response.status_code == 200


SIZES = {"/v1/ask": 64 * 2**10, "/v1/ask/batch": 4 * 2**20, "/v1/chat/completions": 4 * 2**20, "/mcp": 64 * 2**10}


@pytest.mark.parametrize("path", SIZES)
def test_a_body_beyond_what_its_path_needs_is_a_413(client: TestClient, path: str) -> None:
    refused(client.post(path, content=b" " * (SIZES[path] + 1), headers=JSON), 413, "too_large")


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/batch"])
def test_a_body_sent_in_pieces_beyond_that_is_a_413(client: TestClient, path: str) -> None:
    refused(client.post(path, content=iter([b" " * (SIZES[path] // 2)] * 3), headers=JSON), 413, "too_large")


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/batch"])
def test_a_body_of_just_that_size_is_read(client: TestClient, path: str) -> None:
    content = b'{"question": "trams"}' if path == "/v1/ask" else b'{"questions": ["trams"]}'
    response = client.post(path, content=content + b" " * (SIZES[path] - len(content)), headers=JSON)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/buses",
        "/v1/documents/..%2F..%2Fetc",
        "/v1/statements/trams%234",
        "/v1/statements/trams",
        "/v1/statements/%23",
        "/v1/statements/%FF%00",
        "/v1/nowhere",
        "/nowhere",
        "/v2/ask",
    ],
)
def test_what_is_not_there_is_a_404(client: TestClient, path: str) -> None:
    refused(client.get(path), 404, "not_found")


def test_an_unknown_id_is_named_in_the_message(client: TestClient) -> None:
    assert "buses" in refused(client.get("/v1/documents/buses"), 404, "not_found")["message"]
    assert "trams#4" in refused(client.get("/v1/statements/trams%234"), 404, "not_found")["message"]


@pytest.mark.parametrize("context", ["-1", "6", "many"])
def test_a_statements_context_has_bounds(client: TestClient, context: str) -> None:
    response = client.get(f"/v1/statements/trams%235?context={context}")
    assert refused(response, 422, "invalid_request")["param"] == "context"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/ask", "GET, POST"),
        ("GET", "/v1/ask/batch", "POST"),
        ("POST", "/health/live", "GET"),
        ("PATCH", "/v1/documents/trams", "DELETE, GET, PUT"),
    ],
)
def test_a_wrong_method_is_a_405_that_lists_the_right_ones(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == allowed


def test_of_many_problems_the_first_are_told(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "trams", **{f"unknown{i}": 1 for i in range(50)}})
    error = refused(response, 422, "invalid_request")
    assert len(error["details"]) == 20
    assert "(and 49 more)" in error["message"]


def test_the_clients_own_request_id_comes_back(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "trams"}, headers={"X-Request-ID": "client:7.a_b-C"})
    assert response.headers.get_list("X-Request-ID") == ["client:7.a_b-C"]
    assert response.json()["request_id"] == "client:7.a_b-C"
    error = refused(client.get("/nowhere", headers={"X-Request-ID": "client-8"}), 404, "not_found")
    assert error["request_id"] == "client-8"


@pytest.mark.parametrize("insane", ["", "a b", "x" * 129, "a\tb", "<script>", 'a"b', "é", "a;b"])
def test_an_insane_request_id_is_replaced(client: TestClient, insane: str) -> None:
    response = client.get("/health/live", headers={b"X-Request-ID": insane.encode()})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_request_ids_differ(client: TestClient) -> None:
    assert len({client.get("/health/live").headers["X-Request-ID"] for _ in range(20)}) == 20


class Failing(AnswerService):
    """Raises what it is told to."""

    error: Exception = RuntimeError("secret in /etc/passwd")

    def ask_batch(self, *_: Any) -> Any:
        """No answer."""
        raise self.error


@pytest.fixture
def failing(index_root: Path) -> Iterator[TestClient]:
    app = create_app(Settings(index_dir=index_root), opener=lambda: Failing(fakes.open_retriever(index_root)))
    with ready_client(app) as client:
        yield client


@pytest.mark.parametrize("error", [RuntimeError("secret in /etc/passwd"), ModelError("secret in /etc/passwd")])
def test_an_unexpected_error_shows_nothing_of_the_inside(
    failing: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(Failing, "error", error)
    response = failing.post("/v1/ask", json={"question": "trams"})
    found = refused(response, 500, "internal_error")
    text = json.dumps(response.json()) + str(dict(response.headers))
    assert not re.search(r"secret|passwd|Traceback|RuntimeError|ModelError|\.py", text)
    assert found["request_id"] in found["message"]
    assert found["request_id"] in caplog.text
    assert "secret in /etc/passwd" in caplog.text
    assert failing.get("/health/ready").status_code == 200


def test_a_500_carries_the_clients_own_request_id(failing: TestClient) -> None:
    response = failing.post("/v1/ask", json={"question": "trams"}, headers={"X-Request-ID": "mine"})
    assert refused(response, 500, "internal_error")["request_id"] == "mine"


def test_a_running_build_is_a_409(failing: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failing, "error", BuildRunningError("another build is running"))
    refused(failing.post("/v1/ask", json={"question": "trams"}), 409, "build_running")
