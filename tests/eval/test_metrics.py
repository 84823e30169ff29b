"""Measures against their formulas, written out."""

from math import isnan, log2

import pytest

from eval.metrics import BINARY, GRADED, auroc, estimate, per_question

QRELS = {"q1": {"a": 3, "b": 2, "c": 1}, "q2": {"d": 2}}
RUN = {
    "q1": {"c": 0.9, "x": 0.8, "a": 0.7, "b": 0.6},  # grades 1, 0, 3, 2 at ranks 1 to 4
    "q2": {"x": 0.9, "d": 0.8},
}


def values(name: str, run: dict[str, dict[str, float]]) -> dict[str, float]:
    """One of our own sets' measures."""
    return per_question({name: GRADED[name]}, QRELS, run)[name]


def test_ndcg_counts_grades_and_discounts_ranks() -> None:
    gained = 1 / log2(2) + 0 / log2(3) + 3 / log2(4) + 2 / log2(5)
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4)
    assert values("nDCG@10", RUN)["q1"] == pytest.approx(gained / ideal)
    assert values("nDCG@10", RUN)["q2"] == pytest.approx((2 / log2(3)) / (2 / log2(2)))


def test_recall_counts_grades_of_2_and_more_among_the_first_three() -> None:
    assert values("recall@3", RUN) == {"q1": pytest.approx(1 / 2), "q2": pytest.approx(1 / 1)}


def test_mrr_and_precision_pass_over_a_grade_of_1() -> None:
    assert values("MRR", RUN) == {"q1": pytest.approx(1 / 3), "q2": pytest.approx(1 / 2)}
    assert values("P@1", RUN) == {"q1": 0.0, "q2": 0.0}


def test_a_perfect_run_scores_1() -> None:
    perfect = {query: {key: float(grade) for key, grade in grades.items()} for query, grades in QRELS.items()}
    for name in GRADED:
        assert values(name, perfect) == {"q1": pytest.approx(1.0), "q2": pytest.approx(1.0)}


@pytest.mark.parametrize("empty", [{}, {"q2": {}}])
def test_a_question_without_results_counts_0(empty: dict[str, dict[str, float]]) -> None:
    for name in GRADED:
        found = values(name, {"q1": RUN["q1"]} | empty)
        assert found.keys() == {"q1", "q2"}
        assert found["q2"] == 0.0


def test_results_of_a_question_nobody_judged_count_for_nothing() -> None:
    assert values("MRR", RUN | {"q3": {"a": 1.0}}) == values("MRR", RUN)


def test_the_contracts_measures_cut_at_their_depth() -> None:
    """The one relevant passage stands at rank 11, with 99 others behind it."""
    run = {"q": {f"p{rank}": 1 / rank for rank in range(1, 111)}}
    found = per_question(BINARY, {"q": {"p11": 1, "p105": 1}}, run)
    assert {name: by_query["q"] for name, by_query in found.items()} == {
        "ndcg@10": 0.0,
        "recall@10": 0.0,
        "recall@100": pytest.approx(1 / 2),
        "mrr@10": 0.0,
        "p@1": 0.0,
    }


def test_an_estimate_is_the_mean_inside_its_interval() -> None:
    found = estimate([0.0, 1.0, 1.0, 0.5])
    assert found.value == pytest.approx((0.0 + 1.0 + 1.0 + 0.5) / 4)
    assert 0.0 <= found.low < found.value < found.high <= 1.0
    assert estimate([0.0, 1.0, 1.0, 0.5]) == found


def test_equal_values_leave_no_doubt() -> None:
    found = estimate([0.25] * 8)
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)
    assert str(found) == "0.250 [0.250, 0.250]"


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    """.9 > .5, .9 > .1, .4 < .5, .4 > .1; a tie counts half."""
    assert auroc([0.9, 0.4], [0.5, 0.1]).value == pytest.approx((1 + 1 + 0 + 1) / 4)
    assert auroc([0.9, 0.5], [0.5, 0.1]).value == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert auroc([0.9, 0.8], [0.2, 0.1]).low == 1.0


def test_nothing_to_measure_is_not_a_number() -> None:
    assert isnan(estimate([]).value)
    assert isnan(auroc([0.5], []).value)
