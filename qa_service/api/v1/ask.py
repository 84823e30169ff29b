"""The endpoints of the HTTP contract: ask, read the sources, operate."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from qa_service.answering import Answer, AnswerService
from qa_service.api.dependencies import JsonOnly, LiveIndexDep, MetricsDep, RequestId
from qa_service.api.metrics import Metrics
from qa_service.api.models.answers import (
    AnswerModel,
    AskRequest,
    BatchModel,
    BatchRequest,
    Question,
)
from qa_service.api.models.convert import answer_model
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.api.models.filters import DateText, Values
from qa_service.api.sse import answer_events, wants_events
from qa_service.options import MAX_CONTEXT, MAX_TOP_K, GroupBy, Options, Order, check_batch, date_filter
from qa_service.serving.live_index import LiveIndex

POSTED, READ = may_give(*ADMISSION, 400, 413, 415, 422, 503), may_give(*ADMISSION, 404, 422, 503)
AT_A_TIME = 8  # questions of a batch answered before others have their turn

router = APIRouter()


class AskQuery(BaseModel):
    """`GET /v1/ask` takes what the POST body does, with filters as repeatable parameters."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(validation_alias=AliasChoices("question", "query"))
    top_k: int = Field(5, ge=1, le=MAX_TOP_K)
    document: Values = []
    speaker: Values = []
    asker: Values = []
    tags: Values = []
    start: DateText | None = Field(None, alias="from", description="only of documents from this date on")
    end: DateText | None = Field(None, alias="to", description="only of documents up to this date")
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
    body: AskRequest, request: Request, live_index: LiveIndexDep, metrics: MetricsDep, request_id: RequestId
) -> AnswerModel | StreamingResponse:
    """The statements that best answer a question, or `answered: false` when the sources don't say.

    With `Accept: text/event-stream` as server-sent events: `results`, then `done`.
    """
    answer = await answer_one(body.question, body.options(), live_index, metrics, request_id)
    return answer_events(answer) if wants_events(request) else answer


@router.get("/v1/ask", responses=may_give(*ADMISSION, 414, 422, 503), tags=["ask"])
async def ask_by_url(
    query: Annotated[AskQuery, Query()], live_index: LiveIndexDep, metrics: MetricsDep, request_id: RequestId
) -> AnswerModel:
    """The same by URL, for a browser or curl."""
    return await answer_one(query.question, query.options(), live_index, metrics, request_id)


async def answer_one(
    question: str, options: Options, live_index: LiveIndex, metrics: Metrics, request_id: str
) -> AnswerModel:
    """Ask, count and convert: what every way to ask one question comes down to, the fast path's too."""
    answer = await live_index.call(lambda service: service.ask(question, options))
    metrics.count_answers((answer,))
    return answer_model(answer, request_id, explain=options.explain)


@router.post("/v1/ask/batch", dependencies=[JsonOnly], responses=POSTED, tags=["ask"])
async def ask_batch(
    body: BatchRequest, live_index: LiveIndexDep, metrics: MetricsDep, request_id: RequestId
) -> BatchModel:
    """Up to 256 questions at once, answered in order; others' questions are answered in between.

    Each answer names its index: one that is published meanwhile answers the rest.
    """
    options = body.options()
    check_batch(body.questions, options)
    responses: list[AnswerModel] = []
    for start in range(0, len(body.questions), AT_A_TIME):
        some = body.questions[start : start + AT_A_TIME]
        answers = await live_index.call(_answering(some, options))
        metrics.count_answers(answers)
        responses += [answer_model(answer, request_id, explain=body.explain) for answer in answers]
    return BatchModel(responses=responses)


def _answering(questions: Sequence[str], options: Options) -> Callable[[AnswerService], list[Answer]]:
    return lambda service: service.ask_batch(questions, options)
