"""Ranks questions that name who is asked among that person's statements."""

from collections.abc import Iterable, Mapping, Sequence

from qa_service.indexing.store import DocumentSummary, StatementStore
from qa_service.retrieval.frames import Framed, Frames, Source
from qa_service.retrieval.recent import RecentRankings
from qa_service.retrieval.retriever import Ranking

Filters = Mapping[str, Sequence[str]]


class OfWhom:
    """Takes frames off questions. Use one per thread."""

    def __init__(
        self, recent: RecentRankings, store: StatementStore, documents: Iterable[DocumentSummary], threshold: float
    ) -> None:
        """`threshold`: the confidence from which a question counts as answered."""
        self._recent = recent
        self._store = store
        self._threshold = threshold
        sources = [Source(document.id, document.title, document.speakers) for document in documents]
        self._frames = Frames(sources, lambda typed: store.fitting("speaker", typed))

    def rank(
        self,
        questions: Sequence[str],
        top_k: int,
        filters: Filters,
        *,
        explain: bool = False,
        by_document: bool = False,
    ) -> list[tuple[str, Ranking]]:
        """Each question as it was searched, and its ranking; without a frame all are ranked at once."""
        framed = [self._framed(question, filters) for question in questions]
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

    def _framed(self, question: str, filters: Filters) -> Framed:
        """The question without a frame that names whom the filters let answer, and the filters narrowed to them."""
        read = self._frames.read(question)
        narrowed: dict[str, Sequence[str]] = {key: list(values) for key, values in filters.items()}
        for key, values in read.filters.items():
            if given := narrowed.get(key):
                meant = [n for value in given for n in self._store.fitting(key, value)] if key == "speaker" else given
                values = [value for value in meant if value in values]
                if not values:
                    return Framed(question)
            narrowed[key] = list(values)
        return Framed(read.question, narrowed, read.only)
