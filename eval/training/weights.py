"""`python -m eval learn`: learns the fusion weights and the confidence model on development data only."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import floor

import numpy as np
from ir_measures import nDCG
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import binom

from eval.datasets.examples import Example, scored
from eval.metrics import auroc, per_question
from qa_service.indexing.weights import Weights
from qa_service.retrieval.answerability import FEATURES, answer_features
from qa_service.retrieval.fusion import FusionWeights, fuse

Array = NDArray[np.float64]

DENSE = (0.2, 0.4, 0.8, 1.2)
BM25 = (0.2, 0.6, 1.0, 1.5)
BEST_SENTENCE = (0.6, 1.0, 1.5, 2.0)
SHORT_QUESTION = (0.0, 12.0, 24.0, 48.0)
FALSE_ANSWERS = (5, 10, 20, 30)  # rates a threshold is learnt for, in percent
SURE = 0.95  # how surely a threshold keeps its rate on questions like those it was learnt from
PENALTY = 0.02
# What a question of each group counts in the confidence model; groups without unanswerable questions don't.
SETS_WITH_SILENCE = {"transcripts": 1.0, "named": 1.0, "squad2-dev": 0.3}
PLAIN = {"interview", "transcripts"}  # of these the rate of false answers is told: near misses of names are easier
FAR = 4.0  # what a question off every topic counts: people ask more of them than our sets of near misses hold
# The sign each feature must have: a model free to reward what is missing learns the style of its training questions.
SIGNS = {
    "dense": 1, "missing": -1, "missing_most": -1, "absent": -1, "number_missing": -1, "number_missing_everywhere": -1,
    "name_missing": -1, "no_number": -1, "no_time": -1,
}  # fmt: skip


def quality(examples: Sequence[Example], weights: FusionWeights) -> dict[str, float]:
    """Group -> mean nDCG@10 over its answerable questions."""
    groups: dict[str, list[float]] = {}
    qrels = {str(i): dict(e.grades) for i, e in enumerate(examples) if e.grades}
    run = {i: scored(examples[int(i)], weights) for i in qrels}
    for i, value in per_question({"nDCG@10": nDCG @ 10}, qrels, run)["nDCG@10"].items():
        groups.setdefault(examples[int(i)].group, []).append(value)
    return {group: float(np.mean(values)) for group, values in groups.items()}


def learn_fusion(examples: Sequence[Example]) -> tuple[FusionWeights, dict[str, float]]:
    """The grid point with the highest nDCG@10, every group, real or invented, counting the same."""
    points = product(DENSE, BM25, BEST_SENTENCE, SHORT_QUESTION)
    grid = [FusionWeights(dense=d, bm25=b, best_sentence=s, short_question=q) for d, b, s, q in points]
    return max(((weights, quality(examples, weights)) for weights in grid), key=lambda point: mean_of(point[1]))


def mean_of(reached: Mapping[str, float]) -> float:
    """The mean over groups, however many questions each has."""
    return sum(reached.values()) / len(reached)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Features (n, f) of each question's first statement, whether it answers, and the document it is about."""

    features: Array
    answers: NDArray[np.bool_]
    documents: list[str]


def label(examples: Sequence[Example], weights: FusionWeights) -> Labelled:
    """Rank every question and tell whether the first statement answers it."""
    rows, answers = [], []
    for example in examples:
        scores = fuse(example.evidence, weights)
        first = int(np.argmax(scores))
        rows.append(answer_features(example.evidence, [first], [example.texts[first]])[0])
        answers.append(example.grades.get(example.passages[first], 0) >= example.relevant_from)
    return Labelled(np.array(rows), np.array(answers), [example.document for example in examples])


