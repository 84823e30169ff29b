"""What the report says of the confidence, on cases small enough to count by hand."""

import numpy as np
import pytest

from eval.datasets.own import Question
from eval.quality.calibration import answered_at, reliability, risk_and_coverage
from eval.quality.own_questions import Scored
from eval.training.weights import SIGNS, fit_logistic
from qa_service.retrieval.answerability import FEATURES


def scored(confidence: float, *, grade: int) -> Scored:
    judgements = {"d#1": grade} if grade else {}
    question = Question("q", "d", "dev", "fact" if grade else "near-detail", "?", judgements)
    return Scored(question, {"d#1": 0.9, "d#2": 0.1}, confidence)


FOUR = [scored(0.95, grade=3), scored(0.91, grade=0), scored(0.15, grade=2), scored(0.11, grade=0)]


def test_reliability_compares_what_was_said_with_what_was_right() -> None:
    rows, error = reliability(FOUR)
    assert [row[1:] for row in rows] == [(0.5, 2), (0.5, 2)]
    assert [row[0] for row in rows] == pytest.approx([0.13, 0.93])
    assert error == pytest.approx((abs(0.13 - 0.5) * 2 + abs(0.93 - 0.5) * 2) / 4)


def test_risk_is_the_share_of_wrong_ones_among_the_most_confident() -> None:
    assert risk_and_coverage(FOUR, [0.25, 0.5, 1.0]) == [(0.25, 0.0), (0.5, 0.5), (1.0, 0.5)]


def test_answered_at_a_rate_counts_the_answerable_above_the_highest_allowed_unanswerable() -> None:
    assert answered_at(FOUR, 0.05) == 0.5
    assert answered_at(FOUR, 1.0) == 1.0


def test_fit_recovers_a_useful_feature_and_refuses_one_of_the_wrong_sign() -> None:
    random = np.random.default_rng(3)
    answers = random.random(400) < 0.5
    features = np.zeros((400, len(FEATURES)))
    useful, missing = FEATURES.index("dense"), FEATURES.index("missing_most")
    features[:, useful] = answers + random.normal(size=400)
    features[:, missing] = answers + random.normal(size=400)  # more missing, yet answered: an artefact
    coefficients, intercept = fit_logistic(features, answers, np.ones(400))
    assert coefficients[useful] > 0.3
    assert coefficients[missing] == 0
    sure = 1 / (1 + np.exp(-(features @ coefficients + intercept)))
    assert sure.mean() == pytest.approx(answers.mean(), abs=0.02)


def test_every_feature_but_the_length_has_a_sign() -> None:
    assert set(FEATURES) - set(SIGNS) == {"length"}
