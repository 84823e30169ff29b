"""The application factory: settings in, an ASGI application out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from qa_service import __version__
from qa_service.answering import AnswerService
from qa_service.api import operations
from qa_service.api.access_log import AccessLog
from qa_service.api.admission import Admission
from qa_service.api.chat import routes as chat_routes
from qa_service.api.chat.llm_wording import open_wording
from qa_service.api.cors import allow_origins, listed
from qa_service.api.errors import install_error_handlers
from qa_service.api.hosts import OwnHosts
from qa_service.api.html import PageFiles
from qa_service.api.mcp.http import McpEndpoint
from qa_service.api.metrics import CountRequests, Metrics
from qa_service.api.middleware import RequestContext
from qa_service.api.pages import recordings, upload
from qa_service.api.pages import routes as page_routes
from qa_service.api.pages import verify as verify_page
from qa_service.api.v1 import ask, documents, readings, several_sources, source_changes, speakers, verify
from qa_service.api.v1.fast_path import FastPath
from qa_service.composition import Store, store_of
from qa_service.serving.live_index import LiveIndex
from qa_service.serving.soundness import Upkeep
from qa_service.settings import Settings
from qa_service.source_library import Build, SourceLibrary

COMPRESSED_FROM = 16_384  # bytes: transcripts and pages; answers are smaller, and packing one costs a tenth of it
COMPRESSION = 4


def create_app(
    settings: Settings | None = None,
    opener: Callable[[], AnswerService] | None = None,
    builder: Build | None = None,
) -> FastAPI:
    """The application. `opener` and `builder` replace how the index is opened and built (tests use a fake encoder)."""
    chosen = settings or Settings()
    mcp = McpEndpoint(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = store_of(chosen)
        live_index = LiveIndex(opener or store.open, store.published, Upkeep.of(chosen))
        app.state.live_index = live_index
        mcp.start(live_index)
        app.state.settings = chosen
        app.state.source_library = _library(chosen, builder)
        app.state.wording = open_wording(chosen)
        await live_index.refresh()  # before connections are taken, so that a worker that takes another's place answers
        watching = asyncio.create_task(live_index.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await mcp.close()
        await live_index.close()
        _let_go(store, app.state.source_library)
        if app.state.wording:
            await app.state.wording.close()

    app = FastAPI(
        title="qa-service",
        version=__version__,
        summary="Ask transcripts; get verbatim statements with exact citations, or an honest 'not answered'.",
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere; `pages` has one that does not
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.metrics = metrics = Metrics(lambda: app.state.live_index, name_process=chosen.workers > 1)
    _wrap(app, chosen, metrics)
    _add_routes(app, mcp)
    install_error_handlers(app)
    if origins := listed(chosen.cors_origins):
        allow_origins(app, origins)
    return app


def _library(settings: Settings, builder: Build | None) -> SourceLibrary:
    if settings.database_url is None:
        return SourceLibrary(settings, builder)
    from qa_service.database_library import DatabaseLibrary  # needs the extra `postgres`

    return DatabaseLibrary(settings)


def _let_go(store: Store, library: SourceLibrary) -> None:
    store.close()
    library.close()


def _wrap(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """What stands around every route, the outermost last."""
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION)
    app.add_middleware(FastPath, live_index=lambda: app.state.live_index, metrics=metrics)
    app.add_middleware(OwnHosts, settings=settings)
    if settings.ask_keys or settings.rate_limit:
        app.add_middleware(Admission, settings=settings)
    app.add_middleware(RequestContext, check_room=lambda: app.state.live_index.check_room())
    app.add_middleware(CountRequests, metrics=metrics)
    if settings.access_log:
        app.add_middleware(AccessLog, with_questions=settings.access_log_questions)


def _add_routes(app: FastAPI, mcp: McpEndpoint) -> None:
    for module in (ask, documents, operations, speakers, verify, readings, source_changes, several_sources):
        app.include_router(module.router)
    for module in (chat_routes, page_routes, verify_page, upload, recordings):
        app.include_router(module.router)
    app.router.routes.append(Mount("/static", PageFiles()))
    app.router.routes.append(Route("/mcp", mcp))
