"""Who may ask, and how often, where settings say so."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa_service.api.app import create_app
from qa_service.api.auth import new_key
from qa_service.cli import main
from qa_service.settings import HASHED, Settings
from tests import fakes
from tests.api.conftest import ready_client
from tests.api.test_errors import refused

ASK = {"question": "harbour levy wages"}
CHAT = {"model": "qa-service", "messages": [{"role": "user", "content": "harbour levy wages"}]}
PAGE = {"Accept": "text/html"}
KEY, DIGEST = new_key()


@contextmanager
def service(root: Path, address: str = "testclient", **settings: Any) -> Iterator[TestClient]:
    """A client at this address of a service with these settings."""
    app = create_app(Settings(index_dir=root, model=fakes.MODEL, **settings), opener=fakes.opener(root))
    with ready_client(app):
        yield TestClient(app, raise_server_exceptions=False, client=(address, 50000))


@pytest.fixture
def locked(index_root: Path) -> Iterator[TestClient]:
    with service(index_root, ask_keys=f"plain, {DIGEST}", api_keys="writer") as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/ask", ASK),
        ("GET", "/v1/ask?question=trams", None),
        ("POST", "/v1/ask/batch", {"questions": ["trams"]}),
        ("POST", "/v1/chat/completions", CHAT),
        ("GET", "/v1/documents", None),
        ("GET", "/v1/models", None),
        ("GET", "/metrics", None),
        ("POST", "/mcp", {}),
        ("GET", "/openapi.json", None),
    ],
)
def test_with_keys_for_asking_nothing_is_told_without_one(
    locked: TestClient, method: str, path: str, body: Any
) -> None:
    response = locked.request(method, path, json=body)
    refused(response, 401, "key_needed")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    refused(locked.request(method, path, json=body, headers=bearer("wrong")), 403, "not_allowed")
    for key in (KEY, "plain", "writer"):
        assert locked.request(method, path, json=body, headers=bearer(key)).status_code not in {401, 403}
        assert locked.request(method, path, json=body, headers={"X-API-Key": key}).status_code not in {401, 403}


def test_a_sum_is_no_key(locked: TestClient) -> None:
    for wrong in (DIGEST, DIGEST.removeprefix(HASHED)):
        refused(locked.post("/v1/ask", json=ASK, headers=bearer(wrong)), 403, "not_allowed")


def test_who_may_ask_may_not_change(locked: TestClient) -> None:
    refused(locked.delete("/v1/documents/trams", headers=bearer(KEY)), 403, "not_allowed")


def test_a_browser_asks_for_the_key_as_a_password(locked: TestClient) -> None:
    for headers in (PAGE, PAGE | basic("wrong"), PAGE | {"Authorization": "Basic ?"}):
        response = locked.get("/", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        assert response.headers["content-type"].startswith("text/html")
    assert locked.get("/", headers=PAGE | basic(KEY)).status_code == 200


def test_monitors_and_the_look_of_pages_need_no_key(locked: TestClient) -> None:
    assert locked.get("/health/ready").status_code == 200
    assert locked.get("/health/live").status_code == 200
    assert locked.get("/static/style.css").status_code == 200


def test_beyond_the_rate_it_is_told_when_to_come_back(index_root: Path) -> None:
    with service(index_root, rate_limit="3/hour") as client:
        for _ in range(3):
            assert client.post("/v1/ask", json=ASK).status_code == 200
        response = client.post("/v1/ask", json=ASK)
        refused(response, 429, "rate_limited")
        assert 1 <= int(response.headers["Retry-After"]) <= 3600
        assert client.get("/health/ready").status_code == 200
        assert client.get("/", headers=PAGE).status_code == 429


def test_each_address_and_each_key_has_a_rate_of_its_own(index_root: Path) -> None:
    with service(index_root, "10.0.0.1", rate_limit="1/hour", ask_keys="a,b") as client:
        other = TestClient(client.app, client=("10.0.0.2", 1))
        assert client.post("/v1/ask", json=ASK, headers=bearer("a")).status_code == 200
        assert other.post("/v1/ask", json=ASK, headers=bearer("a")).status_code == 429
        assert other.post("/v1/ask", json=ASK, headers=bearer("b")).status_code == 200
        assert client.post("/v1/ask", json=ASK, headers=bearer("guess")).status_code == 403
        assert client.post("/v1/ask", json=ASK, headers=bearer("another guess")).status_code == 429


def test_addresses_of_one_network_are_one(index_root: Path) -> None:
    with service(index_root, "2001:db8:1:2::1", rate_limit="1/hour") as client:
        near, far = (TestClient(client.app, client=(name, 1)) for name in ("2001:db8:1:2::9", "2001:db8:1:3::1"))
        assert client.post("/v1/ask", json=ASK).status_code == 200
        assert near.post("/v1/ask", json=ASK).status_code == 429
        assert far.post("/v1/ask", json=ASK).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate_limit", "fast"), ("rate_limit", "0/second"), ("ask_keys", " , "), ("ask_keys", "sha256:12")],
)
def test_a_setting_that_can_not_be_meant_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


def test_a_key_is_made_with_its_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key"]) == 0
    key, digest = (line.split()[-1] for line in capsys.readouterr().out.splitlines())
    assert digest == HASHED + hashlib.sha256(key.encode()).hexdigest()
    assert len(key) >= 43
