"""`POST /v1/verify`: a quote is checked against the transcripts before somebody prints it."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from qa_service.api.dependencies import LiveIndexDep
from qa_service.api.models.convert import document_url
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.quotes import Near
from qa_service.verifying import MAX_QUOTE, Occurrence, Verified, verify

router = APIRouter(tags=["ask"])


class VerifyRequest(BaseModel):
    """A quote to look for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"quote": "Loans will grow.", "speaker": "Jin"}]}
    )

    quote: Annotated[
        str, Field(min_length=1, max_length=MAX_QUOTE, description="the words; `[…]` for what is left out")
    ]
    document: str | None = Field(None, description="where; else in the documents that are likeliest to hold it")
    speaker: str | None = Field(None, min_length=1, max_length=200, description="who is to have said it")


class SaidModel(BaseModel):
    """Somebody whose words it touches."""

    speaker: str | None
    does: Literal["answers", "asks"]
    statement: str | None = Field(description="the statement's id; null for a question")
    url: str


class OccurrenceModel(BaseModel):
    """A part of a document. Offsets count the code points of its text, the end exclusive."""

    document: str
    title: str
    date: str | None
    start: int
    end: int
    text: str = Field(description="as it stands there")
    exact: bool = Field(description="whether marks and capitals are the very same; words always are")
    said: list[SaidModel] = Field(description="empty where nobody speaks: a heading, a stage direction")
    speaker_agrees: bool | None = Field(description="whether it is said by `speaker` alone; null where none was named")
    text_sha256: str


class DifferenceModel(BaseModel):
    """Words in which a quote and its source differ."""

    kind: Literal["added", "omitted", "changed"]
    quote: str = Field(description="what the quote says; empty where it omits words")
    source: str = Field(description="what the source says; empty where the quote adds words")


class NearestModel(OccurrenceModel):
    """The passage that is most like a quote that stands nowhere."""

    likeness: float = Field(description="0 to 1: the share of words in common")
    differences: list[DifferenceModel]


class VerifiedModel(BaseModel):
    """Whether a quote may be printed as it is."""

    verified: bool = Field(description="whether it stands somewhere, said by `speaker` if one was named")
    quote: str
    occurrences: list[OccurrenceModel]
    nearest: NearestModel | None = Field(description="where it stands nowhere: what comes nearest, if anything does")


@router.post("/v1/verify", responses=may_give(*ADMISSION, 400, 404, 413, 415, 422, 503))
async def verify_quote(asked: VerifyRequest, live_index: LiveIndexDep) -> VerifiedModel:
    """Whether these words stand in a transcript, where, and who says them; else the nearest and how it differs."""
    found = await live_index.call(lambda service: verify(service, asked.quote, asked.document, asked.speaker))
    return _model(found)


def _model(found: Verified) -> VerifiedModel:
    return VerifiedModel(
        verified=found.verified,
        quote=found.quote,
        occurrences=[_occurrence(one) for one in found.occurrences],
        nearest=_nearest(*found.nearest) if found.nearest else None,
    )


def _occurrence(one: Occurrence) -> OccurrenceModel:
    return OccurrenceModel(
        document=one.document.id,
        title=one.document.title,
        date=one.document.date,
        start=one.start,
        end=one.end,
        text=one.text,
        exact=one.exact,
        said=[
            SaidModel(
                speaker=said.speaker,
                does=said.does,
                statement=said.statement.id if said.statement else None,
                url=document_url(one.document.id, said.statement.id if said.statement else None),
            )
            for said in one.said
        ],
        speaker_agrees=one.speaker_agrees,
        text_sha256=one.document.text_sha256,
    )


def _nearest(one: Occurrence, near: Near) -> NearestModel:
    differences = [DifferenceModel(kind=d.kind, quote=d.quote, source=d.source) for d in near.differences]
    return NearestModel(**_occurrence(one).model_dump(), likeness=near.likeness, differences=differences)
