"""The JSON of the endpoints that keep the sources."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Json

from qa_service.api.models.answers import DocumentModel
from qa_service.records import DateFrom, LanguageFrom


class SourceFields(BaseModel):
    """What can be said of a transcript that is put; what is not said is read from the text."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, description="shown with every citation")
    language: str | None = Field(None, description="ISO 639 code of the text; else read from it")
    speakers: list[str] = Field([], description="those who answer, as they should be quoted; repeat for several")
    askers: list[str] = Field([], description="those who ask, where labels don't tell; repeat for several")
    names: Json[dict[str, str]] = Field({}, description="JSON: by label as printed the name it stands for")
    roles: Json[dict[str, str]] = Field({}, description="JSON: by name what that person is, such as `interviewer`")
    origin: str | None = Field(None, description="what is known of where the text comes from")
    date: str | None = Field(None, description="when it was said: `2023`, `2023-09` or `2023-09-14`")
    tags: list[str] = Field([], description="words of your own to find documents by; repeat for several")
    media: str | None = Field(None, description="the recording's address (http, https) or file name")
    filename: str | None = Field(None, description="whose ending tells the format, where the media type does not")
    dry_run: bool = Field(default=False, description="tell how the text is read, and keep nothing")


class RefusedModel(BaseModel):
    """A file of the sources that is not served, since it can't be made sense of."""

    file: str
    line: int | None
    reason: str


Refused = Annotated[list[RefusedModel], Field(description="other sources that the build refused, and why")]


class StoredDocumentModel(DocumentModel):
    """A document that was put, as it is served now."""

    index_version: str
    refused: Refused
    notes: list[str] = Field(description="what was doubtful in reading this text, each with its lines")


class FileModel(BaseModel):
    """What became of a file that was sent."""

    file: str
    document: str | None = Field(description="the id that its name gives; null where it is no transcript")
    kept: bool
    new: bool | None = Field(description="whether there was no such document before; null where it was not kept")
    line: int | None = Field(description="where the problem is, if it was not kept and that is known")
    reason: str | None = Field(description="why it was not kept, and what to do")


class KeptManyModel(BaseModel):
    """What became of several files, and what is served now."""

    files: list[FileModel]
    index_version: str
    refused: Refused


class TurnModel(BaseModel):
    """What one person says until another does."""

    number: int
    line: int
    speaker: str | None
    role: str | None
    kind: Literal["asks", "answers", "aside"] = Field(description="`aside`: neither, such as a chair's order")
    paragraphs: int
    words: int
    begins: str = Field(description="the first words")


class InspectionModel(BaseModel):
    """How a text is read; nothing of it is kept."""

    document: str
    title: str
    speakers: list[str]
    statements: int = Field(description="answer paragraphs")
    turns: list[TurnModel]
    notes: list[str] = Field(description="what is doubtful, each with its lines")
    date: str | None = Field(description="when it was said: as the metadata say, or as it is read")
    date_from: DateFrom | None = Field(description="where the date is from")
    tags: list[str]
    roles: dict[str, str] = Field(description="by name what that person is, as the metadata or the labels say")
    language: str
    language_from: LanguageFrom = Field(description="whether the language was told, or read from the text")
    language_covered: bool = Field(description="whether the model knows the language")


class DeletedModel(BaseModel):
    """A document that is served no more."""

    deleted: str
    index_version: str
    refused: Refused


class ReloadModel(BaseModel):
    """What is served now, and whether it had to be built."""

    rebuilt: bool
    index_version: str
    documents: int
    statements: int
    refused: list[RefusedModel] = Field(description="sources that this build refused, and why; empty if none ran")
