"""The hand-written questions that name who, where or when, beside the plain questions that they are made from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eval.datasets.beir import passage_key
from eval.datasets.indexes import index_of
from eval.datasets.own import NAMED, Question, load_questions, named_documents, own_transcript
from eval.metrics import Estimate, estimate
from qa_service.answering import AnswerService, Options
from qa_service.settings import Settings

GOOD = 2  # grade from which a statement answers at least a substantial part


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question got."""

    question: Question
    answered: bool
    first_is_good: bool
    confidence: float


def ask(service: AnswerService, questions: Iterable[Question]) -> Iterator[Asked]:
    """Ask each question, never abstaining; whether it would be answered by default, and its first result's worth."""
    for question in questions:
        answer = service.ask(question.text, Options(top_k=1, min_confidence=0))
        grades = [
            question.judgements.get(passage_key(statement.id), 0)
            for result in answer.results
            for statement in (result.statement, *result.also)
        ]
        good = max(grades, default=0) >= GOOD
        yield Asked(question, answer.confidence >= service.threshold, good, answer.confidence)


def ask_pairs(settings: Settings, split: str) -> Iterator[tuple[Asked, Asked]]:
    """Every named question of a split, and the plain one it is made from."""
    for document in named_documents():
        named = load_questions(document, split, NAMED)
        plain = {question.id: question for question in load_questions(document, split)}
        if named:
            with index_of([own_transcript(document, settings.source_dir)], settings) as retriever:
                service = AnswerService(retriever, settings.false_answers)
                asked = {a.question.id: a for a in ask(service, [plain[i] for i in {q.of: None for q in named} if i])}
                yield from ((a, asked[a.question.of]) for a in ask(service, named) if a.question.of)


def summarise_pairs(pairs: Iterable[tuple[Asked, Asked]]) -> dict[str, dict[str, Estimate]]:
    """By category: of answerable ones answered and P@1, named and plain; of the others the share answered."""
    groups: dict[str, list[tuple[Asked, Asked]]] = {}
    for named, plain in pairs:
        groups.setdefault(named.question.category, []).append((named, plain))
    report = {}
    for category, members in sorted(groups.items()):
        report[category] = {"answered": estimate([float(n.answered) for n, _ in members])}
        if members[0][0].question.answerable:
            report[category] |= {
                "answered, plain": estimate([float(p.answered) for _, p in members]),
                "P@1": estimate([float(n.first_is_good) for n, _ in members]),
                "P@1, plain": estimate([float(p.first_is_good) for _, p in members]),
            }
    return report
