"""Documents and statements by id."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import Eager, ready_client
from tests.api.pages.test_pages import text_of
from tests.sources.test_noise_in_statements import CAPTIONS, INTERRUPTED, PAGES


def get(client: TestClient, path: str) -> dict[str, Any]:
    """A successful answer."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_documents_are_listed_in_order_of_id(client: TestClient) -> None:
    apples, trams = (transcript.document for transcript in fakes.two_transcripts())
    undated: dict[str, Any] = {"date": None, "date_from": None, "tags": [], "roles": {}}
    undated |= {"language_from": "text", "language_covered": True}
    undated |= {"reader": {"name": "text", "version": 1}, "media": None}
    assert get(client, "/v1/documents") == {
        "documents": [
            {"id": d.id, "title": d.title, "language": "en", "sha256": d.sha256, "statements": statements}
            | {"text_sha256": d.sha256}
            | undated
            for d, statements in ((apples, 2), (trams, 4))
        ]
    }


def test_speakers_are_listed_with_what_they_say_most_first(client: TestClient) -> None:
    assert get(client, "/v1/speakers") == {
        "speakers": [
            {"name": "Ada Lund", "statements": 3, "documents": ["trams"]},
            {"name": "Mira Oake", "statements": 2, "documents": ["apples"]},
            {"name": "Bo Strand", "statements": 1, "documents": ["trams"]},
        ]
    }


def test_a_document_comes_with_its_exchanges(client: TestClient) -> None:
    document = get(client, "/v1/documents/trams")
    assert document["speakers"] == ["Ada Lund", "Bo Strand"]
    assert [(e["section"], e["asker"], [s["id"] for s in e["statements"]]) for e in document["exchanges"]] == [
        (1, "Reporter", ["trams#2", "trams#3"]),
        (2, "Reporter", ["trams#5", "trams#6"]),
    ]


@pytest.mark.parametrize(("name", "text"), [("apples", fakes.APPLES), ("trams", fakes.TRAMS)])
def test_every_piece_of_a_document_is_a_cut_of_its_source(client: TestClient, name: str, text: str) -> None:
    for exchange in get(client, f"/v1/documents/{name}")["exchanges"]:
        for piece in [exchange["question"], *exchange["statements"]]:
            assert text[piece["start"] : piece["end"]] == piece["text"]


def test_a_statement_is_read_by_its_escaped_id(client: TestClient) -> None:
    statement = get(client, "/v1/statements/trams%235")
    asked = client.post("/v1/ask", json={"question": "harbour levy wages", "min_confidence": 0}).json()
    assert statement.pop("citation") == asked["results"][0]["citation"]
    assert asked["results"][0]["id"] == statement["id"]
    start = fakes.TRAMS.index("A harbour levy")
    assert statement == {
        "id": "trams#5",
        "speaker": "Bo Strand",
        "text": "A harbour levy covers their wages. It was raised by two cents in March.",
        "start": start,
        "end": start + 71,
        "document": "trams",
        "asked": "Who pays for the drivers?",
        "section": 2,
        "context": {"before": [], "after": []},
    }


def test_context_brings_the_neighbours_of_a_statement(client: TestClient) -> None:
    context = get(client, "/v1/statements/trams%235?context=2")["context"]
    assert [s["id"] for s in context["before"]] == ["trams#2", "trams#3"]
    assert [s["id"] for s in context["after"]] == ["trams#6"]


def test_every_listed_statement_can_be_read(client: TestClient) -> None:
    for document in get(client, "/v1/documents")["documents"]:
        exchanges = get(client, f"/v1/documents/{document['id']}")["exchanges"]
        listed = [statement for exchange in exchanges for statement in exchange["statements"]]
        assert len(listed) == document["statements"]
        for statement in listed:
            found = get(client, "/v1/statements/" + statement["id"].replace("#", "%23"))
            assert statement.items() <= found.items()


