"""Recordings: which are played on a page and from where, and the files of this server's own folder."""

import asyncio
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse

from qa_service.api.cors import listed
from qa_service.api.models.media_fragment import is_youtube, media_at
from qa_service.errors import NotFoundError
from qa_service.settings import Settings

router = APIRouter(include_in_schema=False)
OWN = "/media/"
AUDIO = {
    ".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".oga": "audio/ogg",
    ".ogg": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm",
}  # fmt: skip
VIDEO = {
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
}
PLAYED = AUDIO | VIDEO


@dataclass(frozen=True, slots=True)
class Recording:
    """A document's recording. `address` opens it; None for a file that is not here.

    `plays_from` is what the Content-Security-Policy must allow for it to be played on a page; None where it may not.
    """

    name: str
    address: str | None
    kind: Literal["audio", "video"] = "audio"
    plays_from: str | None = None

    def at(self, time: tuple[float, float] | None) -> str | None:
        """Where it opens at a moment."""
        return media_at(self.address, time) if self.address else None


def recording(media: str | None, settings: Settings) -> Recording | None:
    """The recording that a document's metadata name."""
    if media is None:
        return None
    if not media.lower().startswith(("http://", "https://")):
        found = find_file(settings.media_dir, media)
        return Recording(media, OWN + quote(media), _kind(media), "'self'") if found else Recording(media, None)
    origin, path = _parts(media)
    allowed = {_parts(one)[0] for one in listed(settings.media_origins)}
    plays = origin in allowed and not is_youtube(media)
    return Recording(media, media, _kind(path), f"{origin} 'self'" if plays else None)  # captions are our own


def find_file(folder: Path | None, name: str) -> Path | None:
    """A recording in this server's folder; None for any other file, or one that a link leads out to."""
    parts = name.split("/")
    if folder is None or "\\" in name or "\0" in name or any(part.startswith(".") or not part for part in parts):
        return None
    try:
        root = folder.resolve()
        found = root.joinpath(*parts).resolve()
        is_ours = found.is_relative_to(root) and found.is_file()
    except (OSError, RuntimeError):  # a name that is too long; a link that leads to itself
        return None
    return found if is_ours and {found.suffix.lower(), PurePath(name).suffix.lower()} <= PLAYED.keys() else None


@router.api_route("/media/{name:path}", methods=["GET", "HEAD"])
async def play(name: str, request: Request) -> Response:
    """A recording of this server's folder, also in parts (`Range`). Raises NotFoundError."""
    settings: Settings = request.app.state.settings
    found = await asyncio.to_thread(find_file, settings.media_dir, name)
    if found is None:
        raise NotFoundError("there is no such recording; QA_SERVICE_MEDIA_DIR names the folder they are served from")
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(found, media_type=PLAYED[found.suffix.lower()], headers=headers)


def _kind(path: str) -> Literal["audio", "video"]:
    return "video" if PurePath(path).suffix.lower() in VIDEO else "audio"


def _parts(address: str) -> tuple[str, str]:
    """An address's origin and path; nothing of what is none, or of one that names a user."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "", ""
    if not host or parts.username is not None or not all(c.isalnum() or c in ".-" for c in host):
        return "", parts.path
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, 443} else ""), parts.path
