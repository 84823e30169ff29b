"""The quoted part against a gold answer."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eval.workbench import spans
from eval.workbench.spans import gold_answers, score_spans, word_f1
from qa_service.records import Transcript
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tests import fakes

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
def index_of(transcripts: Sequence[Transcript], _: Settings, folder: Path) -> Iterator[Retriever]:
    """What `eval.datasets.indexes.index_of` does, with the fake encoder."""
    fakes.build_index(folder, transcripts)
    with fakes.opened(folder) as retriever:
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
