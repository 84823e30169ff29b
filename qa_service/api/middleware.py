"""Around every request: its id, and bounds on what it holds. Plain ASGI, no work that could block."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_service.api.bounds import BY_PATH, KIB, Counted, TooMuchError, bounds_of, check_query, too_large
from qa_service.api.errors import API_HEADERS, RETRY_AFTER_S, error_body
from qa_service.errors import OverloadedError
from qa_service.serving.answering_thread import is_gone

AT_A_TIME = 64 * KIB  # of a body that are counted before others have their turn
_API_HEADERS = [(name.lower().encode(), value.encode()) for name, value in API_HEADERS.items()]
_SANE_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class RequestContext:
    """Gives each request an id (the client's own when it is a sane one), echoes it, and refuses what is too much."""

    def __init__(self, app: ASGIApp, check_room: Callable[[], None]) -> None:
        """`check_room` raises OverloadedError while no more questions are taken."""
        self._app = app
        self._check_room = check_room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        sent_id = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = sent_id if _SANE_ID.fullmatch(sent_id) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        body = _Body(scope, receive)
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if body.refusal is not None and not started:
                return  # whatever is answered to half a body: it is refused below
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _headers(message.get("headers", []), request_id)
            await send(message)

        is_gone.set(_leaving(receive))
        try:
            if scope["path"] in BY_PATH and scope["method"] == "POST":
                self._check_room()  # before the body is read
            body.check_head(scope, headers)
            await self._app(scope, body.receive, send_with_id)
        except OverloadedError as error:
            body.refusal = TooMuchError(503, "overloaded", str(error))
        except TooMuchError:
            pass  # `body` knows why
        if body.refusal is not None and not started:
            await _refuse(send, request_id, body.refusal)


def _headers(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """Those of a response, with what every response has, unless it says otherwise itself."""
    others = [header for header in headers if header[0].lower() != b"x-request-id"]
    said = {name.lower() for name, _ in others}
    return [*others, *(more for more in _API_HEADERS if more[0] not in said), (b"x-request-id", request_id.encode())]


class _Body:
    """What a request sends, counted as it comes; `refusal` is why no more of it is read."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.refusal: TooMuchError | None = None
        self._receive = receive
        self._bounds = bounds_of(scope["method"], scope["path"])
        self._counted = Counted(self._bounds)

    def check_head(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Raises TooMuchError for what the head alone tells."""
        try:
            check_query(scope["query_string"])
            length = headers.get(b"content-length", b"0")
            if length.isdigit() and (len(length) > 20 or int(length) > self._bounds.size):
                raise too_large(self._bounds.size)
        except TooMuchError as error:
            self.refusal = error
            raise

    async def receive(self) -> Message:
        """The next message. Raises TooMuchError, once and for all."""
        if self.refusal is not None:
            raise self.refusal
        message = await self._receive()
        piece = message.get("body", b"")
        try:
            for start in range(0, len(piece), AT_A_TIME):
                if start:
                    await asyncio.sleep(0)
                self._counted.add(piece[start : start + AT_A_TIME])
        except TooMuchError as error:
            self.refusal = error
            raise
        return message


def _leaving(receive: Receive) -> Callable[[], bool]:
    """Whether the client has hung up, as uvicorn notes it: a task that listens beside every question costs too much."""
    cycle = getattr(receive, "__self__", None)
    return lambda: getattr(cycle, "disconnected", False)


async def _refuse(send: Send, request_id: str, why: TooMuchError) -> None:
    body = json.dumps(error_body(why.status, why.code, str(why), request_id)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", request_id.encode()),
        *_API_HEADERS,
    ]
    if why.status == 503:
        headers.append((b"retry-after", RETRY_AFTER_S.encode()))
    await send({"type": "http.response.start", "status": why.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
