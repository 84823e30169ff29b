"""Calls from pages of other origins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.api.bounds import MAX_BODY_BYTES
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import ready_client
from tests.api.test_errors import Failing

PAGE = {"Origin": "https://page.example"}
# what the openai npm package asks for
OPENAI_NPM = (
    "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-package-version,"
    "x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version"
)
PREFLIGHT = PAGE | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": OPENAI_NPM}


def client_with(index_root: Path, origins: str | None) -> TestClient:
    """A client of an application that fails at every question."""
    settings = Settings(index_dir=index_root, cors_origins=origins)
    return TestClient(
        create_app(settings, opener=lambda: Failing(fakes.open_retriever(index_root))), raise_server_exceptions=False
    )


@pytest.fixture(params=["*", "https://page.example", "https://other.example, https://page.example"])
def open_client(index_root: Path, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    settings = Settings(index_dir=index_root, cors_origins=request.param)
    opener = lambda: Failing(fakes.open_retriever(index_root))  # noqa: E731
    with ready_client(create_app(settings, opener=opener)) as client:
        yield client


def test_a_preflight_allows_every_header_a_client_asks_for(open_client: TestClient) -> None:
    response = open_client.options("/v1/chat/completions", headers=PREFLIGHT)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] in {"*", "https://page.example"}
    assert response.headers["access-control-allow-headers"] == OPENAI_NPM
    assert response.headers["x-request-id"]


def test_errors_can_be_read_from_a_page_too(open_client: TestClient) -> None:
    question = {"question": "trams"}
    for status, response in {
        200: open_client.get("/v1/models", headers=PAGE),
        404: open_client.get("/nowhere", headers=PAGE),
        413: open_client.post("/v1/ask", content=b" " * (MAX_BODY_BYTES + 1), headers=PAGE),
        422: open_client.post("/v1/ask", json={}, headers=PAGE),
        500: open_client.post("/v1/ask", json=question, headers=PAGE),
    }.items():
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] in {"*", "https://page.example"}
        assert response.headers["access-control-expose-headers"] == "X-Request-ID, mcp-session-id"
        assert response.headers.get_list("x-request-id")


def test_another_origin_is_not_allowed(index_root: Path) -> None:
    with client_with(index_root, "https://other.example") as client:
        assert client.options("/v1/ask", headers=PREFLIGHT).status_code == 400
        assert "access-control-allow-origin" not in client.get("/v1/models", headers=PAGE).headers


def test_by_default_no_origin_is_allowed(client: TestClient) -> None:
    assert client.options("/v1/ask", headers=PREFLIGHT).status_code == 405
    assert not [name for name in client.get("/v1/models", headers=PAGE).headers if name.startswith("access-control")]
