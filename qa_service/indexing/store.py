"""The SQLite file of documents, exchanges and statements: written once, read-only afterwards."""

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError
from qa_service.indexing.anchors import NOWHERE, Anchors, Place, pack
from qa_service.indexing.filters import EXCHANGES, Filters
from qa_service.indexing.rows import document_row, exchange_row, how_read, more, names, noise, statement_of
from qa_service.indexing.summaries import DocumentSummary as DocumentSummary
from qa_service.records import (
    Anchored,
    Document,
    Exchange,
    Piece,
    Span,
    Statement,
    Transcript,
)

RECENT = 4096  # statements kept in memory, a few megabytes
RECENT_DOCUMENTS = 64  # whose times and pages are kept: a megabyte for a day's words

_CODES = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS}  # of a write; else EIO

_SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT NOT NULL,
  text TEXT NOT NULL, speakers TEXT NOT NULL, origin TEXT, notes TEXT NOT NULL, date TEXT, date_from TEXT,
  tags TEXT NOT NULL, roles TEXT NOT NULL, language_from TEXT NOT NULL, begins TEXT, ends TEXT,
  text_sha256 TEXT NOT NULL, reader TEXT NOT NULL, reader_version INTEGER NOT NULL, media TEXT);
CREATE TABLE anchors (document TEXT PRIMARY KEY, timeline BLOB NOT NULL, pages BLOB NOT NULL, locators TEXT NOT NULL);
CREATE TABLE exchanges (document TEXT NOT NULL, section INTEGER NOT NULL, asker TEXT, question TEXT,
  asked TEXT, start INTEGER, "end" INTEGER, noise TEXT NOT NULL, PRIMARY KEY (document, section));
CREATE TABLE statements ("row" INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
  section INTEGER NOT NULL, speaker TEXT, text TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  noise TEXT NOT NULL, prefix TEXT NOT NULL, suffix TEXT NOT NULL);
CREATE INDEX statements_by_document ON statements (document, "row");
CREATE INDEX statements_by_speaker ON statements (speaker);
"""
_SAID = """id, title, language, sha256, speakers, origin, notes, date, date_from, tags, roles, language_from,
  text_sha256, reader, reader_version, media"""
_STATEMENT = f"""
SELECT s."row", s.id, s.document, s.section, s.speaker, e.asker, e.asked, s.text, s.start, s."end", s.noise,
  s.prefix, s.suffix
