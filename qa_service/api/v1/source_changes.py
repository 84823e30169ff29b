"""The endpoints that change the sources: answered once this process serves the change; other workers follow."""

import asyncio
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import asdict
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from qa_service.api.auth import KEY_NEEDED
from qa_service.api.bounds import MAX_FIELDS, MAX_SOURCE_BYTES
from qa_service.api.dependencies import LiveIndexDep, SourceLibraryDep
from qa_service.api.models.convert import document_model, refused_models
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.api.models.source_changes import (
    DeletedModel,
    InspectionModel,
    ReloadModel,
    SourceFields,
    StoredDocumentModel,
)
from qa_service.api.v1.upload_forms import FILE, FORM, fields_of, texts_of
from qa_service.errors import BadRequestError
from qa_service.serving.live_index import NOT_OPENED, IndexInfo, LiveIndex
from qa_service.source_library import MEDIA_TYPES, READ, SourceLibrary, suffix_by

router = APIRouter(tags=["keep"], dependencies=KEY_NEEDED, responses=may_give(*ADMISSION, 409, 422, 500, 503, 507))
LONGEST_WAY_S, LOOKS_AGAIN_S = 10.0, 0.05  # of a change to the replica of a database that is read from
ANY = "application/octet-stream"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            **{media_type: {"schema": {"type": "string"}} for media_type in (*MEDIA_TYPES, ANY)},
            FORM: {"schema": {"type": "object", "properties": {FILE: {"type": "string", "format": "binary"}}}},
        },
    }
}


@router.put(
    "/v1/documents/{document}",
    openapi_extra=BODY,
    responses={201: {"model": StoredDocumentModel, "description": "It is new."}, **may_give(400, 413, 415)},
)
async def put_document(
    document: str,
    request: Request,
    response: Response,
    fields: Annotated[SourceFields, Query()],
    live_index: LiveIndexDep,
    library: SourceLibraryDep,
) -> StoredDocumentModel | InspectionModel:
    """Keep a transcript: the file itself, or as `file` of a form whose other fields are the metadata.

    The media type tells its format, or the ending of `filename` (in a form, of the file's name); else it is plain text.
    Replaces what was there, metadata included. Answered (201 when new, else 200) once it can be asked.
    With `dry_run` nothing is kept: the answer tells how the text is read, turn by turn.
    """
    data, more, name = await _source(request)
    said = fields.model_dump(exclude_unset=True) | more
    suffix = _suffix(said.pop("filename", None) or name, request)
    _check_bytes(data, suffix)
    if said.pop("dry_run", False):
        seen = await asyncio.to_thread(library.inspect, document, data, said, suffix)
        return InspectionModel.model_validate(asdict(seen))
    is_new, refused = await asyncio.to_thread(library.put, document, data, said, suffix)
    facts = await serve_published(request, live_index)
    summary, _ = await live_index.call(lambda service: service.document(document))
    response.status_code = 201 if is_new else 200
    kept = document_model(summary).model_dump()
    return StoredDocumentModel(
        **kept, index_version=facts.version, refused=refused_models(refused), notes=list(summary.notes)
    )


@router.delete("/v1/documents/{document}", responses=may_give(404))
async def delete_document(
    document: str, request: Request, live_index: LiveIndexDep, library: SourceLibraryDep
) -> DeletedModel:
    """Drop a transcript and its metadata; the last one stays."""
    refused = await asyncio.to_thread(library.delete, document)
    facts = await serve_published(request, live_index)
    return DeletedModel(deleted=document, index_version=facts.version, refused=refused_models(refused))


@router.post("/v1/reload")
async def reload(request: Request, live_index: LiveIndexDep, library: SourceLibraryDep) -> ReloadModel:
    """Build if the sources changed or the index is damaged, open what is published, and say what is served."""
    refused = await asyncio.to_thread(library.refresh)
    facts = await serve_published(request, live_index)
    return ReloadModel(
        rebuilt=refused is not None,
        index_version=facts.version,
        documents=facts.documents,
        statements=facts.statements,
        refused=refused_models(refused or []),
    )


async def serve_published(request: Request, live_index: LiveIndex) -> IndexInfo:
    """Have this process open what is published. Raises why neither that index nor a later one is open."""
    library: SourceLibrary = request.app.state.source_library
    published = await asyncio.to_thread(library.published)
    until = monotonic() + LONGEST_WAY_S
    while True:
        await live_index.refresh(at_once=True)
        if live_index.facts is not None and live_index.facts.version >= published:  # names begin with their time
            return live_index.facts
        if live_index.problem is not NOT_OPENED or monotonic() >= until:
            raise live_index.problem
        await asyncio.sleep(LOOKS_AGAIN_S)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _suffix(name: str | None, request: Request) -> str | None:
    """The ending of the format that a file's name or the media type tells; None for plain text."""
    suffix = suffix_by(name, _kind(request))
    if suffix is None and _kind(request) == ANY:
        raise BadRequestError(f"tell the format by filename, such as talk.vtt; {READ} and *.json are", param="filename")
    return None if suffix == ".txt" else suffix


def _check_bytes(data: bytes, suffix: str | None) -> None:
    if suffix is None and b"\0" in data and not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise HTTPException(415, "this is not text, it holds zero bytes; save the transcript as plain UTF-8 text")


async def _source(request: Request) -> tuple[bytes, dict[str, Any], str | None]:
    """The file of a request, what else its form says, and the file's name there."""
    kind = _kind(request)
    if kind not in {*MEDIA_TYPES, ANY, FORM}:
        known = ", ".join(MEDIA_TYPES)
        raise HTTPException(415, f"send the file as {known}, or as {FILE!r} of {FORM}; not as {kind or 'nothing'}")
    try:
        return await _read_form(request) if kind == FORM else (await request.body(), {}, None)
    except ClientDisconnect as error:  # nobody reads this, but it counts as the client's doing
        raise HTTPException(400, "the body ended too early; send it whole") from error


async def _read_form(request: Request) -> tuple[bytes, dict[str, Any], str | None]:
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_SOURCE_BYTES) as form:
            part = form.get(FILE)
            data = await part.read() if isinstance(part, UploadFile) else (part or "").encode("utf-8", "surrogatepass")
            filename = part.filename if isinstance(part, UploadFile) else None
            said = texts_of(form)
    except HTTPException as error:
        raise BadRequestError(f"the form can't be read ({error.detail}); send one {FILE!r}", param=FILE) from error
    if part is None:
        raise BadRequestError(f"the form has no {FILE!r}; send the transcript as that", param=FILE)
    return data, fields_of(said), filename
