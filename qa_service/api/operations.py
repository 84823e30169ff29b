"""For who operates the service: whether it lives and is ready, its versions, its counts."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from qa_service import __version__
from qa_service.api.dependencies import LiveIndexDep, MetricsDep
from qa_service.api.errors import error_response
from qa_service.api.models.errors import may_give

router = APIRouter()


@router.head("/health/live", include_in_schema=False)
@router.get("/health/live", tags=["operate"])
async def live() -> dict[str, str]:
    """200 as long as the process runs."""
    return {"status": "live"}


@router.head("/health/ready", include_in_schema=False, response_model=None)
@router.get("/health/ready", tags=["operate"], response_model=None, responses=may_give(503))
async def ready(request: Request, live_index: LiveIndexDep) -> dict[str, str] | Response:
    """200 once the index answers, 503 before."""
    if live_index.facts is None:
        return error_response(request, 503, "not_ready", str(live_index.problem))
    if live_index.overloaded and request.app.state.settings.unready_when_overloaded:
        return error_response(request, 503, "overloaded", "more questions wait than are answered soon; send elsewhere")
    return {"status": "ready", "index_version": live_index.facts.version}


@router.get("/version", tags=["operate"])
async def version(live_index: LiveIndexDep) -> dict[str, str | None]:
    """Versions of the service, its index and its model; null while no index is open."""
    facts = live_index.facts
    return {
        "version": __version__,
        "index_version": facts.version if facts else None,
        "model": facts.model if facts else None,
    }


@router.get("/metrics", tags=["operate"], response_class=PlainTextResponse)
async def read_metrics(metrics: MetricsDep) -> Response:
    """Counts and times of this process in Prometheus's text format."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
