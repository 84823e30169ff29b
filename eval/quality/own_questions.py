"""`python -m eval questions`: the project's own questions, ranked and told apart from what nobody said."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.datasets.beir import passage_key
from eval.datasets.indexes import index_of
from eval.datasets.own import Question, load_questions, other_documents, own_transcript, second_judge
from eval.metrics import GRADED, Estimate, auroc, estimate, per_question
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.scoped import ScopedRanker
from qa_service.settings import Settings

DEPTH = 50


@dataclass(frozen=True, slots=True)
class Scored:
    """What the service did with one question."""

    question: Question
    run: dict[str, float]
    confidence: float


def score_questions(retriever: Retriever, questions: Sequence[Question]) -> list[Scored]:
    """Ask every question as the service does, never abstaining, within its own document."""
    scored = []
    ranker = ScopedRanker.over(retriever)
    for question in questions:
        _, ranking = ranker.rank([question.text], DEPTH, {"document": [question.document]})[0]
        placed = [(row, hit.score) for hit in ranking.hits for row in (hit.row, *hit.repeated)]
        statements = retriever.generation.store.statements([row for row, _ in placed])
        run: dict[str, float] = {}
        for (_, score), statement in zip(placed, statements, strict=True):
            paragraph = passage_key(statement.id)
            run[paragraph] = max(run.get(paragraph, float("-inf")), score)
        scored.append(Scored(question, run, ranking.confidence))
    return scored


def score_other_transcripts(settings: Settings, split: str) -> list[Scored]:
    """Every question of one split over transcripts other than the interview, each transcript indexed by itself."""
    scored: list[Scored] = []
    for document in other_documents():
        if questions := load_questions(document, split):
            with index_of([own_transcript(document, settings.source_dir)], settings) as retriever:
                scored += score_questions(retriever, questions)
    return scored


def score_second_judge() -> list[Scored]:
    """A second judge's grades of the interview's test questions as if a system had ranked by them."""
    judged = second_judge()
    scored = []
    for question in load_questions(split="test"):
        other = judged[question.id]
        run = {statement: grade + 0.5 * (statement == other.best) for statement, grade in other.grades.items()}
        scored.append(Scored(question, run, float(other.best is not None)))
    return scored


def summarise(scored: Sequence[Scored], threshold: float) -> dict[str, Estimate]:
    """Ranking over the answerable questions, separation over all, decisions at the default threshold."""
    yes = [s for s in scored if s.question.answerable]
    no = [s for s in scored if not s.question.answerable]
    values = per_question(
        GRADED, {s.question.id: s.question.judgements for s in yes}, {s.question.id: s.run for s in yes}
    )
    summary = {name: estimate(list(by_question.values())) for name, by_question in values.items()}
    confident = [s.confidence for s in yes]
    for name, group in {"all": no, "far": _of(no, "far"), "near": _of(no, "near")}.items():
        summary[f"AUROC against {name}"] = auroc(confident, [s.confidence for s in group])
    summary["answered, answerable"] = estimate([float(c >= threshold) for c in confident])
    summary["answered, unanswerable"] = estimate([float(s.confidence >= threshold) for s in no])
    return summary


def by_category(scored: Sequence[Scored]) -> dict[str, tuple[int, Estimate]]:
    """Category -> number of questions and nDCG@10 (answerable), or AUROC against all answerable (the others)."""
    confident = [s.confidence for s in scored if s.question.answerable]
    table = {}
    for category in dict.fromkeys(s.question.category for s in scored):
        group = [s for s in scored if s.question.category == category]
        if group[0].question.answerable:
            qrels = {s.question.id: s.question.judgements for s in group}
            values = per_question({"nDCG@10": GRADED["nDCG@10"]}, qrels, {s.question.id: s.run for s in group})
            table[category] = len(group), estimate(list(values["nDCG@10"].values()))
        else:
            table[category] = len(group), auroc(confident, [s.confidence for s in group])
    return table


def _of(scored: Sequence[Scored], kind: str) -> list[Scored]:
    return [s for s in scored if s.question.category.startswith(kind)]
