"""Ranks questions that name who is asked, when or where among the statements these mean."""

from collections.abc import Sequence

from qa_service.retrieval.frames import Framed
from qa_service.retrieval.reading import Filters, Reader
from qa_service.retrieval.recent import RecentRankings
from qa_service.retrieval.retriever import Ranking, Retriever


class ScopedRanker:
    """Takes names of people, places and dates off questions. Use one per thread."""

    def __init__(self, recent: RecentRankings, reader: Reader, threshold: float) -> None:
        """`threshold`: the confidence from which a question counts as answered."""
        self._recent = recent
        self._reader = reader
        self._threshold = threshold

    @classmethod
    def over(cls, retriever: Retriever, false_answers: str = "5", recent_questions: int = 0) -> "ScopedRanker":
        """With the threshold of a rate of false answers, in percent; so many recent rankings are kept."""
        recent = RecentRankings(retriever, recent_questions)
        return cls(recent, Reader(retriever.generation), retriever.threshold(false_answers))

    def rank(
        self,
        questions: Sequence[str],
        top_k: int,
        filters: Filters,
        *,
        explain: bool = False,
        by_document: bool = False,
    ) -> list[tuple[str, Ranking]]:
        """Each question as it was searched, and its ranking; those that name nobody are ranked at once."""
        framed = [self._reader.read(question, filters) for question in questions]
        plain = [question for question, read in zip(questions, framed, strict=True) if read.question == question]
        ranked = iter(self._recent.rank(plain, top_k, filters, explain=explain, by_document=by_document))
        return [
            (question, next(ranked))
            if read.question == question
            else self._framed_or_whole(question, read, top_k, filters, explain=explain, by_document=by_document)
            for question, read in zip(questions, framed, strict=True)
        ]

    def _framed_or_whole(
        self, question: str, read: Framed, top_k: int, filters: Filters, *, explain: bool, by_document: bool
    ) -> tuple[str, Ranking]:
        """Without its frame; as it came if only that is answered and others may answer."""
        ranking = self._recent.rank([read.question], top_k, read.filters, explain=explain, by_document=by_document)[0]
        if ranking.confidence < self._threshold and not read.only:
            whole = self._recent.rank([question], top_k, filters, explain=explain, by_document=by_document)[0]
            if whole.confidence >= self._threshold:
                return question, whole
        return read.question, ranking
