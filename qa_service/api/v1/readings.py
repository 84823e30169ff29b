"""A document given back: its reading, the file it was read from, its captions."""

import asyncio
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from qa_service.answering import AnswerService
from qa_service.api.dependencies import LiveIndexDep, SourceLibraryDep
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.errors import NotFoundError
from qa_service.indexing.webvtt import captions

router = APIRouter(tags=["sources"], responses=may_give(*ADMISSION, 404, 422, 503))
VTT = "text/vtt"


class Captions(PlainTextResponse):
    """WebVTT, always UTF-8."""

    media_type = VTT


@router.get(
    "/v1/documents/{document}/text",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "the reading"}},
)
async def read_text(document: str, live_index: LiveIndexDep) -> Response:
    """The reading: the text that all offsets count in, whose SHA-256 is `text_sha256`."""
    found = await live_index.call(lambda service: service.source(document))
    return PlainTextResponse(found.text)


@router.get(
    "/v1/documents/{document}/source",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}, "description": "the file"}},
)
async def read_source(document: str, live_index: LiveIndexDep, library: SourceLibraryDep) -> Response:
    """The file as it was kept, whose SHA-256 is `sha256`: 404 where it is not in the source folder any more."""
    summary = await live_index.call(lambda service: service.document(document)[0])
    name, media_type, data = await asyncio.to_thread(library.source, document, summary.sha256)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=media_type, headers=headers)  # never shown as a page of this service


@router.get(
    "/v1/documents/{document}/captions.vtt",
    response_class=Response,
    responses={200: {"content": {VTT: {}}, "description": "WebVTT"}},
)
async def read_captions(document: str, live_index: LiveIndexDep) -> Response:
    """A transcript with times as WebVTT with voice tags: 404 where its file tells no times."""
    return Captions(await live_index.call(lambda service: _captions(service, document)))


def _captions(service: AnswerService, document: str) -> str:
    found = service.source(document)
    if not found.anchored.timeline:
        message = f"{document!r} tells no times; keep it as WebVTT, SRT or a recogniser's JSON to have captions"
        raise NotFoundError(message)
    return captions(found, service.document(document)[1])
