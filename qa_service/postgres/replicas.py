"""Several databases that hold the same, to read from: the first of them that can be reached."""

import os
from collections.abc import Sequence

from psycopg import Connection

from qa_service.errors import QAServiceError
from qa_service.postgres.connecting import Database, Row


class Replicas(Database):
    """Replicas, of which each process prefers another one, and the primary where none of them can be reached."""

    def __init__(self, urls: Sequence[str], primary: str) -> None:
        """Opens no connection before one is needed."""
        super().__init__(primary)
        first = os.getpid() % len(urls)
        self._replicas = [Database(url) for url in (*urls[first:], *urls[:first])]
        self._lent: dict[int, Database] = {}

    def close(self) -> None:
        """Close all connections."""
        for replica in self._replicas:
            replica.close()
        super().close()

    def lend(self) -> Connection[Row]:
        """A connection to a replica, else to the primary. Raises why there is none to that."""
        for replica in self._replicas:
            try:
                connection = replica.lend()
            except QAServiceError:
                continue
            self._lent[id(connection)] = replica
            return connection
        return super().lend()

    def back(self, connection: Connection[Row], *, broken: bool = False) -> None:
        """Give a connection back."""
        replica = self._lent.pop(id(connection), None)
        if replica is None:
            super().back(connection, broken=broken)
        else:
            replica.back(connection, broken=broken)
