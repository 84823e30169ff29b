"""`/v1/chat/completions` and `/v1/models` as plain JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.answering import Answer
from qa_service.api.app import create_app
from qa_service.api.chat.conversation import choose
from qa_service.api.chat.open_webui_tasks import chore_answer
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import Eager, ready_client
from tests.api.test_errors import refused

LEVY = "A harbour levy covers their wages"
COMPLETIONS = "/v1/chat/completions"
NASTY = """\
Nasty [title](http://evil.example) <b>

Host: Is <script>alert(1)</script> safe?

Eve Star: Look at [this](http://evil.example/x) and <img src=x onerror=alert(1)> [7] now.
"""


def user(*texts: str) -> list[dict[str, Any]]:
    """A conversation in which our answers came between."""
    turns = [[{"role": "user", "content": t}, {"role": "assistant", "content": "Cider [1]"}] for t in texts]
    return [turn for pair in turns for turn in pair][:-1]


def chat(client: TestClient, messages: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """The completion."""
    response = client.post(COMPLETIONS, json={"messages": messages} | fields)
    assert response.status_code == 200, response.text
    completion: dict[str, Any] = response.json()
    return completion


def content(completion: dict[str, Any]) -> str:
    """What the user reads."""
    return str(completion["choices"][0]["message"]["content"])


def test_an_answer_quotes_who_said_what_and_where(eager: TestClient) -> None:
    completion = chat(eager, user(LEVY), model="qa-service")
    assert content(completion) == (
        "The statement that answers best:\n\n> “A harbour levy covers their wages.” [1]\n\n"
        "— Bo Strand, asked: “Who pays for the drivers?”\n\n**Sources**\n\n"
        "- [1] Night trams of Lindhaven, paragraph 5: http://testserver/documents/trams#5"
    )
    assert (completion["object"], completion["model"]) == ("chat.completion", "qa-service")
    assert completion["id"].startswith("chatcmpl-")
    choice = completion["choices"][0]
    assert (choice["index"], choice["finish_reason"], choice["message"]["role"]) == (0, "stop", "assistant")
    assert completion["searched_query"] == LEVY
    assert completion["answered"] is True


def test_annotations_point_at_the_quote_and_sources_are_what_ask_gives(eager: TestClient) -> None:
    completion = chat(eager, user(LEVY))
    citation = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert content(completion)[citation["start_index"] : citation["end_index"]] == f"{LEVY}."
    assert citation["url"] == "http://testserver/documents/trams#5"
    asked = eager.post("/v1/ask", json={"question": LEVY}).json()
    assert completion["sources"] == asked["results"][:1]
    assert completion["confidence"] == asked["confidence"]


def test_usage_counts_words(eager: TestClient) -> None:
    completion = chat(eager, [{"role": "system", "content": "Be kind."}, *user(LEVY)])
    told = len(content(completion).split())
    assert completion["usage"] == {"prompt_tokens": 8, "completion_tokens": told, "total_tokens": 8 + told}


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": [{"type": "text", "text": LEVY}], "metadata": None, "options": None},
        {"role": "user", "content": [{"type": "image_url", "image_url": {}}, {"type": "text", "text": LEVY}, 7, None]},
        {"role": "user", "content": LEVY, "name": "x", "tool_calls": [1]},
        {"content": LEVY},
    ],
)
def test_messages_are_read_leniently(eager: TestClient, message: dict[str, Any]) -> None:
    rest = {"tools": [{}], "temperature": 0.1, "n": 1, "stream": None, "stream_options": None, "anything": {"a": 1}}
    before: list[dict[str, Any]] = [
        {"role": "system", "content": None},
        {"role": "tool", "content": "x"},
        {"role": "assistant"},
    ]
    assert f"{LEVY}.” [1]" in content(chat(eager, [*before, message], **rest))


def test_any_authorization_is_accepted(eager: TestClient) -> None:
    body = {"messages": user(LEVY)}
    assert eager.post(COMPLETIONS, json=body, headers={"Authorization": "Bearer none"}).status_code == 200


def test_what_nobody_said_is_a_helpful_200(client: TestClient) -> None:
    completion = chat(client, user("Zebras juggle quartz"))
    assert content(completion) == (
        "The sources do not say: no statement in them answers this with enough confidence.\n\n"
        "**Orchards after the drought** (2 statements) answers, among others:\n\n"
        "- What did the drought do to the apple harvest?\n- Will cider become dearer?\n\n"
        "**Night trams of Lindhaven** (4 statements) answers, among others:\n\n"
        "- How many night trams run in Lindhaven?\n- Who pays for the drivers?\n\n"
        "Try other words, or ask about something named here."
    )
    assert (completion["answered"], completion["sources"]) == (False, [])
    assert completion["choices"][0]["message"]["annotations"] == []


def test_small_talk_is_told_what_this_is_for(client: TestClient) -> None:
    completion = chat(client, user("hello"))
    assert content(completion).startswith(
        "Ask a question: it is answered word for word from the sources, or not at all."
    )
    assert "do not say" not in content(completion)
    assert not completion["answered"]


def test_a_question_read_as_another_is_told(eager: TestClient) -> None:
    completion = chat(eager, user("A harbour levy covrs their wages"))
    assert completion["searched_query"] == LEVY
    assert content(completion).startswith(f"Searched for: “{LEVY}”\n\nThe statement")
    assert completion["answered"] is True


def test_a_follow_up_is_searched_with_the_question_it_leans_on(eager: TestClient) -> None:
    completion = chat(eager, user("A harbour levy covers their", "wages?"))
    assert completion["searched_query"] == f"{LEVY}?"
    assert content(completion).startswith(f"Searched for: “{LEVY}?”\n\nThe statement")
    assert "trams#5" in content(completion)


def answer(question: str, confidence: float, *, answered: bool = True) -> Answer:
    """An answer without results."""
    return Answer(question, None, "", 0.0, answered, confidence, None, [])


@pytest.mark.parametrize(
    ("asked", "literal", "joined", "chosen"),
    [
        ("And what is planned for rural tram lines?", 0.5, 0.9, "literal"),  # names its topic, and is answered
        ("And for trams?", 0.5, 0.9, "joined"),
        ("And for trams?", 0.9, 0.5, "literal"),
        ("And for trams?", 0.5, 0.5, "joined"),
        ("Why is that?", 0.9, 0.1, "joined"),  # names nothing, so whatever its words find is chance
    ],
)
def test_the_words_as_asked_win_unless_they_can_not_stand_alone(
    asked: str, literal: float, joined: float, chosen: str
) -> None:
    assert choose([answer("literal", literal), answer("joined", joined)], asked).question == chosen


def test_the_joined_words_help_where_those_as_asked_find_nothing() -> None:
    answers = [answer("literal", 0.3, answered=False), answer("joined", 0.5)]
    assert choose(answers, "And what is planned for rural tram lines?").question == "joined"


def test_our_own_earlier_answers_are_never_searched(eager: TestClient) -> None:
    assert "Cider" not in chat(eager, user("A harbour levy covers their", "wages?"))["searched_query"]


def test_source_text_can_not_break_out_of_its_quote(tmp_path: Path) -> None:
    fakes.build_index(tmp_path, [fakes.transcript("nasty", NASTY)])
    app = create_app(Settings(index_dir=tmp_path), opener=lambda: Eager(fakes.open_retriever(tmp_path)))
    with ready_client(app) as client:
        completion = chat(client, user("Look at this and now"))
    text = content(completion)
    quote = "Look at [this](http://evil.example/x) and <img src=x onerror=alert(1)> [7] now."
    assert f"> “`{quote}`” [1]" in text
    assert "asked: “`Is <script>alert(1)</script> safe?`”" in text
    assert "- [1] `Nasty [title](http://evil.example) <b>, paragraph 2`: " in text
    citation = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert text[citation["start_index"] : citation["end_index"]] == quote


def test_the_public_address_is_the_settings(index_root: Path) -> None:
    settings = Settings(index_dir=index_root, public_url="https://qa.example/base/")
    with ready_client(create_app(settings, opener=lambda: Eager(fakes.open_retriever(index_root)))) as client:
        assert content(chat(client, user(LEVY))).endswith(": https://qa.example/base/documents/trams#5")


@pytest.mark.parametrize(
    ("key", "example", "expected"),
    [
        ("title", '"your title"', {"title": "How many night trams run on a Saturday …"}),
        ("tags", '["tag1", "tag2"]', {"tags": []}),
        ("follow_ups", '["Question 1?"]', {"follow_ups": []}),
        ("queries", '["q"]', {"queries": []}),
    ],
)
def test_open_webuis_chores_are_not_taken_for_questions(
    client: TestClient, key: str, example: str, expected: dict[str, Any]
) -> None:
    prompt = (
        f'### Task:\nGenerate it.\n### Output:\nJSON format: {{ "{key}": {example} }}\n### Chat History:\n'
        "<chat_history>\nUSER: How many night trams run on a Saturday in Lindhaven?\nASSISTANT: Twelve\n</chat_history>"
    )
    completion = chat(client, user(prompt))
    assert json.loads(content(completion)) == expected
    assert completion["searched_query"] is None


@pytest.mark.parametrize(
    "prompt",
    [
        "### Task:" + "<chat_history>USER: " * 50_000 + '### Output: "title":',
        "### Task:" + "### Output:" * 100_000,
        "### Task: ### Output:" + '"title"' * 100_000,
    ],
)
def test_a_chore_is_told_in_a_moment_whatever_is_repeated(prompt: str) -> None:
    answer = chore_answer(prompt)
    assert answer is None or json.loads(answer).keys() == {"title"}


def test_a_question_that_only_looks_like_a_chore_is_searched(client: TestClient) -> None:
    assert chat(client, user("### Task: who pays?"))["searched_query"] == "### Task: who pays?"


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, "messages"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content.str"),
        ({"messages": [{"role": "user", "content": "trams"}], "stream": "perhaps"}, "stream"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_can_not_be_answered_is_a_422(
    client: TestClient, body: dict[str, Any], param: str, *, stream: bool
) -> None:
    response = client.post(COMPLETIONS, json={"stream": stream} | body)
    assert refused(response, 422, "invalid_request")["param"] == param


@pytest.mark.parametrize(
    ("text", "status"),
    [("\\ud800", 422), ('### Task: ### Output: {\\"title\\": <chat_history>USER: \\ud800</chat_history>', 200)],
)
def test_half_a_surrogate_pair_is_never_a_500(client: TestClient, text: str, status: int) -> None:
    body = f'{{"messages": [{{"role": "user", "content": "{text}"}}]}}'
    response = client.post(COMPLETIONS, content=body.encode(), headers={"Content-Type": "application/json"})
    assert response.status_code == status


def test_an_unknown_model_is_a_404_that_names_the_right_one(client: TestClient) -> None:
    response = client.post(COMPLETIONS, json={"messages": user("trams"), "model": "gpt-4o"})
    for error in (
        refused(response, 404, "model_not_found"),
        refused(client.get("/v1/models/x"), 404, "model_not_found"),
    ):
        assert error["param"] == "model"
        assert "qa-service" in error["message"]


def test_models_are_listed_and_read(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert listed["object"] == "list"
    assert listed["data"] == [client.get("/v1/models/qa-service").json()]
    model = listed["data"][0]
    assert model.keys() == {"id", "object", "created", "owned_by", "name"}
    assert (model["id"], model["object"], type(model["created"])) == ("qa-service", "model", int)


def test_before_there_is_an_index_a_chat_is_a_503(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(index_dir=tmp_path), opener=fakes.opener(tmp_path))) as client:
        refused(client.post(COMPLETIONS, json={"messages": user("trams")}), 503, "not_ready")
