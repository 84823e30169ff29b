"""Search by vector and by words in the database. What it finds is measured here, exactly, and only then cut to k."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.analysis import terms
from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.lexical import POSTINGS
from qa_service.postgres.binary import TERMS
from qa_service.postgres.bm25 import idf, scores_of
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
        found = np.fromiter((row for (row,) in self._session.rows(sql, values)), dtype=np.int64)
        return np.sort(found)


class TermSearch:
    """BM25, in one version after one change."""

    def __init__(self, session: Session, catalogue: Catalogue, codes: Codes) -> None:
        self._session, self._codes = session, codes
        self._languages = tuple(catalogue.languages)
        self._terms: dict[str, tuple[int, int]] = {}  # number and statements of the terms asked for so far

    def terms(self, question: str) -> list[str]:
        """The different terms of a question, sorted; as `indexing.lexical.LexicalIndex.terms`."""
        stemmed = [terms(question, language) for language in self._languages]
        self._look_up({stem for stems in stemmed for stem in stems})
        found: set[str] = set()
        for stems in zip(*stemmed, strict=True):
            found.update({stem for stem in stems if self._terms[stem][1]} or stems[:1])
        return sorted(found)

    def best(self, asked: Sequence[str], k: int, allowed: Rows | None = None) -> Rows:
        """The at most `k` rows with the highest BM25 score above 0 among the `allowed` (None: all), in any order.

        The rarest terms find the candidates. No statement without one of them scores more than the idf of all other
        terms together; while that could be among the best, more terms are asked for, up to `POSTINGS` statements.
        """
        known = sorted((self._known(asked)).items(), key=lambda one: (one[1][1], one[0]))
        rare, total, limit = 0, 0, FIRST_POSTINGS
        found: list[tuple[int, float]] = []
        while rare < len(known):
            while rare < len(known) and (not rare or total + known[rare][1][1] <= limit):
                total += known[rare][1][1]
                rare += 1
            found = self._holding(known, rare, k + MORE, allowed)
            rest = float(self._idf([count for _, (_, count) in known[rare:]]).sum())
            least = found[k - 1][1] if len(found) >= k else 0.0
            if rest <= least or limit >= POSTINGS:
                break
            limit = min(POSTINGS, max(limit * 5, total + (known[rare][1][1] if rare < len(known) else 0)))
        rows = np.sort(np.array([row for row, _ in found], dtype=np.int64))
        if len(rows) <= k:
            return rows
        scores = self.coverage(asked, rows).scores
        return rows[np.argsort(-scores, kind="stable")[:k]]

    def coverage(self, asked: Sequence[str], rows: Rows) -> TermCoverage:
        """Which of the terms `asked` stand in which of `rows`; one that no statement holds has the highest idf."""
        self._look_up(set(asked))
        numbers = np.array([self._terms[term][0] for term in asked], dtype=np.int32)
        weights = self._idf([self._terms[term][1] for term in asked])
        version = self._session.version
        counted = [one.counted for one in self._codes.of(self._session, rows.tolist())]
        present, scores = scores_of(numbers, weights, counted, version.terms / max(1, version.statements))
        return TermCoverage(self._languages, list(asked), weights, present, scores)

    def _holding(
        self, known: Sequence[tuple[str, tuple[int, int]]], rare: int, k: int, allowed: Rows | None
    ) -> list[tuple[int, float]]:
        """Of the statements that hold one of the first terms the best by all of them, best first, with scores."""
        weights = self._idf([count for _, (_, count) in known])
        pairs = sorted(zip((number for _, (number, _) in known), weights.tolist(), strict=True))
        asked = "{" + ",".join(f"{number + 1}:{weight:.8g}" for number, weight in pairs) + f"}}/{TERMS}"
        within = "" if allowed is None else 'AND "row" <@ %s::int8multirange'
        sql = (
            f'SELECT "row", -(weights <#> %s::sparsevec) FROM {self._session.version.table("lexical")} '
            f"WHERE terms && %s {within} ORDER BY 2 DESC LIMIT %s"
        )
        values: list[object] = [asked, [number for _, (number, _) in known[:rare]]]
        values += [] if allowed is None else [multirange(np.sort(allowed))]
        return [(row, score) for row, score in self._session.rows(sql, [*values, k])]

    def _known(self, asked: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """The number and the statements of the terms that some statement holds."""
        self._look_up(set(asked))
        return {term: self._terms[term] for term in asked if self._terms[term][1]}

    def _look_up(self, wanted: set[str]) -> None:
        if missing := sorted(term for term in wanted if term not in self._terms):
            self._terms |= dict.fromkeys(missing, (-1, 0))
            sql = f"SELECT term, id, statements FROM {self._session.version.table('terms')} WHERE term = ANY(%s)"
            held = [term for term in missing if "\0" not in term]
            self._terms |= {term: (id_, count) for term, id_, count in self._session.rows(sql, [held])}

    def _idf(self, statements: Sequence[int]) -> Float:
        return idf(np.array(statements, dtype=np.float64), self._session.version.statements)


def _halfvec(vector: Float) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"
