"""One score from several signals: a weighted sum, with one set of weights for all collections."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexMismatchError
from qa_service.indexing.manifest import REBUILD
from qa_service.indexing.weights import Weights
from qa_service.retrieval.evidence import Evidence

Float = NDArray[np.float32]

MAX_DENSE_WEIGHT = 1.6  # however short the question


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What each signal counts; late interaction counts 1 unless an ablation switches it off.

    `short_question`: in a question of n tokens the vector counts `short_question / n²` where that is more than `dense`,
    at most `MAX_DENSE_WEIGHT`. A few words match a few tokens anywhere; the vector also holds what the statement was
    asked.
    """

    dense: float
    bm25: float
    best_sentence: float
    short_question: float = 0.0
    late_interaction: float = 1.0

    def dense_weight(self, tokens: int) -> float:
        """What the vector counts in a question of so many tokens."""
        return max(self.dense, min(MAX_DENSE_WEIGHT, self.short_question / max(1, tokens) ** 2))

    @classmethod
    def of(cls, weights: Weights) -> "FusionWeights":
        """Those that were learnt. Raises IndexMismatchError when they are for other signals."""
        try:
            return cls(**weights.fusion)
        except TypeError as error:
            raise IndexMismatchError(f"the index has weights of another version; {REBUILD}") from error


def fuse(evidence: Evidence, weights: FusionWeights) -> Float:
    """(c,) scores: late interaction with statement and best sentence, cosine, BM25 as a share of the highest possible.

    Not of the best candidate's: where the sources put it in other words, the best by words is best by accident.
    """
    matches = evidence.matches
    scores: Float = weights.late_interaction * matches.scores
    scores = scores + weights.dense_weight(len(evidence.tokens.ids)) * evidence.dense
    scores = scores + weights.bm25 * evidence.coverage.shares
    if weights.best_sentence:
        scores = scores + weights.best_sentence * matches.sentence_scores
    return scores
