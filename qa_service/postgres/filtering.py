"""Which statements a question's filters leave; as `indexing/filters.py`, of a version in the database."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.filter_values import PEOPLE_KEYS, FilterValues
from qa_service.postgres.catalogue import Catalogue
from qa_service.postgres.session import Session

KEPT = 64  # combinations of filters whose rows are kept
Rows = NDArray[np.int64]
_Key = tuple[tuple[str, tuple[str, ...]], ...]


class Filters:
    """Of one version after one change."""

    def __init__(self, session: Session, catalogue: Catalogue) -> None:
        self._session, self._catalogue = session, catalogue
        self._values = FilterValues(catalogue.people, self._tags)
        self._matching = lru_cache(KEPT)(self._find)

    def rows_matching(self, filters: Mapping[str, Sequence[str]]) -> Rows | None:
        """As `indexing.filters.Filters.rows_matching`."""
        wanted: _Key = tuple(sorted((key, tuple(values)) for key, values in filters.items() if values))
        return self._matching(wanted) if wanted else None

    def fits_nobody(self, filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """As `FilterValues.fits_nobody`."""
        return self._values.fits_nobody(filters)

    def fitting(self, key: str, typed: str) -> list[str]:
        """As `FilterValues.fitting`."""
        return self._values.fitting(key, typed)

    def _find(self, filters: _Key) -> Rows:
        documents = self._documents(dict(filters))
        people = {key: self._values.meant(key, values) for key, values in filters if key in PEOPLE_KEYS}
        if documents is not None and not documents:
            return np.empty(0, dtype=np.int64)
        if not people:
            return self._catalogue.rows_of(documents or set())
        clauses, values = [], []
        version = self._session.version
        if "speaker" in people:
            clauses.append("s.speaker = ANY(%s)")
            values.append(sorted(people["speaker"]))
        if "asker" in people:
            exchanges = version.table("exchanges")
            clauses.append(
                f"EXISTS (SELECT FROM {exchanges} e WHERE e.document = s.document AND e.section = s.section "
                "AND e.asker = ANY(%s))"
            )
            values.append(sorted(people["asker"]))
        if documents is not None:
            clauses.append("s.document = ANY(%s)")
            values.append(sorted(documents))
        sql = f'SELECT s."row" FROM {version.table("statements")} s WHERE {" AND ".join(clauses)} ORDER BY 1'
        return np.fromiter((row for (row,) in self._session.rows(sql, values)), dtype=np.int64)

    def _documents(self, filters: Mapping[str, Sequence[str]]) -> set[str] | None:
        """The documents that the filters of documents leave; None where there are none of these."""
        known = self._catalogue.documents
        left: set[str] | None = None
        for key in ("document", "tags", "date"):
            if not (values := filters.get(key)):
                continue
            if key == "date":
                periods = ((id_, one.period) for id_, one in known.items())
                found = {id_ for id_, period in periods if period and period[0] <= values[1] and period[1] >= values[0]}
            else:
                found = self._values.meant(key, values) & known.keys()
            left = found if left is None else left & found
        return left

    def _tags(self) -> Iterator[tuple[str, Sequence[str]]]:
        for id_, known in self._catalogue.documents.items():
            yield id_, known.summary.tags
