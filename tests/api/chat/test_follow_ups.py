"""Follow-ups in a chat: how they are told, and how what was shown is found again."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.chat.follow_ups import FollowUp, read_follow_up, without_thanks
from qa_service.api.chat.intents import Intent
from tests.api.chat.test_chat import COMPLETIONS, LEVY, chat, content
from tests.conftest import ROOT

WORDS = """\
more=more|More!=more|some more, please=more|any others?=more|what else=more|next=more|gimme more=|no more=
explain=explain|explain this in more detail=explain|explain why=|what does it mean?=explain|what does it cost?=
go on=continue|and then?=continue|what did she say next=continue|what happens next year?=|go on strike?=
before that=before|and just before this?=before|before the war?=|what did he say before that?=before
the whole statement=whole|show me all of it=whole|in full=whole|the whole country?=|exact words please=quote
verbatim=quote|the exact amount?=|shorter=shorter|tl;dr=shorter|in short=shorter|short trams?=|the first one=nth
quote 2=nth|3=nth|the other one=nth|the first tram?=|4=|where does he say this=where|sources=where
which paragraph?=where|how do you know?=where|where does it stop?=|where was that?=|who said it?=who|says who?=who
who says hello?=|when was this said?=when|when was it built?=|what were they asked?=asked|the question=asked
who asked?=asked|what was asked of banks?=|are you certain about that?=sure|is it true?=sure|really?=sure|sure=
what more did he say on this=same_speaker|anything else by her=same_speaker|what else did she build?=
WHAT ELSE?=more|“more”=more|更多=|もっと=|plus s'il vous plaît=|thank you so much! one more?=more|Who said what’s true?=
who’s that?=who|explan taht=explain|mroe=|mroe please=more|what is the contest?=|moe="""


@pytest.mark.parametrize("row", [row for row in WORDS.replace("\n", "|").split("|") if row])
def test_a_follow_up_is_told_by_the_whole_message(row: str) -> None:
    said, _, kind = row.rpartition("=")
    found = read_follow_up(said)
    assert (found.intent if found else "") == kind


def wordings() -> list[list[str]]:
    """What people might type, each with its intent or `question`."""
    table = Path(__file__).with_name("follow_up_wordings.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in table.splitlines()]


@pytest.mark.parametrize(("said", "kind"), wordings())
def test_other_wordings_are_told_too(said: str, kind: str) -> None:
    found = read_follow_up(said)
    assert (found.intent if found else "question") == kind


@pytest.mark.parametrize(
    ("said", "number"),
    [("the second one", 2), ("number three", 3), ("[1]", 1), ("what about the last one?", -1), ("the 3rd quote", 3)],
)
def test_which_statement_is_meant_is_read(said: str, number: int) -> None:
    assert read_follow_up(said) == FollowUp(Intent.NTH, number)


def test_no_question_of_the_question_sets_is_a_follow_up() -> None:
    asked = [
        json.loads(line).get("question", "")
        for path in sorted((ROOT / "eval" / "data").glob("*/*/questions.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(asked) > 5000
    assert [question for question in asked if read_follow_up(question)] == []


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("thanks, and the apprentices?", "and the apprentices?"),
        ("Thank you very much! Who pays?", "Who pays?"),
        ("ok, great. who pays?", "who pays?"),
        ("thx who pays", "who pays"),
        ("thanks!", "thanks!"),
        ("Great Britain's exports?", "Great Britain's exports?"),
        ("Nice is where?", "Nice is where?"),
        ("Thanksgiving plans?", "Thanksgiving plans?"),
    ],
)
def test_thanks_before_a_question_are_not_part_of_it(said: str, asked: str) -> None:
    assert without_thanks(said) == asked


def ask(client: TestClient, reply: object, said: str, **fields: Any) -> dict[str, Any]:
    """The completion of a follow-up on `LEVY`, of which the client sends `reply` back; nothing if it is None."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": LEVY}]
    if reply is not None:
        messages.append({"role": "assistant", "content": reply})
    return chat(client, [*messages, {"role": "user", "content": said}], **fields)


def ids(completion: dict[str, Any]) -> list[str]:
    """Of the statements quoted."""
    return [source["id"] for source in completion["sources"]]


@pytest.fixture(scope="module")
def told(eager: TestClient) -> str:
    """What is answered to `LEVY`."""
    return content(chat(eager, [{"role": "user", "content": LEVY}]))


