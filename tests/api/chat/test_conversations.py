"""Short conversations as people type them, over real transcripts, half of them plain questions, with the real model.

`conversations_apart.json` was looked at only when the rules were done.
"""

import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from fastapi.testclient import TestClient

from eval.datasets.own import TRANSCRIPT, set_folder
from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.api.chat.follow_ups import read_follow_up
from qa_service.cli import main
from qa_service.composition import open_service
from qa_service.settings import Settings
from tests.api.chat.test_chat import content
from tests.api.conftest import ready_client
from tests.conftest import ROOT

HERE = Path(__file__).parent
TRANSCRIPTS = (
    "school-meals-hearing",
    "airport-noise-council-meeting",
    "beekeeper-oral-history",
    "fisheries-minister-interview",
    "harbour-city-mayor-interview",
)
KITCHEN = """\
Interview with Bo Ferrer on the school kitchen

Host: How many meals do you cook every day?

Bo Ferrer: We cook four hundred meals a day, and on Fridays about five hundred.

The kindergarten eats with us on Fridays, which makes the difference.

Host: What did the fire destroy?

Bo Ferrer: It destroyed both ovens and the cold room.

The insurance paid for the ovens only, and the parents collected eleven thousand for the cold room.

Host: Do you train apprentices?

Bo Ferrer: We have three apprentices, two cooks and a baker.

Last year all of them passed.
"""
Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """The conversations of a file: what the user says, and what the last of it is and brings."""
    found: list[Case] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found


ALL = [*cases("conversations.json"), *cases("conversations_apart.json")]


