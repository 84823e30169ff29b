"""Lets pages of other origins call the service from a browser, where a setting says so."""

import uuid
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response


class _Cors(CORSMiddleware):
    """Answers a preflight with a request id too, as every response has one."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        response.headers["X-Request-ID"] = uuid.uuid4().hex
        return response


def listed(setting: str | None) -> list[str]:
    """The values of a setting that are parted by commas."""
    return [value.strip() for value in (setting or "").split(",") if value.strip()]


def allow_origins(app: FastAPI, origins: Sequence[str]) -> None:
    """Wrap the whole application, so that 413 and 500, answered outside of the routes, can be read as well."""
    app.middleware_stack = _Cors(
        app.build_middleware_stack(),
        allow_origins=origins,
        allow_methods=["*"],
        allow_headers=["*"],  # the openai npm package alone sends seven x-stainless-… headers
        expose_headers=["X-Request-ID", "mcp-session-id"],
    )