FROM statements s {EXCHANGES}
"""


def write_store(path: Path, transcripts: Iterable[Transcript], statements: Iterable[Statement]) -> None:
    """Write a new file; statement rows follow the order given. Raises OSError."""
    try:
        _write_store(path, transcripts, statements)
    except sqlite3.OperationalError as error:
        code = _CODES.get(error.sqlite_errorcode & 0xFF, errno.EIO)  # the rest of the bits says more closely
        raise OSError(code, str(error)) from error


def _write_store(path: Path, transcripts: Iterable[Transcript], statements: Iterable[Statement]) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(_SCHEMA)
        for transcript in transcripts:
            d = transcript.document
            db.execute("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", document_row(d))
            if d.anchored != Anchored():
                db.execute("INSERT INTO anchors VALUES (?,?,?,?)", (d.id, *pack(d.anchored)))
            db.executemany(
                "INSERT INTO exchanges VALUES (?,?,?,?,?,?,?,?)", (exchange_row(d.id, e) for e in transcript.exchanges)
            )
        rows = (
            (i, s.id, s.document, s.section, s.speaker, s.text, s.start, s.end, json.dumps(s.noise), s.prefix, s.suffix)
            for i, s in enumerate(statements)
        )
        db.executemany("INSERT INTO statements VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
        db.execute("PRAGMA optimize")


class StatementStore:
    """Reads a published store. Use one per thread."""

    def __init__(self, path: Path) -> None:
        """Open it read-only. Raises IndexDamagedError when it is not such a file."""
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            try:
                self._count = int(self._db.execute("SELECT count(*) FROM statements").fetchone()[0])
            except sqlite3.Error:
                self._db.close()
                raise
        except sqlite3.Error as error:
            raise IndexDamagedError(f"{path} can't be read ({error}); rebuild with: qa-service build") from error
        self._statement = lru_cache(RECENT)(self._read_statement)
        self._anchors = lru_cache(RECENT_DOCUMENTS)(self._read_anchors)
        self._filters = Filters(self._db)

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def statements(self, rows: Sequence[int]) -> list[Statement]:
        """Statements by row, in the order asked for; those read lately come from memory."""
        return [self._statement(int(row)) for row in rows]

    def all_statements(self) -> Iterator[Statement]:
        """Every statement in order of row."""
        return (statement_of(record) for record in self._db.execute(f'{_STATEMENT} ORDER BY s."row"'))

    def _read_statement(self, row: int) -> Statement:
        return statement_of(self._db.execute(f'{_STATEMENT} WHERE s."row" = ?', (row,)).fetchone())

    def row_of(self, statement_id: str) -> int | None:
        """The row of a statement id."""
        found = self._db.execute('SELECT "row" FROM statements WHERE id = ?', (statement_id,)).fetchone()
        return None if found is None else int(found[0])

    def neighbours(self, row: int, count: int) -> tuple[list[Statement], list[Statement]]:
        """Up to `count` statements of the same document before and after a row, in reading order."""
        own = self.statements([row])[0].document
        near = [r for r in range(max(0, row - count), min(len(self), row + count + 1)) if r != row]
        same = [(r, s) for r, s in zip(near, self.statements(near), strict=True) if s.document == own]
        return [s for r, s in same if r < row], [s for r, s in same if r > row]

    def rows_matching(self, filters: Mapping[str, Sequence[str]]) -> NDArray[np.int64] | None:
        """As `Filters.rows_matching`."""
        return self._filters.rows_matching(filters)

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """As `Filters.fits_nobody`."""
        return self._filters.fits_nobody(filters)

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """As `Filters.people`."""
        return self._filters.people(key)

    def fitting(self, key: str, typed: str) -> list[str]:
        """As `Filters.fitting`."""
        return self._filters.fitting(key, typed)

    @cached_property
    def first_row_of(self) -> dict[str, int]:
        """By document its first row, in order: the statements of one stand together."""
        found = self._db.execute('SELECT document, min("row") FROM statements GROUP BY document ORDER BY 2')
        return {document: int(row) for document, row in found}

    @cached_property
    def first_rows(self) -> NDArray[np.int64]:
        """Those rows alone."""
        return np.fromiter(self.first_row_of.values(), dtype=np.int64)

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of id."""
        return list(self._summaries)

    @cached_property
    def _summaries(self) -> list[DocumentSummary]:
        counted = "(SELECT count(*) FROM statements s WHERE s.document = d.id)"
        found = self._db.execute(f"SELECT {_SAID}, {counted} FROM documents d ORDER BY id")
        return [
            DocumentSummary(r[0], r[1], r[2], r[3], names(r[4]), r[5], r[-1], *more(r), **how_read(r)) for r in found
        ]

    def places(self, statement: Statement, span: Span) -> tuple[Place, Place]:
        """Where a statement stands in its file or recording, and where its span."""
        anchors, at = self._anchors(statement.document), statement.start
        if anchors is None:
            return NOWHERE, NOWHERE
        return anchors.place(at, statement.end), anchors.place(at + span.start, at + span.end)

    def _read_anchors(self, document: str) -> Anchors | None:
        sql = "SELECT timeline, pages, locators FROM anchors WHERE document = ?"
        found = self._db.execute(sql, (document,)).fetchone()
        return Anchors(*found) if found else None

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""
        found = self._db.execute(f"SELECT {_SAID}, text FROM documents WHERE id = ?", (document_id,)).fetchone()
        if found is None:
            return None
        id_, title, language, sha256, speakers, origin = found[:6]
        document = Document(id_, title, language, sha256, found[-1], names(speakers), origin, *more(found))
        anchors, (_, reader, version, media) = self._anchors(id_), found[12:16]
        anchored = anchors.all() if anchors else Anchored()
        return replace(document, reader=reader, reader_version=version, media=media, anchored=anchored)

    def exchanges(self, document_id: str) -> list[tuple[Exchange, list[Statement]]]:
        """A document's exchanges in order, each with its statements (`answers` is left empty)."""
        found = self._db.execute(f'{_STATEMENT} WHERE s.document = ? ORDER BY s."row"', (document_id,))
        statements: dict[int, list[Statement]] = {}
        for record in found:
            statements.setdefault(record[3], []).append(statement_of(record))
        sql = 'SELECT section, asker, question, start, "end", noise FROM exchanges WHERE document = ? ORDER BY section'
        return [
            (
                Exchange(section, asker, None if text is None else Piece(text, start, end, noise(stored)), ()),
                statements.get(section, []),
            )
            for section, asker, text, start, end, stored in self._db.execute(sql, (document_id,))
        ]