@pytest.mark.parametrize("case", ALL, ids=lambda case: " / ".join(case["talk"]))
def test_a_follow_up_is_told_from_a_question(case: Case) -> None:
    follow_up = read_follow_up(case["talk"][-1])
    assert (follow_up.intent if follow_up else "question") == case["kind"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conversations")
    sources = folder / "sources"
    sources.mkdir()
    for path in (ROOT / "source_texts").glob("industry-*"):
        copy(path, sources)
    for name in TRANSCRIPTS:
        copy(set_folder(name) / TRANSCRIPT, sources / f"{name}.txt")
    (sources / "school-kitchen.txt").write_text(KITCHEN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(StringIO()) as said:
        patch.setenv("QA_SERVICE_INDEX_DIR", str(folder / "index"))
        patch.setenv("QA_SERVICE_SOURCE_DIR", str(sources))
        patch.chdir(folder)
        assert main(["build"]) == 0, said.getvalue()
    return folder / "index"


@pytest.fixture(scope="module")
def real(index: Path) -> Iterator[TestClient]:
    settings = Settings(index_dir=index, false_answers="10")  # there must be an answer to follow up on
    with ready_client(create_app(settings, opener=lambda: open_service(settings))) as client:
        yield client


@pytest.fixture(scope="module")
def texts(index: Path) -> Iterator[AnswerService]:
    service = open_service(Settings(index_dir=index))
    yield service
    service.close()


def talk(client: TestClient, said: list[str], *, forgets: bool = False) -> list[Case]:
    """The completions of a conversation; a client that `forgets` sends back nothing of what we answered."""
    messages: list[dict[str, str]] = []
    completions: list[Case] = []
    for text in said:
        messages.append({"role": "user", "content": text})
        response = client.post("/v1/chat/completions", json={"messages": messages})
        assert response.status_code == 200, response.text
        completions.append(response.json())
        if not forgets:
            messages.append({"role": "assistant", "content": content(completions[-1])})
    return completions


def ids(completion: Case) -> list[str]:
    """Of the statements quoted."""
    return [source["id"] for source in completion["sources"]]


def check_verbatim(completion: Case) -> None:
    """Every annotation cuts out a quote that its source holds."""
    text, notes = content(completion), completion["choices"][0]["message"]["annotations"]
    assert len(notes) == len(completion["sources"])
    for note, source in zip(notes, completion["sources"], strict=True):
        cited = note["url_citation"]
        assert text[cited["start_index"] : cited["end_index"]] == source["span"]["text"]
        assert source["text"][source["span"]["start"] : source["span"]["end"]] == source["span"]["text"]
        assert cited["url"].endswith(f"/documents/{source['id']}")
    assert completion["answered"] == bool(notes)


def brings(case: Case, completions: list[Case], texts: AnswerService) -> None:
    """Check what the last answer brings against the ones before."""
    last = completions[-1]
    if case["brings"] == "plain":
        refused = (
            f"Nothing was quoted on “{case['talk'][-2]}”, so" if len(completions) > 1 else "Nothing to follow up on"
        )
        assert content(last).startswith(refused)
        assert "Ask a question: it is answered word for word" in content(last)
        assert "among others" in content(last)
    elif case["brings"] == "nothing":
        assert content(last) == "That is all: nothing more in the sources is sure enough to quote."
    elif case["brings"] in {"new", "beside", "next", "previous"}:
        brings_something_new(case["brings"], completions, texts)
    else:
        brings_it_again(case, completions)


def brings_something_new(relation: str, completions: list[Case], texts: AnswerService) -> None:
    """Check that the last answer shows what was not shown, and how that stands to what was."""
    last, before = completions[-1], [completion for completion in completions[:-1] if completion["sources"]]
    quoted = [source for completion in before for source in completion["sources"]]
    seen = {source["id"] for source in quoted}
    assert set(ids(last)) - seen
    assert relation == "beside" or not set(ids(last)) & seen
    if relation == "beside":
        sections = {(source["citation"]["document"], source["section"]) for source in quoted}
        assert {(source["citation"]["document"], source["section"]) for source in last["sources"]} <= sections
    if relation == "next":
        assert ids(last)[0] == texts.statement(ids(before[-1])[-1], 1).after[0].id
    if relation == "previous":
        assert ids(last) == [texts.statement(ids(before[-1])[0], 1).before[0].id]


def brings_it_again(case: Case, completions: list[Case]) -> None:
    """Check that the last answer shows what was shown before, as asked for."""
    last, before = completions[-1], [completion for completion in completions[:-1] if completion["sources"]][-1]
    told = before["sources"][0]
    if case["brings"] == "same":
        assert ids(last)[0] == told["id"]
    elif case["brings"] == "whole":
        assert told["id"] in ids(last)
        assert told["text"] in content(last)
    elif case["brings"] == "shorter":
        assert ids(last) == [told["id"]]
        assert len(content(last)) < len(content(before))
    else:
        assert ids(last) == case["ids"]


def check(case: Case, completions: list[Case], texts: AnswerService) -> None:
    """Check the last answer of a conversation."""
    last = completions[-1]
    check_verbatim(last)
    if case["kind"] == "question":
        searched = last["searched_query"]
        assert case.get("topic", "") in searched
        assert case["talk"][-1].split()[-1] in searched
        assert case.get("first", ids(last)[0] if ids(last) else None) == (ids(last)[0] if ids(last) else None)
        assert case.get("says_not", "\0") not in content(last)
        return
    if case["brings"] != "plain":
        assert last["searched_query"] == case["topic"]
    assert case.get("says", "") in content(last)
    brings(case, completions, texts)


@pytest.mark.model
@pytest.mark.parametrize("case", ALL, ids=lambda case: " / ".join(case["talk"]))
def test_a_conversation_goes_on_as_expected(case: Case, real: TestClient, texts: AnswerService) -> None:
    check(case, talk(real, case["talk"]), texts)


FOLLOW_UPS = [case for case in ALL if case["kind"] != "question"]


@pytest.mark.model
@pytest.mark.parametrize("case", FOLLOW_UPS, ids=lambda case: " / ".join(case["talk"]))
def test_a_client_that_forgets_our_answers_gets_the_same(case: Case, real: TestClient) -> None:
    kept, lost = talk(real, case["talk"])[-1], talk(real, case["talk"], forgets=True)[-1]
    assert content(lost) == content(kept)
    assert ids(lost) == ids(kept)
