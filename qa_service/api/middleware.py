"""Around every request: its id, and a bound on the body's size. Plain ASGI, no work that could block."""

import json
import re
import uuid
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_service.api.errors import error_body

MAX_BODY_BYTES = 4 * 2**20  # 256 questions of 2,000 characters, escaped, fit
MAX_SOURCE_BYTES = 16 * 2**20  # a transcript of a thousand hours
SOURCES = "/v1/documents/"
_SANE_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class BodyTooLargeError(Exception):
    """The body grew beyond the bound while it was read."""


class RequestContext:
    """Gives each request an id (the client's own when it is a sane one), echoes it, and refuses huge bodies."""

    def __init__(self, app: ASGIApp, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        sent_id = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = sent_id if _SANE_ID.fullmatch(sent_id) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        largest = self._largest(scope)
        started = False
        received = 0

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if received > largest and not started:
                return  # whatever is answered to half a body: it is refused below
            if message["type"] == "http.response.start":
                started = True
                others = [header for header in message.get("headers", []) if header[0].lower() != b"x-request-id"]
                message["headers"] = [*others, (b"x-request-id", request_id.encode())]
            await send(message)

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise BodyTooLargeError
            return message

        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > largest:
            await self._refuse(send, request_id, largest)
            return
        with suppress(BodyTooLargeError):
            await self._app(scope, receive_bounded, send_with_id)
        if received > largest and not started:
            await self._refuse(send, request_id, largest)

    def _largest(self, scope: Scope) -> int:
        is_source = scope["method"] == "PUT" and scope["path"].startswith(SOURCES)
        return MAX_SOURCE_BYTES if is_source else self._max_body_bytes

    async def _refuse(self, send: Send, request_id: str, largest: int) -> None:
        message = f"the body is larger than {largest} bytes; send less at once"
        body = json.dumps(error_body(413, "too_large", message, request_id)).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})
