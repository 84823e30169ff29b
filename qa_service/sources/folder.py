"""Reads the source folder: transcripts of every format, each with an optional `*.json` of metadata beside it."""

import errno
import hashlib
import json
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from qa_service.errors import SourceError
from qa_service.language.detect import language_of_text
from qa_service.records import Anchored, Document, Transcript
from qa_service.sources.dating import Dated, read_date
from qa_service.sources.files_read import SourceFile, id_of, is_folder, not_read, source_files
from qa_service.sources.formats.registry import PLAIN, READ, format_of
from qa_service.sources.metadata import Metadata, parse_metadata
from qa_service.sources.parser import Parsed
from qa_service.sources.people import roles_of
from qa_service.sources.reading import Reading, read_file
from qa_service.sources.time_limit import time_limited


@dataclass(frozen=True, slots=True)
class Sources:
    """All transcripts that parsed, in order of file name, and why the others were refused."""

    transcripts: list[Transcript]
    refused: list[SourceError]


def read_folder(folder: Path) -> Sources:
    """Parse every transcript in `folder` and in folders inside; one that can't be is refused, the others still come.

    Raises SourceError when the folder is missing or holds no transcript at all.
    """
    files = source_files(folder)
    if not files:
        raise SourceError(f"no transcripts ({READ}) in {folder}; put one there or set QA_SERVICE_SOURCE_DIR")
    refused, beside = not_read(folder, files)
    transcripts: list[Transcript] = []
    for file in files:
        try:
            transcripts.append(_with_note(read_source(file), beside.get(file.id)))
        except SourceError as error:
            refused.append(error)
    return Sources(transcripts, refused)


def read_transcript(file: Path) -> Transcript:
    """Parse one transcript with its metadata. Raises SourceError naming the file, the line and the reason."""
    return read_source(SourceFile(file, file.name, id_of(file.name)))


def read_source(file: SourceFile) -> Transcript:
    """Parse one transcript with its metadata. Raises SourceError naming the file, the line and the reason."""
    try:
        data = read_bytes(file.path)
        metadata, note = read_metadata(file.metadata)
        return _with_note(parse_transcript(file.id, data, metadata, file.path.name), note)
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror}", file=file.place) from error
    except SourceError as error:
        raise SourceError(error.reason, file=error.file or file.place, line=error.line) from error


def _with_note(transcript: Transcript, note: str | None) -> Transcript:
    if note is None:
        return transcript
    document = transcript.document
    return Transcript(replace(document, notes=(*document.notes, note)), transcript.exchanges)


def parse_transcript(document: str, data: bytes, metadata: Metadata, name: str | None = None) -> Transcript:
    """Parse a transcript's bytes. `name`: the file's, if that is not the id. Raises SourceError with the line.

    The name's ending tells the format; without one it is plain text.
    """
    with time_limited():
        reading = read_file(with_ending(name) if name else f"{document}.txt", data, metadata)
        return make_transcript(document, data, reading, metadata, reading.parse(metadata.told()), name)


def with_ending(name: str) -> str:
    """A file's name with the ending of its format: that of plain text where it has none."""
    return name if format_of(name) else f"{name}.txt"


def make_transcript(
    document: str, data: bytes, reading: Reading, metadata: Metadata, parsed: Parsed, name: str | None = None
) -> Transcript:
    """The records of a transcript that was parsed."""
    source, text = reading.source, reading.text
    notes = [*source.notes, *map(str, parsed.notes)]
    stem = name.rsplit(".", 1)[0] if name and format_of(name) else name or document
    title = source.title or parsed.title
    dated = read_date(metadata.date, text[: parsed.head_ends(text)], stem, title)
    if source.date and not metadata.date:
        dated = Dated(source.date, "text", None)
    notes += [dated.note] if dated.note else []
    told = metadata.told()
    language = metadata.language or source.language
    return Transcript(
        Document(
            id=document,
            title=metadata.title or title or document,
            language=language or language_of_text(text).code,
            sha256=hashlib.sha256(data).hexdigest(),
            text=text,
            speakers=told.speakers or parsed.speakers,
            origin=metadata.origin,
            notes=tuple(notes),
            date=dated.date,
            date_from=dated.origin,
            tags=tuple(metadata.tags),
            roles=roles_of(parsed.turns, told.roles, told.speakers),
            language_from="metadata" if metadata.language else "text",
            reader=reading.reader,
            reader_version=reading.version,
            media=metadata.media,
            anchored=Anchored(source.timeline, source.pages, source.locators),
        ),
        parsed.exchanges,
    )


def read_metadata(file: Path) -> tuple[Metadata, str | None]:
    """The metadata beside a transcript, or the defaults when there are none, and a note. Raises SourceError."""
    if not os.path.lexists(file) or is_folder(file):
        return Metadata(), None
    try:
        return parse_metadata(read_bytes(file), file)
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror}", file=file.name) from error


def fingerprint(folder: Path) -> str:
    """SHA-256 over the places and bytes of all transcripts and metadata: tells whether an index is up to date.

    A file that can't be read counts by its place alone, so that it hinders nobody.
    """
    digest = hashlib.sha256()
    for file in source_files(folder):
        known = format_of(file.place)
        if known and known is not PLAIN:  # a later version may read other words in the same bytes
            digest.update(json.dumps([known.module, known.load().version]).encode())
        for path in (file.path, file.metadata):
            if os.path.lexists(path) and not is_folder(path):
                digest.update(json.dumps([path.relative_to(folder).as_posix(), _checksum(path)]).encode())
    return digest.hexdigest()


def _checksum(file: Path) -> str | None:
    try:
        return hashlib.sha256(read_bytes(file)).hexdigest()
    except OSError:
        return None


def read_bytes(file: Path) -> bytes:
    """A file's bytes. Raises OSError also for a pipe or a device, which might never end."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    return file.read_bytes()
