"""Connections to the database, and what its errors mean in ours. Only this package knows psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection, errors
from psycopg_pool import NullConnectionPool, PoolTimeout

from qa_service.errors import (
    BuildRunningError,
    DatabaseMismatchError,
    DatabaseUnavailableError,
    NoRoomError,
    QAServiceError,
)

SCHEMA = "qa_service"
CONNECTIONS = 8  # of one process: one answers, one looks for changes, the others write
WAIT_S = 3.0  # for a connection, before it is told that there is none
PAUSE_S = 1.0  # before that is tried again
LOCK_WAIT = "30s"  # for another change of the same document
MIGRATE = "run: qa-service database migrate"
Row = tuple[Any, ...]
BROKEN = (psycopg.OperationalError, psycopg.InterfaceError)  # the connection is of no use any more


class Database:
    """One PostgreSQL database, by its address. Opens no connection before one is needed.

    A connection is closed when it is given back: those that read are held for long, and a write takes longer than to
    connect. So no dead one is ever lent, and why there is none is told at once.
    """

    def __init__(self, url: str) -> None:
        kwargs = {"autocommit": True, "connect_timeout": int(WAIT_S), "application_name": "qa-service"}
        self._pool = NullConnectionPool(url, max_size=CONNECTIONS, open=False, configure=_configure, kwargs=kwargs)
        self._opening = Lock()
        self._problem: QAServiceError | None = None
        self._again_at = 0.0

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def lend(self) -> Connection[Row]:
        """A connection, to be given `back`. Raises DatabaseUnavailableError where there is none soon.

        For a second after a failure it is not tried again, so that nobody waits in a row of those who wait.
        """
        if self._problem is not None and monotonic() < self._again_at:
            raise self._problem.with_traceback(None)
        try:
            with self._opening:
                if self._pool.closed:
                    self._pool.open()
            connection: Connection[Row] = self._pool.getconn(timeout=WAIT_S)
        except PoolTimeout as error:
            busy = "all connections to the database are in use; send this again in a second"
            raise DatabaseUnavailableError(busy) from error
        except psycopg.Error as error:
            self._problem, self._again_at = meaning(error), monotonic() + PAUSE_S
            raise self._problem from error
        self._problem = None
        return connection

    def back(self, connection: Connection[Row], *, broken: bool = False) -> None:
        """Give a connection back; one that is `broken`, or is not as it was lent, is closed."""
        if broken:
            connection.close()
        self._pool.putconn(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection[Row]]:
        """A connection in which each statement is a transaction. Raises our own errors."""
        connection = self.lend()
        try:
            yield connection
        except psycopg.Error as error:
            raise meaning(error) from error
        finally:
            self.back(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection[Row]]:
        """All or nothing of what is written. Raises our own errors."""
        with self.connection() as connection, connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            yield connection


def _configure(connection: Connection[Row]) -> None:
    """As every connection of ours is: our tables first, and pgvector's types wherever that is installed."""
    found = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
    ).fetchone()
    path = [SCHEMA, "public", *([found[0]] if found else [])]
    connection.execute("SELECT set_config('search_path', %s, false)", [", ".join(f'"{name}"' for name in path)])
    connection.execute("SET plan_cache_mode = force_custom_plan")  # a plan for any words suits no words
    connection.execute("SET idle_in_transaction_session_timeout = 0")  # what is read is held as it is


def meaning(error: psycopg.Error) -> QAServiceError:
    """An error of the database as one of ours, which says what to do. Raises it as it is where nobody foresaw it."""
    said = _said(error)
    if isinstance(error, errors.DiskFull):
        return NoRoomError(f"the database has no room left ({said})")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return DatabaseUnavailableError("the database can only be read, as a replica; changes need the primary")
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected):
        return BuildRunningError("another change of the same documents is being made; send this one again")
    if isinstance(error, errors.UndefinedTable | errors.InvalidSchemaName | errors.UndefinedObject):
        return DatabaseMismatchError(f"the database is not prepared ({said}); {MIGRATE}")
    if isinstance(error, errors.InsufficientPrivilege):
        return DatabaseMismatchError(f"the database's user lacks a right ({said}); docs/scaling.md lists those needed")
    if "password" in said or isinstance(error, errors.InvalidAuthorizationSpecification):
        return DatabaseUnavailableError(
            f"the database refuses the user or the password of QA_SERVICE_DATABASE_URL ({said})"
        )
    if isinstance(error, BROKEN):
        return DatabaseUnavailableError(f"the database can't be reached ({said}); send this again in a second")
    raise error


def _said(error: psycopg.Error) -> str:
    """What the server or the driver says, on one line."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return "; ".join(line.strip() for line in lines[:2]) or type(error).__name__
