"""What tests of formats look at: the turns of a file, its times and its notes."""

from qa_service.records import Transcript
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata
from qa_service.sources.reading import Reading, read_file

NOTHING = Metadata()


def reading_of(name: str, text: str | bytes, metadata: Metadata = NOTHING) -> Reading:
    """A file's reading."""
    return read_file(name, text if isinstance(text, bytes) else text.encode(), metadata)


def turns_of(name: str, text: str | bytes, metadata: Metadata = NOTHING) -> list[tuple[str | None, str]]:
    """Who says what, as the reading states it."""
    source = reading_of(name, text, metadata).source
    assert source.turns is not None
    return [(turn.speaker, source.text[turn.start : turn.end]) for turn in source.turns]


def times_of(name: str, text: str | bytes) -> list[tuple[str, float, float]]:
    """Which words are said when."""
    source = reading_of(name, text).source
    return [(source.text[t.start : t.end], t.begins, t.ends) for t in source.timeline]


def transcript_of(name: str, text: str | bytes, metadata: Metadata = NOTHING) -> Transcript:
    """A file as it is kept."""
    return parse_transcript(name.rsplit(".", 1)[0], text if isinstance(text, bytes) else text.encode(), metadata, name)


def exchanges_of(
    name: str, text: str | bytes, metadata: Metadata = NOTHING
) -> list[tuple[str | None, str | None, list[tuple[str | None, str]]]]:
    """Who asks, what is asked, who answers what."""
    return [
        (e.asker, e.question.words if e.question else None, [(a.speaker, a.piece.words) for a in e.answers])
        for e in transcript_of(name, text, metadata).exchanges
    ]
