"""What results are worth: ranking, telling apart what nobody said, and time, each with its interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import ir_measures
import numpy as np
from ir_measures import RR, P, R, nDCG
from numpy.typing import NDArray
from scipy.stats import beta

from eval.metrics import Estimate, auroc, estimate, per_question
from eval.workbench.results import Result, RunResult

RATES = (0.05, 0.1)  # of unanswerable questions that are answered
SHARES = np.linspace(0, 1, 11)[:-1]  # of questions that are not answered, as MTEB has them
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coverage:
    """At a rate of false answers: the threshold, the share of answerable questions answered, and the bound.

    `bound`: with 95 % confidence the true rate of false answers is at most that (Clopper & Pearson 1934).
    """

    rate: float
    threshold: float
    answered: float
    bound: float
    unanswerable: int


def ranking_measures(relevant_from: int) -> dict[str, ir_measures.Measure]:
    """By name; `relevant_from` is the least grade that counts where a measure knows only right and wrong."""
    rel = relevant_from
    return {
        "nDCG@10": nDCG @ 10,
        "P@1": P(rel=rel) @ 1,
        "MRR@10": RR(rel=rel) @ 10,
        "recall@3": R(rel=rel) @ 3,
        "recall@100": R(rel=rel) @ 100,
    }


def by_question(run: RunResult, results: Sequence[Result] | None = None) -> dict[str, dict[str, float]]:
    """Measure -> question -> value, over the answerable questions."""
    chosen = [r for r in (run.results if results is None else results) if r.asked.answerable]
    qrels = {r.asked.id: dict(r.asked.grades) for r in chosen}
    return per_question(ranking_measures(run.relevant_from), qrels, {r.asked.id: r.ranked.run for r in chosen})


def ranking(run: RunResult, results: Sequence[Result] | None = None) -> dict[str, Estimate]:
    """Each measure's mean over the answerable questions, with its 95 % bootstrap interval."""
    values = by_question(run, results)
    return {name: estimate(list(found.values())) for name, found in values.items() if found}


def separation(run: RunResult) -> Estimate | None:
    """AUROC of the confidence, answerable against not; None where there are no unanswerable questions."""
    yes, no = confidences(run)
    return auroc(list(yes), list(no)) if len(yes) and len(no) else None


def confidences(run: RunResult) -> tuple[Floats, Floats]:
    """Of the answerable questions, and of the others."""
    yes = [r.ranked.confidence for r in run.results if r.asked.answerable]
    no = [r.ranked.confidence for r in run.results if not r.asked.answerable]
    return np.array(yes, dtype=float), np.array(no, dtype=float)


def coverage_at(run: RunResult, rate: float) -> Coverage | None:
    """With the least threshold that at most `rate` of the unanswerable questions lie above: equal ones count against.

    None where there are no unanswerable questions.
    """
    yes, no = confidences(run)
    if not len(no):
        return None
    threshold = float(np.quantile(no, 1 - rate, method="higher"))
    wrong = int((no > threshold).sum())
    bound = float(beta.ppf(0.95, wrong + 1, len(no) - wrong)) if wrong < len(no) else 1.0
    return Coverage(rate, threshold, float((yes > threshold).mean()), bound, len(no))


def silence(run: RunResult, threshold: float) -> tuple[float, float]:
    """Precision and recall of not answering: who is rightly left without an answer."""
    yes, no = confidences(run)
    silent = int((yes < threshold).sum() + (no < threshold).sum())
    right = int((no < threshold).sum())
    return (right / silent if silent else 0.0), (right / len(no) if len(no) else 0.0)


def silence_at(run: RunResult, rate: float) -> tuple[float, float] | None:
    """The same where at most `rate` of the unanswerable questions are answered: equal confidences are silent together.

    None where there are no unanswerable questions.
    """
    covered = coverage_at(run, rate)
    return silence(run, float(np.nextafter(covered.threshold, np.inf))) if covered else None


def naucs(run: RunResult) -> dict[str, float]:
    """MTEB's nAUC of abstention for each ranking measure: 1 as if it knew its own errors, 0 as if by chance.

    The mean over what is kept, against the share not answered, between flat and an oracle's (Gisserot-Boukhlef et al.
    2024). A confidence that doesn't order keeps by chance: ties count with their mean.
    """
    sure = {r.asked.id: r.ranked.confidence for r in run.results}
    found = {}
    for name, values in by_question(run).items():
        value, keys = np.array(list(values.values())), np.array([sure[q] for q in values])
        if len(value) and (most := _area(value, value)) > (flat := float(value.mean()) * _width()):
            found[name] = (_area(value, keys) - flat) / (most - flat)
    return found


def _area(values: Floats, keys: Floats) -> float:
    curve = [_mean_of_surest(values, keys, len(values) - int(share * len(values))) for share in SHARES]
    return float(np.trapezoid(curve, SHARES))


def _width() -> float:
    return float(SHARES[-1] - SHARES[0])


def _mean_of_surest(values: Floats, keys: Floats, count: int) -> float:
    """The expected mean of the `count` surest, those that tie at the border drawn by chance."""
    border = np.sort(keys)[::-1][count - 1]
    above, tied = keys > border, keys == border
    left = count - int(above.sum())
    return float((values[above].sum() + left * values[tied].mean()) / count)


def reliability(run: RunResult, bins: int = 10) -> tuple[list[tuple[float, float, int]], float]:
    """By tenths of the confidence: mean, share whose first passage answers, count; and the expected error (ECE)."""
    sure = np.array([r.ranked.confidence for r in run.results])
    right = np.array([first_answers(r, run.relevant_from) for r in run.results])
    places = np.clip((sure * bins).astype(int), 0, bins - 1)
    rows = [
        (float(sure[places == b].mean()), float(right[places == b].mean()), int((places == b).sum()))
        for b in range(bins)
        if (places == b).any()
    ]
    return rows, float(sum(abs(said - was) * count for said, was, count in rows) / len(sure))


def first_answers(result: Result, relevant_from: int) -> bool:
    """Whether the passage ranked first answers the question; of several that tie there, every one must."""
    run = result.ranked.run
    best = max(run.values(), default=0.0)
    return bool(run) and all(result.asked.grades.get(p, 0) >= relevant_from for p in run if run[p] == best)


def risk_and_coverage(run: RunResult) -> list[tuple[float, float]]:
    """For each number of the surest questions: their share of all, and the share of those answered wrongly."""
    order = sorted(run.results, key=lambda r: -r.ranked.confidence)
    wrong = np.cumsum([not first_answers(r, run.relevant_from) for r in order])
    return [((i + 1) / len(order), float(w / (i + 1))) for i, w in enumerate(wrong)]


def categories(run: RunResult) -> dict[str, list[Result]]:
    """The results by the category of their question."""
    found: dict[str, list[Result]] = {}
    for result in run.results:
        found.setdefault(result.asked.category, []).append(result)
    return found


def percentiles(run: RunResult, shares: Sequence[float] = (50, 95, 99)) -> Mapping[float, float] | None:
    """Milliseconds within which that percentage of questions was answered; None where nobody measured it."""
    seconds = [r.ranked.seconds for r in run.results if r.ranked.seconds is not None and not isnan(r.ranked.seconds)]
    return {share: float(np.percentile(seconds, share)) * 1000 for share in shares} if seconds else None


def worst(run: RunResult, count: int, key: Callable[[Result], float]) -> list[Result]:
    """The results with the least `key`."""
    return sorted(run.results, key=key)[:count]
