"""The pages for people: ask, read a transcript, read the contract. They work without JavaScript."""

from fastapi import APIRouter, Request, Response

from qa_service.answering import MAX_QUESTION, AnswerService
from qa_service.api.access_log import note_question
from qa_service.api.dependencies import LiveIndexDep, Site, SiteDep
from qa_service.api.html import page
from qa_service.api.pages.answer import answer_page
from qa_service.api.pages.api_reference import contract, prose
from qa_service.api.pages.examples import example_questions
from qa_service.api.pages.transcript import TranscriptPage, read_mark, transcript_page
from qa_service.errors import BadRequestError
from qa_service.indexing.summaries import DocumentSummary

router = APIRouter(include_in_schema=False)
METHODS = ["GET", "HEAD"]


@router.api_route("/", methods=METHODS)
async def ask_page(live_index: LiveIndexDep, site: SiteDep, q: str = "", nearest: str = "") -> Response:
    """The search field; with `q` the statements that answer, with `nearest=1` the closest ones where none does."""
    question, answer, problem = q.strip(), None, None
    documents: list[DocumentSummary] = []
    examples: list[str] = []
    try:
        if question:
            note_question(question)
            answer = await live_index.call(lambda service: answer_page(service, question, site, nearest=nearest == "1"))
        else:
            documents, examples = await live_index.call(_covered)
    except BadRequestError as error:
        problem = str(error)
    return page(
        "ask.html",
        status=422 if problem else 200,
        question=question,
        max_question=MAX_QUESTION,
        answer=answer,
        problem=problem,
        documents=documents,
        examples=examples,
    )


@router.api_route("/documents/{document}", methods=METHODS)
async def transcript(document: str, live_index: LiveIndexDep, site: SiteDep, mark: str = "") -> Response:
    """A whole transcript. `mark` (offsets within the source) shows the sentence that answered."""
    summary, shown = await live_index.call(lambda service: _transcript(service, document, read_mark(mark), site))
    plays_from = shown.recording.plays_from if shown.recording else None
    return page("transcript.html", plays_from=plays_from, document=summary, page=shown)


@router.api_route("/docs", methods=METHODS)
async def docs(request: Request) -> Response:
    """The contract, readable on closed networks too: nothing is loaded from elsewhere."""
    return page("docs.html", contract=contract(request.app.openapi()), prose=prose)


def _transcript(
    service: AnswerService, document: str, marked: tuple[int, int] | None, site: Site
) -> tuple[DocumentSummary, TranscriptPage]:
    summary, exchanges = service.document(document)
    return summary, transcript_page(service.source(document), exchanges, marked, site)


def _covered(service: AnswerService) -> tuple[list[DocumentSummary], list[str]]:
    return service.documents(), example_questions(service)
