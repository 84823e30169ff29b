"""`POST /v1/verify`: whether a quote may be printed, under whose name, and what differs where not."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.test_errors import refused


def verified(client: TestClient, **asked: Any) -> Any:
    response = client.post("/v1/verify", json=asked)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture(scope="module")
def statement(client: TestClient) -> Any:
    """A statement of somebody by name, as `/v1/ask` gives it."""
    answer = client.post("/v1/ask", json={"question": "harbour levy wages", "min_confidence": 0, "top_k": 1}).json()
    return answer["results"][0]


def test_a_statement_is_verified_where_it_stands(client: TestClient, statement: Any) -> None:
    found = verified(client, quote=statement["text"], document=statement["citation"]["document"])
    assert found["verified"]
    assert found["nearest"] is None
    (one,) = found["occurrences"]
    assert (one["start"], one["end"], one["exact"]) == (*(statement["citation"][k] for k in ("start", "end")), True)
    assert [said["statement"] for said in one["said"]] == [statement["id"]]
    assert one["speaker_agrees"] is None


def test_the_document_need_not_be_known(client: TestClient, statement: Any) -> None:
    found = verified(client, quote=statement["text"].rstrip("."))
    assert found["occurrences"][0]["document"] == statement["citation"]["document"]


def test_under_another_name_it_is_not_verified(client: TestClient, statement: Any) -> None:
    right = verified(client, quote=statement["text"], speaker=statement["speaker"].split()[-1].upper())
    assert (right["verified"], right["occurrences"][0]["speaker_agrees"]) == (True, True)
    wrong = verified(client, quote=statement["text"], speaker="Jane Smith")
    assert (wrong["verified"], wrong["occurrences"][0]["speaker_agrees"]) == (False, False)


def test_a_question_is_the_askers(client: TestClient) -> None:
    exchange = client.get("/v1/documents/trams").json()["exchanges"][0]
    found = verified(client, quote=exchange["question"]["text"], document="trams")
    (said,) = found["occurrences"][0]["said"]
    assert (said["does"], said["speaker"], said["statement"]) == ("asks", exchange["asker"], None)


def test_a_quote_with_a_word_changed_names_the_word(client: TestClient, statement: Any) -> None:
    words = statement["text"].split()
    changed = " ".join(["never" if i == 2 else word for i, word in enumerate(words)])
    found = verified(client, quote=changed)
    assert not found["verified"]
    assert found["occurrences"] == []
    near = found["nearest"]
    assert near["document"] == statement["citation"]["document"]
    assert {"kind": "changed", "quote": "never", "source": words[2].strip(",.")} in near["differences"]
    assert near["said"][0]["statement"] == statement["id"]


def test_what_nobody_said_has_nothing_near(client: TestClient) -> None:
    found = verified(client, quote="Zebras dance upon frozen violins tonight")
    assert (found["verified"], found["occurrences"], found["nearest"]) == (False, [], None)


def test_offsets_are_those_of_the_reading(client: TestClient, statement: Any) -> None:
    document = statement["citation"]["document"]
    text = client.get(f"/v1/documents/{document}/text").text
    (one,) = verified(client, quote=statement["text"], document=document)["occurrences"]
    assert text[one["start"] : one["end"]] == one["text"] == statement["text"]
    assert one["text_sha256"] == statement["citation"]["text_sha256"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"quote": ""}, 422),
        ({"quote": "   "}, 422),
        ({"quote": "a" * 5001}, 422),
        ({"quote": "a", "speaker": ""}, 422),
        ({"quote": "a", "extra": 1}, 422),
        ({"quote": "a", "document": "nowhere"}, 404),
        ({}, 422),
    ],
)
def test_what_can_not_be_meant_is_refused(client: TestClient, asked: dict[str, Any], status: int) -> None:
    response = client.post("/v1/verify", json=asked)
    refused(response, status, "not_found" if status == 404 else "invalid_request")
