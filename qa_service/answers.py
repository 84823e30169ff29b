"""What answers are made of: results with what a citation needs."""

from dataclasses import dataclass, field
from typing import Literal

from qa_service.dates import period_of
from qa_service.indexing.anchors import NOWHERE, Place
from qa_service.indexing.summaries import DocumentSummary
from qa_service.options import Order
from qa_service.records import Hit, Statement

Reason = Literal["no_confident_answer", "no_statement_matches_filters", "language_not_covered"]


@dataclass(frozen=True, slots=True)
class Result:
    """A statement that answers, with what a citation needs and its neighbours.

    `least`: the confidence from which it answers by itself, by default. `place`: of the statement in its recording.
    """

    hit: Hit
    statement: Statement
    document: DocumentSummary
    before: list[Statement]
    after: list[Statement]
    also: list[Statement]
    least: float = 0.0
    place: Place = NOWHERE
    span_place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Answer:
    """Results in the order asked for; empty, with a reason, when nothing is good enough. `confidence`: of the best.

    `corrected_question`: the question as it was read, where words were misspelt. `known`: by `speaker`, `asker` and
    `tags` those there are (`MAX_KNOWN` at most), where a filter's value fits none of them. `language_note`: in words
    why the reason is `language_not_covered`.
    """

    question: str
    corrected_question: str | None
    index_version: str
    took_ms: float
    answered: bool
    confidence: float
    reason: Reason | None
    results: list[Result]
    known: dict[str, list[str]] = field(default_factory=dict)
    language_note: str | None = None


@dataclass(frozen=True, slots=True)
class Stands:
    """A statement by itself: where it stands, and its neighbours."""

    statement: Statement
    document: DocumentSummary
    place: Place
    before: list[Statement]
    after: list[Statement]


def in_order(results: list[Result], order: Order) -> list[Result]:
    """By their documents' dates, undated ones last; those of one date, or all, as they were."""
    if order == "relevance":
        return results
    dated = [(period_of(result.document.date), result) for result in results if result.document.date]
    dated.sort(key=lambda one: one[0][0], reverse=order == "newest")
    return [result for _, result in dated] + [result for result in results if not result.document.date]
