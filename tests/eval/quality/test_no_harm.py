"""What counts as harm: worse than another way by more than the standard error of the difference."""

import pytest

from eval.quality.no_harm import compared

OTHER = {"a": 0.5, "b": 0.5, "c": 0.5, "d": 0.5}


@pytest.mark.parametrize(
    ("default", "harms"),
    [
        ({"a": 0.4, "b": 0.4, "c": 0.4, "d": 0.3}, True),
        ({"a": 0.6, "b": 0.6, "c": 0.5, "d": 0.7}, False),
        ({"a": 0.1, "b": 0.9, "c": 0.0, "d": 0.9}, False),  # worse on average, by less than chance
    ],
)
def test_harm_is_more_than_chance(default: dict[str, float], *, harms: bool) -> None:
    found = compared("scifact", "BM25", default, OTHER)
    assert found.harms is harms
    assert found.questions == 4
    assert found.default == pytest.approx(sum(default.values()) / 4)


def test_a_question_that_only_one_was_asked_is_told() -> None:
    with pytest.raises(KeyError):
        compared("scifact", "BM25", {"a": 0.5, "e": 0.5}, OTHER)
