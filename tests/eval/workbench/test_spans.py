"""The quoted part against a gold answer."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eval.datasets.own import INTERVIEW, load_questions, load_spans, own_transcript
from eval.workbench import spans
from eval.workbench.spans import gold_answers, score_own_spans, score_spans, word_f1
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tests import fakes
from tests.conftest import ROOT

FILE = {
    "data": [
        {
            "title": "Trams",
            "paragraphs": [
                {
                    "context": "Twelve trams run at night. A harbour levy covers the wages of the drivers.",
                    "qas": [
                        {"id": "a", "question": "harbour levy covers wages?", "answers": [{"text": "A harbour levy"}]},
                        {"id": "b", "question": "Who?", "is_impossible": True, "answers": []},
                    ],
                },
                {"context": "Purple apples withered.", "qas": []},
            ],
        }
    ]
}


@contextmanager
def index_of(transcripts: Sequence[Transcript], _: Settings, folder: Path | None) -> Iterator[Retriever]:
    """What `eval.datasets.indexes.index_of` does, with the fake encoder."""
    root = folder or Path("spans-index").absolute()
    fakes.build_index(root, transcripts)
    with fakes.opened(root) as retriever:
        yield retriever


@pytest.mark.parametrize(
    ("found", "gold", "value"),
    [
        ("The levy.", "levy", 1),
        ("a levy covers it", "the levy", 2 / 4),
        ("trams", "levy", 0),
        ("levy levy", "levy", 2 / 3),
        ("", "levy", 0),
    ],
)
def test_f1_is_that_of_squad(found: str, gold: str, value: float) -> None:
    assert word_f1(found, gold) == pytest.approx(value)


def test_the_quoted_part_is_scored_where_the_passage_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "index_of", index_of)
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(FILE))
    report = score_spans(file, Settings(), tmp_path / "collection")
    assert (report.questions, report.right, report.wrong_offsets) == (1, 1, 0)
    assert report.holds_answer == 1
    assert report.f1 == pytest.approx(word_f1("A harbour levy covers the wages of the drivers.", "A harbour levy"))


def test_questions_without_an_answer_have_no_gold() -> None:
    gold: Any = gold_answers(json.dumps(FILE).encode())
    assert gold == {"a": ["A harbour levy"]}


def test_our_own_gold_stands_once_in_the_only_statement_that_answers() -> None:
    questions = {q.id: q for q in load_questions(split="test")}
    transcript = own_transcript(INTERVIEW, ROOT / "source_texts")
    texts = {f"{INTERVIEW}#{a.number}": a.piece.text for e in transcript.exchanges for a in e.answers}
    spans_ = load_spans()
    assert len({one.question for one in spans_}) == len(spans_) == 72
    for one in spans_:
        assert texts[one.statement].count(one.text) == 1
        assert [s for s, grade in questions[one.question].judgements.items() if grade == 3] == [one.statement]


def test_our_own_spans_are_scored_and_no_offset_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "index_of", index_of)
    monkeypatch.chdir(tmp_path)
    report = score_own_spans(Settings(source_dir=ROOT / "source_texts"))
    assert (report.questions, report.wrong_offsets) == (72, 0)
    assert 0 < report.right <= 72
    assert 0 < report.f1 < 1


def test_a_part_that_stands_elsewhere_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "index_of", index_of)
    monkeypatch.setattr(spans, "_stands", lambda *_: False)
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(FILE))
    assert score_spans(file, Settings(), tmp_path / "collection").wrong_offsets == 2  # of two results
