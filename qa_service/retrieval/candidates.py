"""Which statements are looked at closely: the best by vector and the best by words, filters applied first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.coverage import TermCoverage
from qa_service.indexing.protocols import TermSearch, VectorSearch

ALL = 100  # statements that are all looked at: choosing among fewer saves nothing
DEPTH = 50  # of each kind, or as many as are asked for

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate `rows` (c,) in order, with the cosine of each and which of the question's terms they hold."""

    rows: NDArray[np.int64]
    dense: Float
    coverage: TermCoverage


def find_candidates(
    vector: Float,
    terms: list[str],
    dense: VectorSearch,
    lexical: TermSearch,
    allowed: NDArray[np.int64] | None,
    depth: int = DEPTH,
) -> Candidates:
    """The union of the `depth` best by cosine and by BM25 of `terms` among the `allowed` rows (None: all)."""
    rows = _best(vector, terms, dense, lexical, allowed, depth)
    return Candidates(rows, dense.cosines(vector, rows), lexical.coverage(terms, rows))


def find_in_documents(
    vector: Float,
    terms: list[str],
    dense: VectorSearch,
    lexical: TermSearch,
    allowed: NDArray[np.int64] | None,
    first_rows: NDArray[np.int64],
    documents: int,
    depth: int = DEPTH,
) -> Candidates:
    """The same, and then of the other documents, until there are so many `documents` or no more that match.

    `first_rows`: of each document its first row. One that says a lot of the topic would else leave no room for others.
    """
    rows = _best(vector, terms, dense, lexical, allowed, depth)
    seen = np.zeros(len(first_rows), dtype=bool)
    seen[documents_of(rows, first_rows)] = True
    rest = dense.all_rows() if allowed is None else allowed
    of = documents_of(rest, first_rows)
    while seen.sum() < documents:
        left = ~seen[of]
        rest, of = rest[left], of[left]
        if not len(rest):
            break
        more = _best(vector, terms, dense, lexical, rest, depth)
        seen[documents_of(more, first_rows)] = True
        rows = np.union1d(rows, more)
    return Candidates(rows, dense.cosines(vector, rows), lexical.coverage(terms, rows))


def documents_of(rows: NDArray[np.int64], first_rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the document, from 0, that each row is of."""
    return np.searchsorted(first_rows, rows, side="right") - 1


def _best(
    vector: Float,
    terms: list[str],
    dense: VectorSearch,
    lexical: TermSearch,
    allowed: NDArray[np.int64] | None,
    depth: int,
) -> NDArray[np.int64]:
    if (len(dense) if allowed is None else len(allowed)) <= ALL:
        return dense.all_rows() if allowed is None else allowed
    nearest, _ = dense.search(vector, depth, allowed)
    return np.union1d(nearest, lexical.best(terms, depth, allowed))
