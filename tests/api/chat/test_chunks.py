"""Server-sent events: the chunks of a chat, and `/v1/ask` as events."""

import json
from typing import Any

from fastapi.testclient import TestClient

from tests.api.chat.test_chat import COMPLETIONS, LEVY, chat, content, user

ANYTHING = {"min_confidence": 0, "top_k": 2}


def chunks(client: TestClient, question: str = LEVY, **fields: Any) -> list[dict[str, Any]]:
    """All chunks of a streamed answer, after checking how they are sent."""
    response = client.post(COMPLETIONS, json={"messages": user(question), "stream": True} | fields)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert (response.headers["cache-control"], response.headers["x-accel-buffering"]) == ("no-cache", "no")
    assert response.headers["x-request-id"]
    assert "\r" not in response.text
    events = response.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(event.startswith("data: ") and "\n" not in event for event in events[:-1])
    return [json.loads(event.removeprefix("data: ")) for event in events[:-2]]


def test_chunks_come_in_the_order_that_clients_need(eager: TestClient) -> None:
    sent = chunks(eager)
    deltas = [chunk["choices"][0]["delta"] for chunk in sent]
    kinds = ["event" if "event" in c else "+".join(d) or "end" for c, d in zip(sent, deltas, strict=True)]
    assert (kinds[0], kinds[1], kinds[-2:]) == ("role+content", "event", ["annotations", "end"])
    assert set(kinds[2:-2]) == {"content"}
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert [c["choices"][0]["finish_reason"] for c in sent] == [None] * (len(sent) - 1) + ["stop"]
    assert {c["object"] for c in sent} == {"chat.completion.chunk"}
    assert len({(c["id"], c["created"], c["model"]) for c in sent}) == 1
    assert sent[0]["searched_query"] == sent[-1]["searched_query"] == LEVY


def test_the_pieces_make_up_the_plain_answer(eager: TestClient) -> None:
    plain = chat(eager, user(LEVY))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(eager)]
    assert "".join(delta.get("content", "") for delta in deltas) == content(plain)
    noted = [delta["annotations"] for delta in deltas if "annotations" in delta]
    assert noted == [plain["choices"][0]["message"]["annotations"]]


def test_a_source_event_holds_quote_and_confidence_under_the_url_of_its_annotation(eager: TestClient) -> None:
    events = [chunk["event"] for chunk in chunks(eager) if "event" in chunk]
    confidence = chat(eager, user(LEVY))["sources"][0]["confidence"]
    name = "Night trams of Lindhaven, paragraph 5"
    assert events == [
        {
            "type": "source",
            "data": {
                "source": {"name": name, "url": "http://testserver/documents/trams#5", "id": "trams#5"},
                "document": ["A harbour levy covers their wages."],
                "metadata": [{"source": "http://testserver/documents/trams#5", "name": name, "external": True}],
                "distances": [confidence],
            },
        }
    ]


def test_usage_comes_only_when_asked_for(eager: TestClient) -> None:
    last = chunks(eager, stream_options={"include_usage": True})[-1]
    assert (last["choices"], last["usage"]) == ([], chat(eager, user(LEVY))["usage"])
    assert all("usage" not in chunk for chunk in chunks(eager, stream_options={}))


def test_no_answer_is_streamed_without_sources(eager: TestClient) -> None:
    sent = chunks(eager, "Zebras juggle quartz")
    assert not any("event" in chunk or "annotations" in chunk["choices"][0]["delta"] for chunk in sent)
    assert sent[-1]["choices"][0]["finish_reason"] == "stop"


def test_ask_streams_its_answer_as_one_event_and_says_when_it_is_done(client: TestClient) -> None:
    accept = {"Accept": "text/event-stream", "X-Request-ID": "mine"}
    response = client.post("/v1/ask", json={"question": LEVY} | ANYTHING, headers=accept)
    assert response.headers["content-type"].startswith("text/event-stream")
    first, second, rest = response.text.split("\n\n")
    assert rest == ""
    name, data = first.split("\n")
    plain = client.post("/v1/ask", json={"question": LEVY} | ANYTHING, headers={"X-Request-ID": "mine"}).json()
    streamed = json.loads(data.removeprefix("data: "))
    assert name == "event: results"
    assert streamed | {"took_ms": 0} == plain | {"took_ms": 0}
    assert second.startswith("event: done\ndata: {")


def test_an_error_of_ask_is_the_usual_one_even_for_who_wants_events(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": ""}, headers={"Accept": "text/event-stream"})
    assert (response.status_code, response.json()["error"]["param"]) == (422, "question")
