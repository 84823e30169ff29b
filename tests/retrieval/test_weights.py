"""Learnt numbers: packaged, kept with the index, refused when they are for something else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa_service.errors import IndexDamagedError, IndexMismatchError
from qa_service.indexing.weights import Weights
from qa_service.retrieval.confidence import ConfidenceModel, confidences
from qa_service.retrieval.fusion import FusionWeights


def test_packaged_weights_fit_the_signals_and_features_and_survive_writing(tmp_path: Path) -> None:
    weights = Weights.read()
    FusionWeights.of(weights)
    ConfidenceModel.of(weights)
    thresholds = [weights.threshold(rate) for rate in ("5", "10", "20", "30")]
    assert thresholds == sorted(thresholds, reverse=True)
    weights.write(tmp_path / "w.json")
    assert Weights.read(tmp_path / "w.json") == weights


def test_a_rate_without_a_threshold_is_told() -> None:
    with pytest.raises(IndexDamagedError, match=r"no threshold for 5 % false answers, only for 10; .*qa-service build"):
        replace(Weights.read(), thresholds={"10": 0.5}).threshold("5")


def test_weights_for_other_signals_or_features_are_refused_with_the_remedy() -> None:
    weights = Weights.read()
    with pytest.raises(IndexMismatchError, match="qa-service build"):
        FusionWeights.of(replace(weights, fusion={"dense": 1.0}))
    with pytest.raises(IndexMismatchError, match="qa-service build"):
        ConfidenceModel.of(replace(weights, features={"dense": 1.0}))


def test_the_vector_counts_more_in_a_short_question() -> None:
    weights = FusionWeights(dense=0.4, bm25=0.2, best_sentence=0.6, short_question=12.0)
    assert [round(weights.dense_weight(tokens), 2) for tokens in (0, 1, 2, 3, 4, 5, 6, 40)] == [
        1.6, 1.6, 1.6, 1.33, 0.75, 0.48, 0.4, 0.4,
    ]  # fmt: skip
    assert FusionWeights(dense=0.4, bm25=0.2, best_sentence=0.6).dense_weight(1) == 0.4


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="qa-service build"):
        Weights.read(tmp_path / "none.json")


def test_confidence_is_below_one_and_above_zero_whatever_the_features() -> None:
    model = ConfidenceModel.of(Weights.read())
    extreme = np.array([[1e6] * len(model.coefficients), [-1e6] * len(model.coefficients)])
    assert all(0 < value < 1 for value in confidences(extreme, model))
