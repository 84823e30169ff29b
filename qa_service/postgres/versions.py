"""Which versions of the index the database has, and which one is answered from."""

from dataclasses import dataclass

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from qa_service.errors import IndexMissingError, NotFoundError
from qa_service.postgres.connecting import Database, Row

EMPTY = "there is no index in the database yet; load one with: qa-service database load"
TABLES = ("documents", "exchanges", "statements", "vectors", "postings", "lexical", "terms", "codes")
_LOADING = 5_170_924  # any number: of the one load, or drop, that may run


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it stands after so many changes."""

    number: int
    name: str
    model: str
    sources_sha256: str
    dimension: int
    change: int
    documents: int
    statements: int
    terms: int
    packed: int

    @property
    def id(self) -> str:
        """What answers name: later versions and changes have later names."""
        return f"{self.name}.{self.change:08d}"

    def table(self, name: str) -> str:
        """The version's own table of a kind."""
        return f"{name}_{self.number}"


_COLUMNS = (
    "v.number, v.name, v.model, v.sources_sha256, v.dimension, v.change, v.documents, v.statements, v.terms, v.packed"
)


def published(connection: Connection[Row]) -> Version:
    """The version that is answered from. Raises IndexMissingError where there is none."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM published p JOIN versions v ON v.number = p.version").fetchone()
    if found is None:
        raise IndexMissingError(EMPTY)
    return Version(*found)


def listed(database: Database) -> list[tuple[Version, bool]]:
    """All versions, oldest first, and whether each is the one answered from."""
    with database.connection() as connection:
        found = connection.execute(
            f"SELECT {_COLUMNS}, p.version IS NOT NULL FROM versions v "
            "LEFT JOIN published p ON p.version = v.number ORDER BY v.number"
        )
        return [(Version(*record[:-1]), record[-1]) for record in found]


def make_tables(connection: Connection[Row], number: int) -> None:
    """A version's own tables."""
    for table in TABLES:
        command = SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
        connection.execute(command.format(Identifier(f"{table}_{number}"), Identifier(table)))


def publish(connection: Connection[Row], number: int) -> None:
    """Answer from a version from here on; what was answered from is kept as the one before."""
    connection.execute(
        "INSERT INTO published (version) VALUES (%s) ON CONFLICT (only_one) "
        "DO UPDATE SET before = CASE WHEN published.version = excluded.version THEN published.before "
        "ELSE published.version END, version = excluded.version",
        [number],
    )


def use(database: Database, name: str | None = None) -> str:
    """Answer from the version of this name, else from the one before; its name. Raises NotFoundError."""
    with database.transaction() as connection:
        sql = "SELECT number, name FROM versions WHERE name = %s"
        if name is None:
            sql = "SELECT v.number, v.name FROM published p JOIN versions v ON v.number = p.before"
        found = connection.execute(sql, [name] if name else []).fetchone()
        if found is None:
            raise NotFoundError(f"there is no such version {name!r}" if name else "there is no version before this one")
        publish(connection, found[0])
        return str(found[1])


def drop_others(database: Database) -> None:
    """Drop all versions but the one answered from and the one before. Raises BuildRunningError where one is in use."""
    with database.transaction() as connection:
        hold_loading(connection)
        old = connection.execute(
            "SELECT number FROM versions WHERE number NOT IN (SELECT version FROM published) "
            "AND number NOT IN (SELECT before FROM published WHERE before IS NOT NULL)"
        ).fetchall()
        for (number,) in old:
            for table in TABLES:
                connection.execute(SQL("DROP TABLE {}").format(Identifier(f"{table}_{number}")))
            connection.execute("DELETE FROM versions WHERE number = %s", [number])
        connection.execute("DELETE FROM blobs b WHERE NOT EXISTS (SELECT FROM artefacts a WHERE a.sha256 = b.sha256)")


def hold_loading(connection: Connection[Row]) -> None:
    """Be the only one that loads or drops versions, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADING])
