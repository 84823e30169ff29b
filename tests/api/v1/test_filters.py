"""Dates and tags: in the filters of every way to ask, in the order of results, in what documents and citations say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.api.models.filters import Filters
from qa_service.settings import Settings
from tests import fakes
from tests.api import dated
from tests.api.conftest import Eager, ready_client
from tests.api.dated import QUESTION
from tests.api.pages.test_pages import text_of
from tests.api.test_errors import refused

ALL = ["bank-1", "bank-2", "bank-3", "bank-4"]
ORDINARY = {"Content-Type": "application/ld+json"}  # the fast lane takes plain JSON only


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the dated service."""
    root = dated.build(tmp_path_factory.mktemp("dated"))
    app = create_app(Settings(index_dir=root), opener=lambda: Eager(fakes.open_retriever(root)))
    with ready_client(app) as client:
        yield client


def ask(client: TestClient, **options: Any) -> dict[str, Any]:
    """The answer, never abstaining."""
    response = client.post("/v1/ask", json={"question": QUESTION, "min_confidence": 0, "top_k": 8} | options)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def documents(answer: dict[str, Any]) -> list[str]:
    """Of which document each result is."""
    return [result["citation"]["document"] for result in answer["results"]]


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ({"from": "2023-01", "to": "2023-12-31"}, ALL[:2]),
        ({"from": "2023-09-30"}, ALL[1:3]),
        ({"to": "2023-03-14"}, ALL[:1]),
        ({"from": None, "to": "2023-03-13"}, []),
        ({"from": "2024-06-01", "to": "2024-06-01"}, ALL[2:3]),
        ({"from": "1900", "to": "2100"}, ALL[:3]),
        (None, ALL),
    ],
)
def test_a_date_filter_leaves_documents_whose_date_meets_it(
    bank: TestClient, date: dict[str, str] | None, found: list[str]
) -> None:
    answer = ask(bank, filters={"date": date})
    assert sorted(set(documents(answer))) == found
    assert answer["reason"] == (None if found else "no_statement_matches_filters")
    given: dict[str, Any] = {name: value for name, value in (date or {}).items() if value}
    by_url = bank.get("/v1/ask", params=given | {"question": QUESTION, "min_confidence": 0, "top_k": 8}).json()
    assert by_url["results"] == answer["results"]
    batch = {"questions": [QUESTION], "min_confidence": 0, "top_k": 8, "filters": {"date": date}}
    assert bank.post("/v1/ask/batch", json=batch).json()["responses"][0]["results"] == answer["results"]


