"""What every format is read into: one text, and where in the file each part of it stands.

The text is the reading: the same bytes give the same text, and all offsets count its code points, end exclusive.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from qa_service.records import Located as Located
from qa_service.records import PageStart as PageStart
from qa_service.records import Timed as Timed
from qa_service.sources.metadata import Metadata


@dataclass(frozen=True, slots=True)
class StatedTurn:
    """What one person says, where the format itself states it. Blank lines in it part its paragraphs.

    `speaker` is None where nobody is named; `kind` is None where the format doesn't say who asks.
    """

    speaker: str | None
    start: int
    end: int
    role: str | None = None
    kind: Literal["asks", "answers"] | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as it is read. All parts are in the text's order and don't overlap.

    `turns` is None where labels in the text tell who speaks. `title`, `date` (ISO 8601) and `language` are what the
    file says of itself; metadata go before them.
    """

    text: str
    turns: tuple[StatedTurn, ...] | None = None
    timeline: tuple[Timed, ...] = ()
    pages: tuple[PageStart, ...] = ()
    locators: tuple[Located, ...] = ()
    title: str | None = None
    date: str | None = None
    language: str | None = None
    notes: tuple[str, ...] = ()


class SourceFormat(Protocol):
    """A format: which files are of it, and how one is read."""

    @property
    def name(self) -> str:
        """As stored with the document."""

    @property
    def version(self) -> int:
        """Raised when the same bytes are read into another text: documents are then read anew."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """In lower case, with the dot."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Without parameters."""

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Read a file's bytes. Raises SourceError, with the line where there are lines, and what to do."""
