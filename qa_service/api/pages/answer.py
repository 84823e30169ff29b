"""What the page of answers shows: statements with the sentence that answers, who said it, how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from qa_service.answering import Answer, AnswerService, Options, Result
from qa_service.api.dependencies import Site
from qa_service.api.models.convert import document_url
from qa_service.api.pages.moment import Moment, moment
from qa_service.api.pages.quotation import quotation
from qa_service.api.pages.recordings import recording
from qa_service.indexing.summaries import DocumentSummary
from qa_service.language.questions import short_question
from qa_service.records import Statement, noise_within, shown

SURENESS = ((0.9, "Very sure"), (0.7, "Sure"), (0.5, "Fairly sure"), (0.3, "Not very sure"), (0.0, "Unlikely"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim text in three parts, the middle one to be marked; the outer ones or all but `before` may be empty."""

    before: str
    marked: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A statement that says the same."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """A statement as the page shows it."""

    quote: Quote
    speaker: str | None
    asker: str | None
    asked: str | None
    sureness: str
    percent: int
    title: str
    number: str
    language: str
    unknown_language: str | None
    url: str
    also: list[Elsewhere]
    date: str | None
    moment: Moment | None
    quotation: str


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Statements that answer, and those that come close: below the threshold, or the nearest where nothing answers."""

    question: str
    corrected_question: str | None
    answers: list[Found]
    close: list[Found]
    announcement: str
    language_note: str | None


def answer_page(service: AnswerService, question: str, site: Site, *, nearest: bool) -> AnswerPage:
    """Ask, and prepare what is shown. Raises BadRequestError."""
    answer = service.ask(question, Options())
    note = answer.language_note
    if not answer.answered and nearest:
        answer = service.ask(question, Options(min_confidence=0))
    titles = {document.id: document for document in service.documents()}
    found = [(result.hit.confidence >= result.least, _found(result, titles, site)) for result in answer.results]
    answers = [shown for answers, shown in found if answers]
    close = [shown for answers, shown in found if not answers]
    said = _announcement(answer, len(answers))
    return AnswerPage(answer.question, answer.corrected_question, answers, close, said, note)


def sureness(confidence: float) -> str:
    """A confidence in words."""
    return next(words for least, words in SURENESS if confidence >= least)


def mark(text: str, start: int, end: int) -> Quote:
    """A text with one part marked."""
    return Quote(text[:start], text[start:end], text[end:])


def page_url(statement: Statement, span: tuple[int, int] | None = None) -> str:
    """Where the transcript opens at a statement, with a part of it marked; `span` counts from the statement's start."""
    path, _, number = document_url(statement.document, statement.id).partition("#")
    marked = f"?mark={statement.start + span[0]}-{statement.start + span[1]}" if span else ""
    return f"{quote(path)}{marked}#{number}"


def _found(result: Result, titles: Mapping[str, DocumentSummary], site: Site) -> Found:
    statement, span, document = result.statement, result.hit.span, result.document
    url = page_url(statement, (span.start, span.end))
    when = moment(result.span_place, recording(document.media, site.settings))
    words = shown(statement.text, statement.noise)
    return Found(
        quote=_quote(statement, span.start, span.end),
        speaker=statement.speaker,
        asker=statement.asker,
        asked=short_question(statement.asked) if statement.asked else None,
        sureness=sureness(result.hit.confidence),
        percent=round(100 * result.hit.confidence),
        title=result.document.title,
        number=_number(statement),
        language=result.document.language,
        unknown_language=result.document.unknown_language,
        url=url,
        also=[Elsewhere(f"{titles[s.document].title}, paragraph {_number(s)}", page_url(s)) for s in result.also],
        date=result.document.date,
        moment=when,
        quotation=quotation(words, statement.speaker, document, when, site.base + url),
    )


def _quote(statement: Statement, start: int, end: int) -> Quote:
    """A statement with a part marked, without what the source prints between its words."""
    if not statement.noise:
        return mark(statement.text, start, end)
    cuts = ((0, start), (start, end), (end, len(statement.text)))
    before, marked, after = (shown(statement.text[a:b], noise_within(statement.noise, a, b)) for a, b in cuts)
    return Quote(f"{before} " if before else "", marked, f" {after}" if after else "")


def _number(statement: Statement) -> str:
    return statement.id.partition("#")[2]


def _announcement(answer: Answer, answers: int) -> str:
    if answers:
        return "One statement answers." if answers == 1 else f"{answers} statements answer."
    return "No confident answer." + (" The nearest statements are shown." if answer.results else "")