WHOLE = (
    "Nobody knows yet. The harbour board has done some\n\n4 Feb 2025 : Column 344\n\nestimates of the fares. "
    "They will be printed in March."
)
WORDS = f"Nobody knows yet. {INTERRUPTED} They will be printed in March."


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service whose statements are interrupted by headers and by labels."""
    root = tmp_path_factory.mktemp("interrupted")
    fakes.build_index(root, [fakes.transcript("captions", CAPTIONS), fakes.transcript("pages", PAGES)])
    app = create_app(Settings(index_dir=root), opener=lambda: Eager(fakes.open_retriever(root)))
    with ready_client(app) as client:
        yield client


def best(client: TestClient, question: str) -> dict[str, Any]:
    """The first result."""
    found = client.post("/v1/ask", json={"question": question, "top_k": 1, "context": 1}).json()
    result: dict[str, Any] = found["results"][0]
    return result


def test_a_document_lists_an_interrupted_statement_part_by_part(interrupted: TestClient) -> None:
    listed = [s for e in get(interrupted, "/v1/documents/pages")["exchanges"] for s in e["statements"]]
    assert [(s["id"], s["text"]) for s in listed] == [
        ("pages#1", "Nobody knows yet. The harbour board has done some"),
        ("pages#1", "estimates of the fares. They will be printed in March."),
        ("pages#5", "A harbour levy covers their wages, as the"),
        ("pages#5", "council wished."),
    ]
    assert get(interrupted, "/v1/documents")["documents"][1]["statements"] == 2


@pytest.mark.parametrize(("name", "text"), [("captions", CAPTIONS), ("pages", PAGES)])
def test_every_part_is_a_cut_of_its_source_and_holds_words_only(interrupted: TestClient, name: str, text: str) -> None:
    for exchange in get(interrupted, f"/v1/documents/{name}")["exchanges"]:
        for part in exchange["statements"]:
            assert text[part["start"] : part["end"]] == part["text"]
            assert not {"Column", "SPEAKER"} & set(part["text"].replace("_", " ").split())
            assert "spoken" not in part


def test_an_interrupted_statement_is_read_whole_and_as_it_was_spoken(interrupted: TestClient) -> None:
    statement = get(interrupted, "/v1/statements/pages%231?context=1")
    assert (statement["text"], statement["spoken"]) == (WHOLE, WORDS)
    assert PAGES[statement["start"] : statement["end"]] == WHOLE
    neighbour = statement["context"]["after"][0]
    assert PAGES[neighbour["start"] : neighbour["end"]] == neighbour["text"]
    assert neighbour["spoken"] == "A harbour levy covers their wages, as the council wished."


def test_an_answer_gives_an_interrupted_statement_whole_and_as_it_was_spoken(interrupted: TestClient) -> None:
    result = best(interrupted, INTERRUPTED)
    assert (result["text"], result["spoken"]) == (WHOLE, WORDS)
    citation, span = result["citation"], result["span"]
    assert PAGES[citation["start"] : citation["end"]] == WHOLE
    assert WHOLE[span["start"] : span["end"]] == span["text"]
    assert "Column 344" in span["text"]
    assert span["spoken"] == INTERRUPTED


def test_a_sentence_that_nothing_interrupts_is_quoted_as_it_stands(interrupted: TestClient) -> None:
    result = best(interrupted, "They will be printed in March")
    assert result["spoken"] == WORDS
    assert result["span"]["text"] == "They will be printed in March."
    assert "spoken" not in result["span"]


def test_repeated_labels_are_neither_spoken_nor_asked(interrupted: TestClient) -> None:
    result = best(interrupted, "trams run between midnight and dawn")
    assert result["id"] == "captions#2"
    assert result["spoken"] == "Twelve trams run between midnight and dawn. They stop at the harbour."
    assert result["span"]["spoken"] == "Twelve trams run between midnight and dawn."
    assert result["asked"] == "How many night trams run in Lindhaven?"


def test_ordinary_statements_say_nothing_of_what_was_spoken(client: TestClient) -> None:
    assert "spoken" not in client.get("/v1/statements/trams%235?context=2").text
    assert "spoken" not in client.get("/v1/documents/trams").text
    answer = client.post("/v1/ask", json={"question": "harbour levy", "min_confidence": 0, "context": 1})
    assert answer.json()["results"]
    assert "spoken" not in answer.text


@pytest.mark.parametrize("header", ["Column", "SPEAKER_01]"])
def test_pages_and_chat_answers_show_the_words_without_what_interrupts_them(
    interrupted: TestClient, header: str
) -> None:
    question = INTERRUPTED if header == "Column" else "Twelve trams run between midnight and dawn."
    html = interrupted.get("/", params={"q": question}).text
    assert f"<mark>{question}</mark>" in html
    assert header not in html
    if header == "Column":
        assert WORDS in text_of(html)
    message = {"role": "user", "content": question}
    completion = interrupted.post("/v1/chat/completions", json={"messages": [message]}).json()
    content = completion["choices"][0]["message"]["content"]
    assert f"> “{question}” [1]" in content
    assert header not in content
    cited = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert content[cited["start_index"] : cited["end_index"]] == question
