"""Which statements a question's filters leave; who and what there is to filter by."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.filter_values import PEOPLE_KEYS, FilterValues

FILTER_KEYS = ("document", *PEOPLE_KEYS, "date", "tags")
EXCHANGES = "LEFT JOIN exchanges e ON e.document = s.document AND e.section = s.section"
_COLUMNS = {"document": "s.document", "speaker": "s.speaker", "asker": "e.asker", "tags": "s.document"}
_DATED = "s.document IN (SELECT id FROM documents WHERE begins <= ? AND ends >= ?)"


class Filters:
    """Reads the tables of a store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """`db`: of the store."""
        self._db = db
        self._values = FilterValues(self.people, self._tags)

    def rows_matching(self, filters: Mapping[str, Sequence[str]]) -> NDArray[np.int64] | None:
        """Rows that match: values of one key are OR-ed, keys AND-ed. None when there is no filter.

        A document is named by its id, or by a tag of it without regard to case; a person as `Names` finds people.
        `date` is a first and a last day: a document matches whose date stands for a period with a day among them.
        """
        clauses, values = [], []
        for key, wanted in filters.items():
            if wanted and key == "date":
                clauses.append(_DATED)
                values += [wanted[1], wanted[0]]
            elif wanted:
                clauses.append(f"{_COLUMNS[key]} IN (SELECT value FROM json_each(?))")
                values.append(json.dumps(sorted(self._values.meant(key, wanted))))
        if not clauses:
            return None
        join = EXCHANGES if filters.get("asker") else ""
        sql = f'SELECT s."row" FROM statements s {join} WHERE {" AND ".join(clauses)} ORDER BY s."row"'
        return np.fromiter((record[0] for record in self._db.execute(sql, values)), dtype=np.int64)

    def people(self, key: str) -> dict[str, tuple[int, list[str]]]:
        """By name of each `speaker` or `asker` the statements of that name and the documents; most statements first."""
        found = self._db.execute(
            f"SELECT {_COLUMNS[key]} AS name, s.document, count(*) FROM statements s {EXCHANGES} "
            "WHERE name IS NOT NULL GROUP BY name, s.document ORDER BY s.document"
        )
        people: dict[str, tuple[int, list[str]]] = {}
        for name, document, count in found:
            before, documents = people.get(name, (0, []))
            people[name] = (before + count, [*documents, document])
        return dict(sorted(people.items(), key=lambda one: (-one[1][0], one[0])))

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """As `FilterValues.fits_nobody`."""
        return self._values.fits_nobody(filters)

    def fitting(self, key: str, typed: str) -> list[str]:
        """As `FilterValues.fitting`."""
        return self._values.fitting(key, typed)

    def _tags(self) -> Iterator[tuple[str, list[str]]]:
        for document, stored in self._db.execute("SELECT id, tags FROM documents ORDER BY id"):
            yield document, json.loads(stored)
