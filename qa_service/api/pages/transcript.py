"""What the page of a transcript shows: the whole text as an interview, every statement at its own anchor."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa_service.api.dependencies import Site
from qa_service.api.models.media_fragment import media_from
from qa_service.api.pages.answer import Quote, mark, page_url
from qa_service.api.pages.moment import Moment, moment
from qa_service.api.pages.quotation import quotation
from qa_service.api.pages.recordings import Recording, recording
from qa_service.indexing.anchors import Anchors, pack
from qa_service.records import Document, Exchange, Statement, shown

_MARK = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
_WORDLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the page. `anchor` is None for text that is no statement; `speaker` where another one begins."""

    quote: Quote
    anchor: str | None = None
    speaker: str | None = None
    continues: bool = False
    moment: Moment | None = None


@dataclass(slots=True)
class Section:
    """A question with what follows it; the first may be without one."""

    number: int
    asker: str | None = None
    question: list[str] = field(default_factory=list)
    moment: Moment | None = None
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    """A document: what stands before the first exchange, then the exchanges, and where its recording begins to play."""

    front: list[str]
    sections: list[Section]
    recording: Recording | None = None
    marked: Moment | None = None
    has_times: bool = False
    quotation: str | None = None

    @property
    def plays(self) -> str | None:
        """Where the player begins: at the mark, from which it goes on to the end."""
        address = self.recording.address if self.recording else None
        seconds = self.marked.seconds if self.marked else None
        return media_from(address, seconds) if address and seconds is not None else address

    @property
    def opens(self) -> str | None:
        """The recording's address, at the mark."""
        at = self.marked and self.marked.url
        return at or (self.recording.address if self.recording else None)


At = Callable[[int, int], Moment | None]


def read_mark(text: str) -> tuple[int, int] | None:
    """Offsets within the source, such as `12840-13043`; None for anything else."""
    match = _MARK.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def transcript_page(
    document: Document,
    exchanges: Sequence[tuple[Exchange, list[Statement]]],
    marked: tuple[int, int] | None,
    site: Site | None = None,
) -> TranscriptPage:
    """The whole text in order. A mark that does not lie within one statement is ignored."""
    anchors = Anchors(*pack(document.anchored))
    played = recording(document.media, site.settings) if site else None

    def when(start: int, end: int) -> Moment | None:
        return moment(anchors.place(start, end), played)

    front, sections = _sections(document.text, exchanges, marked, when)
    if front and _plain(front[0]) == _plain(document.title):
        del front[0]
    found = TranscriptPage(front, sections, played, has_times=bool(document.anchored.timeline))
    holds = next((s for _, statements in exchanges for s in statements if marked and _holds(s, marked)), None)
    if holds is None or marked is None:
        return found
    at = when(*marked)
    words = shown(holds.text, holds.noise)
    address = (site.base if site else "") + page_url(holds, (marked[0] - holds.start, marked[1] - holds.start))
    return replace(found, marked=at, quotation=quotation(words, holds.speaker, document, at, address))


def _sections(
    text: str, exchanges: Sequence[tuple[Exchange, list[Statement]]], marked: tuple[int, int] | None, when: At
) -> tuple[list[str], list[Section]]:
    at = 0
    front: list[str] = []
    sections: list[Section] = []
    for exchange, statements in exchanges:
        question = exchange.question
        starts = [question.start] if question else [statement.start for statement in statements[:1]]
        if starts:
            before = _unquoted(text[at : starts[0]], exchange.asker if question else None)
            at = starts[0]
            if sections:
                sections[-1].passages += [Passage(Quote(paragraph)) for paragraph in before]
            else:
                front += before
        section = Section(exchange.section, exchange.asker)
        if question:
            section.question = _paragraphs(question.words)
            section.moment = when(question.start, question.end)
            at = question.end
        section.passages += _passages(text, statements, at, marked, when)
        at = statements[-1].end if statements else at
        sections.append(section)
    if sections:
        sections[-1].passages += [Passage(Quote(paragraph)) for paragraph in _unquoted(text[at:] + "\n", None)]
    return front, sections


def _passages(
    text: str, statements: Sequence[Statement], at: int, marked: tuple[int, int] | None, when: At
) -> Iterator[Passage]:
    """Statements, and between them whatever is none. A speaker is named where another one had the floor."""
    floor = None
    for statement in statements:
        between = _unquoted(text[at : statement.start], statement.speaker)
        yield from (Passage(Quote(paragraph)) for paragraph in between)
        number = statement.id.partition("#")[2]
        named = statement.speaker if statement.speaker != floor or between else None
        said = when(statement.start, statement.end)
        yield Passage(_quote(statement, marked), number, named, "." in number, said)
        floor, at = statement.speaker, statement.end


def _quote(statement: Statement, marked: tuple[int, int] | None) -> Quote:
    if marked and _holds(statement, marked):
        return mark(statement.text, marked[0] - statement.start, marked[1] - statement.start)
    return Quote(statement.text)


def _holds(statement: Statement, marked: tuple[int, int]) -> bool:
    return statement.start <= marked[0] < marked[1] <= statement.end


def _unquoted(gap: str, name: str | None) -> list[str]:
    """Paragraphs between two pieces, without the label that names the second: on its line, or alone on the one before.

    What holds no letter or digit is an ornament.
    """
    lines = gap.split("\n")[:-1]
    while lines and not _plain(lines[-1]):
        lines.pop()
    if lines and name and _plain(lines[-1]) == _plain(name):
        lines.pop()
    return [paragraph for paragraph in _paragraphs("\n".join(lines)) if _plain(paragraph)]


def _paragraphs(text: str) -> list[str]:
    return [paragraph.strip() for paragraph in _BETWEEN_PARAGRAPHS.split(text) if paragraph.strip()]


def _plain(text: str) -> str:
    return _WORDLESS.sub("", text).casefold()
