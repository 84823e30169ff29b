"""Our own questions, scored over the invented transcripts with the fake encoder."""

from pathlib import Path

import pytest

from eval.datasets.own import Question
from eval.quality.own_questions import Scored, by_category, score_questions, summarise
from qa_service.retrieval.retriever import Retriever
from tests import fakes


def question(name: str, text: str, category: str, **judgements: int) -> Question:
    """A question over the trams; judgements as `s5=3`."""
    grades = {f"trams#{key[1:]}": grade for key, grade in judgements.items()}
    return Question(name, "trams", "dev", category, text, grades)


WAGES = question("q1", "A harbour levy covers their wages", "fact", s5=3)
STOPS = question("q2", "They stop at the hospital and the university", "fact", s3=3)
WRONG = question("q3", "They stop at the hospital and the university", "multi", s6=2)
ZEBRAS = question("q4", "Zebras juggle quartz", "far-other")
BUSES = question("q5", "Purple buses fly", "near-entity")


def test_questions_are_asked_within_their_own_document(retriever: Retriever) -> None:
    scored = score_questions(retriever, [WAGES, ZEBRAS])
    assert [s.question for s in scored] == [WAGES, ZEBRAS]
    for s in scored:
        assert s.run.keys() == {"trams#2", "trams#3", "trams#5", "trams#6"}
    assert max(scored[0].run, key=scored[0].run.__getitem__) == "trams#5"
    assert scored[0].confidence > scored[1].confidence


def test_a_paragraph_cut_in_parts_scores_as_its_best_part(tmp_path: Path) -> None:
    long = "Filler " * 200 + ". " + "Trams at night " * 60
    text = f"Reporter: What?\n\nAda Lund: {long}\n\nReporter: And?\n\nAda Lund: Harbour.\n"
    fakes.build_index(tmp_path, [fakes.transcript("trams", text)])
    with fakes.opened(tmp_path) as retriever:
        (scored,) = score_questions(retriever, [question("q", "Trams at night", "fact", s1=3)])
    assert scored.run.keys() == {"trams#1", "trams#3"}
    assert max(scored.run, key=scored.run.__getitem__) == "trams#1"


def test_a_part_of_a_dotted_document_belongs_to_its_paragraph(tmp_path: Path) -> None:
    filler = "Filler " * 200
    fakes.build_index(tmp_path, [fakes.transcript("v1.2", f"Reporter: What?\n\nAda Lund: {filler}. {filler}\n")])
    with fakes.opened(tmp_path) as retriever:
        (scored,) = score_questions(retriever, [Question("q", "v1.2", "dev", "fact", "filler", {"v1.2#1": 3})])
    assert scored.run.keys() == {"v1.2#1"}


def test_the_summary_ranks_the_answerable_and_separates_the_others() -> None:
    scored = [
        Scored(WAGES, {"trams#5": 0.9, "trams#3": 0.1}, 0.9),
        Scored(WRONG, {"trams#3": 0.8, "trams#6": 0.7}, 0.5),
        Scored(ZEBRAS, {"trams#3": 0.1}, 0.1),
        Scored(BUSES, {"trams#3": 0.6}, 0.6),
    ]
    summary = summarise(scored, threshold=0.55)
    assert summary["P@1"].value == pytest.approx((1 + 0) / 2)
    assert summary["MRR"].value == pytest.approx((1 / 1 + 1 / 2) / 2)
    assert summary["AUROC against all"].value == pytest.approx((1 + 1 + 1 + 0) / 4)
    assert summary["AUROC against far"].value == pytest.approx((1 + 1) / 2)
    assert summary["AUROC against near"].value == pytest.approx((1 + 0) / 2)
    assert summary["answered, answerable"].value == pytest.approx(1 / 2)
    assert summary["answered, unanswerable"].value == pytest.approx(1 / 2)


def test_each_category_is_counted_and_measured() -> None:
    scored = [
        Scored(WAGES, {"trams#5": 0.9}, 0.9),
        Scored(STOPS, {"trams#3": 0.9}, 0.8),
        Scored(WRONG, {"trams#3": 0.9}, 0.5),
        Scored(ZEBRAS, {"trams#3": 0.1}, 0.6),
    ]
    table = {name: (count, found.value) for name, (count, found) in by_category(scored).items()}
    assert table == {
        "fact": (2, pytest.approx(1.0)),
        "multi": (1, 0.0),
        "far-other": (1, pytest.approx((1 + 1 + 0) / 3)),
    }
