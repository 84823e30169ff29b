"""A calibrated probability that a statement answers the question, by logistic regression over what was measured."""

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from qa_service.errors import IndexMismatchError
from qa_service.indexing.manifest import REBUILD
from qa_service.indexing.weights import Weights
from qa_service.retrieval.answerability import FEATURES

HIGHEST = 0.999  # 1 is never reached, so that `min_confidence: 1` always abstains


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """Coefficients per feature; learnt by `python -m eval learn`."""

    coefficients: tuple[float, ...]
    intercept: float

    @classmethod
    def of(cls, weights: Weights) -> "ConfidenceModel":
        """The one that was learnt. Raises IndexMismatchError when it is for other features."""
        if set(weights.features) != set(FEATURES):
            raise IndexMismatchError(f"the index has weights of another version; {REBUILD}")
        coefficients = tuple(weights.features[name] for name in FEATURES)
        return cls(coefficients, weights.intercept)


def confidences(features: NDArray[np.float64], model: ConfidenceModel) -> list[float]:
    """Probabilities in (0, 1) for rows of features (k, f)."""
    logits = (features @ np.array(model.coefficients) + model.intercept).tolist()
    return [min(1 / (1 + exp(-max(-30.0, min(30.0, logit)))), HIGHEST) for logit in logits]
