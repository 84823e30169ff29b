"""On loopback only this machine's own names are answered to; what every response of the API carries."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import eventually, is_ready
from tests.api.test_errors import refused


def status(index_root: Path, named: str, path: str = "/v1/documents", **settings: Any) -> int:
    """What a request gets that came in on loopback with this `Host`."""
    app = create_app(Settings(index_dir=index_root, **settings), opener=fakes.opener(index_root))
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        eventually(client, "/health/ready", is_ready)
        response = client.get(path, headers={"Host": named})
        if response.status_code == 421:
            refused(response, 421, "wrong_host")
        return int(response.status_code)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:8000", "127.1.2.3", "[::1]:8000", "[::1]"])
def test_its_own_names_are_answered_to(index_root: Path, host: str) -> None:
    assert status(index_root, host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "[::2]:1", "a:b:c", "@"]
)
def test_other_names_are_not(index_root: Path, host: str) -> None:
    assert status(index_root, host) == 421
    assert status(index_root, host, "/") == 421


@pytest.mark.parametrize(
    "settings",
    [{"allowed_hosts": "qa.example"}, {"allowed_hosts": "qa.example:443"}, {"public_url": "https://qa.example:443"}],
)
def test_names_that_the_settings_give_are(index_root: Path, settings: dict[str, str]) -> None:
    assert status(index_root, "qa.example:443", **settings) == 200
    assert status(index_root, "other.example:443", **settings) == 421


def test_a_service_for_others_answers_to_any_name(index_root: Path) -> None:
    assert status(index_root, "qa.example", host="0.0.0.0") == 200  # noqa: S104 - nothing is bound


@pytest.mark.parametrize(
    ("path", "cached"),
    [("/v1/documents", "no-store"), ("/none", "no-store"), ("/health/live", "no-store"), ("/", "no-cache")],
)
def test_no_response_is_taken_for_something_else_or_kept(index_root: Path, path: str, cached: str) -> None:
    app = create_app(Settings(index_dir=index_root), opener=fakes.opener(index_root))
    with TestClient(app) as client:
        eventually(client, "/health/ready", is_ready)
        for response in (client.get(path), client.post("/v1/ask", content="[" * 100)):
            assert response.headers["x-content-type-options"] == "nosniff"
        assert client.get(path).headers["cache-control"] == cached
