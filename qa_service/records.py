"""What flows between the stages. Offsets count Unicode code points of the source, end exclusive.

Always `source[start:end] == text`: a record is a cut of its transcript, never a copy that was tidied.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A verbatim cut of a text."""

    text: str
    start: int
    end: int


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
class Document:
    """A transcript's identity and metadata, with its whole text."""

    id: str
    title: str
    language: str
    sha256: str
    text: str
    speakers: tuple[str, ...] = ()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A parsed source: the document and its exchanges in order."""

    document: Document
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The unit that is embedded, ranked and cited: an answer paragraph, or a part of one too long for the model."""

    id: str
    document: str
    section: int
    speaker: str | None
    asker: str | None
    asked: str | None
    text: str
    start: int
    end: int


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