def test_where_it_stands_is_told_with_the_quote(eager: TestClient, told: str) -> None:
    completion = ask(eager, told, "where does it say that?")
    assert content(completion) == (
        "It stands in “Night trams of Lindhaven”, paragraph 5:\n\n> “A harbour levy covers their wages.” [1]\n\n"
        "— Bo Strand, asked: “Who pays for the drivers?”\n\n**Sources**\n\n"
        "- [1] Night trams of Lindhaven, paragraph 5: http://testserver/documents/trams#5"
    )
    assert (completion["searched_query"], completion["answered"]) == (LEVY, True)
    cited = completion["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert content(completion)[cited["start_index"] : cited["end_index"]] == f"{LEVY}."
    assert completion["confidence"] == completion["sources"][0]["confidence"] > 0


@pytest.mark.parametrize(
    ("shown", "lead"),
    [
        ("trams#5", "Said in “Night trams of Lindhaven”. The statement names a time:"),  # "in March"
        ("apples#4", "Said in “Orchards after the drought”. The statement itself names no time:"),
    ],
)
def test_whether_a_time_is_named_is_told(eager: TestClient, shown: str, lead: str) -> None:
    assert content(ask(eager, f"/documents/{shown}", "when was that?")).startswith(lead)


def test_an_explanation_is_the_whole_statement_and_its_neighbour(eager: TestClient, told: str) -> None:
    completion = ask(eager, told, "explain that more")
    assert ids(completion) == ["trams#5", "trams#6"]
    assert "> “A harbour levy covers their wages. It was raised by two cents in March.” [1]" in content(completion)
    assert "— Ada Lund" in content(completion)
    assert [source["span"]["text"] == source["text"] for source in completion["sources"]] == [True, True]


SAID = "Bo Strand asked"


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda told: None,
        lambda told: "",
        lambda told: told[:40],
        lambda told: [{"type": "text", "text": told}],
        lambda told: re.sub(r"https?://\S+", "", told),
        lambda told: "[1](http://other.example/documents/trams#5).",
        lambda told: told.replace("documents/trams#5", "documents/gone#5"),
        lambda told: told.replace("documents/trams#5", "documents/trams#99"),
        lambda told: told.replace("> ", "").replace("“", '"').replace("”", '"').replace("**", "__"),
    ],
)
def test_what_was_shown_is_found_again_however_it_comes_back(eager: TestClient, told: str, rewritten: Any) -> None:
    assert ids(ask(eager, rewritten(told), "who said that?")) == ["trams#5"]
    assert content(ask(eager, rewritten(told), "who said that?")).startswith("Said by Bo Strand:")


def test_what_an_answer_names_counts_before_what_would_be_answered_now(eager: TestClient) -> None:
    completion = ask(eager, "- [1] http://testserver/documents/apples#4", "who said that?")
    assert ids(completion) == ["apples#4"]
    assert content(completion).startswith("Said by Mira Oake:")


def test_a_quote_without_address_counts_as_shown(eager: TestClient) -> None:
    reply = "[1] http://x/documents/trams#5 and > *Nobody pays more than one crown for a ticket.*"
    assert ids(ask(eager, reply, "who said that?")) == ["trams#5", "trams#6"]


def test_when_all_was_shown_that_is_all(eager: TestClient) -> None:
    completion = ask(eager, "http://x/documents/trams#5 http://x/documents/trams#6", "more")
    assert content(completion) == "That is all: nothing more in the sources is sure enough to quote."
    assert (completion["answered"], completion["confidence"], completion["sources"]) == (False, 0.0, [])
    assert completion["searched_query"] == LEVY


def test_an_answer_quoted_whole_is_not_explained_by_others(eager: TestClient, told: str) -> None:
    explained = content(ask(eager, told, "explain that"))
    assert content(ask(eager, explained, "explain that")) == "That is all: the whole answer in the source was quoted."


def test_the_ends_of_a_transcript_are_told(eager: TestClient) -> None:
    assert content(ask(eager, "/documents/trams#6", "go on")) == "That is all: the transcript ends there."
    first = content(ask(eager, "/documents/trams#2", "and before that?"))
    assert first == "Nothing stands before that: the transcript begins there."


def test_of_one_statement_there_is_no_third(eager: TestClient, told: str) -> None:
    assert content(ask(eager, told, "the third one")).startswith("Only one statement was quoted. ")


def test_after_a_refusal_a_follow_up_is_told_what_can_be_asked(client: TestClient) -> None:
    asked = "Why were the airports closed?"
    completion = chat(client, [{"role": "user", "content": said} for said in (asked, "more")])
    assert content(completion).startswith(
        f"Nothing was quoted on “{asked}”, so there is nothing to go on from. "
        "Ask a question: it is answered word for word from the sources, or not at all.\n\n**Orchards"
    )
    assert (completion["answered"], completion["searched_query"]) == (False, asked)


def streamed(client: TestClient, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chunks of a stream."""
    response = client.post(COMPLETIONS, json=body | {"stream": True})
    for line in response.text.splitlines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


@pytest.mark.parametrize("said", ["explain that", "where does it say that?", "more"])
def test_a_stream_gives_the_same(eager: TestClient, told: str, said: str) -> None:
    messages = [
        {"role": "user", "content": LEVY},
        {"role": "assistant", "content": told},
        {"role": "user", "content": said},
    ]
    plain = chat(eager, messages)
    chunks = list(streamed(eager, {"messages": messages}))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("content", "") for delta in deltas) == content(plain)
    notes = [note for delta in deltas for note in delta.get("annotations", [])]
    assert notes == plain["choices"][0]["message"]["annotations"]
    assert chunks[-1]["answered"] == plain["answered"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("/documents/" * 50_000, "more"),
        ("/documents/trams#5 " * 40_000, "more"),
        ("thanks " * 100_000, "thanks " * 100_000 + "\nWho pays?"),
        ("> " * 300_000, "ok " * 39 + "x"),
        (LEVY, "very " * 20 + "much more"),
    ],
)
def test_whatever_is_repeated_is_answered_in_a_moment(eager: TestClient, reply: str, said: str) -> None:
    assert ask(eager, reply, said)["object"] == "chat.completion"


def test_a_long_talk_of_follow_ups_is_answered(eager: TestClient) -> None:
    messages = [{"role": "user", "content": LEVY}] + [{"role": "user", "content": "more"}] * 5_000
    assert content(chat(eager, messages)).startswith("Nothing to follow up on was quoted yet.")
    assert content(chat(eager, messages[:99])).startswith("That is all")
