"""Ranking measures by ir_measures, separation by rank sums, confidence intervals by bootstrap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, P, R, nDCG
from numpy.typing import NDArray
from scipy.stats import rankdata

RESAMPLES = 2000
Run = Mapping[str, Mapping[str, float]]  # question id -> statement id -> score, higher is better
Qrels = Mapping[str, Mapping[str, int]]  # question id -> statement id -> grade

# A grade of 2 or 3 counts as relevant for the binary measures of our own sets; BEIR's grades are 1.
GRADED = {"nDCG@10": nDCG @ 10, "recall@3": R(rel=2) @ 3, "MRR": RR(rel=2), "P@1": P(rel=2) @ 1}
BINARY = {"ndcg@10": nDCG @ 10, "recall@10": R @ 10, "recall@100": R @ 100, "mrr@10": RR @ 10, "p@1": P @ 1}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def per_question(measures: Mapping[str, ir_measures.Measure], qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Measure name -> question id -> value. A question without any result counts as 0, never left out."""
    names = {measure: name for name, measure in measures.items()}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in measures}
    plain = {query: {str(k): int(v) for k, v in grades.items()} for query, grades in qrels.items()}
    scores = {query: {str(k): float(v) for k, v in found.items()} for query, found in run.items() if query in qrels}
    for metric in ir_measures.iter_calc(list(names), plain, scores):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    return values


def estimate(values: Sequence[float], seed: int = 0) -> Estimate:
    """Mean over questions, resampled over questions."""
    data = np.asarray(values, dtype=float)
    return _bootstrap([data], lambda parts: float(parts[0].mean()), seed)


def auroc(positive: Sequence[float], negative: Sequence[float], seed: int = 0) -> Estimate:
    """How well a score separates positives from negatives (1 perfect, .5 chance), resampled within each class.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil 1982).
    """

    def area(parts: list[NDArray[np.float64]]) -> float:
        wins = rankdata(np.concatenate(parts))[: len(parts[0])].sum() - len(parts[0]) * (len(parts[0]) + 1) / 2
        return float(wins / (len(parts[0]) * len(parts[1])))

    return _bootstrap([np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)], area, seed)


def _bootstrap(
    parts: list[NDArray[np.float64]], statistic: Callable[[list[NDArray[np.float64]]], float], seed: int
) -> Estimate:
    if any(len(part) == 0 for part in parts):
        return Estimate(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    samples = [statistic([part[random.integers(0, len(part), len(part))] for part in parts]) for _ in range(RESAMPLES)]
    low, high = np.percentile(samples, [2.5, 97.5])
    return Estimate(statistic(parts), float(low), float(high))
