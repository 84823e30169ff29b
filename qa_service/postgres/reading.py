"""Small questions to the database beside answering: is a document there, its file, what is published."""

from qa_service.postgres.connecting import Database
from qa_service.postgres.prepared import Source
from qa_service.postgres.versions import published


def published_id(database: Database) -> str:
    """The version that is published and its change. Raises IndexMissingError."""
    with database.connection() as connection:
        return published(connection).id


def exists(database: Database, document: str) -> bool:
    """Whether there is such a document in what is published."""
    with database.connection() as connection:
        version = published(connection)
        found = connection.execute(f"SELECT 1 FROM {version.table('documents')} WHERE id = %s".encode(), [document])
        return found.fetchone() is not None


def file_of(database: Database, document: str) -> Source | None:
    """The file a document of what is published was read from; None where that is not kept."""
    with database.connection() as connection, connection.cursor(binary=True) as cursor:
        version = published(connection)
        cursor.execute(
            f"SELECT file_name, file FROM {version.table('documents')} WHERE id = %s AND file IS NOT NULL".encode(),
            [document],
        )
        found = cursor.fetchone()
    return Source(found[0], bytes(found[1])) if found else None
