"""Which statements a question's filters leave; who and what there is to filter by."""

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.names import Names

PEOPLE_KEYS = ("speaker", "asker")
FILTER_KEYS = ("document", *PEOPLE_KEYS, "date", "tags")
EXCHANGES = "LEFT JOIN exchanges e ON e.document = s.document AND e.section = s.section"
_COLUMNS = {"document": "s.document", "speaker": "s.speaker", "asker": "e.asker", "tags": "s.document"}
_DATED = "s.document IN (SELECT id FROM documents WHERE begins <= ? AND ends >= ?)"


class Filters:
    """Reads the tables of a store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """`db`: of the store."""
        self._db = db

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
                values.append(json.dumps(sorted(self._meant(key, wanted))))
        if not clauses:
            return None
        join = EXCHANGES if filters.get("asker") else ""
        sql = f'SELECT s."row" FROM statements s {join} WHERE {" AND ".join(clauses)} ORDER BY s."row"'
        return np.fromiter((record[0] for record in self._db.execute(sql, values)), dtype=np.int64)

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """By `speaker`, `asker` and `tags`, where a value fits nobody's name and no document's tag: those there are."""
        found = {
            key: list(self.people(key))
            for key in PEOPLE_KEYS
            if filters.get(key) and not all(self._people[key].fitting(value) for value in filters[key])
        }
        if not all(_plain(tag) in self._tagged for tag in filters.get("tags", ())):
            found["tags"] = [tag for tag, _ in self._tagged.values()]
        return found

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

    def fitting(self, key: str, typed: str) -> list[str]:
        """The names of each `speaker` or `asker` that what was typed is, or is a part of."""
        return self._people[key].fitting(typed)

    @cached_property
    def _people(self) -> dict[str, Names]:
        return {key: Names(self.people(key)) for key in PEOPLE_KEYS}

    @cached_property
    def _tagged(self) -> dict[str, tuple[str, set[str]]]:
        """By tag without regard to case: as the first document writes it, and the documents; most documents first."""
        tagged: dict[str, tuple[str, set[str]]] = {}
        for document, stored in self._db.execute("SELECT id, tags FROM documents ORDER BY id"):
            for tag in json.loads(stored):
                tagged.setdefault(_plain(tag), (tag, set()))[1].add(document)
        return dict(sorted(tagged.items(), key=lambda one: (-len(one[1][1]), one[0])))

    def _meant(self, key: str, values: Iterable[str]) -> set[str]:
        if key == "tags":
            return {document for value in values for document in self._tagged.get(_plain(value), ("", set()))[1]}
        if key not in PEOPLE_KEYS:
            return set(values)
        return {name for value in values for name in self._people[key].fitting(value)}


def _plain(tag: str) -> str:
    return unicodedata.normalize("NFC", tag.strip()).casefold()
