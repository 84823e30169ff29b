"""`POST /v1/documents`: several transcripts by one build, and of each whether it was kept."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from qa_service.api.auth import KEY_NEEDED
from qa_service.api.dependencies import LiveIndexDep, SourceLibraryDep
from qa_service.api.errors import error_response
from qa_service.api.models.convert import refused_models
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.api.models.source_changes import FileModel, KeptManyModel
from qa_service.api.v1.source_changes import serve_published
from qa_service.api.v1.upload_forms import FILE, FORM, fields_of, read_form
from qa_service.errors import BadRequestError, SourceError
from qa_service.source_library import Kept, Sent, SourceLibrary, Unkept, sort_out

router = APIRouter(tags=["keep"], dependencies=KEY_NEEDED)
FILES = {"type": "array", "items": {"type": "string", "format": "binary"}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": {"type": "object", "properties": {FILE: FILES}, "required": [FILE]}}},
    }
}
ERRORS = may_give(*ADMISSION, 400, 409, 413, 415, 422, 500, 503, 507)
Results = list[tuple[str, str | None, Kept | Unkept]]  # file, document, whether it is new or why it was not kept


@router.post("/v1/documents", openapi_extra=BODY, response_model=KeptManyModel, responses=ERRORS)
async def post_documents(
    request: Request, live_index: LiveIndexDep, library: SourceLibraryDep
) -> KeptManyModel | JSONResponse:
    """Keep up to 64 files, each as `file` of a form with its name, by one build; of each whether it was kept.

    The name gives the id and the format. `NAME.json` or `NAME.metadata.json` among them is the metadata of the file of
    that name; the form's other fields hold for all. If none can be kept, that is a 422. If the build fails, all files
    are as before.
    """
    files, said = await read_form(request)
    if not files:
        raise BadRequestError(f"the form has no {FILE!r}; send each transcript as one, with its name", param=FILE)
    fields = fields_of(said)
    if not_for_all := {"filename", "dry_run", "title"} & fields.keys():
        name = sorted(not_for_all)[0]
        raise BadRequestError(
            f"{name!r} does not hold for several files; send it with PUT, or in NAME.json", param=name
        )
    results, refused = await asyncio.to_thread(keep_all, library, sort_out(files, fields))
    told = [_told(file, document, result) for file, document, result in results]
    if not any(one.kept for one in told):
        details = [{"file": one.file, "line": one.line, "reason": one.reason} for one in told]
        message = f"none of the {len(told)} files can be kept; the first: {told[0].file}: {told[0].reason}"
        return error_response(request, 422, "invalid_source", message, details=details)  # type: ignore[return-value]
    facts = await serve_published(request, live_index)
    return KeptManyModel(files=told, index_version=facts.version, refused=refused_models(refused))


def keep_all(
    library: SourceLibrary, sorted_out: Sequence[tuple[str, Sent | SourceError | BadRequestError]]
) -> tuple[Results, list[SourceError]]:
    """Keep what can be kept. Raises what `SourceLibrary.put_all` raises; then nothing has changed."""
    sent = [one for _, one in sorted_out if isinstance(one, Sent)]
    kept, refused = library.put_all(sent)
    outcomes = iter(kept)
    results: Results = [
        (name, one.document, next(outcomes)) if isinstance(one, Sent) else (name, None, one) for name, one in sorted_out
    ]
    return results, refused


def _told(file: str, document: str | None, result: Kept | Unkept) -> FileModel:
    if isinstance(result, Kept):
        return FileModel(file=file, document=document, kept=True, new=result.is_new, line=None, reason=None)
    line = result.line if isinstance(result, SourceError) else None
    reason = result.reason if isinstance(result, SourceError) else str(result)
    return FileModel(file=file, document=document, kept=False, new=None, line=line, reason=reason)
