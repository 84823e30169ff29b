"""Comparing runs: luck is told from a difference, and many looks from one."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from eval.workbench.compare import compare, randomisation_p
from tests.eval.workbench.runs import run_of

YES = {"a": 1}
RIGHT, WRONG = (YES, ["a", "b"], 0.5), (YES, ["b", "a"], 0.5)


def test_no_difference_has_a_p_of_one() -> None:
    assert randomisation_p(np.zeros(30)) == 1
    assert randomisation_p(np.array([])) == 1


def test_p_is_near_that_of_a_t_test() -> None:
    random = np.random.default_rng(1)
    for shift in (0.0, 0.1, 0.2, 0.4):
        changes = random.normal(shift, 1, 200)
        assert randomisation_p(changes) == pytest.approx(ttest_1samp(changes, 0).pvalue, abs=0.02)


def test_of_five_questions_no_difference_is_sure() -> None:
    assert randomisation_p(np.ones(5)) == pytest.approx(2 / 2**5, abs=0.01)


def test_wins_ties_and_losses() -> None:
    first, second = run_of([WRONG] * 6 + [RIGHT] * 3), run_of([RIGHT] * 5 + [WRONG] * 4, "bm25")
    found = next(c for c in compare([first, second]) if c.measure == "P@1")
    assert (found.wins, found.ties, found.losses) == (5, 1, 3)
    assert found.difference == pytest.approx(2 / 9)
    assert (found.first, found.second) == ("default@abc", "bm25@abc")


def test_p_values_are_corrected_for_all_tests() -> None:
    runs = [run_of([WRONG] * 20), run_of([RIGHT] * 20, "b"), run_of([RIGHT] * 3 + [WRONG] * 17, "c")]
    found = compare(runs, ["P@1"])
    assert [c.corrected for c in found] == pytest.approx([2 * found[0].p, found[1].p])


@pytest.mark.parametrize("other", [{"set": "another"}, {"set_sha256": "1"}])
def test_different_sets_are_not_compared(other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="different sets"):
        compare([run_of([RIGHT]), run_of([RIGHT], **other)])


def test_one_result_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="at least two"):
        compare([run_of([RIGHT])])
