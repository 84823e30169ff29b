"""What every interface calls: a question with its options in, an answer with citations out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Self

from qa_service.answers import Answer as Answer
from qa_service.answers import Reason as Reason
from qa_service.answers import Result as Result
from qa_service.answers import Stands as Stands
from qa_service.answers import in_order as in_order
from qa_service.errors import NotFoundError
from qa_service.indexing.summaries import DocumentSummary
from qa_service.language.detect import language_of_question
from qa_service.language.profile import Coverage, Language, document_note, profile_of, question_note
from qa_service.options import MAX_BATCH as MAX_BATCH
from qa_service.options import MAX_CONTEXT as MAX_CONTEXT
from qa_service.options import MAX_FILTER_VALUE as MAX_FILTER_VALUE
from qa_service.options import MAX_FILTER_VALUES as MAX_FILTER_VALUES
from qa_service.options import MAX_QUESTION as MAX_QUESTION
from qa_service.options import MAX_TOP_K as MAX_TOP_K
from qa_service.options import Options as Options
from qa_service.options import check_batch as check_batch
from qa_service.options import check_options, check_question
from qa_service.options import date_filter as date_filter
from qa_service.records import Document, Exchange, Hit, Span, Statement
from qa_service.retrieval.answerability import asks_something as asks_something  # interfaces know no retrieval
from qa_service.retrieval.asked_before import SURE
from qa_service.retrieval.candidates import documents_of
from qa_service.retrieval.retriever import Ranking, Retriever
from qa_service.retrieval.scoped import ScopedRanker

Filters = Mapping[str, Sequence[str]]

KNOWN = Coverage()  # English, as the packaged model knows
MAX_KNOWN = 100  # names, or tags, that are told where a filter's value fits none

ELSEWHERE = SURE  # the least confidence in a language the model doesn't know: what a reply to the very question has


class AnswerService:
    """Answers from one generation of the index. Use one per thread."""

    def __init__(
        self,
        retriever: Retriever,
        false_answers: str = "5",
        recent_questions: int = 0,
        coverage: Coverage = KNOWN,
    ) -> None:
        """`false_answers`: the rate, in percent, whose threshold decides when a request does not.

        The rankings of up to `recent_questions` different questions are kept. `coverage`: the model's languages.
        """
        self._coverage = coverage
        self._retriever = retriever
        self._threshold = retriever.threshold(false_answers)
        self._store = retriever.generation.store
        self._documents = {document.id: self._told(document) for document in self._store.documents()}
        self._ranker = ScopedRanker.over(retriever, false_answers, recent_questions)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def index_version(self) -> str:
        """The id of the generation answers come from."""
        return self._retriever.generation.manifest.id

    @property
    def model(self) -> str:
        """The embedding model the index was built with."""
        return self._retriever.generation.manifest.model

    @property
    def size(self) -> tuple[int, int]:
        """How many documents and statements there are."""
        manifest = self._retriever.generation.manifest
        return manifest.documents, manifest.statements

    @property
    def threshold(self) -> float:
        """The least confidence that is answered when a request names none."""
        return self._threshold

    def close(self) -> None:
        """Close the index's files; asks no more."""
        self._retriever.close()

    def ask(self, question: str, options: Options | None = None) -> Answer:
        """Answer one question. Raises BadRequestError for a question or option outside its bounds."""
        return self.ask_batch([question], options)[0]

    def ask_batch(self, questions: Sequence[str], options: Options | None = None) -> list[Answer]:
        """Answer several questions with the same options, in order. Raises BadRequestError."""
        started = time.perf_counter()
        options = options or Options()
        asked = [check_question(question) for question in questions]
        check_options(options)
        by_document = options.group_by == "document"
        rankings = self._ranker.rank(
            asked, options.top_k, options.filters, explain=options.explain, by_document=by_document
        )
        known = {key: names[:MAX_KNOWN] for key, names in self._store.fits_nobody(options.filters).items()}
        return [
            self._answer(question, searched, ranking, options, started, known)
            for question, (searched, ranking) in zip(asked, rankings, strict=True)
        ]

    def documents(self) -> list[DocumentSummary]:
        """All documents, in order of id."""
        return list(self._documents.values())

    def speakers(self) -> dict[str, tuple[int, list[str]]]:
        """By speaker's name, how many statements and in which documents; who says most comes first."""
        return self._store.people("speaker")

    def document(self, document_id: str) -> tuple[DocumentSummary, list[tuple[Exchange, list[Statement]]]]:
        """A document with its exchanges and their statements. Raises NotFoundError."""
        if document_id not in self._documents:
            raise NotFoundError(f"no document {document_id!r}; GET /v1/documents lists them")
        return self._documents[document_id], self._store.exchanges(document_id)

    def source(self, document_id: str) -> Document:
        """A document with its whole text. Raises NotFoundError."""
        found = self._store.document(document_id)
        if found is None:
            raise NotFoundError(f"no document {document_id!r}; GET /v1/documents lists them")
        return found

    def statement(self, statement_id: str, context: int = 0) -> Stands:
        """A statement with up to `context` neighbours on each side. Raises NotFoundError, BadRequestError."""
        check_options(Options(context=context))
        row = self._store.row_of(statement_id)
        if row is None:
            raise NotFoundError(f"no statement {statement_id!r}; ids look like document#12, with # as %23 in a URL")
        statement = self._store.statements([row])[0]
        before, after = self._store.neighbours(row, context) if context else ([], [])
        place, _ = self._store.places(statement, Span(statement.text, 0, len(statement.text)))
        return Stands(statement, self._documents[statement.document], place, before, after)

    def _answer(
        self,
        question: str,
        searched: str,
        ranking: Ranking,
        options: Options,
        started: float,
        known: dict[str, list[str]],
    ) -> Answer:
        language = language_of_question(question)
        least = self._least(ranking.hits, language) if options.min_confidence is None else options.min_confidence
        answered = bool(ranking.hits) and ranking.confidence >= least
        results = [self._result(hit, options.context, language) for hit in ranking.hits] if answered else []
        results = in_order(results, options.order)
        unanswered: Reason = "no_confident_answer" if ranking.hits else "no_statement_matches_filters"
        note = self._language_note(language, options.filters) if ranking.hits and not answered else None
        if note:
            unanswered = "language_not_covered"
        return Answer(
            question=question,
            corrected_question=ranking.question if ranking.question != searched else None,
            index_version=self.index_version,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            answered=answered,
            confidence=ranking.confidence,
            reason=None if answered else unanswered,
            results=results,
            known=known,
            language_note=note,
        )

    def _least(self, hits: Sequence[Hit], language: Language) -> float:
        """The least confidence that is answered by default: more where the model doesn't know a language.

        The first of `hits` counts, and the `language` of the question.
        """
        documents = [self._documents[s.document] for s in self._store.statements([hit.row for hit in hits[:1]])]
        known = self._coverage.covers(language) and all(document.language_covered for document in documents)
        return self._threshold if known else max(self._threshold, ELSEWHERE)

    def _language_note(self, language: Language, filters: Filters) -> str | None:
        """In words which language the model doesn't know, where it is the question's or that of all documents."""
        searched = list(self._documents.values())
        if filters and (rows := self._store.rows_matching(filters)) is not None:
            ids = list(self._store.first_row_of)
            searched = [self._documents[ids[n]] for n in set(documents_of(rows, self._store.first_rows).tolist())]
        known = any(document.language_covered for document in searched)
        return question_note(language, () if known else [profile_of(d.language) for d in searched], self._coverage)

    def _told(self, document: DocumentSummary) -> DocumentSummary:
        """With whether the model knows its language, and a note where it does not."""
        language = profile_of(document.language)
        note = document_note(language, self._coverage, told=document.language_from == "metadata")
        return replace(document, language_covered=False, notes=(*document.notes, note)) if note else document

    def _result(self, hit: Hit, context: int, language: Language) -> Result:
        statement = self._store.statements([hit.row])[0]
        before, after = self._store.neighbours(hit.row, context) if context else ([], [])
        also = self._store.statements(hit.repeated) if hit.repeated else []
        document, least = self._documents[statement.document], self._least([hit], language)
        return Result(hit, statement, document, before, after, also, least, *self._store.places(statement, hit.span))
