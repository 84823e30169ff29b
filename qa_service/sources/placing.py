"""Files that are sent to be kept: which go together, where each is put, what its metadata file holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from qa_service.errors import BadRequestError, SourceError
from qa_service.sources.families import metadata_beside
from qa_service.sources.files import has_room
from qa_service.sources.files_read import id_of, stem_of
from qa_service.sources.formats.recognised import load, shape_of
from qa_service.sources.formats.registry import PLAIN, READ, format_of, suffix_by
from qa_service.sources.metadata import Metadata, first_error, parse_metadata

BESIDE = ".metadata.json"


@dataclass(frozen=True, slots=True)
class Sent:
    """A transcript that somebody wants to have kept. `suffix` tells its format; without one it is text."""

    document: str
    data: bytes
    fields: Mapping[str, Any] = field(default_factory=dict)
    suffix: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """It was kept."""

    is_new: bool


def sort_out(
    files: Sequence[tuple[str, str, bytes]], fields: Mapping[str, Any]
) -> list[tuple[str, Sent | SourceError | BadRequestError]]:
    """By file's name what is to be kept, or why it can't be. `files`: name, media type and bytes of each.

    As in the source folder, `NAME.json` that is no recogniser's, or `NAME.metadata.json`, holds the metadata of the
    file of that name; they go before `fields`, which hold for all.
    """
    named = [(PurePosixPath(name.replace("\\", "/")).name, kind, data) for name, kind, data in files]
    metadata = {name: data for name, _, data in named if _is_metadata(name, data)}
    used: set[str] = set()
    found: list[tuple[str, Sent | SourceError | BadRequestError]] = []
    for name, kind, data in named:
        if name in metadata:
            continue
        suffix = suffix_by(name, kind)
        if suffix is None:
            found.append((name, SourceError(f"only {READ} and *.json are read; save it as one of these", file=name)))
            continue
        stem = stem_of(name)
        beside = next((other for other in (f"{stem}{BESIDE}", f"{stem}.json") if other in metadata), None)
        used |= {beside} if beside else set()
        found.append((name, _sent(name, data, suffix, fields, (beside, metadata[beside]) if beside else None)))
    lost = "metadata of no file that was sent with it; send both"
    return found + [(name, SourceError(lost, file=name)) for name in metadata if name not in used]


def _is_metadata(name: str, data: bytes) -> bool:
    return name.lower().endswith(".json") and (name.lower().endswith(BESIDE) or not _recognised(data))


def _recognised(data: bytes) -> bool:
    try:
        return shape_of(load(data)) is not None
    except SourceError:
        return False


def _sent(
    name: str, data: bytes, suffix: str, fields: Mapping[str, Any], beside: tuple[str, bytes] | None
) -> Sent | SourceError:
    told = dict(fields)
    if beside:
        try:
            told |= parse_metadata(beside[1], Path(beside[0]))[0].model_dump(exclude_unset=True)
        except SourceError as error:
            return error
    return Sent(id_of(name), data, told, suffix)


def of_format(path: Path, suffix: str | None) -> Path:
    """The file's place in a format: its own where it is of that already."""
    suffix = suffix or ".txt"
    is_text = suffix == ".txt" and format_of(path.name) is PLAIN  # a Markdown file stays one
    return path if is_text or path.suffix.lower() == suffix else path.with_name(f"{stem_of(path.name)}{suffix}")


def with_metadata(text: Path, content: bytes | None) -> dict[Path, bytes | None]:
    """What the file beside a transcript is to hold; empty where its name is too long for there to be one."""
    file = metadata_beside(text)
    return {file: content} if has_room(file) else {}


def kept_files(path: Path, data: bytes, metadata: Metadata) -> dict[Path, bytes | None]:
    """A transcript at its place, and its metadata beside it."""
    beside = path.with_suffix(BESIDE if path.suffix == ".json" else ".json")
    given = metadata.model_dump(exclude_defaults=True)
    content = (json.dumps(given, ensure_ascii=False, indent=2) + "\n").encode() if given else None
    return ({beside: content} if has_room(beside) else {}) | {path: data}


def metadata_of(fields: Mapping[str, Any]) -> Metadata:
    """What is said of a transcript. Raises BadRequestError with the field that is wrong."""
    try:
        return Metadata.model_validate(fields)
    except ValidationError as error:
        name, message = first_error(error)
        raise BadRequestError(f"{name}: {message}", param=name) from error
