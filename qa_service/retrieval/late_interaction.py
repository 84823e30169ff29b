"""Late interaction: every token of the question against every token of a statement, by the best match of each.

ColBERT's MaxSim (Khattab & Zaharia 2020) with the tokens' vectors of the sentence encoder itself, each question token
weighted by how much it says.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from qa_service.encoder.protocol import TokenVectors
from qa_service.indexing.tokens import TokenIndex

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matches:
    """How well candidates cover the question.

    `best` (c, q): the best similarity of each question token in each candidate. `weights` (q,): the tokens' shares,
    they sum to 1. `similarities` (t, q): of all candidates' tokens; `begins` (c,): where each candidate's tokens begin
    among them; `sentences` (t,): the number of the sentence each stands in.
    """

    best: Float
    weights: Float
    similarities: Float
    begins: NDArray[np.int64]
    sentences: NDArray[np.uint8]

    @property
    def scores(self) -> Float:
        """(c,) weighted mean of the best similarities: 1 means every question token stands there in the same sense."""
        return cast(Float, self.best @ self.weights)

    @property
    def sentence_scores(self) -> Float:
        """(c,) the same mean within the one sentence of each candidate where it is highest."""
        changes = np.flatnonzero(np.diff(self.sentences.astype(np.int16), prepend=-1))
        starts = np.union1d(changes, self.begins)
        covered = np.maximum.reduceat(self.similarities, starts, axis=0) @ self.weights
        return cast(Float, np.maximum.reduceat(covered, np.searchsorted(starts, self.begins)))

    def tokens_of(self, candidate: int) -> slice:
        """Where a candidate's tokens stand in `similarities` and `sentences`."""
        following = self.begins[candidate + 1] if candidate + 1 < len(self.begins) else len(self.similarities)
        return slice(int(self.begins[candidate]), int(following))


def match_tokens(question: TokenVectors, index: TokenIndex, rows: NDArray[np.int64]) -> Matches:
    """Compare a question's tokens with those of the statements `rows`, which must not be empty."""
    positions, begins = index.gather(rows)
    similarities = index.codec.similarities(np.asarray(index.codes[positions]), question.vectors)
    best = np.maximum.reduceat(similarities, begins, axis=0)
    counted = question.weights[:, 0]
    total = float(counted.sum())
    weights = counted / total if total > 0 else np.full(len(counted), 1 / len(counted), dtype=np.float32)
    return Matches(best, weights.astype(np.float32), similarities, begins, np.asarray(index.sentences[positions]))
