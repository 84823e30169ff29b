"""Which statements are looked at closely: the best by vector and the best by words, filters applied first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.indexing.dense import DenseIndex
from qa_service.indexing.lexical import LexicalIndex

DEPTH = 100  # of each kind

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidate `rows` (c,) in order, with the cosine and the BM25 score of each, and BM25's highest possible."""

    rows: NDArray[np.int64]
    dense: Float
    lexical: Float


def find_candidates(
    vector: Float, terms: list[str], dense: DenseIndex, lexical: LexicalIndex, allowed: NDArray[np.int64] | None
) -> Candidates:
    """The union of the `DEPTH` best by cosine and by BM25 of `terms` among the `allowed` rows (None: all)."""
    words = lexical.scores(terms)
    nearest, _ = dense.search(vector, DEPTH, allowed)
    sharing = np.flatnonzero(words) if allowed is None else allowed[words[allowed] > 0]
    if len(sharing) > DEPTH:
        sharing = sharing[np.argpartition(-words[sharing], DEPTH)[:DEPTH]]
    rows = np.union1d(nearest, sharing)
    return Candidates(rows, dense.cosines(vector, rows), words[rows])
