"""The SQLite file of documents, exchanges and statements: written once, read-only afterwards."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexDamagedError
from qa_service.indexing.names import Names
from qa_service.records import Document, Exchange, Noise, Piece, Statement, Transcript

PEOPLE_KEYS = ("speaker", "asker")
FILTER_KEYS = ("document", *PEOPLE_KEYS)
RECENT = 4096  # statements kept in memory, a few megabytes

_SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT NOT NULL,
  text TEXT NOT NULL, speakers TEXT NOT NULL, origin TEXT, notes TEXT NOT NULL);
CREATE TABLE exchanges (document TEXT NOT NULL, section INTEGER NOT NULL, asker TEXT, question TEXT,
  asked TEXT, start INTEGER, "end" INTEGER, noise TEXT NOT NULL, PRIMARY KEY (document, section));
CREATE TABLE statements ("row" INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
  section INTEGER NOT NULL, speaker TEXT, text TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  noise TEXT NOT NULL);
CREATE INDEX statements_by_document ON statements (document, "row");
CREATE INDEX statements_by_speaker ON statements (speaker);
"""
_COLUMNS = {"document": "s.document", "speaker": "s.speaker", "asker": "e.asker"}
_EXCHANGES = "LEFT JOIN exchanges e ON e.document = s.document AND e.section = s.section"
_STATEMENT = f"""
SELECT s."row", s.id, s.document, s.section, s.speaker, e.asker, e.asked, s.text, s.start, s."end", s.noise
FROM statements s {_EXCHANGES}
"""


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text."""

    id: str
    title: str
    language: str
    sha256: str
    speakers: tuple[str, ...]
    origin: str | None
    statements: int
    notes: tuple[str, ...] = ()


def write_store(path: Path, transcripts: Iterable[Transcript], statements: Iterable[Statement]) -> None:
    """Write a new file; statement rows follow the order given."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(_SCHEMA)
        for transcript in transcripts:
            d = transcript.document
            speakers = json.dumps(d.speakers, ensure_ascii=False)
            values = (
                d.id,
                d.title,
                d.language,
                d.sha256,
                d.text,
                speakers,
                d.origin,
                json.dumps(d.notes, ensure_ascii=False),
            )
            db.execute("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?)", values)
            db.executemany(
                "INSERT INTO exchanges VALUES (?,?,?,?,?,?,?,?)", (_exchange(d.id, e) for e in transcript.exchanges)
            )
        rows = (
            (i, s.id, s.document, s.section, s.speaker, s.text, s.start, s.end, json.dumps(s.noise))
            for i, s in enumerate(statements)
        )
        db.executemany("INSERT INTO statements VALUES (?,?,?,?,?,?,?,?,?)", rows)
        db.execute("PRAGMA optimize")


def _exchange(document: str, e: Exchange) -> tuple[object, ...]:
    q = e.question
    if q is None:
        return (document, e.section, e.asker, None, None, None, None, "[]")
    return (document, e.section, e.asker, q.text, q.words, q.start, q.end, json.dumps(q.noise))


