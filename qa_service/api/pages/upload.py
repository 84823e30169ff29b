"""The page on which transcripts are added: a form, then how the files are read, then the document.

Nothing is kept between the two steps: the second form carries the files, packed, so that any process can take it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.responses import RedirectResponse

from qa_service.api.auth import check_origin, check_writer
from qa_service.api.bounds import MAX_PAGE_BYTES, MAX_SOURCE_BYTES, MIB
from qa_service.api.dependencies import LiveIndexDep, SourceLibraryDep
from qa_service.api.errors import STATUSES
from qa_service.api.html import page
from qa_service.api.pages.carried_file import pack, unpack
from qa_service.api.v1.several_sources import Results, keep_all
from qa_service.api.v1.source_changes import serve_published
from qa_service.api.v1.upload_forms import File, fields_of, read_form
from qa_service.errors import BadRequestError, QAServiceError, SourceError
from qa_service.source_library import READ, Inspection, Kept, Sent, SourceLibrary, Unkept, sort_out

router = APIRouter(include_in_schema=False)
LINES = {"speakers", "askers", "tags"}  # one value a line
TEXTS = ("document", "title", "date", "media", "language", "origin")
MOST_TURNS = 300  # shown of a file


@dataclass(frozen=True, slots=True)
class Looked:
    """How a file is read, or why it can't be kept. `held`: what the second form carries of it."""

    file: str
    document: str | None
    seen: Inspection | None = None
    problem: str | None = None
    held: str = ""
    replaces: bool = False


@router.api_route("/upload", methods=["GET", "HEAD"])
async def upload_form(request: Request) -> Response:
    """The form, where this browser may write at all."""
    return _form(request)


@router.post("/upload")
async def upload(request: Request, live_index: LiveIndexDep, library: SourceLibraryDep) -> Response:
    """Show how files are read; with `step=keep` keep them, by one build, and go to the document."""
    check_origin(request)
    try:
        files, said = await read_form(request, MAX_PAGE_BYTES)
    except BadRequestError as error:
        return _form(request, str(error), 422)
    values = {name: "\n".join(value for value in said.get(name, []) if isinstance(value, str)) for name in _NAMES}
    held = [value for value in said.get("held", []) if isinstance(value, str)]
    keeps = values.pop("step") == "keep"
    try:
        check_writer(request, values.pop("key").encode())
        sent = [(name, one) for name, one in map(unpack, held)] if keeps else _sorted(files, values)
    except (BadRequestError, HTTPException, RequestValidationError) as error:
        status = error.status_code if isinstance(error, HTTPException) else 422
        if keeps:
            return await _look_again(request, live_index, library, held, _words(error), status)
        return _form(request, _words(error), status, values)
    if not keeps:
        looked = await _look(live_index, library, sent)
        if not any(one.seen for one in looked):
            return _form(request, "\n".join(one.problem or "" for one in looked), 422, values)
        return _preview(request, looked, None, 200)
    try:
        results, _ = await asyncio.to_thread(keep_all, library, sent)
        await serve_published(request, live_index)
    except QAServiceError as error:
        status = next((STATUSES[kind][0] for kind in type(error).__mro__ if kind in STATUSES), 500)
        return await _look_again(request, live_index, library, held, str(error), status)
    return _kept(results)


_NAMES = ("step", "key", *TEXTS, *sorted(LINES))


def _sorted(files: Sequence[File], values: Mapping[str, str]) -> list[tuple[str, Sent | Unkept]]:
    """What the first form sent. Raises BadRequestError, RequestValidationError."""
    if not files:
        raise BadRequestError("choose a file first", param="file")
    if sum(len(data) for _, _, data in files) > MAX_SOURCE_BYTES:
        message = f"the files have more than {MAX_SOURCE_BYTES // MIB} MiB; send fewer at once, or POST /v1/documents"
        raise BadRequestError(message, param="file")
    given: dict[str, list[Any]] = {
        name: [line.strip() for line in value.splitlines() if line.strip()] if name in LINES else [value.strip()]
        for name, value in values.items()
        if value.strip()
    }
    document = given.pop("document", [None])[0]
    found = sort_out(files, fields_of(given))
    if len(found) > 1 and (document or "title" in given):
        raise BadRequestError("a title and a name hold for one file; leave them away, or send one file", param="title")
    if not document:
        return found
    return [
        (file, Sent(document, one.data, one.fields, one.suffix) if isinstance(one, Sent) else one)
        for file, one in found
    ]


async def _look(
    live_index: LiveIndexDep, library: SourceLibrary, sent: Sequence[tuple[str, Sent | Unkept]]
) -> list[Looked]:
    known = {document.id for document in await live_index.call(lambda service: service.documents())}
    return await asyncio.to_thread(lambda: [_looked(library, file, one, known) for file, one in sent])


def _looked(library: SourceLibrary, file: str, one: Sent | Unkept, known: set[str]) -> Looked:
    if not isinstance(one, Sent):
        return Looked(file, None, problem=_words(one))
    try:
        seen = library.inspect(one.document, one.data, one.fields, one.suffix)
    except (BadRequestError, SourceError) as error:
        return Looked(file, one.document, problem=_words(error))
    return Looked(file, one.document, seen, held=pack(file, one), replaces=one.document in known)


async def _look_again(
    request: Request, live_index: LiveIndexDep, library: SourceLibrary, held: Sequence[str], problem: str, status: int
) -> Response:
    """The second form once more, with what went wrong, so that nothing need be chosen again."""
    try:
        looked = await _look(live_index, library, [unpack(one) for one in held])
    except BadRequestError:
        return _form(request, problem, status)
    return _preview(request, looked, problem, status)


def _words(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return str(error.detail)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return f"{first['loc'][-1]}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)


def _form(request: Request, problem: str | None = None, status: int = 200, values: Any = None) -> Response:
    keys = request.app.state.settings.api_keys is not None
    shut = None
    if not keys:
        try:
            check_writer(request, b"")
        except HTTPException as error:
            shut, status = str(error.detail), 403
    return page("upload.html", status, asks_key=keys, shut=shut, problem=problem, values=values or {}, formats=READ)


def _preview(request: Request, looked: Sequence[Looked], problem: str | None, status: int) -> Response:
    keys = request.app.state.settings.api_keys is not None
    return page("preview.html", status, looked=looked, problem=problem, asks_key=keys, most_turns=MOST_TURNS)


def _kept(results: Results) -> Response:
    kept = [document for _, document, result in results if isinstance(result, Kept)]
    if len(kept) == len(results) == 1:
        return RedirectResponse(f"/documents/{quote(kept[0] or '')}", 303)
    told = [
        (file, document, None if isinstance(result, Kept) else _words(result)) for file, document, result in results
    ]
    return page("kept.html", 200 if kept else 422, results=told)
