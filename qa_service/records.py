"""What flows between the stages. Offsets count Unicode code points of the source, end exclusive.

Always `source[start:end] == text`: a record is a cut of its transcript, never a copy that was tidied.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LanguageFrom = Literal["metadata", "text"]
DateFrom = Literal["metadata", "text", "file name"]
Noise = tuple[tuple[int, int], ...]  # parts of a cut that are no speech; offsets from its start


@dataclass(frozen=True, slots=True)
class Piece:
    """A verbatim cut of a text. `noise`: parts of it that are no speech, such as a page's header."""

    text: str
    start: int
    end: int
    noise: Noise = ()

    @property
    def spoken(self) -> str:
        """The text with spaces in place of what is no speech, so that offsets stay as they are."""
        return without_noise(self.text, self.noise)

    @property
    def words(self) -> str:
        """The text as it may be shown: without what is no speech."""
        return shown(self.text, self.noise)


def shown(text: str, noise: Noise) -> str:
    """The words alone, joined by a space where something else stood between them."""
    return " ".join(text[start:end] for start, end in spoken_parts(text, noise)) if noise else text


def without_noise(text: str, noise: Noise) -> str:
    """The text with spaces in place of the given parts and of the white space around them, which parts no sentence."""
    parts, at = [], 0
    for start, end in noise:
        words = text[at:start].rstrip()
        while end < len(text) and text[end].isspace():
            end += 1
        parts += [words, " " * (end - at - len(words))]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def noise_within(noise: Noise, start: int, end: int) -> Noise:
    """The parts that lie in [start, end), counted from `start`."""
    return tuple((max(a, start) - start, min(b, end) - start) for a, b in noise if a < end and b > start)


def spoken_parts(text: str, noise: Noise) -> list[tuple[int, int]]:
    """(start, end) of the words on each side of what is no speech, without white space around them."""
    parts, at = [], 0
    for start, end in (*noise, (len(text), len(text))):
        words = text[at:start].strip()
        if words:
            first = text.index(words, at)
            parts.append((first, first + len(words)))
        at = end
    return parts


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One answer paragraph. `number` counts every paragraph of the source from 0, questions and labels included."""

    number: int
    speaker: str | None
    piece: Piece


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the paragraphs that answer it. `question` is None where somebody speaks unasked."""

    section: int
    asker: str | None
    question: Piece | None
    answers: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """When a part of a text is said: seconds from the start of the recording, the end exclusive."""

    start: int
    end: int
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a page begins in a text; the file's first page is 1, whatever is printed on it."""

    start: int
    page: int


@dataclass(frozen=True, slots=True)
class Located:
    """The format's own name for a part of a text, such as an `xml:id`."""

    start: int
    end: int
    locator: str


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where the parts of a text stand in the file or the recording; each in the text's order."""

    timeline: tuple[Timed, ...] = ()
    pages: tuple[PageStart, ...] = ()
    locators: tuple[Located, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript's identity and metadata, with its whole text and what was doubtful in reading it.

    `text` is the reading: what the file, whose checksum is `sha256`, was read into by `reader`. `date` is a year, a
    month or a day in ISO 8601; `date_from` tells where it is from: `metadata`, `text`, `file name`. `roles`: by name
    what that person is. `language_from`: whether the language was told, or read from the text. `media`: the
    recording's address or file name.
    """

    id: str
    title: str
    language: str
    sha256: str
    text: str
    speakers: tuple[str, ...] = ()
    origin: str | None = None
    notes: tuple[str, ...] = ()
    date: str | None = None
    date_from: DateFrom | None = None
    tags: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    language_from: LanguageFrom = "metadata"
    reader: str = "text"
    reader_version: int = 1
    media: str | None = None
    anchored: Anchored = Anchored()

    @property
    def text_sha256(self) -> str:
        """The checksum of the reading, as UTF-8; of a text file in UTF-8 it is the file's."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A parsed source: the document and its exchanges in order."""

    document: Document
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The unit that is embedded, ranked and cited: an answer paragraph, or a part of one too long for the model.

    `prefix`, `suffix`: some characters before and behind it, by which it is found in another copy of the text.
    """

    id: str
    document: str
    section: int
    speaker: str | None
    asker: str | None
    asked: str | None
    text: str
    start: int
    end: int
    noise: Noise = ()
    prefix: str = ""
    suffix: str = ""

    @property
    def spoken(self) -> str:
        """The text with spaces in place of what is no speech: what is encoded; offsets stay as they are."""
        return without_noise(self.text, self.noise)


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a statement that answers best; offsets count from the statement's own start."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What one ranking signal said of a statement: its raw value, and its rank among the candidates from 1."""

    value: float
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked statement. `row` is its place in the index, `score` orders hits of one question only.

    `repeated` are the rows of other candidates that say the same, in the order they were ranked.
    """

    row: int
    score: float
    confidence: float
    span: Span
    signals: dict[str, Signal] = field(default_factory=dict)
    repeated: tuple[int, ...] = ()
