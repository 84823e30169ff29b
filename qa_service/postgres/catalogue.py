"""What a service keeps in memory of the documents of a version: all but their texts, statements and codes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa_service.dates import period_of
from qa_service.indexing.context import Context, context_from_json
from qa_service.indexing.rows import how_read, more, names
from qa_service.indexing.summaries import DocumentSummary
from qa_service.postgres.session import Session

SAID = """id, title, language, sha256, speakers, origin, notes, date, date_from, tags, roles, language_from,
  text_sha256, reader, reader_version, media"""
TOGETHER = 1000  # documents read at a time


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document. `anchored`: whether its parts have times, pages or names in the file.

    `words`: those that the version's list of words does not hold yet, with counts.
    """

    first_row: int
    statements: int
    summary: DocumentSummary
    context: Context
    people: Mapping[str, Mapping[str, int]]
    anchored: bool
    words: Mapping[str, int]

    @property
    def period(self) -> tuple[str, str] | None:
        """First and last day that its date stands for."""
        return period_of(self.summary.date) if self.summary.date else None


class Catalogue:
    """The documents of one version after one change."""

    def __init__(self, documents: Mapping[str, Known]) -> None:
        self.documents = dict(sorted(documents.items()))
        self._deleted: NDArray[np.int64] | None = None

    @classmethod
    def read(cls, session: Session, before: "Catalogue | None" = None) -> "Catalogue":
        """As the session sees it; what `before` knows of the same version is taken over."""
        table = session.version.table("documents")
        rows: dict[str, int] = dict(session.rows(f"SELECT id, first_row FROM {table}"))
        old = before.documents if before else {}
        kept = {id_: old[id_] for id_, row in rows.items() if id_ in old and old[id_].first_row == row}
        new = sorted(rows.keys() - kept)
        for start in range(0, len(new), TOGETHER):
            kept_of = "first_row, statements, context, people, words, timeline IS NOT NULL"
            sql = f"SELECT {SAID}, {kept_of} FROM {table} WHERE id = ANY(%s)"
            for r in session.rows(sql, [new[start : start + TOGETHER]]):
                summary = DocumentSummary(
                    r[0], r[1], r[2], r[3], names(r[4]), r[5], r[17], *more(r), **how_read(r[:16])
                )
                words = json.loads(r[20]) if r[20] else {}
                kept[r[0]] = Known(r[16], r[17], summary, context_from_json(r[18]), json.loads(r[19]), r[21], words)
        return cls(kept)

    @cached_property
    def first_row_of(self) -> dict[str, int]:
        """By document its first row, in order of row; documents without statements are left out."""
        rows = {id_: known.first_row for id_, known in self.documents.items() if known.statements}
        return dict(sorted(rows.items(), key=lambda one: one[1]))

    @cached_property
    def first_rows(self) -> NDArray[np.int64]:
        """Those rows alone."""
        return np.fromiter(self.first_row_of.values(), dtype=np.int64)

    @cached_property
    def all_rows(self) -> NDArray[np.int64]:
        """Every row, in order."""
        return self.rows_of(self.first_row_of)

    def rows_of(self, documents: Mapping[str, object] | set[str]) -> NDArray[np.int64]:
        """The rows of some documents, in order."""
        found = [self.documents[id_] for id_ in documents if id_ in self.documents]
        parts = [np.arange(known.first_row, known.first_row + known.statements) for known in found]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)

    def has_rows_from(self, row: int) -> bool:
        """Whether there are statements from this row on."""
        return any(known.first_row >= row for known in self.documents.values() if known.statements)

    def deleted_below(self, row: int) -> NDArray[np.int64] | None:
        """The rows below one that are of no document any more; None where there are none."""
        if self._deleted is None:
            deleted = np.ones(row, dtype=bool)
            deleted[self.all_rows[self.all_rows < row]] = False
            self._deleted = np.flatnonzero(deleted)
        return self._deleted if len(self._deleted) else None

    @cached_property
    def languages(self) -> list[str]:
        """Of the documents that have statements, sorted."""
        return sorted({known.summary.language for known in self.documents.values() if known.statements})

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """By name of each `speaker` or `asker` the statements of that name and the documents; most statements first."""
        people: dict[str, tuple[int, list[str]]] = {}
        for id_, known in self.documents.items():
            for name, count in known.people[key].items():
                before, documents = people.get(name, (0, []))
                people[name] = (before + count, [*documents, id_])
        return dict(sorted(people.items(), key=lambda one: (-one[1][0], one[0])))
