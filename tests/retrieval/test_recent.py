"""Rankings kept for questions asked again: the same as anew, bounded, and told apart by their options."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from qa_service.retrieval.recent import RecentRankings
from qa_service.retrieval.retriever import Ranking, Retriever


@pytest.fixture
def asked(retriever: Retriever, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were really ranked, in order."""
    ranked: list[str] = []
    rank = retriever.rank

    def counted(
        questions: Sequence[str], top_k: int, filters: Mapping[str, Sequence[str]], **rest: Any
    ) -> list[Ranking]:
        ranked.extend(questions)
        return rank(questions, top_k, filters, **rest)

    monkeypatch.setattr(retriever, "rank", counted)
    return ranked


def test_a_question_asked_again_is_not_ranked_again(retriever: Retriever, asked: list[str]) -> None:
    anew = retriever.rank(["harbour levy", "cider"], 3, {})
    asked.clear()
    recent = RecentRankings(retriever, 10)
    assert recent.rank(["harbour levy", "cider", "harbour levy"], 3, {}) == [*anew, anew[0]]
    assert recent.rank(["cider"], 3, {}) == anew[1:]
    assert asked == ["harbour levy", "cider"]


def test_other_options_are_another_question(retriever: Retriever, asked: list[str]) -> None:
    recent = RecentRankings(retriever, 10)
    recent.rank(["cider"], 3, {})
    recent.rank(["cider"], 4, {})
    recent.rank(["cider"], 3, {"document": ["apples"]})
    recent.rank(["cider"], 3, {}, explain=True)
    recent.rank(["cider"], 3, {}, by_document=True)
    recent.rank(["cider"], 3, {"date": ["2023-01-01", "2023-12-31"]})
    recent.rank(["cider"], 3, {"date": ["2023-01-01", "2024-12-31"]})
    recent.rank(["cider"], 3, {"tags": ["2023-01-01", "2023-12-31"]})
    assert asked == ["cider"] * 8


def test_the_one_not_asked_for_longest_is_forgotten(retriever: Retriever, asked: list[str]) -> None:
    recent = RecentRankings(retriever, 2)
    for question in ("cider", "trams", "cider", "wages", "cider", "trams"):
        recent.rank([question], 3, {})
    assert asked == ["cider", "trams", "wages", "trams"]


def test_more_at_once_than_are_kept_are_all_answered(retriever: Retriever) -> None:
    questions = ["cider", "trams", "wages"]
    assert RecentRankings(retriever, 1).rank(questions, 3, {}) == retriever.rank(questions, 3, {})


def test_none_are_kept_when_none_shall_be(retriever: Retriever, asked: list[str]) -> None:
    recent = RecentRankings(retriever, 0)
    recent.rank(["cider"], 3, {})
    recent.rank(["cider"], 3, {})
    assert asked == ["cider"] * 2


@pytest.mark.parametrize("more", [["x" * 400] * 10, ["x"] * 100])
def test_what_would_fill_the_memory_is_not_kept(retriever: Retriever, asked: list[str], more: list[str]) -> None:
    recent = RecentRankings(retriever, 10)
    long = {"speaker": ["Bo Strand", *more]}
    first, again = (recent.rank(["harbour levy"], 3, long) for _ in range(2))
    assert first == again == retriever.rank(["harbour levy"], 3, long)
    assert first[0].hits
    assert asked == ["harbour levy"] * 3
