"""Who may change the sources."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa_service.settings import Settings
from tests.api.conftest import eventually, is_ready
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import ELSEWHERE, WRITES, Service, client_of

ADDED_BY_PROXIES = [
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via", "CF-Connecting-IP",
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_key_is_needed_once_there_is_one(tmp_path: Path, method: str, path: str) -> None:
    service = Service(tmp_path, api_keys="first, sécond")
    with TestClient(service.app(), raise_server_exceptions=False) as client:
        eventually(client, "/health/ready", is_ready)
        response = client.request(method, path)
        refused(response, 401, "key_needed")
        assert response.headers["WWW-Authenticate"] == "Bearer"
        for wrong in (
            {b"Authorization": b"Bearer firs"},
            {b"X-API-Key": "first, sécond".encode()},
            {b"X-API-Key": b"\xff"},
        ):
            refused(client.request(method, path, headers=wrong), 403, "not_allowed")
        refused(client.request(method, path, headers={"Authorization": "Basic first"}), 401, "key_needed")
        for right in ({b"Authorization": b"bearer first"}, {b"X-API-Key": "sécond".encode()}):
            assert client.request(method, path, headers=right).status_code in {200, 409, 415}
        assert client.post("/v1/ask", json={"question": "trams"}).status_code == 200


@pytest.mark.parametrize(
    ("settings", "who", "headers"),
    [
        ({"host": "0.0.0.0"}, {}, {}),  # noqa: S104
        ({}, {"client": ELSEWHERE}, {}),
        ({}, {"address": "http://rebound.example:8000"}, {}),
        ({}, {}, {"Host": "[127.0.0.1"}),
        ({}, {}, {"Origin": "https://page.example"}),
        ({}, {}, {"Origin": "null"}),
        *(({}, {}, {name: "127.0.0.1"}) for name in ADDED_BY_PROXIES),
    ],
)
def test_without_keys_only_this_machine_may_write(
    tmp_path: Path, settings: dict[str, str], who: dict[str, Any], headers: dict[str, str]
) -> None:
    service = Service(tmp_path, **settings)
    with client_of(service, **who) as far:
        for method, path in WRITES:
            error = refused(far.request(method, path, headers=headers), 403, "not_allowed")
            assert "QA_SERVICE_API_KEYS" in error["message"]
    assert service.builds == 0


@pytest.mark.parametrize("keys", [",", " , "])
def test_a_setting_without_a_key_is_refused(keys: str) -> None:
    with pytest.raises(ValidationError, match="api_keys"):
        Settings(api_keys=keys)
