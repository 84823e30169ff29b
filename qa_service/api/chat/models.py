"""Chat completions as OpenAI's clients send and read them. Requests are read leniently: what is unknown is ignored."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_service.api.bounds import MAX_MESSAGES
from qa_service.api.models.answers import ResultModel

MODEL_ID = "qa-service"


class ChatMessage(BaseModel):
    """One turn of the conversation."""

    model_config = ConfigDict(extra="ignore")

    role: str = "user"
    content: str | list[Any] | None = None

    @property
    def text(self) -> str:
        """The text of the message: all its text parts, other kinds left out."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        parts = [part.get("text") if isinstance(part, dict) else part for part in self.content]
        return "\n".join(part for part in parts if isinstance(part, str))


class StreamOptions(BaseModel):
    """What a stream tells besides the answer."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool | None = False


class ChatRequest(BaseModel):
    """A conversation; its last user message is the question. Sampling options and tools are ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str | None = Field(None, description=f"'{MODEL_ID}'; it may be left out")
    messages: list[ChatMessage] = Field(fail_fast=True, max_length=MAX_MESSAGES, json_schema_extra={"minItems": 1})
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    @property
    def user_texts(self) -> list[str]:
        """What the user wrote, oldest first."""
        return [message.text for message in self.messages if message.role == "user"]


class UrlCitation(BaseModel):
    """Where a quote stands; `content[start_index:end_index]` is the quote, in Unicode code points."""

    url: str
    title: str
    start_index: int
    end_index: int


class Annotation(BaseModel):
    """A citation as OpenAI's clients know it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice there is."""

    index: int = 0
    message: AssistantMessage
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Sizes in words: no language model counts tokens here."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole answer; the fields from `searched_query` on are ours."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    searched_query: str | None = Field(
        description="the words really searched, of a follow-up those of its question; null where nothing was"
    )
    answered: bool = Field(description="whether a statement is quoted")
    confidence: float = Field(ge=0, le=1)
    sources: list[ResultModel] = Field(description="the quoted statements, as /v1/ask gives them")


class ChatModel(BaseModel):
    """What a client's model picker shows."""

    id: str = MODEL_ID
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "qa-service"
    name: str = "Transcripts (verbatim quotes)"


class ChatModels(BaseModel):
    """All models: the one."""

    object: Literal["list"] = "list"
    data: list[ChatModel]
