"""Which of a question's terms stand in which statements."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TermCoverage:
    """Which of a question's `terms` (t), of weight `idf` (t,), stand in which statement: `present` (c, t).

    `scores` (c,): the statements' BM25 scores. `languages`: those that terms are stemmed by.
    """

    languages: Sequence[str]
    terms: list[str]
    idf: NDArray[np.float32]
    present: NDArray[np.bool_]
    scores: NDArray[np.float32]

    @property
    def shares(self) -> NDArray[np.float32]:
        """(c,) BM25 scores as shares of the sum of all terms' idf, which no statement can exceed."""
        highest = float(self.idf.sum())
        return self.scores / np.float32(highest) if highest > 0 else np.zeros_like(self.scores)
