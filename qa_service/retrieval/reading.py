"""Reads a question as what is asked, and of whom, when and where: the statements that may answer it."""

from collections.abc import Mapping, Sequence

from qa_service.indexing.protocols import OpenIndex
from qa_service.language.detect import language_of_question
from qa_service.retrieval.frames import Framed, Frames
from qa_service.retrieval.occasions import Occasions
from qa_service.retrieval.people import People, Source

Filters = Mapping[str, Sequence[str]]


class Reader:
    """Knows the people, places and dates of one generation. Use one per thread."""

    def __init__(self, generation: OpenIndex) -> None:
        """Of an open generation."""
        self._store = generation.store
        sources = [
            Source(document.id, document.speakers, generation.contexts[document.id])
            for document in self._store.documents()
        ]
        self._frames = Frames(People(sources, lambda typed: self._store.fitting("speaker", typed)))
        self._occasions = Occasions(generation.contexts)

    def read(self, question: str, filters: Filters) -> Framed:
        """The question without what names who, when or where, and the filters narrowed to these.

        As it came where the filters leave nobody whom it names, and in a language whose frames aren't known.
        """
        if not language_of_question(question).frames:
            return Framed(question, filters)
        occasion = self._occasions.read(question)
        read = self._frames.read(occasion.question)
        narrowed = self._narrowed(filters, read.filters)
        if occasion.documents is not None and narrowed is not None and len(occasion.documents) < len(self._occasions):
            narrowed = self._narrowed(narrowed, {"document": occasion.documents})
        if narrowed is None or (len(narrowed) > 1 and narrowed != filters and not self._any(narrowed)):
            return Framed(question, filters)
        return Framed(read.question, narrowed, read.only)

    def _any(self, filters: Filters) -> bool:
        """Whether there is a statement that they let answer."""
        rows = self._store.rows_matching(filters)
        return rows is None or len(rows) > 0

    def _narrowed(self, filters: Filters, named: Filters) -> dict[str, Sequence[str]] | None:
        """The filters with those that the question names; None where they exclude each other."""
        narrowed: dict[str, Sequence[str]] = {key: list(values) for key, values in filters.items()}
        for key, values in named.items():
            if given := narrowed.get(key):
                meant = [n for value in given for n in self._store.fitting(key, value)] if key == "speaker" else given
                values = [value for value in meant if value in values]
                if not values:
                    return None
            narrowed[key] = list(values)
        return narrowed
