"""`/v1/ask`: one question by body or by URL."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import fakes

QUESTION = "A harbour levy covers their wages"
SOURCES = {"apples": fakes.APPLES, "trams": fakes.TRAMS}


def ask(client: TestClient, question: str = QUESTION, **options: Any) -> dict[str, Any]:
    """The answer to a question, never abstaining."""
    response = client.post("/v1/ask", json={"question": question, "min_confidence": 0} | options)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_an_answer_has_the_contracts_fields_and_no_others(client: TestClient) -> None:
    answer = ask(client)
    assert answer.keys() == {
        "request_id", "index_version", "took_ms", "question", "answered", "confidence", "reason", "results"
    }  # fmt: skip
    result = answer["results"][0]
    assert result.keys() == {
        "rank", "id", "score", "confidence", "text", "span", "speaker", "asked", "section", "citation", "context",
        "also_in",
        "explain",
    }  # fmt: skip
    assert result["span"].keys() == {"start", "end", "text"}
    assert result["citation"].keys() == {
        "number", "document", "title", "start", "end", "sha256", "url", "date",
        "text_sha256", "quote", "time", "page", "locator", "media",
    }  # fmt: skip
    assert result["context"] == {"before": [], "after": []}
    assert result["explain"] is None


def test_how_a_misspelt_question_was_read_is_told(client: TestClient) -> None:
    answer = ask(client, "A harbour levy covrs their wages")
    assert (answer["question"], answer["corrected_question"]) == ("A harbour levy covrs their wages", QUESTION)
    assert answer["results"] == ask(client)["results"]


def test_the_best_statement_comes_with_its_source(client: TestClient) -> None:
    answer = ask(client)
    document = fakes.two_transcripts()[1].document
    start = fakes.TRAMS.index("A harbour levy")
    text = "A harbour levy covers their wages. It was raised by two cents in March."
    assert (answer["question"], answer["answered"], answer["reason"]) == (QUESTION, True, None)
    result = answer["results"][0]
    assert (result["id"], result["text"], result["speaker"]) == ("trams#5", text, "Bo Strand")
    assert (result["asked"], result["section"], result["rank"]) == ("Who pays for the drivers?", 2, 1)
    assert result["citation"] == {
        "number": 1,
        "document": "trams",
        "title": "Night trams of Lindhaven",
        "start": start,
        "end": start + len(text),
        "sha256": document.sha256,
        "url": "/documents/trams#5",
        "date": None,
        "text_sha256": document.sha256,
        "quote": {
            "exact": text,
            "prefix": fakes.TRAMS[start - 32 : start],
            "suffix": fakes.TRAMS[start + len(text) :][:32],
        },
        "time": None,
        "page": None,
        "locator": None,
        "media": None,
    }


def test_every_quote_is_verbatim_in_code_points(client: TestClient) -> None:
    """One statement holds an apple beyond the basic plane and a combining accent."""
    results = ask(client, "Half of the apples withered", top_k=50)["results"]
    assert len(results) == 6
    assert "🍎 Cafe\u0301" in results[0]["text"]
    for result in results:
        citation, span = result["citation"], result["span"]
        assert SOURCES[citation["document"]][citation["start"] : citation["end"]] == result["text"]
        assert result["text"][span["start"] : span["end"]] == span["text"]


def test_ranks_and_citations_are_numbered_best_first(client: TestClient) -> None:
    results = ask(client, top_k=4)["results"]
    assert [result["rank"] for result in results] == [1, 2, 3, 4]
    assert [result["citation"]["number"] for result in results] == [1, 2, 3, 4]
    assert [result["score"] for result in results] == sorted((r["score"] for r in results), reverse=True)


def test_five_results_come_by_default(client: TestClient) -> None:
    assert len(ask(client)["results"]) == 5


def test_query_is_another_name_for_question(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"query": QUESTION, "min_confidence": 0})
    assert response.json()["question"] == QUESTION
    assert response.json()["results"][0]["id"] == "trams#5"


def test_nothing_good_enough_is_an_honest_200(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "Zebras juggle quartz"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["answered"], answer["results"], answer["reason"]) == (False, [], "no_confident_answer")


def test_min_confidence_one_always_abstains(client: TestClient) -> None:
    assert ask(client, min_confidence=1)["answered"] is False


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"speaker": ["Ada Lund"]}, {"trams#2", "trams#3", "trams#6"}),
        ({"speaker": "Ada Lund"}, {"trams#2", "trams#3", "trams#6"}),
        ({"speaker": "ms. lund"}, {"trams#2", "trams#3", "trams#6"}),
        ({"document": ["apples"]}, {"apples#2", "apples#4"}),
        ({"speaker": ["Bo Strand"], "document": ["trams", "apples"]}, {"trams#5"}),
        ({"speaker": ["Nobody"]}, set()),
    ],
)
def test_filters_choose_before_ranking(client: TestClient, filters: dict[str, Any], found: set[str]) -> None:
    answer = ask(client, filters=filters, top_k=max(len(found), 1))
    assert {result["id"] for result in answer["results"]} == found
    assert answer["answered"] is bool(found)


@pytest.mark.parametrize("kind", ["application/json", "application/ld+json"])
def test_a_name_that_fits_nobody_is_answered_with_the_names_there_are(client: TestClient, kind: str) -> None:
    body = {"question": QUESTION, "filters": {"speaker": ["Jane Smith", "Bo Strand"], "asker": ["host", "reporter"]}}
    answer = client.post("/v1/ask", content=json.dumps(body), headers={"Content-Type": kind}).json()
    assert answer["known"] == {"speaker": ["Ada Lund", "Mira Oake", "Bo Strand"]}
    assert "known" not in ask(client, filters={"speaker": ["Bo"]})


@pytest.mark.parametrize("way", ["fast", "ordinary", "batch"])
def test_null_is_the_same_as_not_said(eager: TestClient, way: str) -> None:
    """Clients of typed languages send it for every option that was not set."""
    names = ("top_k", "filters", "min_confidence", "context", "explain", "order", "group_by")
    unset: dict[str, Any] = dict.fromkeys(names)
    kind = {"Content-Type": "application/ld+json" if way == "ordinary" else "application/json"}
    for options in (
        unset,
        unset | {"filters": {"document": None, "speaker": None, "asker": None, "date": None, "tags": None}},
    ):
        found = []
        for said in (options, {}):
            if way == "batch":
                body = json.dumps({"questions": [QUESTION], **said})
                response = eager.post("/v1/ask/batch", content=body, headers=kind).json()["responses"][0]
            else:
                body = json.dumps({"question": QUESTION, **said})
                response = eager.post("/v1/ask", content=body, headers=kind).json()
            found.append(response["results"])
        assert found[0] == found[1] != []


def test_the_schema_says_that_options_may_be_null(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"type": "null"} in schemas["Filters"]["properties"]["speaker"]["anyOf"]
    for name in ("top_k", "filters", "min_confidence", "context", "explain", "order", "group_by"):
        assert {"type": "null"} in schemas["AskRequest"]["properties"][name]["anyOf"], name
    assert {"maximum": 100, "minimum": 1, "type": "integer"} in schemas["AskRequest"]["properties"]["top_k"]["anyOf"]


def test_context_brings_neighbouring_statements(client: TestClient) -> None:
    context = ask(client, context=1)["results"][0]["context"]
    start = fakes.TRAMS.index("They stop")
    assert context["before"] == [
        {
            "id": "trams#3",
            "speaker": "Ada Lund",
            "text": "They stop at the harbour, the hospital and the university.",
            "start": start,
            "end": start + 58,
        }
    ]
    assert [statement["id"] for statement in context["after"]] == ["trams#6"]


def test_explain_gives_every_signal_with_value_and_rank(client: TestClient) -> None:
    for result in ask(client, explain=True)["results"]:
        assert result["explain"]
        for signal in result["explain"].values():
            assert signal.keys() == {"value", "rank"}


@pytest.mark.parametrize("name", ["question", "query"])
def test_the_url_asks_what_the_body_asks(client: TestClient, name: str) -> None:
    query: dict[str, Any] = {
        name: QUESTION, "top_k": 2, "speaker": ["Ada Lund", "Bo Strand"], "min_confidence": 0, "context": 1,
        "explain": "true",
    }  # fmt: skip
    by_url = client.get("/v1/ask", params=query).json()
    filters = {"speaker": ["Ada Lund", "Bo Strand"]}
    by_body = ask(client, top_k=2, filters=filters, context=1, explain=True)
    assert by_url["results"] == by_body["results"] != []


@pytest.mark.parametrize("question", ["?", "🍎", "Cafe\u0301", "\u200b", "a\x00b", "ß" * 2000, "-- ' OR 1=1", "{}[]"])
def test_any_text_may_be_asked(client: TestClient, question: str) -> None:
    assert ask(client, question)["question"] == question


def test_2000_characters_may_be_asked_with_white_space_around(client: TestClient) -> None:
    assert len(ask(client, f"  {'word ' * 399}words \n")["question"]) == 2000
