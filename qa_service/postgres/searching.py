"""Search by vector in the database. What it finds is measured here, exactly, and only then cut to k."""

import numpy as np
from numpy.typing import NDArray

from qa_service.postgres.catalogue import Catalogue
from qa_service.postgres.codes import Codes
from qa_service.postgres.session import Session

EXACT_UP_TO = 10_000  # statements that are all compared; beyond, the graph is asked
FEW = 20_000  # allowed rows that are all compared
MORE = 16  # candidates beside those wanted: half precision may order neighbours otherwise
FIRST_POSTINGS = 4_000  # statements that the rarest terms find before it is asked whether others may still matter
Rows = NDArray[np.int64]
Float = NDArray[np.float32]


def runs(rows: Rows) -> tuple[list[int], list[int]]:
    """Sorted rows as first and last of each stretch without a gap."""
    if not len(rows):
        return [], []
    gaps = np.flatnonzero(np.diff(rows) != 1)
    return rows[np.concatenate([[0], gaps + 1])].tolist(), rows[np.concatenate([gaps, [len(rows) - 1]])].tolist()


def multirange(rows: Rows) -> str:
    """The same as PostgreSQL writes it."""
    return "{" + ",".join(f"[{first},{last}]" for first, last in zip(*runs(rows), strict=True)) + "}"


class VectorSearch:
    """By cosine, in one version after one change."""

    def __init__(self, session: Session, catalogue: Catalogue, codes: Codes) -> None:
        self._session, self._catalogue, self._codes = session, catalogue, codes
        self._table = session.version.table("vectors")

    def __len__(self) -> int:
        return self._session.version.statements

    def all_rows(self) -> Rows:
        """Every row, in order."""
        return self._catalogue.all_rows

    def vectors(self, rows: Rows) -> Float:
        """(k, d) vectors of `rows`."""
        found = [one.vector for one in self._codes.of(self._session, rows.tolist())]
        return np.stack(found) if found else np.empty((0, self._session.version.dimension), dtype=np.float32)

    def cosines(self, query: Float, rows: Rows) -> Float:
        """The cosine of one (d,) vector with each of `rows`."""
        return np.asarray(self.vectors(rows) @ query)

    def search(self, query: Float, k: int, rows: Rows | None = None) -> tuple[Rows, Float]:
        """The k best rows for one (d,) vector and their cosines, best first; only among `rows` when given."""
        k = min(k, len(self) if rows is None else len(rows))
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        found = self._nearest(_halfvec(query), k + MORE, None if rows is None else np.sort(rows))
        scores = self.cosines(query, found)
        best = np.argsort(-scores, kind="stable")[:k]
        return found[best], scores[best]

    def _nearest(self, query: str, k: int, rows: Rows | None) -> Rows:
        compared = f"embedding::halfvec({self._session.version.dimension}) <#> %s::halfvec"
        if rows is not None and len(rows) <= FEW:
            sql = (
                f'SELECT v."row" FROM unnest(%s::bigint[], %s::bigint[]) AS r(first, last) JOIN {self._table} v '
                f'ON v."row" BETWEEN r.first AND r.last ORDER BY (v.{compared}) + 0 LIMIT %s'
            )
            values: list[object] = [*runs(rows), query, k]
        elif rows is not None:
            sql = f'SELECT "row" FROM {self._table} WHERE "row" <@ %s::int8multirange ORDER BY {compared} LIMIT %s'
            values = [multirange(rows), query, k]
        else:
            exact = " + 0" if len(self) <= EXACT_UP_TO else ""  # which no index can order by
            sql = f'SELECT "row" FROM {self._table} ORDER BY ({compared}){exact} LIMIT %s'
            values = [query, k]
        return self._codes.found_by(self._session, sql, values)


def _halfvec(vector: Float) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"
