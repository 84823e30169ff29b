"""Words an answer for a chat: the best sentences verbatim, who said them, where they stand; all in the text itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from qa_service.answering import Answer, AnswerService, Result
from qa_service.api.chat.markdown import around_quote, inline
from qa_service.api.models.answers import ResultModel
from qa_service.api.models.convert import answer_model
from qa_service.language.questions import short_question

MAX_STATEMENTS = 3
SHARE_OF_BEST = 0.85  # a further statement is shown if it is answered by itself and nearly as sure as the first
MAX_DOCUMENTS = 5
MAX_QUESTIONS = 3
UNSURE = "No statement answers it surely enough."
ASK = "Ask a question: it is answered word for word from the sources, or not at all."


@dataclass(frozen=True, slots=True)
class Citation:
    """One quote and its place in the answer: `content[start:end]` is the quoted sentence."""

    result: ResultModel
    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a chat gets to read, and what it rests on. `searched` is None where nothing was."""

    content: str
    searched: str | None = None
    answered: bool = False
    confidence: float = 0.0
    citations: list[Citation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a document can be asked about."""

    title: str
    statements: int
    asked: list[str]


def worth_showing(answer: Answer) -> list[Result]:
    """The best statement, and further ones that would be answered by themselves and are nearly as sure."""
    results = answer.results[:MAX_STATEMENTS]
    least = SHARE_OF_BEST * results[0].hit.confidence if results else 0.0
    return results[:1] + [result for result in results[1:] if result.hit.confidence >= max(result.least, least)]


def shown_results(answer: Answer, results: Sequence[Result]) -> list[ResultModel]:
    """Results of an answer as they are shown: ranked as in the answer, cited by the place at which they are shown."""
    ranks = {result.statement.id: rank for rank, result in enumerate(answer.results, start=1)}
    models = answer_model(replace(answer, results=list(results)), "", explain=False).results
    return [model.model_copy(update={"rank": ranks.get(model.id, model.rank)}) for model in models]


def word_answer(
    results: Sequence[ResultModel], base_url: str, lead: str | None = None, note: str = "", *, brief: bool = False
) -> Reply:
    """The quotes with their sources, after a lead. `note` says what was searched where that is not what was asked.

    `brief`: without the question that was asked.
    """
    several = len(results) > 1
    lead = lead or ("The statements that answer best:" if several else "The statement that answers best:")
    content = f"{note}{lead}\n"
    citations = []
    for number, result in enumerate(results, start=1):
        before, after = around_quote(result.span.quote)
        content += f"\n{before}"
        start = len(content)
        content += result.span.quote
        url = absolute_url(base_url, result.citation.url)
        citations.append(Citation(result, url, start, len(content)))
        content += f"{after} [{number}]\n"
        by = _attribution(result, brief=brief)
        if number == len(results) or by != _attribution(results[number], brief=brief):
            content += f"\n{by}\n"
    content += "\n**Sources**\n\n"
    content += "\n".join(_source_line(number, citation) for number, citation in enumerate(citations, start=1))
    return Reply(content, citations=citations)


def word_no_answer(covered: Sequence[Covered], note: str = "", lead: str | None = None) -> Reply:
    """Says plainly that the sources don't say it, or the `lead` where nothing was asked, and what they do cover."""
    lines = [lead or "The sources do not say: no statement in them answers this with enough confidence."]
    for document in covered[:MAX_DOCUMENTS]:
        lines += ["", f"**{inline(document.title)}** ({document.statements} statements)"]
        if document.asked:
            lines[-1] += " answers, among others:"
            lines += ["", *(f"- {inline(question)}" for question in document.asked)]
    if len(covered) > MAX_DOCUMENTS:
        lines += ["", f"There are {len(covered) - MAX_DOCUMENTS} more documents."]
    if lead is None:
        lines += ["", "Try other words, or ask about something named here."]
    return Reply(note + "\n".join(lines))


def coverage(service: AnswerService) -> list[Covered]:
    """What each document can be asked about; questions of the first few only, as many as are shown."""
    found = []
    for number, document in enumerate(service.documents()):
        exchanges = service.document(document.id)[1] if number < MAX_DOCUMENTS else []
        questions = [short_question(e.question.words) for e, _ in exchanges if e.question]
        found.append(Covered(document.title, document.statements, questions[:MAX_QUESTIONS]))
    return found


def absolute_url(base_url: str, path: str) -> str:
    """A citation's address as a client elsewhere can open it."""
    return base_url.rstrip("/") + quote(path, safe="/#")


def source_name(result: ResultModel) -> str:
    """Which paragraph of which document, and of when."""
    dated = f"{result.citation.title} ({result.citation.date})" if result.citation.date else result.citation.title
    return f"{dated}, paragraph {result.id.partition('#')[2]}"


def _attribution(result: ResultModel, *, brief: bool) -> str:
    speaker = inline(result.speaker) if result.speaker else "Speaker not named"
    asked = result.asked if not brief else None
    return f"— {speaker}" + (f", asked: “{inline(short_question(asked))}”" if asked else "")


def _source_line(number: int, citation: Citation) -> str:
    return f"- [{number}] {inline(source_name(citation.result))}: {citation.url}"
