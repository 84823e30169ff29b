"""The transcripts as tools of the Model Context Protocol. Slow to import (over a second): only where it is used."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any, Protocol, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field

from qa_service import __version__
from qa_service.answering import MAX_CONTEXT, MAX_QUESTION, MAX_TOP_K, AnswerService, Options
from qa_service.api.access_log import note_question
from qa_service.api.bounds import MAX_ARGUMENTS, holds_more_than
from qa_service.api.errors import LONGEST_PARAM, cut_short
from qa_service.api.models.answers import (
    AnswerModel,
    DocumentDetailModel,
    DocumentsModel,
    ExchangeModel,
    StatementDetailModel,
)
from qa_service.api.models.convert import answer_model, document_detail_model, document_model, statement_detail_model
from qa_service.api.models.filters import Filters
from qa_service.errors import BadRequestError, NotFoundError, QAServiceError
from qa_service.options import GroupBy, Order

T = TypeVar("T")
Neighbours = Annotated[int, Field(ge=0, le=MAX_CONTEXT, description="Neighbouring statements on each side to add.")]
DocumentId = Annotated[str, Field(description="Id of a document, as list_documents gives it.")]
INSTRUCTIONS = (
    "Verbatim statements from transcripts of interviews, hearings and press conferences. Ask search_statements in "
    "plain language, one question at a time. Quote span.text word for word, name the speaker, and cite citation.title "
    "with citation.url. If answered is false, say that the sources do not say it: don't answer from your own knowledge."
)


class Caller(Protocol):
    """Runs work with the open service, wherever that lives."""

    async def __call__(self, work: Callable[[AnswerService], T]) -> T:
        """What `work` returns. Raises what it raises."""
        ...


class Tools:
    """What a model may call; each method's docstring is what the model reads."""

    def __init__(self, call: Caller) -> None:
        """`call` runs work with the open service."""
        self._call = call

    async def search_statements(
        self,
        question: Annotated[
            str, Field(min_length=1, max_length=MAX_QUESTION, description="One whole question in plain language.")
        ],
        top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="How many statements at most.")] = 5,
        filters: Annotated[
            Filters | None, Field(description="Only these documents, speakers, askers, dates or tags.")
        ] = None,
        min_confidence: Annotated[
            float | None, Field(ge=0, le=1, description="Leave out for the calibrated threshold; 0 never abstains.")
        ] = None,
        context: Neighbours = 0,
        order: Annotated[
            Order, Field(description="Of the best statements; by the date of their documents.")
        ] = "relevance",
        group_by: Annotated[GroupBy | None, Field(description="The best statement of each document.")] = None,
    ) -> AnswerModel:
        """Find the statements that answer a question, best first, word for word with exact citations.

        `span.text` is the sentence that answers best, `text` the whole statement, `confidence` how often such a result
        really answers. `answered: false` with no results means that nobody said it in the sources. `citation.date` is
        when it was said. `reason: language_not_covered`: ask in a language that `language_note`
        names as known. How something changed over time: group_by "document" and order "oldest".
        """
        chosen = filters.chosen() if filters else {}
        options = Options(top_k, chosen, min_confidence, context, order=order, group_by=group_by)
        note_question(question)
        answer = await self._run(lambda service: service.ask(question, options))
        return answer_model(answer, uuid.uuid4().hex, explain=False)

    async def get_statement(
        self,
        id: Annotated[str, Field(description="Id of a statement, such as 'document#12'.")],  # noqa: A002
        context: Neighbours = 0,
    ) -> StatementDetailModel:
        """Read one whole statement by its id, with the question it answers and, if wanted, its neighbours."""
        found = await self._run(
            lambda service: service.statement(id, context), "search_statements gives ids, such as document#12"
        )
        return statement_detail_model(found)

    async def get_exchange(
        self,
        document: DocumentId,
        section: Annotated[int, Field(ge=0, description="Number of the exchange, as search results give it.")],
    ) -> ExchangeModel:
        """Read one exchange: a question of the interviewer and every statement that answers it, in order."""
        exchanges = (await self._document(document)).exchanges
        for exchange in exchanges:
            if exchange.section == section:
                return exchange
        known = ", ".join(str(exchange.section) for exchange in exchanges)
        raise ToolError(f"no section {section} in {document!r}; its sections are {known}")

    async def get_document(
        self,
        id: DocumentId,  # noqa: A002
    ) -> DocumentDetailModel:
        """Read a whole transcript: all its exchanges. Long: prefer search_statements, or get_exchange for one part."""
        return await self._document(id)

    async def list_documents(self) -> DocumentsModel:
        """List the transcripts there are, with their ids, titles and numbers of statements."""
        documents = await self._run(lambda service: service.documents())
        return DocumentsModel(documents=[document_model(document) for document in documents])

    async def _document(self, document: str) -> DocumentDetailModel:
        found = await self._run(lambda service: service.document(document), "list_documents lists them")
        return document_detail_model(*found)

    async def _run(self, work: Callable[[AnswerService], T], remedy: str = "") -> T:
        """Run `work`; what goes wrong is told so that a model can mend it, in terms of tools, not of HTTP."""
        try:
            return await self._call(work)
        except NotFoundError as error:
            raise ToolError(f"{str(error).partition(';')[0]}; {remedy}") from error
        except BadRequestError as error:
            raise ToolError(f"{error.param}: {error}") from error
        except QAServiceError as error:
            raise ToolError(f"{error}; try again later") from error


class Server(MCPServer):
    """Refuses an argument that a tool doesn't know: a misspelt filter would else answer from everywhere, silently."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """As the library does, once the arguments are counted: standard input has no other bound. Raises ToolError."""
        if holds_more_than(MAX_ARGUMENTS, arguments):
            raise ToolError(f"the arguments hold more than {MAX_ARGUMENTS} values; send fewer")
        for tool in await self.list_tools():
            known = tool.input_schema.get("properties", {})
            unknown = arguments.keys() - known.keys()
            if tool.name == name and unknown:
                first = cut_short(min(unknown), LONGEST_PARAM)
                raise ToolError(f"unknown argument {first!r}; {name} takes {', '.join(known) or 'none'}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            raise ToolError(cut_short(str(error))) from error


def build_server(call: Caller) -> MCPServer:
    """The server with its tools; the transport is up to the caller."""
    server = Server(
        "qa-service", title="Transcripts", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    tools = Tools(call)
    hints = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool in (
        tools.search_statements,
        tools.get_statement,
        tools.get_exchange,
        tools.get_document,
        tools.list_documents,
    ):
        server.add_tool(tool, annotations=hints)
    return server
