"""Chat completions and models, as OpenAI's clients call them."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from qa_service.answering import Answer, AnswerService, Options, asks_something
from qa_service.api.chat.chunks import chat_events
from qa_service.api.chat.conversation import Searches, choose, searches
from qa_service.api.chat.follow_up_replies import answer_follow_up, word_follow_up
from qa_service.api.chat.follow_ups import read_follow_up, without_thanks
from qa_service.api.chat.llm_wording import Wording
from qa_service.api.chat.markdown import inline
from qa_service.api.chat.models import (
    MODEL_ID,
    Annotation,
    AssistantMessage,
    ChatCompletion,
    ChatModel,
    ChatModels,
    ChatRequest,
    Choice,
    UrlCitation,
    Usage,
)
from qa_service.api.chat.open_webui_tasks import chore_answer
from qa_service.api.chat.replies import (
    ASK,
    MAX_STATEMENTS,
    UNSURE,
    Covered,
    Reply,
    coverage,
    shown_results,
    source_name,
    word_answer,
    word_no_answer,
    worth_showing,
)
from qa_service.api.chat.thread import read_turns
from qa_service.api.dependencies import JsonOnly, LiveIndexDep, MetricsDep, RequestId, get_base_url
from qa_service.api.metrics import Metrics
from qa_service.api.models.answers import ResultModel
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.errors import UnknownModelError
from qa_service.serving.live_index import LiveIndex

router = APIRouter(tags=["chat"])
MODEL_CREATED = 1795392000  # 2026-11-23, when the service first answered; clients only ask that it is a number


def get_wording(request: Request) -> Wording | None:
    """The language model that words answers, where one is set."""
    wording: Wording | None = request.app.state.wording
    return wording


BaseUrl = Annotated[str, Depends(get_base_url)]
WordingDep = Annotated[Wording | None, Depends(get_wording)]


STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}  # with `stream: true`


@router.get("/v1/models")
async def list_models() -> ChatModels:
    """The one model there is: the transcripts."""
    return ChatModels(data=[ChatModel(created=MODEL_CREATED)])


@router.get("/v1/models/{model}", responses=may_give(*ADMISSION, 404, 422))
async def read_model(model: str) -> ChatModel:
    """That model by its id."""
    _check_model(model)
    return ChatModel(created=MODEL_CREATED)


@router.post(
    "/v1/chat/completions",
    dependencies=[JsonOnly],
    response_model=ChatCompletion,
    responses=may_give(*ADMISSION, 400, 404, 413, 415, 422, 503) | STREAM,
)
async def complete(
    body: ChatRequest,
    live_index: LiveIndexDep,
    metrics: MetricsDep,
    request_id: RequestId,
    base_url: BaseUrl,
    wording: WordingDep,
) -> ChatCompletion | Response:
    """Answers the last user message with verbatim quotes; with `stream: true` as server-sent events."""
    if body.model is not None:
        _check_model(body.model)
    reply = await _reply(body, live_index, metrics, base_url, wording)
    completion = _completion(body, reply, request_id)
    if not body.stream:
        return completion
    return chat_events(completion, include_usage=bool(body.stream_options and body.stream_options.include_usage))


def _check_model(model: str) -> None:
    if model != MODEL_ID:
        raise UnknownModelError(f"no model {model!r}; use {MODEL_ID!r} (GET /v1/models lists it)")


async def _reply(
    body: ChatRequest, live_index: LiveIndex, metrics: Metrics, base_url: str, wording: Wording | None
) -> Reply:
    asked = body.user_texts[-1] if body.user_texts else ""
    if (chore := chore_answer(asked)) is not None:
        return Reply(chore)
    if (follow_up := read_follow_up(asked)) is not None:
        earlier = read_turns(body.messages)[:-1]
        found = await live_index.call(lambda service: answer_follow_up(service, earlier, follow_up))
        metrics.count_answers((found.answer,))
        return word_follow_up(found, base_url)
    wanted = searches(body.user_texts)
    answer, covered = await live_index.call(lambda service: _answer(service, wanted))
    metrics.count_answers((answer,))
    return await _word(asked, answer, covered, base_url, wording)


def _answer(service: AnswerService, wanted: Searches) -> tuple[Answer, list[Covered]]:
    answers = service.ask_batch(wanted.texts, Options(top_k=MAX_STATEMENTS))
    answer = choose(answers, wanted.literal)
    return answer, [] if answer.answered else coverage(service)


async def _word(asked: str, answer: Answer, covered: list[Covered], base_url: str, wording: Wording | None) -> Reply:
    searched = answer.corrected_question or answer.question
    note = "" if searched in {asked.strip(), without_thanks(asked)} else f"Searched for: “{inline(searched)}”\n\n"
    if answer.answered:
        results = shown_results(answer, worth_showing(answer))
        lead = await wording.word(searched, results) if wording else None
        reply = word_answer(results, base_url, lead, note)
    else:
        lead = f"{answer.language_note} {UNSURE}" if answer.language_note else None
        reply = word_no_answer(covered, note, lead if asks_something(searched) else ASK)
    return Reply(reply.content, searched, answer.answered, answer.confidence, reply.citations)


def _completion(body: ChatRequest, reply: Reply, request_id: str) -> ChatCompletion:
    annotations = [
        Annotation(
            url_citation=UrlCitation(url=c.url, title=source_name(c.result), start_index=c.start, end_index=c.end)
        )
        for c in reply.citations
    ]
    sources: list[ResultModel] = [citation.result for citation in reply.citations]
    asked = sum(len(message.text.split()) for message in body.messages)
    told = len(reply.content.split())
    return ChatCompletion(
        id=f"chatcmpl-{request_id}",
        created=int(time.time()),
        model=MODEL_ID,
        choices=[Choice(message=AssistantMessage(content=reply.content, annotations=annotations))],
        usage=Usage(prompt_tokens=asked, completion_tokens=told, total_tokens=asked + told),
        searched_query=reply.searched,
        answered=reply.answered,
        confidence=reply.confidence,
        sources=sources,
    )
