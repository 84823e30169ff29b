"""A document as lists and citations show it, without its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_service.language.profile import profile_of
from qa_service.records import DateFrom, LanguageFrom


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text. `language_covered`: whether the model knows its language; the store can't tell."""

    id: str
    title: str
    language: str
    sha256: str
    speakers: tuple[str, ...]
    origin: str | None
    statements: int
    notes: tuple[str, ...] = ()
    date: str | None = None
    date_from: DateFrom | None = None
    tags: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    language_from: LanguageFrom = "metadata"
    language_covered: bool = True
    text_sha256: str = ""
    reader: str = "text"
    reader_version: int = 1
    media: str | None = None

    @property
    def unknown_language(self) -> str | None:
        """The name of a language that the model doesn't know."""
        return None if self.language_covered else profile_of(self.language).name
