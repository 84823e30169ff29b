"""What pages need to know of the service they belong to."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from qa_service.settings import Settings


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


SiteDep = Annotated[Site, Depends(get_site)]
