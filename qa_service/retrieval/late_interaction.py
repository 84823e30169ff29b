"""Late interaction: every token of the question against every token of a statement, by the best match of each.

ColBERT's MaxSim (Khattab & Zaharia 2020) with the tokens' vectors of the sentence encoder itself, each question token
weighted by how much it says.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import TokenVectors
from qa_service.indexing.protocols import TokenSource

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matches:
    """How well candidates cover the question.

    `weights` (q,): the question tokens' shares, they sum to 1. `covered` (s, q): the best similarity of each question
    token in each sentence of all candidates; `numbers` (s,): that sentence's number within its statement; `begins`
    (c,): where each candidate's sentences begin among them. `best` (c, q): the best similarity in each candidate.
    """

    weights: Float
    covered: Float
    numbers: NDArray[np.uint8]
    begins: NDArray[np.int64]
    best: Float

    @classmethod
    def of(cls, weights: Float, covered: Float, numbers: NDArray[np.uint8], begins: NDArray[np.int64]) -> "Matches":
        """From the sentences' coverage alone."""
        return cls(weights, covered, numbers, begins, np.maximum.reduceat(covered, begins, axis=0))

    @property
    def scores(self) -> Float:
        """(c,) weighted mean of the best similarities: 1 means every question token stands there in the same sense."""
        return cast(Float, self.best @ self.weights)

    @property
    def sentence_scores(self) -> Float:
        """(c,) the same mean within the one sentence of each candidate where it is highest."""
        return cast(Float, np.maximum.reduceat(self.covered @ self.weights, self.begins))

    def sentences_of(self, candidate: int) -> slice:
        """Where a candidate's sentences stand in `covered` and `numbers`."""
        following = self.begins[candidate + 1] if candidate + 1 < len(self.begins) else len(self.covered)
        return slice(int(self.begins[candidate]), int(following))


def match_tokens(question: TokenVectors, index: TokenSource, rows: NDArray[np.int64]) -> Matches:
    """Compare a question's tokens with those of the statements `rows`, which must not be empty."""
    tokens = index.gather(rows)
    covered = index.codec.best_similarities(tokens.codes, tokens.starts, question.vectors)
    counted = question.ranking_weights
    return Matches.of(counted / counted.sum(), covered, tokens.numbers, tokens.begins)
