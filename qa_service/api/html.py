"""HTML responses: templates, the headers every page carries, static files. Knows nothing of what the pages say."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent / "pages"
STATIC = HERE / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
FOR_PROGRAMS = ("/v1/", "/health/", "/mcp", "/metrics", "/version", "/openapi.json")
REFRESH_S = 2
_HEADLINES = {
    401: "A password, please",
    429: "A little slower, please",
    404: "There is no such page",
    503: "One moment, please",
}


def page(template: str, status: int = 200, *, plays_from: str | None = None, **values: Any) -> HTMLResponse:
    """A template filled in. Everything in `values` is escaped. `plays_from`: whence it may play a recording."""
    html = _environment().get_template(template).render(**values)
    headers = dict(HEADERS)
    if plays_from:
        headers["Content-Security-Policy"] += f"; media-src {plays_from}"
    return HTMLResponse(html, status, headers=headers)


def wants_page(request: Request) -> bool:
    """Whether an error is read by a person in a browser: a path that is not for programs, and HTML asked for."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(FOR_PROGRAMS)


def problem_page(status: int, message: str) -> HTMLResponse:
    """An error as a page; 503 comes back by itself."""
    headline = _HEADLINES.get(status, "This did not work")
    refresh = REFRESH_S if status == 503 else None
    return page("problem.html", status, headline=headline, message=message, refresh=refresh)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    return environment


def static_url(name: str) -> str:
    """The address of a static file, another one whenever its content is another."""
    return f"/static/{name}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


class PageFiles(StaticFiles):
    """Serves the static files: for a year where the address names the content, else asked for again each time."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file."""
        response = await super().get_response(path, scope)
        lasting = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
