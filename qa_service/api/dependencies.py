"""What endpoints ask for: the open index, the counts, the settings, the sources, the address they are reached at."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from qa_service.api.metrics import Metrics
from qa_service.serving.live_index import LiveIndex
from qa_service.settings import Settings
from qa_service.source_library import SourceLibrary


async def get_live_index(request: Request) -> LiveIndex:
    """The open index of this process."""
    live_index: LiveIndex = request.app.state.live_index
    return live_index


async def get_request_id(request: Request) -> str:
    """The id this request was given."""
    request_id: str = request.state.request_id
    return request_id


async def get_metrics(request: Request) -> Metrics:
    """The counts of this process."""
    metrics: Metrics = request.app.state.metrics
    return metrics


async def get_settings(request: Request) -> Settings:
    """What the service was started with."""
    settings: Settings = request.app.state.settings
    return settings


async def require_json(request: Request) -> None:
    """Refuse a body that is not announced as JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, f"send JSON with Content-Type: application/json, not {kind or 'none'}")


async def get_library(request: Request) -> SourceLibrary:
    """Who knows the source folder."""
    library: SourceLibrary = request.app.state.source_library
    return library


@dataclass(frozen=True, slots=True)
class Site:
    """The settings, and the address that the service is reached at, without a slash at its end."""

    settings: Settings
    base: str


def get_base_url(request: Request) -> str:
    """The address that citations open at: the setting's, or the one the client came to."""
    return str(request.app.state.settings.public_url or request.base_url)


async def get_site(request: Request) -> Site:
    """The service as the client of this request reaches it."""
    return Site(request.app.state.settings, get_base_url(request).rstrip("/"))


LiveIndexDep = Annotated[LiveIndex, Depends(get_live_index)]
MetricsDep = Annotated[Metrics, Depends(get_metrics)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
RequestId = Annotated[str, Depends(get_request_id)]
JsonOnly = Depends(require_json)
SourceLibraryDep = Annotated[SourceLibrary, Depends(get_library)]
SiteDep = Annotated[Site, Depends(get_site)]
