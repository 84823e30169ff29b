"""Ranking and silence: no tie, no constant and no system that always answers looks good."""

import math
from dataclasses import replace

import pytest

from eval.workbench.quality import (
    by_question,
    coverage_at,
    first_answers,
    naucs,
    percentiles,
    ranking,
    reliability,
    risk_and_coverage,
    separation,
    silence,
    silence_at,
)
from tests.eval.workbench.runs import run_of

YES, NO = {"a": 1}, dict[str, int]()
GOOD = [(YES, ["a", "b"], 0.9), (YES, ["b", "a"], 0.4), (NO, ["b"], 0.1), (NO, ["a"], 0.2)]


def constant(confidence: float) -> list[tuple[dict[str, int], list[str], float]]:
    """The same confidence whatever is asked; half the questions are ranked rightly."""
    return [(YES, ["a"] if i % 2 else ["b", "a"], confidence) for i in range(20)] + [(NO, ["b"], confidence)] * 20


def test_the_measures_of_a_ranking() -> None:
    values = by_question(run_of(GOOD))
    assert values["nDCG@10"] == pytest.approx({"q0": 1, "q1": 1 / math.log2(3)})
    assert values["P@1"] == {"q0": 1, "q1": 0}
    assert ranking(run_of(GOOD))["MRR@10"].value == pytest.approx(0.75)


def test_a_grade_below_what_answers_is_no_first_answer() -> None:
    run = run_of([({"a": 1, "b": 2}, ["a", "b"], 0.5)], relevant_from=2)
    assert not first_answers(run.results[0], 2)
    assert by_question(run)["P@1"] == {"q0": 0}


@pytest.mark.parametrize("confidence", [0.0, 0.5, 1.0])
def test_a_constant_separates_as_chance_does(confidence: float) -> None:
    run = run_of(constant(confidence))
    apart, covered = separation(run), coverage_at(run, 0.05)
    assert apart is not None
    assert apart.value == 0.5
    assert covered is not None
    assert covered.answered == 0
    assert naucs(run)["nDCG@10"] == pytest.approx(0, abs=0.03)
    assert silence_at(run, 0.05) == (0.5, 1)  # as many are unanswerable


def test_a_confidence_that_knows_its_errors_has_an_nauc_of_one() -> None:
    rows = [(YES, ["a"] if i % 2 else ["b", "a"], 0.9 if i % 2 else 0.1) for i in range(20)]
    assert naucs(run_of(rows))["P@1"] == pytest.approx(1)
    assert naucs(run_of([(g, r, 1 - c) for g, r, c in rows]))["P@1"] < 0


def test_the_bound_of_few_questions_is_far_above_their_rate() -> None:
    rows = [*[(YES, ["a"], 0.9)] * 10, *[(NO, ["a"], 0.1)] * 20]
    covered = coverage_at(run_of(rows), 0.05)
    assert covered is not None
    assert covered.answered == 1
    assert covered.bound == pytest.approx(1 - 0.05 ** (1 / 20))  # none of 20
    assert coverage_at(run_of(GOOD[:2]), 0.05) is None


def test_silence_fails_in_both_directions() -> None:
    run = run_of(GOOD)
    assert silence(run, 0.3) == (1, 1)
    assert silence(run, 0.0) == (0, 0)  # always answers
    assert silence(run, 2.0) == (0.5, 1)  # never does


def test_silence_where_few_are_answered_wrongly() -> None:
    assert silence_at(run_of(GOOD), 0.05) == (1, 1)
    rows = [(YES, ["a"], 0.3), (YES, ["a"], 0.9), (NO, ["a"], 0.3), (NO, ["a"], 0.1)]
    assert silence_at(run_of(rows), 0.05) == pytest.approx((2 / 3, 1))  # the answerable one that ties is silent, too
    assert silence_at(run_of(GOOD[:2]), 0.05) is None


def test_what_ties_at_the_top_answers_only_together() -> None:
    (result,) = run_of([({"a": 1, "c": 1}, ["a", "b"], 0.5)]).results
    for run, answers in (({"a": 1.0, "b": 1.0}, False), ({"a": 1.0, "c": 1.0, "b": 0.5}, True)):
        assert first_answers(replace(result, ranked=replace(result.ranked, run=run)), 1) is answers


def test_reliability_and_risk() -> None:
    rows, error = reliability(run_of(GOOD))
    assert (0.9, 1.0, 1) in rows
    assert error == pytest.approx((0.1 + 0.4 + 0.1 + 0.2) / 4)
    assert [share for share, _ in risk_and_coverage(run_of(GOOD))] == [0.25, 0.5, 0.75, 1]
    assert [risk for _, risk in risk_and_coverage(run_of(GOOD))] == pytest.approx([0, 1 / 2, 2 / 3, 3 / 4])


def test_times() -> None:
    assert percentiles(run_of(GOOD)) == pytest.approx({50: 2, 95: 2, 99: 2})
