"""The project's own questions: how they are read, and what must hold of all of them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.datasets import own
from eval.datasets.own import (
    DATED,
    INTERVIEW,
    NAMED,
    Question,
    dated_transcripts,
    documents_of,
    load_questions,
    named_documents,
    other_documents,
    second_judge,
)

LINE = {"id": "t-1", "split": "dev", "category": "fact", "question": "How many trams?", "judgements": {"2": 3}}
SETS = [INTERVIEW, *other_documents()]


@pytest.fixture
def trams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The question file of an invented document."""
    monkeypatch.setattr(own, "DATA", tmp_path)
    (tmp_path / "training" / "trams").mkdir(parents=True)
    return tmp_path / "training" / "trams" / "questions.jsonl"


def test_judgements_become_statement_ids(trams: Path) -> None:
    trams.write_text(json.dumps(LINE | {"judgements": {"2": 3, "3": 1}}) + "\n")
    question = Question("t-1", "trams", "dev", "fact", "How many trams?", {"trams#2": 3, "trams#3": 1})
    assert load_questions("trams") == [question]
    assert question.answerable


def test_a_question_without_judgements_is_not_answerable(trams: Path) -> None:
    trams.write_text(json.dumps(LINE | {"judgements": {}}))
    assert not load_questions("trams")[0].answerable


def test_a_second_judge_saw_every_test_question_of_the_interview() -> None:
    questions = load_questions(split="test")
    judged = second_judge()
    assert set(judged) == {question.id for question in questions}
    for question in questions:
        other = judged[question.id]
        assert (other.best is None) == (max(other.grades.values(), default=0) < 2)
        assert other.best is None or other.grades[other.best] >= 2
        assert set(other.grades.values()) <= {1, 2, 3}


def test_one_split_is_read_alone(trams: Path) -> None:
    trams.write_text("\n".join(json.dumps(LINE | {"id": split, "split": split}) for split in ("dev", "test", "dev")))
    assert [q.id for q in load_questions("trams", "test")] == ["test"]
    assert [q.id for q in load_questions("trams")] == ["dev", "test", "dev"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "",
        "[]",
        json.dumps({"id": "t-2"}),
        json.dumps(LINE | {"judgements": {"3": "very"}}),
        json.dumps(LINE | {"judgements": {"3": None}}),
        json.dumps(LINE | {"judgements": None}),
    ],
)
def test_a_line_that_is_off_is_named(trams: Path, line: str) -> None:
    trams.write_text(f"{json.dumps(LINE)}\n{line}\n")
    with pytest.raises(ValueError, match=r"trams/questions\.jsonl:2: "):
        load_questions("trams")


def test_the_interview_has_enough_questions_of_each_kind() -> None:
    questions = load_questions(INTERVIEW)
    unanswerable = [q for q in questions if not q.answerable]
    assert sum(q.answerable for q in questions) >= 120
    assert len(unanswerable) >= 60
    assert sum(q.category.startswith("far") for q in unanswerable) >= 20
    assert sum(q.category.startswith("near") for q in unanswerable) >= 40


def test_both_splits_of_the_interview_have_every_category() -> None:
    dev, test = ({q.category for q in load_questions(INTERVIEW, split)} for split in ("dev", "test"))
    assert dev == test
    assert len(dev) > 10


def test_no_question_is_asked_twice_over_all_sets() -> None:
    texts = Counter(" ".join(q.text.casefold().split()) for name in SETS for q in load_questions(name))
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.parametrize("name", SETS)
def test_every_question_is_whole(name: str) -> None:
    questions = load_questions(name)
    assert len({q.id for q in questions}) == len(questions)
    for q in questions:
        assert q.split in {"dev", "test"}
        assert q.text == q.text.strip() != ""
        assert set(q.judgements.values()) <= {1, 2, 3}
        assert q.answerable is not q.category.startswith(("far", "near"))
        assert not q.answerable or max(q.judgements.values()) >= 2


@pytest.mark.parametrize("name", named_documents())
def test_a_named_question_is_made_from_a_plain_one_of_the_same_split(name: str) -> None:
    plain = {q.id: q for q in load_questions(name)}
    for q in load_questions(name, file=NAMED):
        assert q.of is not None
        assert plain[q.of].split == q.split
        assert plain[q.of].answerable or not q.answerable
        assert q.judgements.items() <= plain[q.of].judgements.items()
        assert q.answerable is not q.category.startswith("near")


def test_a_dated_question_is_judged_by_statements_that_there_are() -> None:
    statements = {
        f"{t.document.id}#{a.number}": a.speaker for t in dated_transcripts() for e in t.exchanges for a in e.answers
    }
    questions = [q for person in documents_of(DATED) for q in load_questions(person)]
    assert {q.split for q in questions} == {"dev", "test"}
    assert len({q.id for q in questions}) == len(questions)
    for q in questions:
        assert all(statements.get(statement) for statement in q.judgements)
        assert q.answerable is not q.category.startswith("near")
