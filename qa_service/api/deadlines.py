"""How long a connection may take, and how much its head may hold, before the application sees anything of it."""

import asyncio
import json
import resource
import uuid
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from qa_service.api.errors import API_HEADERS, error_body

HEAD_S = 10.0  # until the head is whole
BODY_S = 120.0  # until the body is whole: 16 MiB at a megabit a second
STILL_S = 15.0  # without a byte of the body, or with a response that nobody reads
MAX_HEAD = 64 * 2**10  # bytes
MAX_HEADERS = 100
MAX_CONNECTIONS = 10_000
OWN_FILES = 124  # of the files a process may open, that are not for connections
START_S = 30  # until a worker serves, or answers that it lives
LAST_CALL_S = 0.5  # for a request that is on its way when the process is told to end
GRACE_S = 7  # for requests to be answered after SIGTERM
WHY = {
    400: ("invalid_http", "this is not HTTP as it must be; send a well-formed request"),
    408: ("too_slow", "the request did not come in time; send its head at once and its body without a pause"),
    414: ("url_too_long", f"the URL is longer than {MAX_HEAD} bytes; send less, or in the body"),
    431: ("head_too_large", f"the head has more than {MAX_HEAD} bytes or {MAX_HEADERS} headers; send less"),
}


class DeadlineProtocol(HttpToolsProtocol):
    """Closes what comes too slowly or too long; where there are too many connections, the one idle for longest."""

    _timer: asyncio.TimerHandle | None = None
    _in_head = False  # a head has begun and is not whole
    _in_body = False
    _head_bytes = 0  # of a head that comes in several pieces
    _known_bytes = 0  # of its URL and headers
    _started_body = 0.0
    _refused_as = 400
    _ends = False  # the process was told to end

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, in the place of whoever has waited longest."""
        super().connection_made(transport)
        idle = self._idle()
        if len(self.connections) > _most_connections():
            (next(iter(idle)) if idle else self).transport.abort()
        idle[self] = None
        self._wait(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        self._idle().pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that isn't whole, and see that a body goes on."""
        if self.transport.is_closing():
            return
        went_on = self._in_head
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_body:
            self._wait(min(STILL_S, self._started_body + BODY_S - self.loop.time()))
        elif self._in_head:
            self._head_bytes += len(data) if went_on else 0  # what came before it began may be another request's
            if self._head_bytes > MAX_HEAD:
                self._refuse(414 if len(self.url) > MAX_HEAD else 431)
            elif self._timer is None:
                self._wait(HEAD_S)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._head_bytes, self._known_bytes = True, 0, 0

    def on_url(self, url: bytes) -> None:
        """Raises OverflowError, which ends the parsing, for one too long."""
        super().on_url(url)
        if len(self.url) > MAX_HEAD - 1:
            self._refused_as = 414
            raise OverflowError

    def on_header(self, name: bytes, value: bytes) -> None:
        """Raises OverflowError, which ends the parsing, for one too many or too much."""
        super().on_header(name, value)
        self._known_bytes += len(name) + len(value)
        if len(self.headers) > MAX_HEADERS or self._known_bytes > MAX_HEAD:
            self._refused_as = 431
            raise OverflowError

    def on_headers_complete(self) -> None:
        """From here on it is a request; its body may follow."""
        self._in_head, self._in_body, self._started_body = False, True, self.loop.time()
        self._idle().pop(self, None)
        super().on_headers_complete()
        if self._ends:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """All is here: what takes time now is ours."""
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Idle again, unless another request waits."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self.pipeline:
            self._idle()[self] = None

    def shutdown(self) -> None:
        """Take no more requests, but for one that is on its way; closed at once, a client would see it fail."""
        if self.cycle is None or self.cycle.response_complete:
            self._ends = True
            self.loop.call_later(LAST_CALL_S, super().shutdown)
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """The client doesn't read; it shall not take for ever."""
        super().pause_writing()
        self._wait(STILL_S)

    def resume_writing(self) -> None:
        """It reads."""
        super().resume_writing()
        self._stop_waiting()

    def send_400_response(self, msg: str) -> None:
        """As every error is told."""
        self._refuse(self._refused_as)

    def _idle(self) -> dict["DeadlineProtocol", None]:
        """All connections without a request, the one idle for longest first."""
        kept: dict[DeadlineProtocol, None] = self.server_state.__dict__.setdefault("idle", {})
        return kept

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(max(0.0, seconds), self._too_late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_late(self) -> None:
        self._timer = None
        if self.flow.write_paused:
            self.transport.abort()
        elif self.flow.read_paused:  # by us: not the client's doing
            self._wait(STILL_S)
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answer, unless half of another answer has gone out; then there is nothing to be said."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()
            return
        request_id = uuid.uuid4().hex
        body = json.dumps(error_body(status, *WHY[status], request_id)).encode()
        headers = API_HEADERS | {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Request-ID": request_id,
            "Connection": "close",
        }
        lines = [f"{name.lower()}: {value}\r\n".encode() for name, value in headers.items()]
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
        self.transport.close()


def _most_connections() -> int:
    """As many as the system lets the process have."""
    return max(1, min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OWN_FILES))


def patient(app: str, **options: Any) -> Config:
    """A configuration of uvicorn with these bounds, for the factory named by `app`."""
    return Config(
        app,
        factory=True,
        http=DeadlineProtocol,
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
        access_log=False,
        timeout_worker_healthcheck=START_S,
        **options,
    )