def fit_logistic(features: Array, answers: NDArray[np.bool_], sample_weights: Array) -> tuple[Array, float]:
    """Coefficients and intercept of a logistic regression with an L2 penalty and the signs of `SIGNS`."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = (features - mean) / deviation
    share = sample_weights / sample_weights.sum()

    def loss(parameters: Array) -> tuple[float, Array]:
        logits = scaled @ parameters[:-1] + parameters[-1]
        error = 1 / (1 + np.exp(-logits)) - answers
        value = float(share @ (np.logaddexp(0, logits) - answers * logits)) + PENALTY * float(
            parameters[:-1] @ parameters[:-1]
        )
        gradient = np.append(scaled.T @ (share * error) + 2 * PENALTY * parameters[:-1], share @ error)
        return value, gradient

    bounds = [{1: (0, None), -1: (None, 0)}.get(SIGNS.get(name, 0), (None, None)) for name in FEATURES]
    start = np.zeros(features.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    coefficients = found[:-1] / deviation
    return coefficients, float(found[-1] - coefficients @ mean)


def out_of_fold(labelled: Labelled, answerable: NDArray[np.bool_], sample_weights: Array) -> Array:
    """Each question's log-odds by a model that has not seen its document."""
    documents = np.array(labelled.documents)
    logits = np.zeros(len(documents))
    for document in dict.fromkeys(labelled.documents):
        inside = documents == document
        rest = ~inside & (sample_weights > 0)
        coefficients, intercept = fit_logistic(labelled.features[rest], answerable[rest], sample_weights[rest])
        logits[inside] = labelled.features[inside] @ coefficients + intercept
    return logits


def calibrate(logits: Array, answers: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset that turn log-odds into those of the first statement answering (Platt 1999)."""

    def loss(parameters: Array) -> float:
        scaled = parameters[0] * logits + parameters[1]
        return float(np.mean(np.logaddexp(0, scaled) - answers * scaled))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.05, None), (None, None)]).x
    return float(slope), float(offset)


def bounded_threshold(unanswerable: Array, rate: float) -> float:
    """The least confidence that so few unanswerable questions reach that their true share is at most `rate`.

    With the probability `SURE`, by the exact binomial bound (Clopper & Pearson 1934); 1 where there are too few of
    them to be as sure. Rounded up to four places.
    """
    few = int(binom.ppf(1 - SURE, len(unanswerable), rate))
    while few >= 0 and binom.cdf(few, len(unanswerable), rate) > 1 - SURE:
        few -= 1
    if few < 0:
        return 1.0
    reached = float(np.sort(unanswerable)[::-1][few])  # the first that must stay below
    return min(1.0, (floor(reached * 1e4) + 1) / 1e4)


def learn_all(examples: Sequence[Example]) -> Weights:
    """Learn everything, saying on the way what was found.

    The confidence model first learns to tell answerable questions from others; its log-odds are then calibrated, on
    transcripts it has not seen, to how often the first statement really answers. Of our own documents `examples` must
    only be over those that the encoder was not trained on: on the others everything looks better than it is.
    """
    fusion, reached = learn_fusion(examples)
    print("fusion", fusion, {group: round(value, 4) for group, value in reached.items()})
    judged = [e for e in examples if e.group in SETS_WITH_SILENCE]
    labelled = label(judged, fusion)
    answerable = np.array([bool(e.grades) for e in judged])
    shares = np.array([SETS_WITH_SILENCE[e.group] * (FAR if e.category == "far-other" else 1) for e in judged])
    unseen = out_of_fold(labelled, answerable, shares)
    own = np.array([e.group in PLAIN for e in judged])
    slope, offset = calibrate(unseen[own], labelled.answers[own])
    probabilities = 1 / (1 + np.exp(-(slope * unseen + offset)))
    for group in SETS_WITH_SILENCE:
        mine = np.array([e.group == group for e in judged])
        if mine.any():
            print(f"AUROC unseen documents, {group}:", auroc(unseen[mine & answerable], unseen[mine & ~answerable]))
    far = np.array([e.category == "far-other" for e in judged])
    for name, others in {"far": own & far, "near": own & ~far & ~answerable}.items():
        print(f"AUROC unseen transcripts, {name}:", auroc(unseen[own & answerable], unseen[others]))
    thresholds = {}
    for rate in FALSE_ANSWERS:
        silent = probabilities[own & ~answerable]
        threshold = bounded_threshold(silent, rate / 100)
        thresholds[str(rate)] = threshold
        share, false = (float(np.mean(p >= threshold)) for p in (probabilities[own & answerable], silent))
        told = f"{SURE:.0%} sure, n = {len(silent)}, here {false:.1%}"
        print(f"<= {rate} % false answers ({told}): threshold {threshold:.4f}")
        print(f"    answers {share:.1%} of the answerable ones")
    coefficients, intercept = fit_logistic(labelled.features, answerable, shares)
    return Weights(
        fusion={name: value for name, value in asdict(fusion).items() if name != "late_interaction"},  # the unit
        features={name: round(slope * float(c), 5) for name, c in zip(FEATURES, coefficients, strict=True)},
        intercept=round(slope * intercept + offset, 5),
        thresholds=thresholds,
    )