@pytest.mark.parametrize(
    ("date", "param", "told"),
    [
        ({}, "filters.date", "give at least one"),
        ({"from": None}, "filters.date", "give at least one"),
        ({"from": "2024", "to": "2023-12"}, "filters.date", "from (2024) is later than to (2023-12); change them over"),
        ({"from": "2023-02-30"}, "filters.date", "'2023-02-30' is not in the calendar; give a year, a month or a day"),
        ({"to": "May 2023"}, "filters.date", "'May 2023' is no date; give a year, a month or a day as in 2023"),
        ({"from": 2023}, "filters.date.from", "valid string"),
        ({"since": "2023"}, "filters.date.since", "not permitted"),
        ("2023", "filters.date", "valid dictionary"),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/ld+json"])
def test_a_date_filter_that_is_none_is_refused_with_what_to_do(
    bank: TestClient, date: Any, param: str, told: str, kind: str
) -> None:
    response = bank.post(
        "/v1/ask", json={"question": QUESTION, "filters": {"date": date}}, headers={"Content-Type": kind}
    )
    error = refused(response, 422, "invalid_request")
    assert error["param"] == param
    assert told in error["message"]
    assert "Value error" not in error["message"]


@pytest.mark.parametrize(
    ("query", "param", "told"),
    [
        ("from=2024&to=2023", "date", "change them over"),
        ("from=2023-13", "date", "is not in the calendar"),
        ("to=", "date", "is no date"),
        ("order=latest", "order", "'relevance', 'newest' or 'oldest'"),
        ("group_by=speaker", "group_by", "'document'"),
        ("tag=bank", "tag", "not permitted"),
    ],
)
def test_the_url_is_checked_as_well(bank: TestClient, query: str, param: str, told: str) -> None:
    error = refused(bank.get(f"/v1/ask?question=x&{query}"), 422, "invalid_request")
    assert error["param"] == param
    assert told in error["message"]


@pytest.mark.parametrize(
    ("tags", "found"), [(["BANK"], ALL[:2]), ("rates", ALL[:1]), (["rates", "bank"], ALL[:2]), (["ban"], []), ([], ALL)]
)
def test_tags_leave_documents_that_have_any_of_them(bank: TestClient, tags: Any, found: list[str]) -> None:
    answer = ask(bank, filters={"tags": tags})
    assert sorted(set(documents(answer))) == found
    by_url = bank.get("/v1/ask", params={"question": QUESTION, "min_confidence": 0, "top_k": 8, "tags": tags}).json()
    assert by_url["results"] == answer["results"]


def test_a_tag_that_no_document_has_is_answered_with_those_there_are(bank: TestClient) -> None:
    assert ask(bank, filters={"tags": ["ban"]})["known"] == {"tags": ["Bank", "rates"]}
    assert "known" not in ask(bank, filters={"tags": ["bank"]})


def test_filters_as_the_core_takes_them() -> None:
    filters = Filters.model_validate({"speaker": "Ada", "date": {"from": "2023-02", "to": "2024"}})
    chosen = {key: values for key, values in filters.chosen().items() if values}
    assert chosen == {"speaker": ["Ada"], "date": ["2023-02-01", "2024-12-31"]}
    assert Filters().chosen().keys() == {"document", "speaker", "asker", "tags"}


@pytest.mark.parametrize(("order", "found"), [("oldest", ALL), ("newest", [*ALL[2::-1], ALL[3]])])
@pytest.mark.parametrize("headers", [{}, ORDINARY])
def test_one_result_a_document_in_order_of_date(
    bank: TestClient, order: str, found: list[str], headers: dict[str, str]
) -> None:
    body: dict[str, Any] = {"question": QUESTION, "min_confidence": 0, "top_k": 8}
    body |= {"order": order, "group_by": "document"}
    answer = bank.post("/v1/ask", json=body, headers=headers).json()
    assert documents(answer) == found
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3, 4]
    assert all("interest rate" in result["text"] for result in answer["results"])
    assert answer["confidence"] == max(result["confidence"] for result in answer["results"])
    plain = ask(bank)
    assert answer["confidence"] == plain["confidence"]
    by_url = bank.get("/v1/ask", params=body).json()
    assert by_url["results"] == answer["results"]


def test_the_best_by_relevance_are_put_in_order(bank: TestClient) -> None:
    best = ask(bank, top_k=2)
    assert sorted(documents(ask(bank, top_k=2, order="oldest"))) == sorted(documents(best))
    assert documents(ask(bank, top_k=2, order="oldest")) == documents(ask(bank, top_k=2, order="newest"))[::-1]
    assert ask(bank, top_k=2, order=None, group_by=None)["results"] == best["results"]


def test_documents_and_citations_carry_the_date(bank: TestClient) -> None:
    first, *_, last = bank.get("/v1/documents").json()["documents"]
    assert (first["date"], first["date_from"], first["tags"]) == ("2023-03-14", "metadata", ["Bank", "rates"])
    assert first["roles"] == {"Ada Lund": "governor"}
    assert (last["date"], last["date_from"], last["tags"], last["roles"]) == (None, None, [], {})
    detail = bank.get("/v1/documents/bank-1").json()
    assert detail | first == detail
    cited = {result["citation"]["document"]: result["citation"]["date"] for result in ask(bank)["results"]}
    assert cited == {"bank-1": "2023-03-14", "bank-2": "2023-09", "bank-3": "2024", "bank-4": None}


def test_pages_show_the_date_and_the_tags(bank: TestClient) -> None:
    answered = bank.get("/", params={"q": QUESTION}).text
    assert '<time datetime="2023-03-14">2023-03-14</time>' in answered
    assert (
        'Press conference of the Harbor Bank</a>\n<span><bdi>Ada Lund</bdi> · <time datetime="2023-09">'
        in bank.get("/").text
    )
    transcript = bank.get("/documents/bank-1").text
    assert '<time datetime="2023-03-14">2023-03-14</time>' in transcript
    assert "Tags: Bank, rates" in text_of(transcript)
    undated = bank.get("/documents/bank-4").text
    assert "<time" not in undated
    assert "Tags:" not in undated


def test_a_date_by_the_files_name_is_shown_as_such(tmp_path: Path) -> None:
    fakes.build_index(tmp_path, [fakes.transcript("bank-2023", dated.text("two"))])
    with ready_client(create_app(Settings(index_dir=tmp_path), opener=fakes.opener(tmp_path))) as client:
        assert client.get("/v1/documents/bank-2023").json()["date_from"] == "file name"
        assert "2023 (by the file’s name)" in text_of(client.get("/documents/bank-2023").text)


def test_a_chats_source_line_and_annotation_tell_the_date(bank: TestClient) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    completion = bank.post("/v1/chat/completions", json=body).json()
    message = completion["choices"][0]["message"]
    notes = [annotation["url_citation"] for annotation in message["annotations"]]
    assert len(notes) == len(completion["sources"]) == 3
    for number, (note, source) in enumerate(zip(notes, completion["sources"], strict=True), start=1):
        date = f" ({source['citation']['date']})" if source["citation"]["date"] else ""
        assert note["title"] == f"Press conference of the Harbor Bank{date}, paragraph 2"
        assert f"- [{number}] {note['title']}: {note['url']}" in message["content"]
    assert any(source["citation"]["date"] for source in completion["sources"])


def test_the_contract_names_the_fields(bank: TestClient) -> None:
    paths = bank.get("/openapi.json").json()
    schemas = paths["components"]["schemas"]
    assert schemas["DateRange"]["properties"].keys() == {"from", "to"}
    named = {parameter["name"] for parameter in paths["paths"]["/v1/ask"]["get"]["parameters"]}
    assert {"from", "to", "tags", "order", "group_by"} <= named
    assert {"start", "end"}.isdisjoint(named)
