"""Reads the source folder: `*.txt` transcripts, each with an optional `*.json` of metadata beside it."""

import errno
import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa_service.errors import SourceError
from qa_service.records import Document, Transcript
from qa_service.sources.labels import nfc
from qa_service.sources.parser import parse

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
DOCUMENT_ID = re.compile(r"[\w][\w.-]{0,199}")


class Metadata(BaseModel):
    """What `NAME.json` may say of `NAME.txt`; every field is optional."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = Field(None, description="shown with every citation")
    speakers: list[Text] = Field([], description="names of those who answer, as they should be quoted")
    askers: list[Text] = Field([], description="names of those who ask, where labels alone don't tell")
    language: str = Field("en", min_length=2, description="ISO 639 code of the text")
    origin: str | None = Field(None, description="what is known of where the text comes from")


# Names that people give transcripts; anything else beside the sources is nobody's loss.
DOCUMENTS = {".txt", ".vtt", ".srt", ".doc", ".docx", ".odt", ".rtf", ".pdf", ".html", ".htm"}


@dataclass(frozen=True, slots=True)
class Sources:
    """All transcripts that parsed, in order of file name, and why the others were refused."""

    transcripts: list[Transcript]
    refused: list[SourceError]


def read_folder(folder: Path) -> Sources:
    """Parse every `*.txt` in `folder`; one that can't be parsed is refused and the others still come.

    Raises SourceError when the folder is missing or holds no transcript at all.
    """
    files = _files(folder, "*.txt")
    if not files:
        raise SourceError(f"no transcripts (*.txt) in {folder}; put one there or set QA_SERVICE_SOURCE_DIR")
    transcripts: list[Transcript] = []
    refused = _not_read(folder)
    for file in files:
        try:
            transcripts.append(read_transcript(file))
        except SourceError as error:
            refused.append(error)
    return Sources(transcripts, refused)


def _not_read(folder: Path) -> list[SourceError]:
    """Why what looks like a transcript is none of the `*.txt` that are read."""
    refused = []
    for path in sorted(folder.iterdir()):
        if _is_folder(path):
            if _files(path, "*.txt"):
                refused.append(SourceError("folders inside are not read; move its files up", file=path.name))
        elif path.suffix.lower() in DOCUMENTS and path.suffix != ".txt":
            refused.append(SourceError("only *.txt is read; save it as plain text", file=path.name))
    return refused


def read_transcript(file: Path) -> Transcript:
    """Parse one transcript with its metadata. Raises SourceError naming the file, the line and the reason."""
    try:
        if not DOCUMENT_ID.fullmatch(file.stem):
            raise SourceError("rename the file: letters, digits, '.', '_' and '-' only, since its name is its id")
        data = _read(file)
        metadata = read_metadata(file.with_suffix(".json"))
        return parse_transcript(file.stem, data, metadata)
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror}", file=file.name) from error
    except SourceError as error:
        raise SourceError(error.reason, file=error.file or file.name, line=error.line) from error


def parse_transcript(document: str, data: bytes, metadata: Metadata) -> Transcript:
    """Parse a transcript's bytes. Raises SourceError with the line and the reason."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError("not UTF-8; save the file as UTF-8 text", line=line) from error
    parsed = parse(text, speakers=tuple(metadata.speakers), askers=tuple(metadata.askers))
    return Transcript(
        Document(
            id=document,
            title=metadata.title or parsed.title or document,
            language=metadata.language,
            sha256=hashlib.sha256(data).hexdigest(),
            text=text,
            speakers=tuple(map(nfc, metadata.speakers)) or parsed.speakers,
            origin=metadata.origin,
        ),
        parsed.exchanges,
    )


def read_metadata(file: Path) -> Metadata:
    """The metadata beside a transcript, or the defaults when there is none. Raises SourceError."""
    if not os.path.lexists(file) or _is_folder(file):
        return Metadata()
    try:
        return Metadata.model_validate_json(_read(file).decode("utf-8-sig"))
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror}", file=file.name) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SourceError(f"{place}: {first['msg']}" if place else first["msg"], file=file.name) from error
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8; save the file as UTF-8 text", file=file.name) from error


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and bytes of all transcripts and metadata: tells whether an index is up to date.

    A file that can't be read counts by its name alone, so that it hinders nobody.
    """
    digest = hashlib.sha256()
    for file in _files(folder, "*.txt", "*.json"):
        try:
            content: str | None = hashlib.sha256(_read(file)).hexdigest()
        except OSError:
            content = None
        digest.update(json.dumps([file.name, content]).encode())
    return digest.hexdigest()


def _read(file: Path) -> bytes:
    """Raises OSError also for a pipe or a device, which might never end."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    return file.read_bytes()


def _files(folder: Path, *patterns: str) -> list[Path]:
    """In order of name; folders with such a name are none, links that lead nowhere are."""
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if not _is_folder(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link into a folder that may not be looked into
        return False
