"""What people and programs are told of a language that the model doesn't know."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService, Options
from qa_service.api.app import create_app
from qa_service.api.chat.conversation import leans, searches
from qa_service.api.chat.follow_up_replies import answer_follow_up
from qa_service.api.chat.follow_ups import FollowUp, read_follow_up
from qa_service.api.chat.intents import Intent
from qa_service.api.chat.replies import worth_showing
from qa_service.api.chat.thread import Turn
from qa_service.api.dependencies import Site
from qa_service.api.pages.answer import answer_page
from qa_service.settings import Settings
from tests import fakes
from tests.api.chat.test_chat import chat, content, user
from tests.api.conftest import Eager, ready_client
from tests.api.v1.source_changes.service import Service, client_of, put

QUESTION = "Welche Abgabe im Hafen deckt ihre Löhne?"
NOTE = "The question seems to be in German; this service knows English."
SEEMS = "the text seems to be in German (de), which the model doesn't know"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of an English transcript and a German one."""
    root = tmp_path_factory.mktemp("mixed")
    fakes.build_index(root, [fakes.transcript("bahnen", fakes.BAHNEN), fakes.transcript("trams", fakes.TRAMS)])
    return root


@pytest.fixture(scope="module")
def mixed(root: Path) -> Iterator[TestClient]:
    """A client of a service over it."""
    app = create_app(Settings(index_dir=root), opener=lambda: Eager(fakes.open_retriever(root)))
    with ready_client(app) as client:
        yield client


def test_a_refusal_names_the_language(mixed: TestClient) -> None:
    answer = mixed.post("/v1/ask", json={"question": QUESTION}).json()
    assert (answer["answered"], answer["reason"], answer["language_note"]) == (False, "language_not_covered", NOTE)
    assert "language_note" not in mixed.post("/v1/ask", json={"question": "Is cider dearer?"}).json()


def test_documents_tell_it(mixed: TestClient) -> None:
    documents = mixed.get("/v1/documents").json()["documents"]
    assert [(d["id"], d["language"], d["language_from"], d["language_covered"]) for d in documents] == [
        ("bahnen", "de", "text", False),
        ("trams", "en", "text", True),
    ]
    detail = mixed.get("/v1/documents/bahnen").json()
    assert detail["language_covered"] is False
    assert detail["notes"][-1].startswith(SEEMS)


def test_pages_tell_it_in_words(mixed: TestClient) -> None:
    said = "in German, which this service doesn’t know"
    start = mixed.get("/").text
    assert start.count(said) == 1
    assert f"2 statements · {said}" in start
    assert said.capitalize().replace("german", "German") in mixed.get("/documents/bahnen").text
    assert "doesn’t know" not in mixed.get("/documents/trams").text
    refused = mixed.get("/", params={"q": QUESTION}).text
    assert NOTE in refused
    nearest = mixed.get("/", params={"q": QUESTION, "nearest": "1"}).text
    assert NOTE in nearest
    assert "The nearest statements, which may not answer" in nearest
    assert "In German, which this service doesn’t know." in nearest


def test_a_chat_tells_it_in_words(mixed: TestClient) -> None:
    completion = chat(mixed, user(QUESTION))
    assert completion["answered"] is False
    assert content(completion).startswith(f"{NOTE} No statement answers it surely enough.")
    assert "The sources do not say" in content(chat(mixed, user("Which bees sing opera on Mars?")))


def test_a_further_statement_of_such_a_language_needs_more_to_be_shown_in_a_chat(service: AnswerService) -> None:
    answer = service.ask("A harbour levy covers their wages?", Options(top_k=2, min_confidence=0))
    sure = [replace(result, hit=replace(result.hit, confidence=0.8)) for result in answer.results]
    known = replace(answer, results=sure)
    assert worth_showing(known) == sure
    unknown = replace(answer, results=[sure[0], replace(sure[1], least=0.9)])
    assert worth_showing(unknown) == sure[:1]


def test_statements_of_such_a_language_do_not_answer_beside_others(root: Path) -> None:
    asked = "A harbour levy covers their wages?"
    with closing(Eager(fakes.open_retriever(root), 0.0001)) as service:
        ranking = service.ask(asked, Options(top_k=50)).results
        assert [r for r in ranking if r.statement.document == "bahnen" and r.hit.confidence >= service.threshold]
        shown = answer_page(service, asked, Site(Settings(), "http://here"), nearest=False)
        assert {found.title for found in shown.answers} == {"Night trams of Lindhaven"}
        assert "Nachtbahnen von Lindhafen" in {found.title for found in shown.close}
        for turns in ([Turn(asked)], [Turn(asked), Turn("more")]):  # the second time nothing English is left
            more = answer_follow_up(service, turns, FollowUp(Intent.MORE)).brought
            assert {result.statement.document for result in more.results} <= {"trams"}


def test_when_something_was_said_in_german_is_not_denied(mixed: TestClient) -> None:
    asked = "Wer bezahlt die Fahrer der Bahnen?"
    (_, english), (_, german) = (
        (text, content(chat(mixed, user(text, "When was that?"))))
        for text in ("A harbour levy covers their wages?", asked)
    )
    assert "The statement names a time" in english
    assert german.startswith("Said in “Nachtbahnen von Lindhafen”.\n")


@pytest.mark.parametrize("message", ["Und was ist das? Warum so?", "¿y por qué?", "そして、なぜ？", "为什么呢？"])
def test_no_rule_for_english_words_reads_a_chat_in_another_language(message: str) -> None:
    assert not leans(message)
    assert read_follow_up(message) is None
    assert read_follow_up("verbatim?") is not None
    assert read_follow_up("¿verbatim?") is None
    assert searches(["How will small firms get loans?", message]).texts == [message]


def test_a_model_of_any_language_covers_a_text_that_is_put(tmp_path: Path) -> None:
    with client_of(Service(tmp_path)) as client:
        dry = put(client, "bahnen", fakes.BAHNEN, params={"dry_run": "true"}).json()
        assert (dry["language"], dry["language_covered"], dry["notes"]) == ("de", True, [])


def test_a_text_that_is_put_is_told_apart(tmp_path: Path) -> None:
    service = Service(tmp_path, model_languages="en")
    with client_of(service) as client:
        dry = put(client, "bahnen", fakes.BAHNEN, params={"dry_run": "true"}).json()
        assert (dry["language"], dry["language_from"], dry["language_covered"]) == ("de", "text", False)
        assert dry["notes"][-1].startswith(SEEMS)
        kept = put(client, "bahnen", fakes.BAHNEN, params={"language": "en"}).json()
        assert (kept["language"], kept["language_from"], kept["language_covered"]) == ("en", "metadata", True)
        assert kept["notes"] == []
