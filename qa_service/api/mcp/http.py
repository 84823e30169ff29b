"""`/mcp`: the Model Context Protocol over streamable HTTP, opened at its first request.

Importing `mcp` takes over a second; who never calls `/mcp` never waits for it.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from qa_service.api.cors import listed
from qa_service.api.hosts import allowed
from qa_service.serving.live_index import LiveIndex
from qa_service.settings import Settings

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpEndpoint:
    """An ASGI endpoint. Stateless, so that any worker answers any request."""

    def __init__(self, settings: Settings) -> None:
        """`settings` say which hosts and origins may come in; loopback always may."""
        self._settings = settings
        self._any_origin = "*" in listed(settings.cors_origins)
        self._live_index: LiveIndex | None = None
        self._opened: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self, live_index: LiveIndex) -> None:
        """Name the open index; nothing is imported yet."""
        self._live_index = live_index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["method"] == "GET":  # a stream of our own messages: there are none
            await PlainTextResponse("send POST", 405, {"Allow": "POST"})(scope, receive, send)
            return
        if self._any_origin:  # the guard knows no wildcard; the host is still checked
            scope = {**scope, "headers": [header for header in scope["headers"] if header[0] != b"origin"]}
        manager = await self._manager()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what was opened."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._running = self._opened = None

    async def _manager(self) -> "StreamableHTTPSessionManager":
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(self._opened))
        return await asyncio.shield(self._opened)  # a client that hangs up doesn't end it for the others

    async def _run(self, opened: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        """Hold the session manager open in a task of its own: it must be left by the task that entered it."""
        try:
            manager = await asyncio.to_thread(self._build)
        except Exception as error:  # whoever waits is told, and the next request tries again
            self._opened = None
            opened.set_exception(error)
            return
        async with manager.run():
            opened.set_result(manager)
            await asyncio.Event().wait()

    def _build(self) -> "StreamableHTTPSessionManager":
        from mcp.server.transport_security import TransportSecuritySettings

        from qa_service.api.mcp.tools import build_server

        if self._live_index is None:
            raise RuntimeError("the lifespan starts this endpoint before any request")
        server = build_server(self._live_index.call)
        hosts, origins = allowed(self._settings)
        guard = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
        server.streamable_http_app(stateless_http=True, json_response=True, transport_security=guard)
        return server.session_manager
