"""The texts that the questions' encoder learns on: where they come from, and that none is a test's."""

import random
from pathlib import Path

import pytest

from eval.datasets.own import HELD_OUT, INTERVIEW, TRAINING, documents_of, load_questions
from eval.training import distillation_texts
from eval.training.distillation_texts import (
    joined,
    lesson_texts,
    made_up,
    piece,
    sentences_of,
    unlabelled_questions,
    with_unlabelled,
)
from tests.eval.training.trams import GROUP


def test_unlabelled_questions_are_over_training_transcripts_and_in_no_test() -> None:
    asked = unlabelled_questions()
    assert sum(map(len, asked.values())) > 3000
    assert set(asked) <= set(documents_of(TRAINING))
    unseen = {q.text.lower() for document in documents_of(HELD_OUT) for q in load_questions(document)}
    unseen |= {q.text.lower() for q in load_questions(INTERVIEW, "test")}
    assert not unseen & {text.lower() for texts in asked.values() for text in texts}


def test_a_line_without_its_document_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "asked.tsv"
    path.write_text("trams\tWho pays?\nWho drives?\n", encoding="utf-8")
    monkeypatch.setattr(distillation_texts, "UNLABELLED", path)
    with pytest.raises(ValueError, match=r"asked\.tsv:2"):
        unlabelled_questions()
    path.write_text("trams\tWho pays?\ntrams\tWho drives?\n", encoding="utf-8")
    (group,) = with_unlabelled([GROUP])
    assert [q.text for q in group.questions[len(GROUP.questions) :]] == ["Who pays?", "Who drives?"]
    assert not any(q.grades for q in group.questions[len(GROUP.questions) :])


def test_lesson_texts_are_questions_sentences_and_texts_made_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distillation_texts, "MADE_UP", 10)
    texts = lesson_texts([GROUP], ["A ferry leaves at noon. So?", "No."])
    assert texts.count("Who pays the drivers?") == distillation_texts.QUESTION_TIMES
    assert {"A ferry leaves at noon.", "The depot sends out more."} <= set(texts)
    assert not {"So?", "No.", GROUP.passages[0]} & set(texts)
    assert texts == lesson_texts([GROUP], ["A ferry leaves at noon. So?", "No."])


def test_sentences_are_as_long_as_questions() -> None:
    assert sentences_of(["A ferry leaves at noon. So?", "No."]) == {"A ferry leaves at noon."}


def test_made_up_texts_are_new_and_short() -> None:
    random.seed(0)
    question, sentence = "Who pays the drivers of the night trams?", "The depot sends out more. " * 20
    texts = made_up([question, "When does the ferry leave?"], [sentence], 8)
    assert len(texts) == len(set(texts)) > 20
    assert all(0 < len(text) <= distillation_texts.MOST_CHARACTERS for text in texts)
    swapped = distillation_texts.WordSwap([question]).swapped(question, 1.0).split()
    assert swapped[0] == "Who"
    assert swapped[2] == "the"
    assert swapped != question.split()
    assert piece("Why?") == "Why?"
    assert piece(question) in question
    assert joined("Who pays?", "When?").startswith("Who")
