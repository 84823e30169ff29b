"""The confidence model's parts on made-up data: signs kept, documents unseen, probabilities that hold."""

import numpy as np
import pytest

from eval.training import weights
from eval.training.weights import SIGNS, Labelled, bounded_threshold, calibrate, fit_logistic, out_of_fold
from qa_service.retrieval.answerability import FEATURES
from qa_service.retrieval.fusion import FusionWeights

RANDOM = np.random.default_rng(3)
COUNT = 4000


def made_up(true: dict[str, float], count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """Random features, and answers drawn by the logistic model with the `true` coefficients."""
    features = RANDOM.normal(size=(count, len(FEATURES)))
    logits = features @ np.array([true.get(name, 0.0) for name in FEATURES])
    return features, RANDOM.random(count) < 1 / (1 + np.exp(-logits))


def test_every_group_counts_the_same_however_many_questions_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = {0.2: {"transcripts": 0.9, "scifact": 0.5}, 0.8: {"transcripts": 0.8, "scifact": 0.7}}

    def measured(_: object, weights: FusionWeights) -> dict[str, float]:
        return reached.get(weights.dense, {"transcripts": 0.0, "scifact": 0.0})

    monkeypatch.setattr(weights, "quality", measured)
    chosen, found = weights.learn_fusion([])
    assert (chosen.dense, found) == (0.8, reached[0.8])


def test_what_was_drawn_is_found_again() -> None:
    features, answers = made_up({"dense": 1.5, "missing_most": -1.0})
    coefficients, intercept = fit_logistic(features, answers, np.ones(COUNT))
    found = dict(zip(FEATURES, coefficients, strict=True))
    assert 0.9 < found["dense"] < 1.6  # the penalty draws it towards 0
    assert found["dense"] / found["missing_most"] == pytest.approx(-1.5, rel=0.15)
    assert max(abs(found[name]) for name in FEATURES if name not in {"dense", "missing_most"}) < 0.1
    assert abs(intercept) < 0.2


def test_a_feature_of_the_wrong_sign_counts_nothing() -> None:
    features, answers = made_up({"dense": -1.5, "missing_most": 1.0})
    coefficients, _ = fit_logistic(features, answers, np.ones(COUNT))
    found = dict(zip(FEATURES, coefficients, strict=True))
    assert found["dense"] == found["missing_most"] == 0
    assert all(sign * found[name] >= 0 for name, sign in SIGNS.items())


def test_a_document_is_judged_by_a_model_that_has_not_seen_it() -> None:
    features, answers = made_up({"dense": 2.0})
    documents = ["a"] * (COUNT // 2) + ["b"] * (COUNT // 2)
    upside_down = answers.copy()
    upside_down[: COUNT // 2] = ~answers[: COUNT // 2]  # what holds in b does not in a
    labelled = Labelled(features, upside_down, documents)
    logits = out_of_fold(labelled, upside_down, np.ones(COUNT))
    assert np.corrcoef(logits[: COUNT // 2], upside_down[: COUNT // 2])[0, 1] < -0.3
    coefficients, intercept = fit_logistic(features[: COUNT // 2], upside_down[: COUNT // 2], np.ones(COUNT // 2))
    np.testing.assert_allclose(logits[COUNT // 2 :], features[COUNT // 2 :] @ coefficients + intercept)


def test_calibrated_probabilities_are_the_share_that_answers() -> None:
    logits = RANDOM.normal(size=20_000) * 4
    answers = RANDOM.random(20_000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    slope, offset = calibrate(logits, answers)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.08)


def test_a_threshold_keeps_its_rate_on_questions_not_seen() -> None:
    kept = []
    for _ in range(400):
        threshold = bounded_threshold(RANDOM.random(300), 0.05)
        kept.append(1 - threshold <= 0.05)  # the true share of uniform values at or over it
    assert 0.93 <= np.mean(kept) <= 0.99


def test_as_many_as_may_reach_it_do() -> None:
    values = np.arange(100) / 100
    threshold = bounded_threshold(values, 0.05)
    assert (values >= threshold).sum() == 1  # of 100, one is all that Clopper and Pearson let pass
    assert bounded_threshold(values[:20], 0.05) == 1.0  # of twenty, not even none is enough
