"""The chunks of a streamed chat completion, in the order real clients need."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, format_sse_event

from qa_service.api.chat.models import ChatCompletion
from qa_service.api.sse import HEADERS

BEFORE_END_S = 0.05  # measured with deep-chat 2.4.2
_PARAGRAPH = re.compile(r".+?(?:\n\n|\Z)", re.DOTALL)


def chat_events(completion: ChatCompletion, *, include_usage: bool) -> StreamingResponse:
    """A chat completion as chunks, closed by `[DONE]`."""
    chunks = [json.dumps(chunk, ensure_ascii=False) for chunk in _chunks(completion, include_usage=include_usage)]
    return EventSourceResponse(_closing_late([format_sse_event(data_str=data) for data in chunks]), headers=HEADERS)


async def _closing_late(events: list[bytes]) -> AsyncIterator[bytes]:
    """The events, then after a moment the end: deep-chat drops what arrives together with it."""
    for event in events:
        yield event
    await asyncio.sleep(BEFORE_END_S)
    yield format_sse_event(data_str="[DONE]")


def _chunks(completion: ChatCompletion, *, include_usage: bool) -> Iterator[dict[str, Any]]:
    """Role, source events, text, annotations, the end, usage. Open WebUI keeps labels only if events come first."""
    message = completion.choices[0].message
    searched = {"searched_query": completion.searched_query}
    yield _chunk(completion, {"role": "assistant", "content": ""}) | searched
    for event in _source_events(completion):
        yield _chunk(completion, {}) | {"event": event}
    for paragraph in _PARAGRAPH.findall(message.content):
        yield _chunk(completion, {"content": paragraph})
    if message.annotations:
        yield _chunk(completion, {"annotations": [note.model_dump() for note in message.annotations]})
    ours = searched | {"answered": completion.answered, "confidence": completion.confidence}
    yield _chunk(completion, {}, finish_reason="stop") | ours
    if include_usage:
        yield _head(completion) | {"choices": [], "usage": completion.usage.model_dump()}


def _head(completion: ChatCompletion) -> dict[str, Any]:
    head = completion.model_dump(include={"id", "created", "model"})
    return head | {"object": "chat.completion.chunk"}


def _chunk(completion: ChatCompletion, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return _head(completion) | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _source_events(completion: ChatCompletion) -> Iterator[dict[str, Any]]:
    """As Open WebUI shows sources, grouped by `metadata.source`.

    So that is the annotation's URL, else each statement is counted twice; with `external`, no icon of it is fetched.
    """
    for source, note in zip(completion.sources, completion.choices[0].message.annotations, strict=True):
        name = note.url_citation.title
        yield {
            "type": "source",
            "data": {
                "source": {"name": name, "url": note.url_citation.url, "id": source.id},
                "document": [source.span.quote],
                "metadata": [{"source": note.url_citation.url, "name": name, "external": True}],
                "distances": [source.confidence],
            },
        }
