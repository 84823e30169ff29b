"""The short way and the ordinary way give the same answers, and the short way leaves everything else alone."""

from typing import Any

import pytest
from fastapi.testclient import TestClient as Client

ASKED = {"question": "How will small firms get loans?", "top_k": 2, "explain": True, "context": 1, "min_confidence": 0}


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in {"took_ms", "request_id"}}


def test_both_ways_answer_alike(client: Client) -> None:
    short = client.post("/v1/ask", json=ASKED)
    ordinary = client.post("/v1/ask", json=ASKED, headers={"Content-Type": "application/vnd.api+json"})
    assert short.status_code == ordinary.status_code == 200
    assert without_times(short.json()) == without_times(ordinary.json())
    assert short.headers["content-type"] == ordinary.headers["content-type"]
    assert short.json()["request_id"] == short.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b'{"question": "  "}', 422, "invalid_request"),
        (b'{"question": "x", "top_k": 101}', 422, "invalid_request"),
        (b'{"question": "x", "colour": "red"}', 422, "invalid_request"),
        (b'{"question": "x", "filters": {"speaker": ["\\ud800"]}}', 422, "invalid_request"),
        (b"", 422, "invalid_request"),
    ],
)
def test_errors_go_the_ordinary_way(client: Client, body: bytes, status: int, code: str) -> None:
    answered = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code == status
    assert answered.json()["error"]["code"] == code
