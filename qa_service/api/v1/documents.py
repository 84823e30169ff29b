"""The sources: all documents, one with its exchanges, one statement with its neighbours."""

from typing import Annotated

from fastapi import APIRouter, Query

from qa_service.api.dependencies import LiveIndexDep
from qa_service.api.models.answers import DocumentDetailModel, DocumentsModel, StatementDetailModel
from qa_service.api.models.convert import document_detail_model, document_model, statement_detail_model
from qa_service.api.models.errors import ADMISSION, may_give
from qa_service.options import MAX_CONTEXT

READ = may_give(*ADMISSION, 404, 422, 503)

router = APIRouter()


@router.get("/v1/documents", responses=may_give(*ADMISSION, 503), tags=["sources"])
async def list_documents(live_index: LiveIndexDep) -> DocumentsModel:
    """All documents."""
    documents = await live_index.call(lambda service: service.documents())
    return DocumentsModel(documents=[document_model(document) for document in documents])


@router.get("/v1/documents/{document}", responses=READ, tags=["sources"])
async def read_document(document: str, live_index: LiveIndexDep) -> DocumentDetailModel:
    """A document's metadata and exchanges."""
    return document_detail_model(*await live_index.call(lambda service: service.document(document)))


@router.get("/v1/statements/{statement_id}", responses=READ, tags=["sources"])
async def read_statement(
    statement_id: str, live_index: LiveIndexDep, context: Annotated[int, Query(ge=0, le=MAX_CONTEXT)] = 0
) -> StatementDetailModel:
    """One statement (`#` in the id as `%23`) with its neighbours."""
    return statement_detail_model(await live_index.call(lambda service: service.statement(statement_id, context)))
