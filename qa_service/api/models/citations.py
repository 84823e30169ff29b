"""The JSON of a citation: where a statement stands, in the file and in the recording."""

from pydantic import BaseModel, Field


class TimeModel(BaseModel):
    """Seconds from the start of the recording; the end is exclusive."""

    start: float
    end: float


class QuoteModel(BaseModel):
    """A text quote selector (W3C): finds the statement in any copy of the text, without offsets."""

    exact: str
    prefix: str
    suffix: str


class CitationModel(BaseModel):
    """Where a statement stands: `text == reading[start:end]` of the file with this checksum.

    The reading is what the file is read into, `GET /v1/documents/{document}/text`; of a text file it is the file.
    """

    number: int
    document: str
    title: str
    start: int
    end: int
    sha256: str
    url: str
    date: str | None = Field(description="when it was said: a year, a month or a day in ISO 8601; null: not known")
    text_sha256: str = Field(description="of the reading, as UTF-8")
    quote: QuoteModel
    time: TimeModel | None = Field(description="when it is said in the recording; null: not known")
    page: int | None = Field(description="of the file, on which it begins; the first is 1; null: not known")
    locator: str | None = Field(description="what the file itself calls the place, such as an `xml:id`; null: nothing")
    media: str | None = Field(description="the recording, opened at this moment where that is known; null: not known")
