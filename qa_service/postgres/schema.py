"""The tables, made and changed by numbered files of SQL; each is applied once, all of a run or none."""

import re
from importlib.resources import files

from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier

from qa_service.errors import DatabaseMismatchError
from qa_service.postgres.connecting import MIGRATE, SCHEMA, Database, Row

LEAST_SERVER = 160000  # PostgreSQL 16
LEAST_VECTOR = (0, 8, 4)  # of pgvector
_LOCK = 5_170_923  # any number: of the one migration that may run
_NAME = re.compile(r"(\d{4})_\w+\.sql")


def migrations() -> dict[int, str]:
    """By number the SQL of every migration of this version."""
    found = {}
    for file in (files(__package__) / "migrations").iterdir():
        if match := _NAME.fullmatch(file.name):
            found[int(match[1])] = file.read_text(encoding="utf-8")
    return dict(sorted(found.items()))


def migrate(database: Database) -> list[int]:
    """Bring the tables up to this version; the numbers of the migrations that were applied.

    Raises DatabaseMismatchError where a later version has changed them, or pgvector or the server is too old.
    """
    with database.transaction() as connection:
        connection.execute("SET LOCAL lock_timeout = 0")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _check_server(connection)
        _provide_vector(connection)
        connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(SCHEMA)))
        where = connection.execute("SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'vector'")
        path = f"{SCHEMA}, public, {(where.fetchone() or ('public',))[0]}"
        connection.execute("SELECT set_config('search_path', %s, true)", [path])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
        )
        done = _applied(connection)
        _check_not_newer(done)
        new = [number for number in migrations() if number not in done]
        for number in new:
            connection.execute(migrations()[number].encode())
            connection.execute("INSERT INTO migrations (number) VALUES (%s)", [number])
    return new


def check_schema(connection: Connection[Row]) -> None:
    """Raises DatabaseMismatchError unless the tables are those of this version, and pgvector will do."""
    _check_server(connection)
    _check_vector(connection)
    try:
        done = _applied(connection)
    except errors.UndefinedTable as error:
        raise DatabaseMismatchError(f"the database is not prepared; {MIGRATE}") from error
    _check_not_newer(done)
    if missing := migrations().keys() - done:
        raise DatabaseMismatchError(f"the database lacks {len(missing)} changes of its tables; {MIGRATE}")


def _applied(connection: Connection[Row]) -> set[int]:
    return {number for (number,) in connection.execute("SELECT number FROM migrations")}


def _check_not_newer(done: set[int]) -> None:
    if newer := done - migrations().keys():
        raise DatabaseMismatchError(
            f"the database was changed by a later version of qa-service (migration {max(newer)}); install that one here"
        )


def _check_server(connection: Connection[Row]) -> None:
    if connection.info.server_version < LEAST_SERVER:
        found, least = connection.info.server_version // 10000, LEAST_SERVER // 10000
        raise DatabaseMismatchError(f"this is PostgreSQL {found}; {least} or newer is needed")


def _provide_vector(connection: Connection[Row]) -> None:
    """Install pgvector unless it is there. Raises DatabaseMismatchError where that is not possible."""
    if _vector(connection) is None:
        try:
            with connection.transaction():
                connection.execute("CREATE EXTENSION vector")
        except errors.InsufficientPrivilege as error:
            message = "pgvector is not installed; a superuser has to run: CREATE EXTENSION vector"
            raise DatabaseMismatchError(message) from error
        except (errors.UndefinedFile, errors.FeatureNotSupported) as error:
            message = "pgvector is not on the database's server; install its package there"
            raise DatabaseMismatchError(message) from error
    _check_vector(connection)


def _check_vector(connection: Connection[Row]) -> None:
    found = _vector(connection)
    if found is None:
        raise DatabaseMismatchError(f"pgvector is not installed in the database; {MIGRATE}")
    if tuple(map(int, re.findall(r"\d+", found))) < LEAST_VECTOR:
        least = ".".join(map(str, LEAST_VECTOR))
        message = f"pgvector is {found}, {least} or newer is needed; update it: ALTER EXTENSION vector UPDATE"
        raise DatabaseMismatchError(message)


def _vector(connection: Connection[Row]) -> str | None:
    found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    return str(found[0]) if found else None
