"""BM25 in the database: packed postings of what a version was loaded with, and rows of what was put later."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.analysis import terms
from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.lexical import POSTINGS, REFINED
from qa_service.postgres.binary import TERMS
from qa_service.postgres.bm25 import Counted, idf, scores_of
from qa_service.postgres.catalogue import Catalogue
from qa_service.postgres.codes import Codes
from qa_service.postgres.postings import Postings
from qa_service.postgres.searching import MORE, Float, Rows, multirange
from qa_service.postgres.session import Session

FIRST_LOOKED_AT = 4_000  # statements put later that the rarest terms find, before it is asked whether others matter
Known = Sequence[tuple[int, int]]  # of terms, the rarest first: number, and statements that hold it


class TermSearch:
    """Of one version after one change. Use one per thread."""

    def __init__(self, session: Session, catalogue: Catalogue, codes: Codes, postings: Postings) -> None:
        self._session, self._catalogue, self._codes, self._postings = session, catalogue, codes, postings
        self._languages = tuple(catalogue.languages)
        self._terms: dict[str, tuple[int, int]] = {}  # number and statements of the terms asked for so far
        self._mean = session.version.terms / max(1, session.version.statements)

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

        Exact while the terms stand in `POSTINGS` statements in all, as `indexing.lexical.LexicalIndex.best` is.
        """
        self._look_up(set(asked))
        known = sorted({self._terms[term] for term in asked if self._terms[term][1]}, key=lambda one: (one[1], one[0]))
        if not known:
            return np.empty(0, dtype=np.int64)
        found = self._loaded(known, k, allowed)
        if self._catalogue.has_rows_from(self._session.version.packed):
            found = np.union1d(found, self._put_later(known, k + MORE, allowed))
        if len(found) <= k:
            return found
        _, scores = self._measured(asked, self._codes.counted_of(self._session, found.tolist()))
        return found[np.argsort(-scores, kind="stable")[:k]]

    def coverage(self, asked: Sequence[str], rows: Rows) -> TermCoverage:
        """Which of the terms `asked` stand in which of `rows`; one that no statement holds has the highest idf."""
        self._look_up(set(asked))
        counted = [one.counted for one in self._codes.of(self._session, rows.tolist())]
        present, scores = self._measured(asked, counted)
        weights = self._idf([self._terms[term][1] for term in asked])
        return TermCoverage(self._languages, list(asked), weights, present, scores)

    def _measured(self, asked: Sequence[str], counted: Sequence[Counted]) -> tuple[NDArray[np.bool_], Float]:
        numbers = np.array([self._terms[term][0] for term in asked], dtype=np.int32)
        weights = self._idf([self._terms[term][1] for term in asked])
        return scores_of(numbers, weights, counted, self._mean)

    def _loaded(self, known: Known, k: int, allowed: Rows | None) -> Rows:
        """The best of what the version was loaded with, without what was deleted since."""
        rare = _rare(known)
        frequent = known[len(rare) :]
        wanted = REFINED * k if frequent else k
        scores, listed = self._postings.scores(self._session, self._weights(rare), self._mean)
        deleted = self._catalogue.deleted_below(len(scores))
        if deleted is not None:
            scores[deleted] = 0.0
        if allowed is not None:
            listed = allowed[allowed < len(scores)]
        elif len(listed) > (most := wanted * len(rare)):  # a row is listed once for each term
            listed = listed[np.argpartition(-scores[listed], most)[:most]]
        found = np.unique(listed)
        found = _highest(found[scores[found] > 0], scores, wanted)
        if len(found) <= k:
            return found
        scores[found] += self._postings.scores_at(self._session, self._weights(frequent), self._mean, found)
        return np.sort(_highest(found, scores, k))

    def _weights(self, known: Known) -> dict[int, float]:
        """By number the idf."""
        idf_of = self._idf([count for _, count in known]).tolist()
        return {number: weight for (number, _), weight in zip(known, idf_of, strict=True)}

    def _put_later(self, known: Known, k: int, allowed: Rows | None) -> Rows:
        """The best of what was put since, or a few more.

        The rarest terms find the candidates. No statement without one of them scores more than the idf of all other
        terms together; while that could be among the best, more terms are asked for.
        """
        rare, total, limit = 0, 0, FIRST_LOOKED_AT
        found: list[tuple[int, float]] = []
        while rare < len(known):
            while rare < len(known) and (not rare or total + known[rare][1] <= limit):
                total += known[rare][1]
                rare += 1
            found = self._holding(known, rare, k, allowed)
            rest = float(self._idf([count for _, count in known[rare:]]).sum())
            least = found[k - 1][1] if len(found) >= k else 0.0
            if rest <= least or limit >= POSTINGS:
                break
            limit = min(POSTINGS, max(limit * 5, total + (known[rare][1] if rare < len(known) else 0)))
        return np.array([row for row, _ in found], dtype=np.int64)

    def _holding(self, known: Known, rare: int, k: int, allowed: Rows | None) -> list[tuple[int, float]]:
        """Of the statements that hold one of the first terms the best by all of them, best first, with scores."""
        weights = self._idf([count for _, count in known])
        pairs = sorted(zip((number for number, _ in known), weights.tolist(), strict=True))
        asked = "{" + ",".join(f"{number + 1}:{weight:.8g}" for number, weight in pairs) + f"}}/{TERMS}"
        within = "" if allowed is None else 'AND "row" <@ %s::int8multirange'
        sql = (
            f'SELECT "row", -(weights <#> %s::sparsevec) FROM {self._session.version.table("lexical")} '
            f"WHERE terms && %s::int[] {within} ORDER BY 2 DESC LIMIT %s"
        )
        values: list[object] = [asked, [number for number, _ in known[:rare]]]
        values += [] if allowed is None else [multirange(np.sort(allowed))]
        return [(row, score) for row, score in self._session.rows(sql, [*values, k])]

    def _look_up(self, wanted: set[str]) -> None:
        if missing := sorted(term for term in wanted if term not in self._terms):
            self._terms |= dict.fromkeys(missing, (-1, 0))
            sql = f"SELECT term, id, statements FROM {self._session.version.table('terms')} WHERE term = ANY(%s)"
            held = [term for term in missing if "\0" not in term]
            self._terms |= {term: (id_, count) for term, id_, count in self._session.rows(sql, [held])}

    def _idf(self, statements: Sequence[int]) -> Float:
        return idf(np.array(statements, dtype=np.float64), self._session.version.statements)


def _rare(known: Known) -> Known:
    """The rarest terms that stand in `POSTINGS` statements in all; one at least."""
    total = 0
    for place, (_, count) in enumerate(known):
        if total and total + count > POSTINGS:
            return known[:place]
        total += count
    return known


def _highest(rows: Rows, scores: Float, k: int) -> Rows:
    return rows if len(rows) <= k else rows[np.argpartition(-scores[rows], k)[:k]]
