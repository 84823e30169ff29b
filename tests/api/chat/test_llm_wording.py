"""Wording by a language model: a local stand-in server answers well, badly, late, or not at all."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.api.chat import llm_wording
from qa_service.api.chat.llm_wording import problem_with
from qa_service.settings import Settings
from tests import fakes
from tests.api.chat.test_chat import LEVY, chat, content, user
from tests.api.conftest import Eager, ready_client


class StandIn(BaseHTTPRequestHandler):
    """Says what the test wants, and keeps what it was asked."""

    status = 200
    reply: Any = ""
    delay = 0.0
    asked: dict[str, Any]

    def do_POST(self) -> None:
        """One completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked = body | {"path": self.path, "key": self.headers["Authorization"]}
        time.sleep(self.delay)
        self.send_response(self.status)
        self.end_headers()
        message = {"choices": [{"message": {"role": "assistant", "content": self.reply}}]}
        self.wfile.write(json.dumps(message).encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def worded(index_root: Path) -> Iterator[TestClient]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings = Settings(
        index_dir=index_root, llm_url=f"http://127.0.0.1:{server.server_port}/v1", llm_model="tiny", llm_key="s3cret"
    )
    with ready_client(create_app(settings, opener=lambda: Eager(fakes.open_retriever(index_root)))) as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(StandIn, "reply", "A levy on the harbour pays the drivers [1].")
    return monkeypatch


def test_good_words_come_before_the_quotes_they_rest_on(worded: TestClient, stand_in: pytest.MonkeyPatch) -> None:
    completion = chat(worded, user(LEVY))
    text = content(completion)
    assert text.startswith("A levy on the harbour pays the drivers [1].\n\nWord for word:\n\n> “A harbour levy")
    cited = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert text[cited["start_index"] : cited["end_index"]] == f"{LEVY}."


def test_the_model_sees_the_statements_and_nothing_else(worded: TestClient, stand_in: pytest.MonkeyPatch) -> None:
    chat(worded, user("Cider?", LEVY))
    asked = StandIn.asked
    assert (asked["path"], asked["key"], asked["model"]) == ("/v1/chat/completions", "Bearer s3cret", "tiny")
    assert "[1] Bo Strand" in asked["messages"][1]["content"]
    assert "Cider" not in json.dumps(asked)


@pytest.mark.parametrize(
    "change",
    [
        {"reply": "Drivers are paid."},
        {"reply": "A levy pays [1]. The mayor likes it."},
        {"reply": "A levy pays [2]."},
        {"reply": ""},
        {"reply": None},
        {"reply": "A levy [1](http://evil.example)."},
        {"status": 500},
        {"status": 401},
        {"delay": 0.5},
    ],
)
def test_bad_words_or_none_leave_the_quotes_alone(
    worded: TestClient, stand_in: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, change: dict[str, Any]
) -> None:
    wording: Any = worded.app
    stand_in.setattr(wording.state.wording._client, "timeout", 0.2)
    for name, value in change.items():
        stand_in.setattr(StandIn, name, value)
    assert content(chat(worded, user(LEVY))).startswith("The statement that answers best:\n\n> “A harbour levy")
    assert "quotes alone are shown" in caplog.text
    assert "s3cret" not in caplog.text


def test_what_nobody_said_is_not_worded(worded: TestClient, stand_in: pytest.MonkeyPatch) -> None:
    assert content(chat(worded, user("Zebras juggle quartz"))).startswith("The sources do not say")


@pytest.mark.parametrize("text", ["A [1].", "A. [1]", "A [1]. B [2]!", "A. [1] B. [2]", "A [1][2]", "A [1], [2]."])
def test_every_sentence_cited_is_fine(text: str) -> None:
    assert problem_with(text, 2) is None


@pytest.mark.parametrize("text", [
    "A. B [1].", "A [1]. B.", 'He said "loans grow." They are free [1].', "He said (again.) They are free [1].",
    "Wird «alles gut.» Sie sind frei [1].", "It costs 5 mn. They are free [1].", "It grows. they are free [1].",
    "Grows… They are free [1].", "Grows؟ Free [1].", "A [1] They are free",
    "A [0].", "A [3].", "A [1]\nB", "<b>A</b> [1]", "`A` [1]", "# A [1]",
    "See www.evil.example [1].", "Write to a@b.example [1].", "It is **bold** [1].", "- A [1]", "1. A [1]", "&lt; [1]",
])  # fmt: skip
def test_anything_else_is_a_problem(text: str) -> None:
    assert problem_with(text, 2)


def test_no_language_model_is_asked_by_default(client: TestClient) -> None:
    app: Any = client.app
    assert app.state.wording is None
    assert llm_wording.open_wording(Settings()) is None
