"""The page on which a quote is checked."""

import html
import re

import pytest
from fastapi.testclient import TestClient

from qa_service.api.pages.verify import compared
from qa_service.quotes import nearest
from tests import fakes

LEVY = "A harbour levy covers their wages"


def text_of(client: TestClient, **asked: str) -> str:
    """What a person reads on the page."""
    response = client.get("/verify", params=asked)
    assert response.status_code == 200
    body = response.text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def said(client: TestClient) -> tuple[str, str]:
    """A statement's words and its speaker."""
    asked = {"question": "harbour levy wages", "min_confidence": 0, "top_k": 1}
    result = client.post("/v1/ask", json=asked).json()["results"][0]
    return result["text"], result["speaker"]


def test_an_empty_page_is_a_form(client: TestClient) -> None:
    assert "Check a quote" in text_of(client)


def test_what_is_said_is_shown_with_who_says_it_and_where(client: TestClient, said: tuple[str, str]) -> None:
    words, speaker = said
    shown = text_of(client, quote=words, speaker=speaker)
    assert f"{speaker} says this, word for word" in shown
    page = client.get("/verify", params={"quote": words}).text
    link = html.unescape(re.findall(r'href="(/documents/[^"]+)"', page)[0])
    assert "<mark>" in client.get(link).text


def test_another_name_is_told(client: TestClient, said: tuple[str, str]) -> None:
    words, speaker = said
    shown = text_of(client, quote=words, speaker="Jane Smith")
    assert "not by Jane Smith alone" in shown
    assert speaker in shown
    assert "Not whom you named" in shown


def test_a_changed_word_is_shown(client: TestClient, said: tuple[str, str]) -> None:
    words = said[0].split()
    shown = text_of(client, quote=" ".join([*words[:2], "never", *words[3:]]))
    assert "Nobody says this word for word" in shown
    assert "never" in shown
    assert words[2].strip(",.") in shown


def test_what_differs_is_marked_in_its_place(client: TestClient) -> None:
    quote = "A harbour tax never covers all wages."
    page = client.get("/verify", params={"quote": quote}).text
    assert re.search(r"A harbour <del>.*?tax never.*?</del> <ins>.*?levy.*?</ins> covers", page)
    assert "[only the quote says: tax never ] [the source says: levy ]" in text_of(client, quote=quote)


@pytest.mark.parametrize(
    "quote",
    [
        "A harbour tax never covers all wages.",
        "wages covers levy harbour A their",
        "It was not raised by two cents in March, I think.",
        "  the A harbour levy covers their wages",
        "A harbour levy their wages, by the by",
    ],
)
def test_the_parts_are_the_whole_quote_and_what_the_source_has(quote: str) -> None:
    passages = [line.partition(": ")[2] for line in fakes.TRAMS.splitlines() if ": " in line]
    near = nearest(quote, passages)
    assert near
    parts = list(compared(quote, near.differences))
    assert "".join(part.same + part.added for part in parts) == quote
    source = passages[near.passage][near.start : near.end]
    assert re.findall(r"\w+", "".join(f"{part.same} {part.omitted} " for part in parts)) == re.findall(r"\w+", source)


def test_what_nobody_says_is_told(client: TestClient) -> None:
    assert "Nobody says this" in text_of(client, quote="Zebras dance upon frozen violins tonight")


def test_nothing_that_is_sent_is_read_as_mark_up(client: TestClient) -> None:
    page = client.get("/verify", params={"quote": "<script>alert(1)</script>", "speaker": '"><img src=x>'}).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_quote_that_is_too_long_is_refused(client: TestClient) -> None:
    response = client.get("/verify", params={"quote": "word " * 2000})
    assert response.status_code == 422
    assert "more than 5000 characters" in response.text
