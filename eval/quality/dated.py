"""The questions that are asked of many documents at once: some of the same speaker at different dates."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.datasets.beir import passage_key
from eval.datasets.indexes import index_of
from eval.datasets.own import (
    DATED,
    HELD_OUT,
    Question,
    dated_transcripts,
    documents_of,
    load_questions,
    own_transcript,
)
from eval.metrics import Estimate, estimate
from eval.quality.pairs import GOOD
from qa_service.answering import Answer, AnswerService, Options
from qa_service.records import Transcript
from qa_service.settings import Settings


def many_documents(source_dir: Path) -> list[Transcript]:
    """The transcripts at several dates, and those held out beside them."""
    return [*dated_transcripts(), *(own_transcript(document, source_dir) for document in documents_of(HELD_OUT))]


def ask_many(settings: Settings, split: str) -> Iterator[tuple[Question, Answer, float]]:
    """Every question of a split asked of all documents at once, never abstaining, with the default threshold."""
    with index_of(many_documents(settings.source_dir), settings) as retriever:
        service = AnswerService(retriever, settings.false_answers)
        for question in (q for person in documents_of(DATED) for q in load_questions(person, split)):
            yield question, service.ask(question.text, Options(top_k=1, min_confidence=0)), service.threshold


def summarise_many(asked: Iterable[tuple[Question, Answer, float]]) -> dict[str, dict[str, Estimate]]:
    """By category: answered; of answerable ones P@1 and whether the first result is of a right document."""
    groups: dict[str, list[tuple[Question, Answer, float]]] = {}
    for one in asked:
        groups.setdefault(one[0].category, []).append(one)
    report = {}
    for category, members in sorted(groups.items()):
        report[category] = {"answered": estimate([float(a.confidence >= least) for _, a, least in members])}
        if members[0][0].answerable:
            firsts = [(question, _first(answer)) for question, answer, _ in members]
            report[category] |= {
                "P@1": estimate([float(q.judgements.get(first, 0) >= GOOD) for q, first in firsts]),
                "right document": estimate([float(_document(first) in _documents(q)) for q, first in firsts]),
            }
    return report


def _first(answer: Answer) -> str:
    return passage_key(answer.results[0].statement.id) if answer.results else ""


def _documents(question: Question) -> set[str]:
    return {_document(statement) for statement in question.judgements}


def _document(statement: str) -> str:
    return statement.partition("#")[0]
