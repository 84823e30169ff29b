"""The tables: made once, by one at a time, and never by an older version than made them."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from qa_service.errors import DatabaseMismatchError, IndexMissingError
from qa_service.postgres import schema
from qa_service.postgres.connecting import Database
from qa_service.postgres.schema import migrate
from qa_service.postgres.session import Session
from tests.postgres.conftest import new_database
from tests.postgres.server import Server


@pytest.fixture
def empty(server: Server) -> str:
    """The name of a database without anything."""
    return new_database(server)


def applied(server: Server, name: str) -> list[int]:
    """The migrations that were applied."""
    return [number for (number,) in server.run_sql(name, "SELECT number FROM qa_service.migrations ORDER BY 1")]


def test_migrations_are_applied_once(server: Server, empty: str) -> None:
    with closing(Database(server.url(empty))) as database:
        assert migrate(database) == list(schema.migrations()) == applied(server, empty)
        assert migrate(database) == []
        with pytest.raises(IndexMissingError, match="database load"):
            Session(database)


def test_several_that_migrate_at_the_same_time_wait_for_each_other(server: Server, empty: str) -> None:
    with closing(Database(server.url(empty))) as database, ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: migrate(database), range(4)))
    assert sorted(done) == [[], [], [], list(schema.migrations())]


def test_a_failed_migration_leaves_nothing(server: Server, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = schema.migrations()
    monkeypatch.setattr(schema, "migrations", lambda: known | {9000: "CREATE TABLE half (); SELECT 1 / 0"})
    with closing(Database(server.url(empty))) as database:
        with pytest.raises(Exception, match="division by zero"):
            migrate(database)
        assert server.run_sql(empty, "SELECT count(*) FROM pg_namespace WHERE nspname = 'qa_service'") == [(0,)]


def test_tables_of_a_later_version_are_refused(server: Server, url: str, database: Database) -> None:
    name = url.rpartition("/")[2]
    server.run_sql(name, "INSERT INTO qa_service.migrations (number) VALUES (9999)")
    for attempt in (lambda: migrate(database), lambda: Session(database)):
        with pytest.raises(DatabaseMismatchError, match=r"later version.*9999"):
            attempt()


def test_tables_that_lack_a_migration_are_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    known = schema.migrations()
    monkeypatch.setattr(schema, "migrations", lambda: known | {9000: "SELECT 1"})
    with pytest.raises(DatabaseMismatchError, match="database migrate"):
        Session(database)
    assert migrate(database) == [9000]
    Session(database).close()


def test_a_database_that_was_not_prepared_is_told(server: Server, empty: str) -> None:
    server.run_sql(empty, "CREATE EXTENSION vector")
    with (
        closing(Database(server.url(empty))) as database,
        pytest.raises(DatabaseMismatchError, match="run: qa-service database migrate"),
    ):
        Session(database)


@pytest.mark.parametrize("found", ["0.7.4", "0.8.3"])
def test_a_pgvector_that_is_too_old_is_told(server: Server, url: str, database: Database, found: str) -> None:
    server.run_sql(url.rpartition("/")[2], f"UPDATE pg_extension SET extversion = '{found}' WHERE extname = 'vector'")
    for attempt in (lambda: migrate(database), lambda: Session(database)):
        with pytest.raises(DatabaseMismatchError, match=f"{found}.*ALTER EXTENSION vector UPDATE"):
            attempt()


def test_without_pgvector_and_the_right_to_install_it_that_is_told(server: Server, empty: str) -> None:
    server.run_sql(
        "postgres", "DROP ROLE IF EXISTS plain", "CREATE ROLE plain LOGIN PASSWORD 'plain'",
        f"GRANT ALL ON DATABASE {empty} TO plain",
    )  # fmt: skip
    with closing(Database(server.url(empty, "plain", "plain"))) as database:
        with pytest.raises(DatabaseMismatchError, match="a superuser has to run: CREATE EXTENSION vector"):
            migrate(database)
        server.run_sql(empty, "CREATE EXTENSION vector")
        assert migrate(database) == list(schema.migrations())  # who owns the database needs no more


def test_pgvector_in_a_schema_of_its_own_will_do(server: Server, empty: str) -> None:
    server.run_sql(empty, "CREATE SCHEMA extensions", "CREATE EXTENSION vector SCHEMA extensions")
    with closing(Database(server.url(empty))) as database:
        assert migrate(database) == list(schema.migrations())
        with pytest.raises(IndexMissingError):
            Session(database)
