"""One version as it was at one moment: all that is read through a session is of the same change."""

import threading
from collections.abc import Sequence
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection, errors

from qa_service.errors import DatabaseUnavailableError
from qa_service.postgres.connecting import BROKEN, Database, Row, meaning
from qa_service.postgres.schema import check_schema
from qa_service.postgres.versions import Version, published

HELD_S = 30.0  # a snapshot is renewed after, so that the server can clear away what was deleted
NEAREST = 400  # vectors the graph looks at for each question; `python -m eval growth` shows what it finds
_LOST = (*BROKEN, errors.SerializationFailure)  # a replica ends what reads too long


class Session:
    """Reads from a snapshot of the database, and from an equal one after the connection was lost."""

    def __init__(self, database: Database) -> None:
        """Of the published version. Raises DatabaseUnavailableError, DatabaseMismatchError, IndexMissingError."""
        self._database = database
        self._lock = threading.Lock()
        self._connection: Connection[Row] | None
        self._connection, self.version = self._begun()
        self._closed = False
        self._since = monotonic()

    def close(self) -> None:
        """Let the snapshot go."""
        with self._lock:
            self._closed = True
            self._release(broken=False)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a query finds. Raises DatabaseUnavailableError where it can't be asked, or no equal snapshot be had."""
        with self._lock:
            try:
                return self._run(sql, values)
            except _LOST:
                self._release(broken=True)
            try:
                return self._run(sql, values)  # once more: the server may have been restarted
            except _LOST as error:
                self._release(broken=True)
                raise meaning(error) from error

    def renew(self) -> None:
        """Take an equal, younger snapshot, if there is one and this one is old; else it is kept."""
        if monotonic() - self._since < HELD_S:
            return
        connection, version = self._begun()
        with self._lock:
            if version != self.version or self._connection is None:
                self._end(connection)
                return
            self._release(broken=False)
            self._connection, self._since = connection, monotonic()

    def _run(self, sql: str, values: Sequence[Any]) -> list[Row]:
        connection = self._connection or self._resumed()
        try:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(sql.encode(), values).fetchall()
        except _LOST:
            raise
        except psycopg.Error as error:  # the transaction can't be read from any more
            self._release(broken=True)
            raise meaning(error) from error

    def _resumed(self) -> Connection[Row]:
        """Raises DatabaseUnavailableError where the index has changed meanwhile: what is known of it is of before."""
        if self._closed:
            raise DatabaseUnavailableError("the index is closed")
        connection, version = self._begun()
        if version != self.version:
            self._end(connection)
            raise DatabaseUnavailableError("the index was changed while the database was away; send this again")
        self._connection, self._since = connection, monotonic()
        return connection

    def _begun(self) -> tuple[Connection[Row], Version]:
        connection = self._database.lend()
        try:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            check_schema(connection)
            version = published(connection)
            connection.execute(f"SET LOCAL hnsw.ef_search = {NEAREST}")
            connection.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        except BaseException as error:
            self._end(connection)
            if isinstance(error, psycopg.Error):
                raise meaning(error) from error
            raise
        return connection, version

    def _release(self, *, broken: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._end(connection, broken=broken)

    def _end(self, connection: Connection[Row], *, broken: bool = False) -> None:
        try:
            if not broken:
                connection.execute("ROLLBACK")
        except psycopg.Error:
            broken = True
        self._database.back(connection, broken=broken)
