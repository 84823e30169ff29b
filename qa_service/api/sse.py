"""Server-sent events of `/v1/ask`, and the headers of every stream."""

import json
from collections.abc import Iterable

from fastapi import Request
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, format_sse_event

from qa_service.api.models.answers import AnswerModel

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def wants_events(request: Request) -> bool:
    """Whether the client asks for server-sent events."""
    return "text/event-stream" in request.headers.get("accept", "").lower()


def answer_events(answer: AnswerModel) -> StreamingResponse:
    """The answer of `/v1/ask` as the event `results`, then `done`."""
    done = json.dumps({"request_id": answer.request_id, "took_ms": answer.took_ms})
    return _respond([("results", answer.model_dump_json()), ("done", done)])


def _respond(events: Iterable[tuple[str | None, str]]) -> StreamingResponse:
    body = [format_sse_event(event=name, data_str=data) for name, data in events]
    return EventSourceResponse(iter(body), headers=HEADERS)
