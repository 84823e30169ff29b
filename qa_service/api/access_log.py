"""One line of JSON for each request, where a setting asks for it. No question is in it unless another one does."""

import json
import logging
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = "qa_service.access"
_asked: ContextVar[list[str] | None] = ContextVar("_asked", default=None)  # the questions of this request


def note_question(question: str) -> None:
    """Have it logged with the request that is being answered, where that is wanted."""
    asked = _asked.get()
    if asked is not None:
        asked.append(question)


class AccessLog:
    """Plain ASGI middleware around all others."""

    def __init__(self, app: ASGIApp, *, with_questions: bool) -> None:
        self._app = app
        self._with_questions = with_questions
        self._logger = logging.getLogger(LOGGER)
        self._logger.propagate = False  # its lines are JSON, the others are not
        self._logger.setLevel(logging.INFO)
        if not self._logger.handlers:
            self._logger.addHandler(logging.StreamHandler(sys.stdout))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, then write its line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        line: dict[str, object] = {"status": 500, "bytes": 0}
        started, sent = time.perf_counter(), 0
        asked: list[str] | None = [] if self._with_questions else None
        token = _asked.set(asked)

        async def send_noting(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start":
                line["status"] = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            _asked.reset(token)
            line |= {"bytes": sent, "ms": round((time.perf_counter() - started) * 1000, 2)}
            self._logger.info(json.dumps(_head(scope) | line | ({"questions": asked} if asked else {})))


def _head(scope: Scope) -> dict[str, object]:
    """What is known of a request but what it asks: its URL's parameters may be a question."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "request_id": scope.get("state", {}).get("request_id", ""),
        "client": (scope.get("client") or [None])[0],
        "method": scope["method"],
        "path": scope["path"],
    }
