"""Forms with files: what was sent, and what its fields say of a transcript."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from qa_service.api.bounds import MAX_FIELDS, MAX_FILES, MAX_SOURCE_BYTES, MIB
from qa_service.api.models.source_changes import SourceFields
from qa_service.errors import BadRequestError

FORM = "multipart/form-data"
FILE = "file"
SEVERAL = ("speakers", "askers", "tags")
File = tuple[str, str, bytes]  # name, media type, bytes


async def read_form(request: Request, largest: int = MAX_SOURCE_BYTES) -> tuple[list[File], dict[str, list[Any]]]:
    """The files of a form, and by name the values of its other fields, each no larger than `largest`.

    Raises BadRequestError, HTTPException.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise HTTPException(415, f"send the files as {FILE!r} of {FORM}; not as {kind or 'nothing'}")
    try:
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=largest) as form:
            return await _files(form), texts_of(form)
    except HTTPException as error:
        message = f"the form can't be read ({error.detail}); send at most {MAX_FILES} files as {FILE!r}"
        raise BadRequestError(message, param=FILE) from error
    except ClientDisconnect as error:  # nobody reads this, but it counts as the client's doing
        raise HTTPException(400, "the body ended too early; send it whole") from error


async def _files(form: FormData) -> list[File]:
    files = []
    for part in form.getlist(FILE):
        if isinstance(part, UploadFile) and (part.filename or part.size):  # a field left empty is sent as one without
            if (part.size or 0) > MAX_SOURCE_BYTES:
                message = f"{part.filename} has more than {MAX_SOURCE_BYTES // MIB} MiB; send it in parts"
                raise BadRequestError(message, param=FILE)
            files.append((part.filename or "", part.content_type or "", await part.read()))
    return files


def fields_of(said: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What a form's other fields say of a transcript, as `PUT` takes it. Raises RequestValidationError."""
    try:
        fields = SourceFields.model_validate({n: list(v) if n in SEVERAL else v[-1] for n, v in said.items()})
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return fields.model_dump(exclude_unset=True)


def texts_of(form: FormData) -> dict[str, list[Any]]:
    """By name the values of a form's other fields."""
    said: dict[str, list[Any]] = {}
    for name, value in form.multi_items():
        if name != FILE:
            said.setdefault(name, []).append(value)
    return said
