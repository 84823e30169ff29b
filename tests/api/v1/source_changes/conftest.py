"""A service whose sources may be changed, and a client beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import eventually, is_ready
from tests.api.v1.source_changes.service import Service, client_of


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def local(service: Service) -> Iterator[TestClient]:
    """A client on the same machine."""
    with client_of(service) as client:
        eventually(client, "/health/ready", is_ready)
        yield client
