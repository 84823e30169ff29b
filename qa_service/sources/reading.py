"""A file's bytes become its reading, and that its exchanges: by labels, or by the turns that the format states."""

from dataclasses import dataclass

from qa_service.errors import SourceError
from qa_service.sources.formats.registry import FORMATS, PLAIN, READ, format_of
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.metadata import Metadata
from qa_service.sources.parser import Parsed, Told, has_cues, parse
from qa_service.sources.stated import parse_stated

MOST_BYTES = 64 * 2**20  # of a file that is no plain text: a day's words, each with its times


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file was read into, and by which version of which reader."""

    source: SourceText
    reader: str
    version: int

    @property
    def text(self) -> str:
        """The text that all offsets count in."""
        return self.source.text

    def parse(self, told: Told) -> Parsed:
        """Its exchanges. Raises SourceError with the line and the reason."""
        return parse(self.text, told=told) if self.source.turns is None else parse_stated(self.source, told)


def read_file(name: str, data: bytes, metadata: Metadata) -> Reading:
    """Read a file's bytes, by the ending of its name. Raises SourceError with what to do."""
    known = format_of(name)
    if known is None:
        raise SourceError(f"only {READ} are read; save it as one of these")
    if known is not PLAIN and len(data) > MOST_BYTES:
        raise SourceError(f"more than {MOST_BYTES >> 20} MB; split the file")
    reader = known.load()
    source = reader.read(data, metadata)
    if known is PLAIN and has_cues(source.text):
        reader = next(one for one in FORMATS if one.module == "captions").load()
        notes = source.notes
        source = reader.read(source.text.encode(), metadata)
        source = SourceText(source.text, source.turns, source.timeline, notes=(*notes, *source.notes))
    return Reading(source, reader.name, reader.version)
