"""The JSON of every error, and which of them an endpoint may give, for the schema."""

from typing import Any

from pydantic import BaseModel, Field

WHY = {
    400: "the body is not valid JSON",
    401: "a key is needed; for reading only where keys for asking are set",
    403: "the key is wrong, or, for a change without keys, the caller is not on this machine",
    404: "no such document, statement or model",
    409: "another change is being built, or this is the last document",
    413: "the body is too large",
    414: "the URL is too long; send a POST",
    415: "the body is of another content type, or no text",
    422: "a parameter, the question or the transcript is not as it must be",
    429: "more requests than the rate that is set; come back after Retry-After seconds",
    500: "the index could not be built; the one from before is served",
    503: "too many wait, no index is open, or the folders can't be written to; come back after Retry-After seconds",
    507: "the disk or what may be used of it is full; the message says what is needed and what is there",
}

ADMISSION = (401, 403, 429)  # what settings may add to any endpoint


class ErrorFields(BaseModel):
    """What went wrong."""

    code: str = Field(description="such as invalid_request, not_found, not_ready")
    message: str = Field(description="what is wrong and what to do")
    type: str = Field(description="invalid_request_error, or server_error from status 500 on")
    param: str | None = Field(description="the parameter that is wrong")
    details: list[dict[str, Any]] = Field(description="each wrong parameter, or the file, line and reason")
    request_id: str


class ErrorModel(BaseModel):
    """What every status of 400 and above gives."""

    error: ErrorFields


def may_give(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that may fail with these statuses."""
    return {status: {"model": ErrorModel, "description": WHY[status]} for status in statuses}
