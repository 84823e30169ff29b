"""Files of a version that a service fetches once and keeps in a folder: each is checked by its sum."""

import hashlib
import os
import tempfile
from pathlib import Path

from psycopg import Connection

from qa_service.errors import IndexDamagedError, IndexNotWritableError
from qa_service.postgres.connecting import Database, Row

PARTS = ("encoder", "tokens/basis.npy", "tokens/low.npy", "tokens/step.npy", "weights.json", "spelling")


def store_artefacts(connection: Connection[Row], number: int, root: Path) -> None:
    """Keep the files of a generation that every service needs; what is there already is not sent again."""
    for path in _files(root):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if not connection.execute("SELECT 1 FROM blobs WHERE sha256 = %s", [digest]).fetchone():
            connection.execute("INSERT INTO blobs VALUES (%s, %b) ON CONFLICT DO NOTHING", [digest, content])
        name = path.relative_to(root).as_posix()
        connection.execute("INSERT INTO artefacts VALUES (%s, %s, %s)", [number, name, digest])


def _files(root: Path) -> list[Path]:
    found = [
        path for part in PARTS for path in ([root / part] if (root / part).is_file() else (root / part).rglob("*"))
    ]
    return sorted(path for path in found if path.is_file())


def fetch_artefacts(database: Database, number: int, folder: Path) -> None:
    """Put a version's files into `folder`, unless they are there and sound.

    Raises IndexDamagedError where one differs from its sum, IndexNotWritableError where there can be no such folder.
    """
    with database.connection() as connection:
        wanted = connection.execute("SELECT name, sha256 FROM artefacts WHERE version = %s", [number]).fetchall()
    for name, digest in wanted:
        path = folder / name
        try:
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, _content(database, name, digest))
        except OSError as error:
            problem = f"what the database keeps can't be copied to {folder} ({error.strerror or error})"
            raise IndexNotWritableError(f"{problem}; set QA_SERVICE_INDEX_DIR to a folder that can") from error


def _content(database: Database, name: str, digest: str) -> bytes:
    with database.connection() as connection, connection.cursor(binary=True) as cursor:
        found = cursor.execute("SELECT content FROM blobs WHERE sha256 = %s", [digest]).fetchone()
    content = bytes(found[0]) if found else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise IndexDamagedError(f"{name} in the database differs from its checksum; load the index anew")
    return content


def _write(path: Path, content: bytes) -> None:
    """In one step: another service of this machine may be fetching it, too."""
    descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=".fetched-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(made).replace(path)
