"""The JSON of requests and responses, as clients rely on it. Offsets count code points, end exclusive."""

from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from qa_service.answering import Reason
from qa_service.api.models.citations import CitationModel, TimeModel
from qa_service.api.models.filters import Filters, no_truth, unset
from qa_service.options import MAX_BATCH, MAX_CONTEXT, MAX_QUESTION, MAX_TOP_K, GroupBy, Options, Order
from qa_service.records import DateFrom, LanguageFrom

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)]
TopK = Annotated[int, Field(ge=1, le=MAX_TOP_K)]
Share = Annotated[float, Field(ge=0, le=1)]
Neighbours = Annotated[int, Field(ge=0, le=MAX_CONTEXT)]


class AskOptions(BaseModel):
    """How to answer; null is the same as not said."""

    model_config = ConfigDict(extra="forbid")

    top_k: Annotated[TopK, unset(TopK, 5), no_truth(TopK)] = Field(5, description="how many statements at most")
    filters: Annotated[Filters, unset(Filters, {})] = Field(default_factory=Filters)
    min_confidence: Annotated[Share | None, no_truth(Share)] = Field(
        None, description="null: the index's own threshold; 0: never abstain; 1: always"
    )
    context: Annotated[Neighbours, unset(Neighbours, 0), no_truth(Neighbours)] = Field(
        0, description="neighbouring statements on each side"
    )
    explain: Annotated[StrictBool, unset(bool, default=False)] = Field(
        False, description="add each signal's raw value and rank"
    )
    order: Annotated[Order, unset(Order, "relevance")] = Field(
        "relevance", description="of the `top_k` best by relevance; by their documents' dates undated ones come last"
    )
    group_by: GroupBy | None = Field(None, description="`document`: the best statement of each of `top_k` documents")

    def options(self) -> Options:
        """As the core takes them."""
        return Options(
            self.top_k,
            self.filters.chosen(),
            self.min_confidence,
            self.context,
            self.explain,
            self.order,
            self.group_by,
        )


class AskRequest(AskOptions):
    """A question with its options."""

    question: Question = Field(validation_alias=AliasChoices("question", "query"))


class BatchRequest(AskOptions):
    """Several questions with the same options."""

    questions: list[Question] = Field(fail_fast=True, min_length=1, max_length=MAX_BATCH)


Spoken = Annotated[
    str | None,
    Field(
        description="the words alone, where the source prints something between them, such as a page's header",
        exclude_if=lambda spoken: spoken is None,
    ),
]


class SpanModel(BaseModel):
    """The sentence or sentences that answer best; offsets within the statement's text."""

    start: int
    end: int
    text: str
    spoken: Spoken = None
    time: TimeModel | None = Field(
        None, description="when it is said; only there where known", exclude_if=lambda time: time is None
    )
    page: int | None = Field(
        None, description="where it begins; only there where known", exclude_if=lambda page: page is None
    )

    @property
    def quote(self) -> str:
        """What a reader is shown."""
        return self.spoken or self.text


class StatementModel(BaseModel):
    """A verbatim statement.

    A document lists one that something interrupts, such as a page's header, part by part under the same id.
    """

    id: str
    speaker: str | None
    text: str
    start: int
    end: int
    spoken: Spoken = None


class ContextModel(BaseModel):
    """Neighbouring statements in reading order."""

    before: list[StatementModel]
    after: list[StatementModel]


class SignalModel(BaseModel):
    """A ranking signal's raw value, and its rank among the candidates."""

    value: float
    rank: int | None


class ResultModel(BaseModel):
    """One statement that answers."""

    rank: int
    id: str
    score: float = Field(description="higher is better; comparable within one question only")
    confidence: float = Field(ge=0, le=1)
    text: str
    spoken: Spoken = None
    span: SpanModel
    speaker: str | None
    asked: str | None
    section: int
    citation: CitationModel
    context: ContextModel
    also_in: list[str] = Field(description="ids of statements elsewhere that say the same")
    explain: dict[str, SignalModel] | None


class AnswerModel(BaseModel):
    """The answer to one question; `results` is empty when `answered` is false."""

    request_id: str
    index_version: str
    took_ms: float
    question: str
    corrected_question: str | None = Field(
        None,
        description="the question as it was read; only there when words were misspelt",
        exclude_if=lambda corrected: corrected is None,
    )
    answered: bool
    confidence: float = Field(ge=0, le=1)
    reason: Reason | None = Field(description="why `answered` is false")
    language_note: str | None = Field(
        None,
        description="in words why the reason is `language_not_covered`; only there with it",
        exclude_if=lambda note: note is None,
    )
    results: list[ResultModel]
    known: dict[str, list[str]] | None = Field(
        None,
        description="the names and tags there are, by `speaker`, `asker`, `tags`; only there where a filter fits none",
        exclude_if=lambda known: known is None,
    )


class BatchModel(BaseModel):
    """Answers in the order of the questions."""

    responses: list[AnswerModel]


class ReaderModel(BaseModel):
    """A reader of a format; its version changes when it reads other words in the same bytes."""

    name: str
    version: int


class DocumentModel(BaseModel):
    """A document as the list shows it."""

    id: str
    title: str
    language: str
    language_from: LanguageFrom = Field(description="whether the language was told, or read from the text")
    language_covered: bool = Field(description="whether the model knows the language; else next to nothing is answered")
    sha256: str
    statements: int
    date: str | None = Field(description="when it was said: a year, a month or a day in ISO 8601; null: not known")
    date_from: DateFrom | None = Field(description="where the date is from")
    tags: list[str]
    roles: dict[str, str] = Field(description="by name what that person is, as the metadata or the labels say")
    text_sha256: str = Field(description="of the reading, as UTF-8")
    reader: ReaderModel = Field(description="what read the file")
    media: str | None = Field(description="the recording's address or file name; null: not known")


class DocumentsModel(BaseModel):
    """All documents."""

    documents: list[DocumentModel]


class QuestionModel(BaseModel):
    """A question as it stands in the source."""

    text: str
    start: int
    end: int
    spoken: Spoken = None


class ExchangeModel(BaseModel):
    """A question and the statements that answer it."""

    section: int
    asker: str | None
    question: QuestionModel | None
    statements: list[StatementModel]


class DocumentDetailModel(DocumentModel):
    """A document with its exchanges."""

    speakers: list[str]
    origin: str | None
    notes: list[str] = Field(description="what was doubtful in reading the text, each with its lines")
    exchanges: list[ExchangeModel]


class StatementDetailModel(StatementModel):
    """A statement with where it stands and its neighbours."""

    document: str
    asked: str | None
    section: int
    citation: CitationModel
    context: ContextModel