def _names(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def _noise(stored: str) -> Noise:
    return tuple((start, end) for start, end in json.loads(stored)) if stored != "[]" else ()


def _statement(record: Sequence[Any]) -> Statement:
    fields: list[Any] = list(record[1:])
    fields[-1] = _noise(fields[-1])
    return Statement(*fields)


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

    def __len__(self) -> int:
        return self._count

    def first_rows(self) -> dict[str, int]:
        """By document its first row, in order of rows; a document's rows stand together."""
        found = self._db.execute(
            'SELECT document, min("row") AS first FROM statements GROUP BY document ORDER BY first'
        )
        return {document: int(row) for document, row in found}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def statements(self, rows: Sequence[int]) -> list[Statement]:
        """Statements by row, in the order asked for; those read lately come from memory."""
        return [self._statement(int(row)) for row in rows]

    def all_statements(self) -> Iterator[Statement]:
        """Every statement in order of row."""
        return (_statement(record) for record in self._db.execute(f'{_STATEMENT} ORDER BY s."row"'))

    def _read_statement(self, row: int) -> Statement:
        return _statement(self._db.execute(f'{_STATEMENT} WHERE s."row" = ?', (row,)).fetchone())

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
        """Rows that match: values of one key are OR-ed, keys AND-ed. None when there is no filter.

        A document is named by its id; a person as `Names` finds people.
        """
        chosen = {key: self._meant(key, values) for key, values in filters.items() if values}
        if not chosen:
            return None
        clauses = [f"{_COLUMNS[key]} IN (SELECT value FROM json_each(?))" for key in chosen]
        join = _EXCHANGES if "asker" in chosen else ""
        sql = f'SELECT s."row" FROM statements s {join} WHERE {" AND ".join(clauses)} ORDER BY s."row"'
        found = self._db.execute(sql, [json.dumps(sorted(values)) for values in chosen.values()])
        return np.fromiter((record[0] for record in found), dtype=np.int64)

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """By `speaker` and `asker`, where a value fits nobody's name: the names there are."""
        return {
            key: list(self.people(key))
            for key in PEOPLE_KEYS
            if filters.get(key) and not all(self._people[key].fitting(value) for value in filters[key])
        }

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """By name of each `speaker` or `asker` the statements of that name and the documents; most statements first."""
        found = self._db.execute(
            f"SELECT {_COLUMNS[key]} AS name, s.document, count(*) FROM statements s {_EXCHANGES} "
            "WHERE name IS NOT NULL GROUP BY name, s.document ORDER BY s.document"
        )
        people: dict[str, tuple[int, list[str]]] = {}
        for name, document, count in found:
            before, documents = people.get(name, (0, []))
            people[name] = (before + count, [*documents, document])
        return dict(sorted(people.items(), key=lambda one: (-one[1][0], one[0])))

    def fitting(self, key: str, typed: str) -> list[str]:
        """The names of each `speaker` or `asker` that what was typed is, or is a part of."""
        return self._people[key].fitting(typed)

    @cached_property
    def _people(self) -> dict[str, Names]:
        return {key: Names(self.people(key)) for key in PEOPLE_KEYS}

    def _meant(self, key: str, values: Sequence[str]) -> set[str]:
        if key not in PEOPLE_KEYS:
            return set(values)
        return {name for value in values for name in self._people[key].fitting(value)}

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of id."""
        found = self._db.execute(
            "SELECT d.id, d.title, d.language, d.sha256, d.speakers, d.origin, "
            "(SELECT count(*) FROM statements s WHERE s.document = d.id), d.notes FROM documents d ORDER BY d.id"
        )
        return [DocumentSummary(r[0], r[1], r[2], r[3], _names(r[4]), r[5], r[6], _names(r[7])) for r in found]

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""
        sql = "SELECT id, title, language, sha256, text, speakers, origin, notes FROM documents WHERE id = ?"
        found = self._db.execute(sql, (document_id,)).fetchone()
        if found is None:
            return None
        id_, title, language, sha256, text, speakers, origin, notes = found
        return Document(
            id_, title, language, sha256, text, tuple(json.loads(speakers)), origin, tuple(json.loads(notes))
        )

    def exchanges(self, document_id: str) -> list[tuple[Exchange, list[Statement]]]:
        """A document's exchanges in order, each with its statements (`answers` is left empty)."""
        found = self._db.execute(f'{_STATEMENT} WHERE s.document = ? ORDER BY s."row"', (document_id,))
        statements: dict[int, list[Statement]] = {}
        for record in found:
            statements.setdefault(record[3], []).append(_statement(record))
        sql = 'SELECT section, asker, question, start, "end", noise FROM exchanges WHERE document = ? ORDER BY section'
        return [
            (
                Exchange(section, asker, None if text is None else Piece(text, start, end, _noise(noise)), ()),
                statements.get(section, []),
            )
            for section, asker, text, start, end, noise in self._db.execute(sql, (document_id,))
        ]
