"""What the confidence of `python -m eval questions` means: reliability, and what abstaining costs and saves."""

from collections.abc import Sequence

import numpy as np

from eval.quality.own_questions import Scored

BINS = 10


def reliability(scored: Sequence[Scored]) -> tuple[list[tuple[float, float, int]], float]:
    """Per tenth of the confidence: mean confidence, share that really answers, count; and the expected error (ECE).

    A question counts as answered rightly when its first statement has a grade of 2 or 3.
    """
    sure = np.array([s.confidence for s in scored])
    right = np.array([first_answers(s) for s in scored])
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    rows = [
        (float(sure[places == b].mean()), float(right[places == b].mean()), int((places == b).sum()))
        for b in range(BINS)
        if (places == b).any()
    ]
    error = sum(abs(said - was) * count for said, was, count in rows) / len(sure)
    return rows, float(error)


def first_answers(scored: Scored) -> bool:
    """Whether the statement ranked first answers the question, at least in substantial part."""
    first = max(scored.run, key=lambda statement: scored.run[statement])
    return scored.question.judgements.get(first, 0) >= 2


def risk_and_coverage(
    scored: Sequence[Scored], shares: Sequence[float] = (0.2, 0.4, 0.6, 0.8, 1.0)
) -> list[tuple[float, float]]:
    """For the most confident share of all questions: the share of those whose first statement does not answer."""
    order = sorted(scored, key=lambda s: -s.confidence)
    wrong = np.cumsum([not first_answers(s) for s in order])
    counts = [max(1, round(share * len(order))) for share in shares]
    return [(share, float(wrong[count - 1] / count)) for share, count in zip(shares, counts, strict=True)]


def answered_at(scored: Sequence[Scored], false_answers: float) -> float:
    """The share of answerable questions answered when at most `false_answers` of the unanswerable ones are."""
    no = [s.confidence for s in scored if not s.question.answerable]
    yes = np.array([s.confidence for s in scored if s.question.answerable])
    return float((yes > np.quantile(no, 1 - false_answers, method="higher")).mean())
