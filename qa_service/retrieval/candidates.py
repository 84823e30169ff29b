"""Which statements are looked at closely: the best by vector and the best by words, filters applied first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.lexical import LexicalIndex, TermCoverage

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
    dense: DenseIndex,
    lexical: LexicalIndex,
    allowed: NDArray[np.int64] | None,
    depth: int = DEPTH,
) -> Candidates:
    """The union of the `depth` best by cosine and by BM25 of `terms` among the `allowed` rows (None: all)."""
    if (len(dense) if allowed is None else len(allowed)) <= ALL:
        rows = np.arange(len(dense)) if allowed is None else allowed
    else:
        nearest, _ = dense.search(vector, depth, allowed)
        rows = np.union1d(nearest, lexical.best(terms, depth, allowed))
    return Candidates(rows, dense.cosines(vector, rows), lexical.coverage(terms, rows))
