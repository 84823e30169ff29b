"""The real `openai` package against a real server."""

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.chat.test_chat import LEVY
from tests.api.conftest import Eager, running_server

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": LEVY}]


@pytest.fixture(scope="module")
def sdk(index_root: Path) -> Iterator[openai.OpenAI]:
    app = create_app(Settings(index_dir=index_root), opener=lambda: Eager(fakes.open_retriever(index_root)))
    with (
        running_server(app) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client,
    ):
        yield client


def test_models_are_listed_and_retrieved(sdk: openai.OpenAI) -> None:
    assert [model.id for model in sdk.models.list()] == ["qa-service"]
    assert sdk.models.retrieve("qa-service").owned_by == "qa-service"


def test_annotations_cut_the_quotes_out_of_the_answer(sdk: openai.OpenAI) -> None:
    completion = sdk.chat.completions.create(model="qa-service", messages=ASKED, temperature=0, max_tokens=5)
    message = completion.choices[0].message
    assert completion.choices[0].finish_reason == "stop"
    assert message.content
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == f"{LEVY}."
    assert cited.url == f"{str(sdk.base_url).removesuffix('/v1/')}/documents/trams#5"
    assert completion.usage
    assert completion.usage.total_tokens > 0


def test_the_stream_helper_puts_the_answer_together(sdk: openai.OpenAI) -> None:
    plain = sdk.chat.completions.create(model="qa-service", messages=ASKED)
    with sdk.chat.completions.stream(
        model="qa-service", messages=ASKED, stream_options={"include_usage": True}
    ) as stream:
        final = stream.until_done().get_final_completion()
    assert final.choices[0].message.content == plain.choices[0].message.content
    assert final.choices[0].finish_reason == "stop"
    assert final.usage == plain.usage


def test_streamed_annotations_can_be_read(sdk: openai.OpenAI) -> None:
    text, notes = "", []
    for chunk in sdk.chat.completions.create(model="qa-service", messages=ASKED, stream=True):
        delta = chunk.choices[0].delta
        text += delta.content or ""
        notes += (delta.model_extra or {}).get("annotations", [])
    cited = notes[0]["url_citation"]
    assert text[cited["start_index"] : cited["end_index"]] == f"{LEVY}."


def test_follow_ups_go_on_from_the_history_that_the_client_keeps(sdk: openai.OpenAI) -> None:
    history = list(ASKED)
    quoted = []
    for said in ("explain that more", "and where does it say that?", "more"):
        message = sdk.chat.completions.create(model="qa-service", messages=history).choices[0].message
        history += [{"role": "assistant", "content": message.content}, {"role": "user", "content": said}]
        notes = message.annotations or []
        quoted.append([note.url_citation.url.rpartition("/")[2] for note in notes])
    last = sdk.chat.completions.create(model="qa-service", messages=history).choices[0].message
    assert quoted == [["trams#5"], ["trams#5", "trams#6"], ["trams#5", "trams#6"]]
    assert last.content == "That is all: nothing more in the sources is sure enough to quote."


def test_errors_are_typed_and_name_code_and_parameter(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="qa-service") as unknown:
        sdk.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.UnprocessableEntityError, match="role 'user' must hold text") as empty:
        sdk.chat.completions.create(model="qa-service", messages=[], stream=True)
    assert (empty.value.code, empty.value.param) == ("invalid_request", "messages")
