"""Documents, exchanges and statements of a version, read from the database; as `indexing/store.py` reads a folder's."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.anchors import NOWHERE, Anchors, Place
from qa_service.indexing.rows import more, names, noise, statement_of
from qa_service.indexing.summaries import DocumentSummary
from qa_service.postgres.catalogue import SAID, Catalogue
from qa_service.postgres.filtering import Filters
from qa_service.postgres.session import Session
from qa_service.records import Anchored, Document, Exchange, Piece, Span, Statement

RECENT = 4096  # statements kept in memory; a row's never change
RECENT_DOCUMENTS = 64  # whose times and pages are kept

_FIELDS = """s."row", s.id, s.document, s.section, s.speaker, e.asker, e.asked, s.text, s.start, s."end", s.noise,
  s.prefix, s.suffix"""


class Recent:
    """Statements and anchors read lately, by row and by first row: these hold for every change of a version."""

    def __init__(self) -> None:
        self.statements: OrderedDict[int, Statement] = OrderedDict()
        self.anchors: OrderedDict[int, Anchors] = OrderedDict()


class StatementStore:
    """Of one version after one change. Use one per thread."""

    def __init__(self, session: Session, catalogue: Catalogue, recent: Recent) -> None:
        self._session, self._catalogue, self._recent = session, catalogue, recent
        self._filters = Filters(session, catalogue)
        version = session.version
        joined = "LEFT JOIN {} e ON e.document = s.document AND e.section = s.section"
        self._from = f"FROM {version.table('statements')} s {joined.format(version.table('exchanges'))}"

    def __len__(self) -> int:
        return self._session.version.statements

    def close(self) -> None:
        """Let the snapshot go."""
        self._session.close()

    @property
    def first_row_of(self) -> Mapping[str, int]:
        """By document its first row, in order of row; documents without statements are left out."""
        return self._catalogue.first_row_of

    @property
    def first_rows(self) -> NDArray[np.int64]:
        """Those rows alone."""
        return self._catalogue.first_rows

    def statements(self, rows: Sequence[int]) -> list[Statement]:
        """Statements by row, in the order asked for; those read lately come from memory."""
        recent = self._recent.statements
        wanted = [int(row) for row in rows]
        if missing := sorted({row for row in wanted if row not in recent}):
            sql = f'SELECT {_FIELDS} {self._from} WHERE s."row" = ANY(%s)'
            for record in self._session.rows(sql, [missing]):
                recent[record[0]] = statement_of(record)
        found = [recent[row] for row in wanted]
        for row in wanted:
            recent.move_to_end(row)
        while len(recent) > RECENT:
            recent.popitem(last=False)
        return found

    def all_statements(self) -> Iterator[Statement]:
        """Every statement in order of row."""
        for document in self.first_row_of:
            sql = f'SELECT {_FIELDS} {self._from} WHERE s.document = %s ORDER BY s."row"'
            yield from map(statement_of, self._session.rows(sql, [document]))

    def row_of(self, statement_id: str) -> int | None:
        """The row of a statement id."""
        if "\0" in statement_id:  # no text of the database holds one
            return None
        table = self._session.version.table("statements")
        found = self._session.rows(f'SELECT "row" FROM {table} WHERE id = %s', [statement_id])
        return int(found[0][0]) if found else None

    def neighbours(self, row: int, count: int) -> tuple[list[Statement], list[Statement]]:
        """Up to `count` statements of the same document before and after a row, in reading order."""
        known = self._catalogue.documents[self.statements([row])[0].document]
        first, end = known.first_row, known.first_row + known.statements
        before, after = range(max(first, row - count), row), range(row + 1, min(end, row + count + 1))
        return self.statements(before), self.statements(after)

    def rows_matching(self, filters: Mapping[str, Sequence[str]]) -> NDArray[np.int64] | None:
        """Rows that match, in order. None when there is no filter."""
        return self._filters.rows_matching(filters)

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Where a value fits nobody's name and no document's tag: those there are."""
        return self._filters.fits_nobody(filters)

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """By name of each `speaker` or `asker` the statements of that name and the documents; most first."""
        return self._catalogue.people(key)

    def fitting(self, key: str, typed: str) -> list[str]:
        """The names of each `speaker` or `asker` that what was typed is, or is a part of."""
        return self._filters.fitting(key, typed)

    def documents(self) -> list[DocumentSummary]:
        """All documents in order of id."""
        return [known.summary for known in self._catalogue.documents.values()]

    def places(self, statement: Statement, span: Span) -> tuple[Place, Place]:
        """Where a statement stands in its file or recording, and where its span."""
        anchors, at = self._anchors(statement.document), statement.start
        if anchors is None:
            return NOWHERE, NOWHERE
        return anchors.place(at, statement.end), anchors.place(at + span.start, at + span.end)

    def _anchors(self, document: str) -> Anchors | None:
        known, recent = self._catalogue.documents[document], self._recent.anchors
        if not known.anchored:
            return None
        row = known.first_row
        if row not in recent:
            table = self._session.version.table("documents")
            ((timeline, pages, locators),) = self._session.rows(
                f"SELECT timeline, pages, locators FROM {table} WHERE id = %s", [document]
            )
            recent[row] = Anchors(timeline, pages, locators)
        recent.move_to_end(row)
        if len(recent) > RECENT_DOCUMENTS:
            recent.popitem(last=False)
        return recent[row]

    def document(self, document_id: str) -> Document | None:
        """A document with its text."""
        if document_id not in self._catalogue.documents:
            return None
        table = self._session.version.table("documents")
        (found,) = self._session.rows(f"SELECT {SAID}, text FROM {table} WHERE id = %s", [document_id])
        id_, title, language, sha256, speakers, origin = found[:6]
        document = Document(id_, title, language, sha256, found[-1], names(speakers), origin, *more(found))
        anchors, (_, reader, version, media) = self._anchors(id_), found[12:16]
        anchored = anchors.all() if anchors else Anchored()
        return replace(document, reader=reader, reader_version=version, media=media, anchored=anchored)

    def exchanges(self, document_id: str) -> list[tuple[Exchange, list[Statement]]]:
        """A document's exchanges in order, each with its statements (`answers` is left empty)."""
        sql = f'SELECT {_FIELDS} {self._from} WHERE s.document = %s ORDER BY s."row"'
        statements: dict[int, list[Statement]] = {}
        for record in self._session.rows(sql, [document_id]):
            statements.setdefault(record[3], []).append(statement_of(record))
        table = self._session.version.table("exchanges")
        sql = f'SELECT section, asker, question, start, "end", noise FROM {table} WHERE document = %s ORDER BY section'
        return [
            (
                Exchange(section, asker, None if said is None else Piece(said, start, end, noise(stored)), ()),
                statements.get(section, []),
            )
            for section, asker, said, start, end, stored in self._session.rows(sql, [document_id])
        ]
