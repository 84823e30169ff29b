"""A primary with a streaming replica: questions from one, changes to the other, and what comes when the first dies."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_service.postgres.connecting import Database
from qa_service.postgres.schema import migrate
from qa_service.serving import live_index
from tests.api.conftest import eventually, is_ready
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import best, put
from tests.postgres.conftest import load_folder, new_database, settings_of
from tests.postgres.server import Server
from tests.postgres.test_http import ask, client_of


@pytest.fixture
def primary() -> Iterator[Server]:
    server = Server()
    yield server
    server.remove()


@pytest.fixture
def replica(primary: Server) -> Iterator[Server]:
    replica = primary.replica()
    yield replica
    replica.remove()


def both(primary: Server, replica: Server, name: str) -> str:
    """An address that leads to whichever of the two takes changes."""
    login = primary.url(name).partition("@")[0]
    return f"{login}@127.0.0.1:{primary.port},127.0.0.1:{replica.port}/{name}?target_session_attrs=read-write"


def test_questions_go_on_while_the_primary_is_dead_and_changes_after_the_promotion(
    primary: Server, replica: Server, index_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr("qa_service.postgres.connecting.PAUSE_S", 0.05)
    name = new_database(primary)
    database = Database(primary.url(name))
    migrate(database)
    load_folder(database, index_root)
    database.close()
    url, reads = both(primary, replica, name), replica.url(name)
    with (
        client_of(settings_of(url, tmp_path, database_read_urls=reads, recent_questions=0)) as one,
        client_of(settings_of(url, tmp_path, database_read_urls=reads, recent_questions=0)) as two,
    ):
        for client in (one, two):
            eventually(client, "/health/ready", is_ready)
        assert read_from(replica, name)
        assert put(one).status_code == 201
        assert best(one) == "bees#1"  # who wrote it sees it, though the replica follows later
        eventually(two, "/v1/documents/bees", is_ready)

        primary.kill()
        for number, client in enumerate((one, two, one, two)):
            response = ask(client, f"harbour levy wages {number}")
            assert response.json()["results"][0]["id"] == "trams#5"
        for response in (put(one, "wasps"), two.delete("/v1/documents/bees")):
            refused(response, 503, "database_unavailable")
            assert int(response.headers["Retry-After"]) >= 1
        assert best(two) == "bees#1"

        replica.promote()
        end = time.monotonic() + 10
        while (kept := put(one, "wasps")).status_code != 201:
            refused(kept, 503, "database_unavailable")
            assert time.monotonic() < end
            time.sleep(0.05)
        eventually(two, "/v1/documents/wasps", is_ready)
        assert two.delete("/v1/documents/bees").status_code == 200
        eventually(one, "/v1/documents/bees", lambda response: response.status_code == 404)


def read_from(server: Server, name: str) -> bool:
    """Whether a service is connected to it."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qa-service' AND datname = current_database()"
    return bool(server.run_sql(name, sql)[0][0] > 0)


def test_without_its_replica_the_primary_is_read(
    primary: Server, replica: Server, index_root: Path, tmp_path: Path
) -> None:
    name = new_database(primary)
    database = Database(primary.url(name))
    migrate(database)
    load_folder(database, index_root)
    database.close()
    replica.stop()
    settings = settings_of(primary.url(name), tmp_path, database_read_urls=f"{replica.url(name)}, ")
    with client_of(settings) as client:
        eventually(client, "/health/ready", is_ready)
        assert put(client).status_code == 201
        assert best(client) == "bees#1"
