"""Documents put and deleted, each change in one transaction: of the rest nothing is touched, nothing built again.

Several services write at the same time. Two changes of one document wait for each other; all others only for the last
step, in which the version counts its documents, statements and terms, and its change.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from psycopg import Connection

from qa_service.errors import BuildRunningError, LastDocumentError, NotFoundError, SourceError
from qa_service.postgres.connecting import Database, Row
from qa_service.postgres.prepared import Prepared, write_documents, write_words
from qa_service.postgres.preparing import Encoded, EncoderOf, Kept, Preparing
from qa_service.postgres.schema import check_schema
from qa_service.postgres.versions import Version, published

TRIES = 3  # versions published while a document is encoded for the one before


class _OtherVersionError(Exception):
    """Another version was published meanwhile; what was encoded is not for it."""


class Writer:
    """Changes the documents of what is published."""

    def __init__(self, database: Database, folder: Path, encoder_of: EncoderOf) -> None:
        """`folder`: where fetched files are kept; `encoder_of` opens the encoder in a folder."""
        self._database, self._folder, self._encoder_of = database, folder, encoder_of
        self._encoding = Lock()
        self._preparing: Preparing | None = None

    def put(self, documents: Sequence[Kept]) -> list[bool]:
        """Write all of these or none, replacing what has their ids; of each whether it is new.

        Raises DatabaseUnavailableError, DatabaseMismatchError, IndexMissingError, NoRoomError, BuildRunningError,
        LastDocumentError, SourceError for a text that no database can hold.
        """
        for one in documents:
            if "\0" in one.transcript.document.text or "\0" in one.transcript.document.title:
                raise SourceError("it holds zero characters, which a database can't keep", file=one.source.name)
        for _ in range(TRIES):
            version, encoded = self._encode(documents)
            try:
                return self._write(version, encoded)
            except _OtherVersionError:
                continue
        raise BuildRunningError("other versions of the index are being published; send this again when that is done")

    def delete(self, document: str) -> None:
        """Drop a document. Raises NotFoundError, LastDocumentError, and what `put` raises."""
        with self._database.transaction() as connection:
            check_schema(connection)
            version = published(connection)
            _hold(connection, version, [document])
            before = _remove(connection, version, [document])
            if not before.documents:
                raise NotFoundError(f"no document {document!r} to delete; GET /v1/documents lists them")
            _finish(connection, version, before.negated())

    def _encode(self, documents: Sequence[Kept]) -> tuple[Version, list[Encoded]]:
        with self._database.connection() as connection:
            check_schema(connection)
            version = published(connection)
        with self._encoding:
            if self._preparing is None or self._preparing.version.number != version.number:
                self._preparing = Preparing(self._database, version, self._folder, self._encoder_of)
            return version, [self._preparing.encoded(one) for one in documents]

    def _write(self, version: Version, encoded: Sequence[Encoded]) -> list[bool]:
        ids = [one.prepared.document.id for one in encoded]
        terms = {term for one in encoded for words in one.words for term in words}
        with self._database.connection() as connection:  # apart: what is given out and not used does no harm
            numbers = _numbers(connection, version, sorted(terms))
            row = _rows(connection, version, sum(one.prepared.rows for one in encoded))
        prepared = []
        for one in encoded:
            prepared.append(one.numbered(numbers, row))
            row += one.prepared.rows
        with self._database.transaction() as connection:
            _hold(connection, version, ids)
            before = _remove(connection, version, ids)
            write_documents(connection, version, prepared)
            write_words(connection, version, prepared)
            _finish(connection, version, _Sums.of(prepared, encoded).plus(before.negated()))
        return [id_ not in before.ids for id_ in ids]


class _Sums:
    """What a change adds to a version's counts, or takes away."""

    def __init__(
        self, documents: int, statements: int, terms: int, holding: Mapping[int, int], ids: Iterable[str] = ()
    ) -> None:
        """`holding`: by term's number the statements that hold it; `ids`: of the documents."""
        self.documents, self.statements, self.terms = documents, statements, terms
        self.holding, self.ids = holding, frozenset(ids)

    @classmethod
    def of(cls, prepared: Sequence[Prepared], encoded: Sequence[Encoded]) -> "_Sums":
        found = [counted for one in prepared for counted in one.counted]
        holding = Counter(number for counted in found for number in counted.terms.tolist())
        statements = sum(len(one.statements) for one in encoded)
        return cls(len(prepared), statements, sum(counted.length for counted in found), holding)

    def negated(self) -> "_Sums":
        holding = {number: -count for number, count in self.holding.items()}
        return _Sums(-self.documents, -self.statements, -self.terms, holding)

    def plus(self, other: "_Sums") -> "_Sums":
        holding = Counter(self.holding)
        holding.update(other.holding)
        return _Sums(
            self.documents + other.documents, self.statements + other.statements, self.terms + other.terms, holding
        )


