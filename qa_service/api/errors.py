"""One table from domain errors to statuses, and the one JSON shape every error has; a page for people in browsers."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from qa_service.api.html import problem_page, wants_page
from qa_service.errors import (
    BadRequestError,
    BuildFailedError,
    BuildRunningError,
    DatabaseMismatchError,
    DatabaseUnavailableError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexNotWritableError,
    LastDocumentError,
    NoRoomError,
    NotFoundError,
    OverloadedError,
    QAServiceError,
    SourceError,
    SourcesNotWritableError,
    UnknownModelError,
)

logger = logging.getLogger(__name__)

RETRY_AFTER_S = "1"
BUILT_AFTER_S = "5"  # a guess: a build of a few documents
API_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}  # of all that is no page and no file
LONGEST_MESSAGE = 2_000  # characters
LONGEST_PARAM = 200
MOST_PROBLEMS = 20  # of one request that are told
STATUSES: dict[type[QAServiceError], tuple[int, str]] = {
    BadRequestError: (422, "invalid_request"),
    NotFoundError: (404, "not_found"),
    UnknownModelError: (404, "model_not_found"),
    BuildRunningError: (409, "build_running"),
    BuildFailedError: (500, "build_failed"),
    LastDocumentError: (409, "last_document"),
    SourceError: (422, "invalid_source"),
    NoRoomError: (507, "no_room"),
    SourcesNotWritableError: (503, "sources_not_writable"),
    IndexNotWritableError: (503, "index_not_writable"),
    OverloadedError: (503, "overloaded"),
    IndexMissingError: (503, "not_ready"),
    IndexMismatchError: (503, "not_ready"),
    IndexDamagedError: (503, "not_ready"),
    DatabaseUnavailableError: (503, "database_unavailable"),
    DatabaseMismatchError: (503, "database_unavailable"),
}
CODES = {
    400: "invalid_json",
    401: "key_needed",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    503: "not_ready",
}

ADVICE = {
    404: "there is no such path; /docs lists all",
    405: "this path does not take that method; /docs lists what it takes",
}


def error_body(
    status: int, code: str, message: str, request_id: str, *, param: str | None = None, details: Sequence[Any] = ()
) -> dict[str, Any]:
    """The body of every error response; `type` is what OpenAI clients read."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    error = {
        "code": code,
        "message": cut_short(message),
        "type": kind,
        "param": param and cut_short(param, LONGEST_PARAM),
        "details": list(details),
    }
    return {"error": error | {"request_id": request_id}}


def cut_short(text: str, most: int = LONGEST_MESSAGE) -> str:
    """The text without its middle where it is long: what a client sent may be repeated in it."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def error_response(
    request: Request, status: int, code: str, message: str, *, param: str | None = None, details: Sequence[Any] = ()
) -> Response:
    """An error response to a request; 503, and a 409 that will pass, say when to come back."""
    request_id = getattr(request.state, "request_id", "")
    headers = {"X-Request-ID": request_id}  # also here: a 500 is written outside of RequestContext
    if status == 503:
        headers["Retry-After"] = RETRY_AFTER_S
    elif code == STATUSES[BuildRunningError][1]:
        headers["Retry-After"] = BUILT_AFTER_S
    if wants_page(request):
        response = problem_page(status, cut_short(message))
        response.headers.update(headers)
        return response
    body = error_body(status, code, message, request_id, param=param, details=details)
    return JSONResponse(body, status, headers=API_HEADERS | headers)


def install_error_handlers(app: FastAPI) -> None:
    """Give all errors, FastAPI's own included, the one shape."""

    @app.exception_handler(QAServiceError)
    def domain(request: Request, error: QAServiceError) -> Response:
        known = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
        if known is None:
            return unexpected(request, error)
        details = []
        if isinstance(error, SourceError):
            details = [{"file": error.file, "line": error.line, "reason": error.reason}]
        return error_response(request, *known, str(error), param=getattr(error, "param", None), details=details)

    @app.exception_handler(RequestValidationError)
    def validation(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        problems = [
            {"param": _param(e["loc"]), "message": e["msg"].removeprefix("Value error, ")}
            for e in found[:MOST_PROBLEMS]
        ]
        if found[0]["type"] == "json_invalid" and found[0]["loc"][0] == "body":
            return error_response(request, 400, "invalid_json", "the body is not valid JSON", details=problems)
        first = problems[0]
        more = f" (and {len(found) - 1} more)" if len(found) > MOST_PROBLEMS else ""
        message = f"{first['param']}: {first['message']}{more}; the request's schema is at /docs"
        return error_response(request, 422, "invalid_request", message, param=first["param"], details=problems)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        message = ADVICE.get(error.status_code, str(error.detail))
        response = error_response(request, error.status_code, CODES.get(error.status_code, "error"), message)
        response.headers.update(error.headers or {})
        if error.status_code == 405 and (methods := _methods(request)):
            response.headers["Allow"] = ", ".join(methods)
        return response

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        request_id = getattr(request.state, "request_id", "")
        logger.error("request %s failed", request_id, exc_info=error)
        message = f"something went wrong here, not in your request; the log has it as {request_id}"
        return error_response(request, 500, "internal_error", message)


def _methods(request: Request) -> list[str]:
    """What the request's path takes by the contract: the error itself names one route's method only."""
    for path, operations in request.app.openapi()["paths"].items():
        if compile_path(path)[0].match(request.scope["path"]):
            return sorted(method.upper() for method in operations)
    return []


def _param(location: Sequence[int | str]) -> str:
    name = ".".join(str(part) for part in location if part not in {"body", "query", "path"}) or "body"
    return cut_short(name, LONGEST_PARAM)
