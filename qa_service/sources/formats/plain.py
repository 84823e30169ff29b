"""Plain text and Markdown: the reading is the file."""

from dataclasses import dataclass

from qa_service.language.profile import ENGLISH
from qa_service.sources.decoding import decode
from qa_service.sources.formats.source_text import SourceText
from qa_service.sources.metadata import Metadata


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text in which labels tell who speaks."""

    name: str = "text"
    version: int = 1
    suffixes: tuple[str, ...] = (".txt", ".md")
    media_types: tuple[str, ...] = ("text/plain", "text/markdown")

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """The text as it stands, whatever its encoding. Raises SourceError with the line."""
        text, encoding = decode(data, metadata.language or ENGLISH.code)
        return SourceText(text, notes=(f"not UTF-8; read as {encoding}",) if encoding else ())


FORMAT = PlainText()
