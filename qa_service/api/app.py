"""The application factory: settings in, an ASGI application out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from qa_service import __version__
from qa_service.answering import AnswerService
from qa_service.api import (
    chat,
    keep,
    keep_many,
    page_upload,
    page_verify,
    pages,
    readings,
    recordings,
    speakers,
    verify,
)
from qa_service.api.access_log import AccessLog
from qa_service.api.admission import Admission
from qa_service.api.cors import allow_origins, listed
from qa_service.api.errors import install_error_handlers
from qa_service.api.fast_lane import FastLane
from qa_service.api.hosts import OwnHosts
from qa_service.api.html import PageFiles
from qa_service.api.llm import open_wording
from qa_service.api.mcp_door import McpDoor
from qa_service.api.metrics import CountRequests, Metrics
from qa_service.api.middleware import RequestContext
from qa_service.api.routes import router
from qa_service.api.serving import Serving
from qa_service.api.soundness import Upkeep
from qa_service.assemble import Store, store_of
from qa_service.keeping import Build, Keeper
from qa_service.settings import Settings

COMPRESSED_FROM = 16_384  # bytes: transcripts and pages; answers are smaller, and packing one costs a tenth of it
COMPRESSION = 4


def create_app(
    settings: Settings | None = None,
    opener: Callable[[], AnswerService] | None = None,
    builder: Build | None = None,
) -> FastAPI:
    """The application. `opener` and `builder` replace how the index is opened and built (tests use a fake encoder)."""
    chosen = settings or Settings()
    mcp = McpDoor(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = store_of(chosen)
        serving = Serving(opener or store.open, store.published, Upkeep.of(chosen))
        app.state.serving = serving
        mcp.start(serving)
        app.state.settings = chosen
        app.state.keeper = _keeper(chosen, builder)
        app.state.wording = open_wording(chosen)
        await serving.refresh()  # before connections are taken, so that a worker that takes another's place answers
        watching = asyncio.create_task(serving.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await mcp.close()
        await serving.close()
        _let_go(store, app.state.keeper)
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
    app.state.metrics = metrics = Metrics(lambda: app.state.serving, name_process=chosen.workers > 1)
    _wrap(app, chosen, metrics)
    _add_routes(app, mcp)
    install_error_handlers(app)
    if origins := listed(chosen.cors_origins):
        allow_origins(app, origins)
    return app


def _keeper(settings: Settings, builder: Build | None) -> Keeper:
    if settings.database_url is None:
        return Keeper(settings, builder)
    from qa_service.keeping_database import DatabaseKeeper  # needs the extra `postgres`

    return DatabaseKeeper(settings)


def _let_go(store: Store, keeper: Keeper) -> None:
    store.close()
    keeper.close()


def _wrap(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """What stands around every route, the outermost last."""
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION)
    app.add_middleware(FastLane, serving=lambda: app.state.serving, metrics=metrics)
    app.add_middleware(OwnHosts, settings=settings)
    if settings.ask_keys or settings.rate_limit:
        app.add_middleware(Admission, settings=settings)
    app.add_middleware(RequestContext, check_room=lambda: app.state.serving.check_room())
    app.add_middleware(CountRequests, metrics=metrics)
    if settings.access_log:
        app.add_middleware(AccessLog, with_questions=settings.access_log_questions)


def _add_routes(app: FastAPI, mcp: McpDoor) -> None:
    app.include_router(router)
    app.include_router(speakers.router)
    app.include_router(verify.router)
    app.include_router(readings.router)
    app.include_router(keep.router)
    app.include_router(keep_many.router)
    app.include_router(chat.router)
    app.include_router(pages.router)
    app.include_router(page_verify.router)
    app.include_router(page_upload.router)
    app.include_router(recordings.router)
    app.router.routes.append(Mount("/static", PageFiles()))
    app.router.routes.append(Route("/mcp", mcp))
