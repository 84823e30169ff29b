"""The service over a database, by HTTP: changes for everybody at once, faults as clear errors, no restart needed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.postgres.connecting import Database
from qa_service.postgres.schema import migrate
from qa_service.serving import live_index
from qa_service.settings import Settings
from tests.api.conftest import eventually, is_ready
from tests.api.test_errors import refused
from tests.api.v1.source_changes.service import ADDRESS, BEES, HERE, best, put
from tests.postgres.conftest import load_folder, new_database, settings_of
from tests.postgres.server import Server


@pytest.fixture(autouse=True)
def quick_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for changes every twentieth of a second, and try again as soon."""
    monkeypatch.setattr(live_index, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr(live_index, "LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr("qa_service.postgres.connecting.PAUSE_S", 0.05)


def client_of(settings: Settings) -> TestClient:
    """Somebody on this machine."""
    return TestClient(create_app(settings), base_url=ADDRESS, client=HERE, raise_server_exceptions=False)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with client_of(settings) as client:
        eventually(client, "/health/ready", is_ready)
        yield client


@pytest.fixture
def own(index_root: Path) -> Iterator[Server]:
    """A server of one's own, to be stopped and killed."""
    server = Server()
    yield server
    server.remove()


def ask(client: TestClient, question: str = "harbour levy wages") -> Any:
    """The response to a question."""
    return client.post("/v1/ask", json={"question": question, "min_confidence": 0, "top_k": 1})


def test_a_document_that_is_put_is_asked_at_once_and_gone_when_deleted(client: TestClient) -> None:
    before = client.get("/version").json()["index_version"]
    response = put(client, params={"title": "Bees", "date": "2023-05-04", "tags": ["hives"]})
    assert response.status_code == 201
    kept = response.json()
    assert (kept["id"], kept["title"], kept["date"]) == ("bees", "Bees", "2023-05-04")
    assert kept["index_version"] > before
    assert best(client) == "bees#1"
    assert client.get("/v1/documents/bees/source").text == BEES
    assert client.get("/v1/documents/bees/text").text == BEES
    assert put(client, text=BEES.replace("oak", "elm")).status_code == 200
    assert "elm" in client.get("/v1/documents/bees/text").text
    gone = client.delete("/v1/documents/bees").json()
    assert gone["index_version"] > kept["index_version"]
    refused(client.get("/v1/documents/bees"), 404, "not_found")
    refused(client.delete("/v1/documents/bees"), 404, "not_found")
    assert not client.post("/v1/reload").json()["rebuilt"]


def test_what_is_wrong_with_a_document_is_told_and_nothing_kept(client: TestClient) -> None:
    refused(put(client, text="no turns here"), 422, "invalid_source")
    refused(put(client, "Not an id!"), 422, "invalid_request")
    dry = put(client, params={"dry_run": True})
    assert dry.json()["statements"] == 1
    assert [d["id"] for d in client.get("/v1/documents").json()["documents"]] == ["apples", "trams"]


def test_several_files_are_kept_by_one_change(client: TestClient) -> None:
    files = [("file", (f"{name}.txt", BEES.encode(), "text/plain")) for name in ("bees", "wasps")]
    told = client.post("/v1/documents", files=[*files, ("file", ("bad.txt", b"no turns", "text/plain"))]).json()
    assert [(one["document"], one["kept"]) for one in told["files"]] == [
        ("bees", True),
        ("wasps", True),
        ("bad", False),
    ]
    version = client.get("/version").json()["index_version"]
    assert version == told["index_version"]
    assert version.endswith("00000001")


def test_two_services_see_the_same(client: TestClient, settings: Settings, url: str, tmp_path: Path) -> None:
    with client_of(settings_of(url, tmp_path / "other")) as other:
        eventually(other, "/health/ready", is_ready)
        assert put(client).status_code == 201
        eventually(other, "/v1/documents/bees", is_ready)
        assert best(other) == best(client) == "bees#1"
        assert other.delete("/v1/documents/bees").status_code == 200
        eventually(client, "/v1/documents/bees", lambda response: response.status_code == 404)


def test_documents_sent_four_at_a_time_all_arrive(client: TestClient, url: str, tmp_path: Path) -> None:
    with ExitStack() as held:
        other = held.enter_context(client_of(settings_of(url, tmp_path / "other")))
        eventually(other, "/health/ready", is_ready)
        threads = held.enter_context(ThreadPoolExecutor(4))
        sent = threads.map(lambda n: put((client, other)[n % 2], f"bees-{n}").status_code, range(12))
        assert list(sent) == [201] * 12
        assert len(client.get("/v1/documents").json()["documents"]) == 14


def test_a_service_starts_without_the_database_and_is_ready_when_it_comes(
    own: Server, index_root: Path, tmp_path: Path
) -> None:
    name = new_database(own)
    own.stop()
    with client_of(settings_of(own.url(name), tmp_path)) as client:
        assert client.get("/health/live").status_code == 200
        refused(client.get("/health/ready"), 503, "not_ready")
        for response in (ask(client), put(client), client.delete("/v1/documents/trams")):
            refused(response, 503, "database_unavailable")
            assert int(response.headers["Retry-After"]) >= 1
        own.start()
        eventually(
            client, "/health/ready", lambda response: "database migrate" in response.text or "pgvector" in response.text
        )
        database = Database(own.url(name))
        migrate(database)
        eventually(client, "/health/ready", lambda response: "database load" in response.text)
        load_folder(database, index_root)
        database.close()
        eventually(client, "/health/ready", is_ready)
        assert best(client, "harbour levy wages") == "trams#5"


@pytest.mark.parametrize("ends", ["restart", "kill"])
def test_a_server_that_was_restarted_is_asked_again_without_a_restart_here(
    own: Server, index_root: Path, tmp_path: Path, ends: str
) -> None:
    name = new_database(own)
    database = Database(own.url(name))
    migrate(database)
    load_folder(database, index_root)
    database.close()
    with client_of(settings_of(own.url(name), tmp_path, recent_questions=0)) as client:
        eventually(client, "/health/ready", is_ready)
        assert put(client).status_code == 201
        version = client.get("/version").json()["index_version"]
        own.kill() if ends == "kill" else own.stop()
        response = ask(client, "bees winter oak hollows and more")
        refused(response, 503, "database_unavailable")
        assert int(response.headers["Retry-After"]) >= 1
        refused(put(client, "wasps"), 503, "database_unavailable")
        own.start()
        eventually(client, "/v1/documents/bees/text", is_ready)
        assert best(client) == "bees#1"  # acknowledged, so not lost
        assert client.get("/version").json()["index_version"] == version
        assert put(client, "wasps").status_code == 201


def test_connections_that_are_cut_are_made_anew_and_nobody_notices(
    client: TestClient, server: Server, url: str
) -> None:
    name = url.rpartition("/")[2]
    for _ in range(3):
        server.run_sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert ask(client, f"harbour levy wages {time.monotonic()}").status_code == 200
    assert put(client).status_code == 201


def test_a_wrong_password_is_told_without_telling_it(server: Server, loaded: str, tmp_path: Path) -> None:
    url = server.url(new_database(server, loaded), password="tell-nobody")
    with client_of(settings_of(url, tmp_path)) as client:
        response = client.get("/health/ready")
        refused(response, 503, "not_ready")
        assert "password" in response.text
        assert "tell-nobody" not in response.text


def test_a_user_who_may_only_read_can_ask_and_not_write(server: Server, loaded: str, tmp_path: Path) -> None:
    name = new_database(server, loaded)
    server.run_sql("postgres", "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN PASSWORD 'reader'")
    server.run_sql(
        name, "GRANT USAGE ON SCHEMA qa_service TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA qa_service TO reader"
    )
    with client_of(settings_of(server.url(name, "reader", "reader"), tmp_path)) as client:
        eventually(client, "/health/ready", is_ready)
        assert best(client, "harbour levy wages") == "trams#5"
        refused(put(client), 503, "database_unavailable")
        assert best(client, "harbour levy wages") == "trams#5"


def test_a_database_that_can_only_be_read_refuses_changes_clearly(client: TestClient, server: Server, url: str) -> None:
    name = url.rpartition("/")[2]
    server.run_sql("postgres", f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    response = put(client)
    refused(response, 503, "database_unavailable")
    assert "only be read" in response.json()["error"]["message"]
    assert best(client, "harbour levy wages") == "trams#5"
    server.run_sql("postgres", f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert put(client).status_code == 201


def test_snapshots_are_renewed_so_that_the_server_can_clear_up(
    client: TestClient, server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.postgres.session.HELD_S", 0.0)
    sql = f"SELECT max(xact_start)::text FROM pg_stat_activity WHERE datname = '{url.rpartition('/')[2]}'"
    assert ask(client).status_code == 200
    first = server.run_sql("postgres", sql)
    end = time.monotonic() + 10
    while server.run_sql("postgres", sql) == first:
        assert time.monotonic() < end, "the snapshot is as old as before"
        time.sleep(0.02)
    assert ask(client, "harbour levy wages now").status_code == 200


def test_no_database_named_no_driver_needed() -> None:
    """What a service without one never imports."""
    code = "import sys, qa_service.cli, qa_service.api.app; print(sorted(m for m in sys.modules if 'psycopg' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
