"""The core's records as the JSON models clients see."""

from typing import Any

from qa_service.answering import Answer, Result, Stands
from qa_service.api.models.answers import (
    AnswerModel,
    ContextModel,
    DocumentDetailModel,
    DocumentModel,
    ExchangeModel,
    QuestionModel,
    ReaderModel,
    ResultModel,
    SpanModel,
    StatementDetailModel,
    StatementModel,
)
from qa_service.api.models.citations import CitationModel, QuoteModel, TimeModel
from qa_service.api.models.media_fragment import media_at
from qa_service.api.models.source_changes import RefusedModel
from qa_service.errors import SourceError
from qa_service.indexing.anchors import Place
from qa_service.indexing.summaries import DocumentSummary
from qa_service.records import Exchange, Piece, Statement, noise_within, shown, spoken_parts


def document_url(document: str, statement_id: str | None = None) -> str:
    """Where the readable transcript opens, at the statement if one is given."""
    return f"/documents/{document}" + (f"#{statement_id.partition('#')[2]}" if statement_id else "")


def statement_model(statement: Statement) -> StatementModel:
    """A statement on its own."""
    s = statement
    return StatementModel(id=s.id, speaker=s.speaker, text=s.text, start=s.start, end=s.end, spoken=_spoken(s))


def _spoken(statement: Statement, start: int = 0, end: int | None = None) -> str | None:
    """The words alone of a part of a statement; None where nothing stands between them."""
    end = len(statement.text) if end is None else end
    noise = noise_within(statement.noise, start, end)
    return shown(statement.text[start:end], noise) if noise else None


def _parts(statement: Statement) -> list[StatementModel]:
    """A statement as a document lists it: whatever interrupts it is left out, so it may be several cuts."""
    whole = statement_model(statement)
    if not statement.noise:
        return [whole]
    return [
        whole.model_copy(
            update={
                "text": statement.text[start:end],
                "start": statement.start + start,
                "end": statement.start + end,
                "spoken": None,
            }
        )
        for start, end in spoken_parts(statement.text, statement.noise)
    ]


def context_model(before: list[Statement], after: list[Statement]) -> ContextModel:
    """Neighbours on both sides."""
    return ContextModel(before=[statement_model(s) for s in before], after=[statement_model(s) for s in after])


def statement_detail_model(found: Stands) -> StatementDetailModel:
    """A statement with where it stands and its neighbours."""
    statement = found.statement
    return StatementDetailModel(
        **statement_model(statement).model_dump(),
        document=statement.document,
        asked=statement.asked,
        section=statement.section,
        citation=_citation_model(statement, found.document, found.place, number=1),
        context=context_model(found.before, found.after),
    )


def answer_model(answer: Answer, request_id: str, *, explain: bool) -> AnswerModel:
    """The core's answer as clients see it."""
    results = [_result_model(result, rank, explain=explain) for rank, result in enumerate(answer.results, start=1)]
    return AnswerModel(
        request_id=request_id,
        index_version=answer.index_version,
        took_ms=answer.took_ms,
        question=answer.question,
        corrected_question=answer.corrected_question,
        answered=answer.answered,
        confidence=answer.confidence,
        reason=answer.reason,
        language_note=answer.language_note,
        results=results,
        known=answer.known or None,
    )


def _citation_model(statement: Statement, document: DocumentSummary, place: Place, *, number: int) -> CitationModel:
    return CitationModel(
        number=number,
        document=document.id,
        title=document.title,
        start=statement.start,
        end=statement.end,
        sha256=document.sha256,
        url=document_url(document.id, statement.id),
        date=document.date,
        text_sha256=document.text_sha256,
        quote=QuoteModel(exact=statement.text, prefix=statement.prefix, suffix=statement.suffix),
        time=_time_model(place),
        page=place.page,
        locator=place.locator,
        media=media_at(document.media, place.time) if document.media else None,
    )


def _result_model(result: Result, rank: int, *, explain: bool) -> ResultModel:
    statement, hit = result.statement, result.hit
    signals: dict[str, Any] = {name: {"value": s.value, "rank": s.rank} for name, s in hit.signals.items()}
    return ResultModel(
        rank=rank,
        id=statement.id,
        score=hit.score,
        confidence=hit.confidence,
        text=statement.text,
        spoken=_spoken(statement),
        span=SpanModel(
            start=hit.span.start,
            end=hit.span.end,
            text=hit.span.text,
            spoken=_spoken(statement, hit.span.start, hit.span.end),
            time=_time_model(result.span_place),
            page=result.span_place.page,
        ),
        speaker=statement.speaker,
        asked=statement.asked,
        section=statement.section,
        citation=_citation_model(statement, result.document, result.place, number=rank),
        context=context_model(result.before, result.after),
        also_in=[other.id for other in result.also],
        explain=signals if explain else None,
    )


def _time_model(place: Place) -> TimeModel | None:
    return TimeModel(start=place.time[0], end=place.time[1]) if place.time else None


def document_model(document: DocumentSummary) -> DocumentModel:
    """A document as the list shows it."""
    d = document
    return DocumentModel(
        id=d.id,
        title=d.title,
        language=d.language,
        language_from=d.language_from,
        language_covered=d.language_covered,
        sha256=d.sha256,
        statements=d.statements,
        date=d.date,
        date_from=d.date_from,
        tags=list(d.tags),
        roles=dict(d.roles),
        text_sha256=d.text_sha256,
        reader=ReaderModel(name=d.reader, version=d.reader_version),
        media=d.media,
    )


def document_detail_model(
    document: DocumentSummary, exchanges: list[tuple[Exchange, list[Statement]]]
) -> DocumentDetailModel:
    """A document with its exchanges."""
    return DocumentDetailModel(
        **document_model(document).model_dump(),
        speakers=list(document.speakers),
        origin=document.origin,
        notes=list(document.notes),
        exchanges=[
            ExchangeModel(
                section=e.section,
                asker=e.asker,
                question=_question_model(e.question),
                statements=[part for s in statements for part in _parts(s)],
            )
            for e, statements in exchanges
        ],
    )


def refused_models(refused: list[SourceError]) -> list[RefusedModel]:
    """Why files of the sources are not served."""
    return [RefusedModel(file=error.file, line=error.line, reason=error.reason) for error in refused]


def _question_model(question: Piece | None) -> QuestionModel | None:
    if question is None:
        return None
    spoken = question.words if question.noise else None
    return QuestionModel(text=question.text, start=question.start, end=question.end, spoken=spoken)
