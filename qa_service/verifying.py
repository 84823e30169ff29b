"""Whether a quote stands in the transcripts, where, and who said it: what is checked before a quote is printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa_service.answering import AnswerService
from qa_service.errors import BadRequestError
from qa_service.indexing.names import Names
from qa_service.indexing.summaries import DocumentSummary
from qa_service.options import MAX_QUESTION, Options
from qa_service.quotes import Near, nearest, places_of
from qa_service.records import Statement, without_noise

MAX_QUOTE = 5_000  # characters
MOST_FOUND = 50  # places in all documents
DOCUMENTS = 20  # that are looked through where none is named
Says = Literal["answers", "asks"]


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a document that somebody says: an answer's statement, or the question before it."""

    start: int
    end: int
    speaker: str | None
    does: Says
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A quote in a document, or what is nearest to it. `said`: the parts it touches; none where nobody speaks.

    `speaker_agrees`: whether everybody who says it is whom the request named; None where it named nobody.
    """

    document: DocumentSummary
    start: int
    end: int
    text: str
    exact: bool
    said: tuple[Said, ...]
    speaker_agrees: bool | None


@dataclass(frozen=True, slots=True)
class Verified:
    """Where a quote stands; else the nearest passage there is, with the differences."""

    quote: str
    occurrences: tuple[Occurrence, ...]
    nearest: tuple[Occurrence, Near] | None

    @property
    def verified(self) -> bool:
        """Whether it stands somewhere, said by whom the request named, if anybody."""
        return any(one.speaker_agrees is not False for one in self.occurrences)


def verify(service: AnswerService, quote: str, document: str | None = None, speaker: str | None = None) -> Verified:
    """Look for a quote in a document, or in those that are likeliest to hold it.

    Raises BadRequestError for one that is empty or too long, NotFoundError for a document there is not.
    """
    if not quote.strip():
        raise BadRequestError("the quote is empty; send the words to look for", param="quote")
    if len(quote) > MAX_QUOTE:
        raise BadRequestError(f"the quote has more than {MAX_QUOTE} characters; send less of it", param="quote")
    found: list[Occurrence] = []
    for summary in _documents(service, quote, document):
        read = _Read(service, summary, speaker)
        for place in places_of(quote, read.text):
            found.append(read.occurrence(place.start, place.end, exact=place.exact))
        if len(found) >= MOST_FOUND:
            break
    return Verified(quote, tuple(found[:MOST_FOUND]), None if found else _nearest(service, quote, document, speaker))


def _nearest(
    service: AnswerService, quote: str, document: str | None, speaker: str | None
) -> tuple[Occurrence, Near] | None:
    """Of the statements that are most like the quote, the one that differs least."""
    filters = {"document": [document]} if document is not None else {}
    options = Options(top_k=DOCUMENTS, min_confidence=0, filters=filters)
    statements = [result.statement for result in service.ask(_as_question(quote), options).results]
    near = nearest(quote, [statement.spoken for statement in statements])
    if near is None:
        return None
    one = statements[near.passage]
    read = _Read(service, service.document(one.document)[0], speaker)
    return read.occurrence(one.start + near.start, one.start + near.end, exact=False), near


class _Read:
    """A document's text, without what is no speech in the middle of one, and who says which part of it."""

    def __init__(self, service: AnswerService, summary: DocumentSummary, speaker: str | None) -> None:
        self._summary, self._speaker = summary, speaker
        self._whole = service.source(summary.id).text
        self._said = list(_said(service, summary.id))
        self.text = _spoken(self._whole, [one.statement for one in self._said if one.statement])

    def occurrence(self, start: int, end: int, *, exact: bool) -> Occurrence:
        """What stands there, by whom."""
        said = tuple(one for one in self._said if one.start < end and one.end > start)
        names = [one.speaker for one in said]
        agrees = None
        if self._speaker is not None:
            fitting = Names(name for name in names if name).fitting(self._speaker)
            agrees = bool(names) and all(name in fitting for name in names)
        return Occurrence(self._summary, start, end, self._whole[start:end], exact, said, agrees)


def _spoken(text: str, statements: Sequence[Statement]) -> str:
    """The text with spaces in place of what is no speech in the middle of a statement."""
    parts, at = [], 0
    for statement in statements:
        if statement.noise and statement.start >= at:
            parts += [text[at : statement.start], without_noise(statement.text, statement.noise)]
            at = statement.end
    return "".join([*parts, text[at:]])


def _said(service: AnswerService, document: str) -> Iterator[Said]:
    for exchange, statements in service.document(document)[1]:
        if exchange.question:
            yield Said(exchange.question.start, exchange.question.end, exchange.asker, "asks")
        for statement in statements:
            yield Said(statement.start, statement.end, statement.speaker, "answers", statement)


def _documents(service: AnswerService, quote: str, document: str | None) -> Sequence[DocumentSummary]:
    """The one named, or those whose statements are most like the quote."""
    if document is not None:
        return [service.document(document)[0]]
    everything = service.documents()
    if len(everything) <= DOCUMENTS:
        return everything
    answer = service.ask(_as_question(quote), Options(top_k=DOCUMENTS, min_confidence=0, group_by="document"))
    return [result.document for result in answer.results]


def _as_question(quote: str) -> str:
    return " ".join(quote.split())[:MAX_QUESTION]
