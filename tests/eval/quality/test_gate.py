"""The gate lets noise through and stops a fall, answering always and answering never."""

from collections.abc import Sequence

import pytest

from eval.datasets.own import Question
from eval.quality.gate import DOCUMENTS, MEASURES, PUBLIC, fallen, measures_of, public_set, read_committed
from eval.quality.own_questions import Scored

KEPT = {"trams, nDCG@10": {"value": 0.9, "error": 0.02}}
THRESHOLD = 0.5


def test_two_standard_errors_below_pass_and_more_does_not() -> None:
    assert fallen({"trams, nDCG@10": {"value": 0.86, "error": 0.02}}, KEPT) == []
    assert fallen({"trams, nDCG@10": {"value": 0.8599, "error": 0.02}}, KEPT) == [
        "trams, nDCG@10: 0.8599, at least 0.8600 is wanted"
    ]


def test_what_is_no_longer_measured_does_not_pass() -> None:
    assert fallen({}, KEPT) == ["trams, nDCG@10: not measured, committed is 0.9"]


def test_everything_is_committed_to() -> None:
    sets = (*DOCUMENTS, PUBLIC.name)
    assert set(read_committed()) == {f"{document}, {name}" for document in sets for name in MEASURES}


def scored(sure: Sequence[float], unsure: Sequence[float]) -> list[Scored]:
    """Answerable questions, ranked rightly, and unanswerable ones, with these confidences."""
    yes = [Question(f"y{i}", "trams", "dev", "fact", "Who?", {"trams#1": 3}) for i in range(len(sure))]
    no = [Question(f"n{i}", "trams", "dev", "near-person", "Who?", {}) for i in range(len(unsure))]
    return [Scored(q, {"trams#1": 1.0}, c) for q, c in zip([*yes, *no], [*sure, *unsure], strict=True)]


GOOD = measures_of(scored([0.9] * 20, [0.1] * 20), THRESHOLD)


@pytest.mark.parametrize(
    ("sure", "unsure", "named"),
    [
        (1.0, 1.0, {"AUROC against all", "silent, unanswerable"}),  # answers always
        (0.0, 0.0, {"AUROC against all", "answered, answerable"}),  # answers never
        (1.0, 0.9, {"silent, unanswerable"}),  # always, in a good order
        (0.2, 0.1, {"answered, answerable"}),
        (0.6, 0.4, set()),
    ],
)
def test_answering_always_and_answering_never_both_fail(sure: float, unsure: float, named: set[str]) -> None:
    found = fallen(measures_of(scored([sure] * 20, [unsure] * 20), THRESHOLD), GOOD)
    assert {one.partition(":")[0] for one in found} == named


def test_one_question_more_or_less_is_no_fall() -> None:
    one_less = measures_of(scored([*[0.9] * 19, 0.2], [*[0.1] * 19, 0.6]), THRESHOLD)
    assert [one for one in fallen(one_less, GOOD) if "AUROC" not in one] == []


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_what_is_committed_stops_both_on_every_set(confidence: float) -> None:
    measured = measures_of(scored([confidence] * 20, [confidence] * 20), THRESHOLD)
    for document in (*DOCUMENTS, PUBLIC.name):
        committed = {name: read_committed()[f"{document}, {name}"] for name in MEASURES}
        assert fallen(measured, committed)


def test_the_public_set_is_what_its_readme_says() -> None:
    transcripts, questions = public_set()
    passages = {f"{PUBLIC.name}#{a.number}" for t in transcripts for e in t.exchanges for a in e.answers}
    assert (len(passages), sum(q.answerable for q in questions), len(questions)) == (240, 100, 160)
    assert all(set(q.judgements) <= passages for q in questions)
    assert "CC BY-SA 4.0" in (PUBLIC / "LICENSE").read_text(encoding="utf-8")
