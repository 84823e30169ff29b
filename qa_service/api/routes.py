"""The endpoints of the HTTP contract: ask, read the sources, operate."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from qa_service import __version__
from qa_service.answering import Answer, AnswerService
from qa_service.api.convert import answer_model, document_detail_model, document_model, statement_detail_model
from qa_service.api.error_schemas import ADMISSION, may_give
from qa_service.api.errors import error_response
from qa_service.api.filter_schemas import Values
from qa_service.api.metrics import Metrics
from qa_service.api.schemas import (
    AnswerModel,
    AskRequest,
    BatchModel,
    BatchRequest,
    DocumentDetailModel,
    DocumentsModel,
    Question,
    StatementDetailModel,
)
from qa_service.api.serving import Serving
from qa_service.api.streaming import answer_events, wants_events
from qa_service.options import MAX_CONTEXT, MAX_TOP_K, GroupBy, Options, Order, check_batch, date_filter

POSTED, READ = may_give(*ADMISSION, 400, 413, 415, 422, 503), may_give(*ADMISSION, 404, 422, 503)
AT_A_TIME = 8  # questions of a batch answered before others have their turn

router = APIRouter()


async def get_serving(request: Request) -> Serving:
    """The open index of this process."""
    serving: Serving = request.app.state.serving
    return serving


async def get_request_id(request: Request) -> str:
    """The id this request was given."""
    request_id: str = request.state.request_id
    return request_id


async def get_metrics(request: Request) -> Metrics:
    """The counts of this process."""
    metrics: Metrics = request.app.state.metrics
    return metrics


async def require_json(request: Request) -> None:
    """Refuse a body that is not announced as JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, f"send JSON with Content-Type: application/json, not {kind or 'none'}")


ServingDep = Annotated[Serving, Depends(get_serving)]
MetricsDep = Annotated[Metrics, Depends(get_metrics)]
RequestId = Annotated[str, Depends(get_request_id)]
JsonOnly = Depends(require_json)


class AskQuery(BaseModel):
    """`GET /v1/ask` takes what the POST body does, with filters as repeatable parameters."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(validation_alias=AliasChoices("question", "query"))
    top_k: int = Field(5, ge=1, le=MAX_TOP_K)
    document: Values = []
    speaker: Values = []
    asker: Values = []
    tags: Values = []
    start: str | None = Field(None, alias="from", description="only of documents from this date on")
    end: str | None = Field(None, alias="to", description="only of documents up to this date")
    min_confidence: float | None = Field(None, ge=0, le=1)
    context: int = Field(0, ge=0, le=MAX_CONTEXT)
    explain: bool = False
    order: Order = "relevance"
    group_by: GroupBy | None = None

    def options(self) -> Options:
        """As the core takes them. Raises BadRequestError for what is no date."""
        filters = {"document": self.document, "speaker": self.speaker, "asker": self.asker, "tags": self.tags}
        filters |= date_filter(self.start, self.end)
        return Options(self.top_k, filters, self.min_confidence, self.context, self.explain, self.order, self.group_by)


@router.post("/v1/ask", dependencies=[JsonOnly], response_model=AnswerModel, responses=POSTED, tags=["ask"])
async def ask(
    body: AskRequest, request: Request, serving: ServingDep, metrics: MetricsDep, request_id: RequestId
) -> AnswerModel | StreamingResponse:
    """The statements that best answer a question, or `answered: false` when the sources don't say.

    With `Accept: text/event-stream` as server-sent events: `results`, then `done`.
    """
    answer = await _ask(body.question, body.options(), serving, metrics, request_id)
    return answer_events(answer) if wants_events(request) else answer


@router.get("/v1/ask", responses=may_give(*ADMISSION, 422, 503), tags=["ask"])
async def ask_by_url(
    query: Annotated[AskQuery, Query()], serving: ServingDep, metrics: MetricsDep, request_id: RequestId
) -> AnswerModel:
    """The same by URL, for a browser or curl."""
    return await _ask(query.question, query.options(), serving, metrics, request_id)


async def _ask(question: str, options: Options, serving: Serving, metrics: Metrics, request_id: str) -> AnswerModel:
    answer = await serving.call(lambda service: service.ask(question, options))
    metrics.count_answers((answer,))
    return answer_model(answer, request_id, explain=options.explain)


@router.post("/v1/ask/batch", dependencies=[JsonOnly], responses=POSTED, tags=["ask"])
async def ask_batch(body: BatchRequest, serving: ServingDep, metrics: MetricsDep, request_id: RequestId) -> BatchModel:
    """Up to 256 questions at once, answered in order; others' questions are answered in between.

    Each answer names its index: one that is published meanwhile answers the rest.
    """
    options = body.options()
    check_batch(body.questions, options)
    responses: list[AnswerModel] = []
    for start in range(0, len(body.questions), AT_A_TIME):
        some = body.questions[start : start + AT_A_TIME]
        answers = await serving.call(_answering(some, options))
        metrics.count_answers(answers)
        responses += [answer_model(answer, request_id, explain=body.explain) for answer in answers]
    return BatchModel(responses=responses)


def _answering(questions: Sequence[str], options: Options) -> Callable[[AnswerService], list[Answer]]:
    return lambda service: service.ask_batch(questions, options)


@router.get("/v1/documents", responses=may_give(*ADMISSION, 503), tags=["sources"])
async def list_documents(serving: ServingDep) -> DocumentsModel:
    """All documents."""
    documents = await serving.call(lambda service: service.documents())
    return DocumentsModel(documents=[document_model(document) for document in documents])


@router.get("/v1/documents/{document}", responses=READ, tags=["sources"])
async def read_document(document: str, serving: ServingDep) -> DocumentDetailModel:
    """A document's metadata and exchanges."""
    return document_detail_model(*await serving.call(lambda service: service.document(document)))


@router.get("/v1/statements/{statement_id}", responses=READ, tags=["sources"])
async def read_statement(
    statement_id: str, serving: ServingDep, context: Annotated[int, Query(ge=0, le=MAX_CONTEXT)] = 0
) -> StatementDetailModel:
    """One statement (`#` in the id as `%23`) with its neighbours."""
    return statement_detail_model(*await serving.call(lambda service: service.statement(statement_id, context)))


@router.head("/health/live", include_in_schema=False)
@router.get("/health/live", tags=["operate"])
async def live() -> dict[str, str]:
    """200 as long as the process runs."""
    return {"status": "live"}


@router.head("/health/ready", include_in_schema=False, response_model=None)
@router.get("/health/ready", tags=["operate"], response_model=None, responses=may_give(503))
async def ready(request: Request, serving: ServingDep) -> dict[str, str] | Response:
    """200 once the index answers, 503 before."""
    if serving.facts is None:
        return error_response(request, 503, "not_ready", str(serving.problem))
    if serving.overloaded and request.app.state.settings.unready_when_overloaded:
        return error_response(request, 503, "overloaded", "more questions wait than are answered soon; send elsewhere")
    return {"status": "ready", "index_version": serving.facts.version}


@router.get("/version", tags=["operate"])
async def version(serving: ServingDep) -> dict[str, str | None]:
    """Versions of the service, its index and its model; null while no index is open."""
    facts = serving.facts
    return {
        "version": __version__,
        "index_version": facts.version if facts else None,
        "model": facts.model if facts else None,
    }


@router.get("/metrics", tags=["operate"], response_class=PlainTextResponse)
async def read_metrics(metrics: MetricsDep) -> Response:
    """Counts and times of this process in Prometheus's text format."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
