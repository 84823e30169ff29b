"""How a file is read, turn by turn, for a person who checks whether it is understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa_service.errors import SourceError
from qa_service.language.profile import ENGLISH, Coverage, document_note, profile_of
from qa_service.records import DateFrom, LanguageFrom
from qa_service.sources.exchanges import speaker_of
from qa_service.sources.families import metadata_beside
from qa_service.sources.files_read import id_of
from qa_service.sources.folder import make_transcript, read_bytes, read_metadata, with_ending
from qa_service.sources.metadata import Metadata
from qa_service.sources.reading import read_file
from qa_service.sources.time_limit import time_limited
from qa_service.sources.turns import Kind, Turn

FIRST_WORDS = 70  # characters
KNOWN = Coverage()


@dataclass(frozen=True, slots=True)
class SeenTurn:
    """What one person says until another does. `begins` is cut after `FIRST_WORDS` characters."""

    number: int
    line: int
    speaker: str | None
    role: str | None
    kind: Kind
    paragraphs: int
    words: int
    begins: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """How a text is read: its turns in order, and every doubt about them."""

    document: str
    title: str
    speakers: tuple[str, ...]
    statements: int
    turns: list[SeenTurn]
    notes: tuple[str, ...]
    date: str | None = None
    date_from: DateFrom | None = None
    tags: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    language: str = ENGLISH.code
    language_from: LanguageFrom = "text"
    language_covered: bool = True


def inspect_file(file: Path, coverage: Coverage = KNOWN) -> Inspection:
    """Read a file with the metadata beside it; `coverage`: the languages the model knows.

    Raises SourceError naming the file, the line and the reason.
    """
    if not file.name or file.is_dir():
        raise SourceError("can't be read: it is a folder; name a transcript in it", file=file.name or str(file))
    try:
        data = read_bytes(file)
        metadata, note = read_metadata(metadata_beside(file))
        seen = inspect_data(id_of(file.name), data, metadata, file.name, coverage)
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror}", file=file.name) from error
    except SourceError as error:
        raise SourceError(error.reason, file=error.file or file.name, line=error.line) from error
    return replace(seen, notes=(*seen.notes, note)) if note else seen


def inspect_data(
    document: str, data: bytes, metadata: Metadata, name: str | None = None, coverage: Coverage = KNOWN
) -> Inspection:
    """Read a file's bytes. `name`: the file's, where that is not the id. Raises SourceError with line and reason."""
    with time_limited():
        reading = read_file(with_ending(name) if name else f"{document}.txt", data, metadata)
        parsed = reading.parse(metadata.told())
        seen = make_transcript(document, data, reading, metadata, parsed, name).document
    note = document_note(profile_of(seen.language), coverage, told=seen.language_from == "metadata")
    return Inspection(
        document=document,
        title=seen.title,
        speakers=seen.speakers,
        statements=sum(len(exchange.answers) for exchange in parsed.exchanges),
        turns=[_seen(n, turn, parsed.told_speakers) for n, turn in enumerate(parsed.turns, start=1)],
        notes=(*seen.notes, note) if note else seen.notes,
        date=seen.date,
        date_from=seen.date_from,
        tags=seen.tags,
        roles=seen.roles,
        language=seen.language,
        language_from=seen.language_from,
        language_covered=note is None,
    )


def _seen(number: int, turn: Turn, speakers: tuple[str, ...]) -> SeenTurn:
    named = speaker_of(turn.name, speakers) if turn.kind == "answers" else turn.examiner or turn.name or None
    begins = " ".join(turn.paragraphs[0].piece.words.split())
    begins = begins if len(begins) <= FIRST_WORDS else f"{begins[: FIRST_WORDS - 1]}…"
    return SeenTurn(number, turn.line, named, turn.role, turn.kind, len(turn.paragraphs), turn.words, begins)
