"""Questions that name who is asked are ranked among that one's statements."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from qa_service.retrieval.reading import Reader
from qa_service.retrieval.recent import RecentRankings
from qa_service.retrieval.retriever import Ranking
from qa_service.retrieval.scoped import ScopedRanker
from tests import fakes

SURE = 0.5


class Unrestricted:
    """Is sure only of what is searched among everybody's statements."""

    def rank(
        self,
        questions: Sequence[str],
        top_k: int,
        filters: Mapping[str, Sequence[str]],
        *,
        explain: bool = False,
        by_document: bool = False,
    ) -> list[Ranking]:
        """One ranking a question."""
        return [Ranking(question, [], 0.0 if filters else 1.0) for question in questions]


@pytest.fixture
def ranker(tmp_path: Path) -> Iterator[ScopedRanker]:
    """Over the trams and the apples."""
    fakes.build_index(tmp_path)
    with closing(fakes.open_retriever(tmp_path)) as retriever:
        yield ScopedRanker(cast("RecentRankings", Unrestricted()), Reader(retriever.generation), SURE)


@pytest.mark.parametrize("question", ["According to Ada Lund, why trams?", "What did Lund say about trams?"])
def test_nobody_else_answers_for_whom_the_question_asks(ranker: ScopedRanker, question: str) -> None:
    assert ranker.rank([question], 1, {})[0][1].confidence == 0


def test_others_may_speak_of_whom_the_question_mentions(ranker: ScopedRanker) -> None:
    question = "How many trams has Ada Lund?"
    assert ranker.rank([question], 1, {}) == [(question, Ranking(question, [], 1.0))]


def test_whom_the_filters_leave_no_statement_is_not_searched_for(ranker: ScopedRanker) -> None:
    question = "According to Ada Lund, why apples?"
    assert ranker.rank([question], 1, {"document": ["apples"]})[0][0] == question