def _numbers(connection: Connection[Row], version: Version, terms: Sequence[str]) -> dict[str, int]:
    """The number of each term; new ones are given out."""
    table = version.table("terms")
    connection.execute(
        f"INSERT INTO {table} (term, id, statements) SELECT t, nextval('term_ids'), 0 "
        f"FROM unnest(%s::text[]) t WHERE NOT EXISTS (SELECT FROM {table} k WHERE k.term = t) "
        "ORDER BY t ON CONFLICT DO NOTHING".encode(),
        [terms],
    )
    sql = f"SELECT term, id FROM {table} WHERE term = ANY(%s)"
    return dict(connection.execute(sql.encode(), [terms]).fetchall())


def _rows(connection: Connection[Row], version: Version, count: int) -> int:
    """The first of so many rows that nobody else gets."""
    sql = "UPDATE versions SET next_row = next_row + %s WHERE number = %s RETURNING next_row - %s"
    found = connection.execute(sql, [count, version.number, count]).fetchone()
    if found is None:  # it was dropped
        raise _OtherVersionError
    return int(found[0])


def _hold(connection: Connection[Row], version: Version, ids: Sequence[str]) -> None:
    """Let nobody else change these documents until the transaction ends; in order, so that nobody waits in a circle."""
    for id_ in sorted(ids):
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [id_, version.number])


def _remove(connection: Connection[Row], version: Version, ids: Sequence[str]) -> _Sums:
    """Delete documents, where they are there; what they counted."""
    table = version.table
    sql = f"SELECT id, first_row, statements FROM {table('documents')} WHERE id = ANY(%s)"
    found = connection.execute(sql.encode(), [ids]).fetchall()
    if not found:
        return _Sums(0, 0, 0, {})
    firsts = [first for _, first, _ in found]
    lasts = [first + count - 1 for _, first, count in found]
    within = 'FROM {} t JOIN unnest(%s::bigint[], %s::bigint[]) AS r(first, last) ON t."row" BETWEEN r.first AND r.last'
    terms, holding = 0, Counter[int]()
    with connection.cursor(binary=True) as cursor:
        cursor.execute(f"SELECT t.terms, t.length {within.format(table('codes'))}".encode(), [firsts, lasts])
        for held, length in cursor:
            terms += length
            holding.update(np.frombuffer(held, dtype="<i4").tolist())
    for name in ("statements", "vectors", "lexical", "codes"):
        connection.execute(
            f"DELETE FROM {table(name)} t USING unnest(%s::bigint[], %s::bigint[]) AS r(first, last) "
            'WHERE t."row" BETWEEN r.first AND r.last'.encode(),
            [firsts, lasts],
        )
    for name, column in (("exchanges", "document"), ("documents", "id")):
        connection.execute(f"DELETE FROM {table(name)} WHERE {column} = ANY(%s)".encode(), [ids])
    known = [id_ for id_, _, _ in found]
    return _Sums(len(found), sum(count for _, _, count in found), terms, holding, known)


def _finish(connection: Connection[Row], version: Version, sums: _Sums) -> None:
    """Count the change. Raises LastDocumentError where nothing would be left, _OtherVersionError."""
    now = connection.execute("SELECT version FROM published FOR SHARE").fetchone()
    if now is None or now[0] != version.number:
        raise _OtherVersionError
    found = connection.execute(
        "UPDATE versions SET change = change + 1, documents = documents + %s, statements = statements + %s, "
        "terms = terms + %s WHERE number = %s RETURNING documents, statements",
        [sums.documents, sums.statements, sums.terms, version.number],
    ).fetchone()
    if found is None or found[0] < 1 or found[1] < 1:
        raise LastDocumentError("no statement would be left; put another document first")
    changed = {number: count for number, count in sums.holding.items() if count}
    connection.execute(
        f"UPDATE {version.table('terms')} t SET statements = t.statements + d.count "
        "FROM unnest(%s::int[], %s::bigint[]) AS d(id, count) WHERE t.id = d.id".encode(),
        [list(changed), list(changed.values())],
    )
