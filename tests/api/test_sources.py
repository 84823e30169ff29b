"""Documents and statements by id."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import fakes


def get(client: TestClient, path: str) -> dict[str, Any]:
    """A successful answer."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_documents_are_listed_in_order_of_id(client: TestClient) -> None:
    apples, trams = (transcript.document for transcript in fakes.two_transcripts())
    assert get(client, "/v1/documents") == {
        "documents": [
            {"id": "apples", "title": apples.title, "language": "en", "sha256": apples.sha256, "statements": 2},
            {"id": "trams", "title": trams.title, "language": "en", "sha256": trams.sha256, "statements": 4},
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
