"""Times and pages on the pages, the player at the quote, and what may be played from where."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa_service.api.app import create_app
from qa_service.api.html import CONTENT_SECURITY_POLICY
from qa_service.api.pages.moment import clock
from qa_service.api.pages.recordings import find_file, recording
from qa_service.records import Anchored, PageStart, Transcript
from qa_service.settings import Settings
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata
from tests import fakes
from tests.api.conftest import Eager, ready_client
from tests.api.pages.test_pages import statement_html, text_of
from tests.api.v1.test_moments import TALK

QUESTION = "How many night trams run in Lindhaven?"
THERE = "https://media.example/talk.mp3"
SOUND = bytes(range(256)) * 8


def talk(name: str, media: str | None) -> Transcript:
    """A talk with times under an id."""
    return parse_transcript(name, TALK.encode(), Metadata.model_validate({"media": media}), f"{name}.vtt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings, and what is none beside and above them."""
    root = tmp_path_factory.mktemp("media")
    (root / "secret.mp3").write_bytes(b"above")
    media = root / "media"
    (media / "2024").mkdir(parents=True)
    for name in ("talk.wav", "a talk.mp4", "2024/talk.mp3", ".hidden.mp3", "notes.txt", "page.html"):
        (media / name).write_bytes(SOUND)
    (media / "out.mp3").symlink_to(root / "secret.mp3")
    (media / "text.mp3").symlink_to(media / "notes.txt")
    (media / "loop.mp3").symlink_to(media / "loop.mp3")
    return media


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[TestClient]:
    """Of talks whose recordings are in several places."""
    paged = parse_transcript("paged", fakes.TRAMS.encode(), Metadata())
    pages = Anchored(pages=(PageStart(0, 1), PageStart(fakes.TRAMS.index("Reporter: Who pays"), 2)))
    transcripts = [
        talk("elsewhere", "https://other.example/talk.mp3"),
        talk("filmed", "a talk.mp4"),
        talk("gone", "lost.mp3"),
        talk("own", "talk.wav"),
        replace(paged, document=replace(paged.document, anchored=pages)),
        talk("silent", None),
        talk("there", THERE),
        talk("tube", "https://www.youtube.com/watch?v=x_1"),
    ]
    root = tmp_path_factory.mktemp("index")
    fakes.build_index(root, transcripts)
    origins = "https://media.example, https://www.youtube.com"
    settings = Settings(index_dir=root, media_dir=folder, media_origins=origins)
    with ready_client(create_app(settings, opener=lambda: Eager(fakes.open_retriever(root)))) as client:
        yield client


def result_html(client: TestClient, document: str) -> str:
    """The page of a document opened by the link of an answer."""
    (found,) = client.post(
        "/v1/ask", json={"question": QUESTION, "top_k": 1, "filters": {"document": [document]}, "min_confidence": 0}
    ).json()["results"]
    start, span = found["citation"]["start"], found["span"]
    mark = f"{start + span['start']}-{start + span['end']}"
    return client.get(f"/documents/{document}", params={"mark": mark}).text


@pytest.mark.parametrize(
    ("document", "address"), [("own", "/media/talk.wav"), ("there", THERE), ("filmed", "/media/a%20talk.mp4")]
)
def test_a_time_in_the_margin_opens_the_recording_there(client: TestClient, document: str, address: str) -> None:
    html = client.get(f"/documents/{document}").text
    said = statement_html(html, "1")
    assert f'<a class="moment" href="{address}#t=4.5,9" data-at="4.5">' in said
    assert "Play from 0:00:04" in text_of(said)
    assert f'href="{address}#t=1,4" data-at="1.0"' in html  # of the question


@pytest.mark.parametrize(
    ("document", "kind", "address", "allowed"),
    [
        ("own", "audio", "/media/talk.wav", "'self'"),
        ("there", "audio", THERE, "https://media.example 'self'"),
        ("filmed", "video", "/media/a%20talk.mp4", "'self'"),
    ],
)
def test_the_player_begins_at_the_quote_and_the_policy_allows_that_origin_alone(
    client: TestClient, document: str, kind: str, address: str, allowed: str
) -> None:
    assert f'<{kind} controls preload="metadata" src="{address}#t=4.5">' in result_html(client, document)
    response = client.get(f"/documents/{document}")
    assert f'src="{address}">' in response.text
    assert response.headers["content-security-policy"] == f"{CONTENT_SECURITY_POLICY}; media-src {allowed}"


def test_a_film_has_its_captions(client: TestClient) -> None:
    assert '<track kind="captions" src="/v1/documents/filmed/captions.vtt"' in client.get("/documents/filmed").text
    assert "<track" not in client.get("/documents/own").text


@pytest.mark.parametrize(
    ("document", "link"),
    [
        ("elsewhere", "https://other.example/talk.mp3#t=4.5,9"),
        ("tube", "https://www.youtube.com/watch?v=x_1&amp;t=4s"),
    ],
)
def test_what_may_not_be_played_here_is_opened_there(client: TestClient, document: str, link: str) -> None:
    html = result_html(client, document)
    assert f'<a class="moment" href="{link}">' in statement_html(html, "1")
    assert f'<a href="{link}">Open the recording at 0:00:04</a>' in html
    assert not re.search(r"<audio|<video|player\.js", html)
    assert client.get(f"/documents/{document}").headers["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(("document", "told"), [("gone", "lost.mp3, is not on this server"), ("silent", "0:00:04")])
def test_without_a_recording_the_time_is_text(client: TestClient, document: str, told: str) -> None:
    html = result_html(client, document)
    assert told in text_of(html)
    assert '<span class="moment">0:00:04</span>' in statement_html(html, "1")
    assert "<audio" not in html


def test_pages_are_shown_where_they_are_known(client: TestClient) -> None:
    html = client.get("/documents/paged").text
    assert [re.findall(r"p\. (\d)", statement_html(html, n)) for n in ("2", "3", "5", "6")] == [
        ["1"],
        ["1"],
        ["2"],
        ["2"],
    ]


@pytest.mark.parametrize(
    ("media", "told"),
    [
        ("talk.wav", r'<a href="/documents/talk\?mark=\d+-\d+#1">Listen from 0:00:04</a>'),
        ("https://youtu.be/x", r'<a href="https://youtu\.be/x\?t=4">Open the recording at 0:00:04</a>'),
        (None, " At 0:00:04"),
    ],
)
def test_an_answer_tells_the_moment_and_opens_it(tmp_path: Path, folder: Path, media: str | None, told: str) -> None:
    fakes.build_index(tmp_path, [talk("talk", media)])
    settings = Settings(index_dir=tmp_path, media_dir=folder)
    app = create_app(settings, opener=lambda: Eager(fakes.open_retriever(tmp_path), threshold=0))
    with ready_client(app) as client:
        assert re.search(told, client.get("/", params={"q": QUESTION}).text)


@pytest.mark.parametrize("name", ["talk.wav", "2024/talk.mp3", "a%20talk.mp4"])
def test_a_recording_is_given_out_whole_and_in_parts(client: TestClient, name: str) -> None:
    whole = client.get(f"/media/{name}")
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, SOUND, "bytes")
    assert whole.headers["content-type"].partition("/")[0] in {"audio", "video"}
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = client.get(f"/media/{name}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, SOUND[5:10], "bytes 5-9/2048")
    assert client.get(f"/media/{name}", headers={"Range": "bytes=9999-"}).status_code == 416
    assert (client.head(f"/media/{name}").status_code, client.head(f"/media/{name}").content) == (200, b"")


OUTSIDE = [
    "", "..%2fsecret.mp3", "%2e%2e%2fsecret.mp3", "2024%2f..%2f..%2fsecret.mp3", "2024%2f..%2ftalk.wav",
    "%2fetc/hosts", "out.mp3", "text.mp3", "loop.mp3", ".hidden.mp3", "notes.txt", "page.html", "2024", "lost.mp3",
    "..%5csecret.mp3", "talk.wav%00.mp3", "x" * 300 + ".mp3", "2024//talk.mp3",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_else_is_given_out(client: TestClient, name: str) -> None:
    response = client.get(f"/media/{name}")
    assert response.status_code == 404
    assert b"above" not in response.content


def test_without_a_folder_nothing_is_given_out(eager: TestClient) -> None:
    assert eager.get("/media/talk.wav").status_code == 404
    assert find_file(None, "talk.wav") is None


@pytest.mark.parametrize(
    ("media", "origins", "plays_from"),
    [
        ("https://media.example/a", "https://media.example", "https://media.example 'self'"),
        ("HTTPS://Media.Example:443/a", "https://media.example", "https://media.example 'self'"),
        ("https://media.example/a", "https://other.example,https://MEDIA.example:443", "https://media.example 'self'"),
        ("https://media.example:8443/a", "https://media.example:8443", "https://media.example:8443 'self'"),
        ("https://media.example:8443/a", "https://media.example", None),
        ("http://media.example/a", "https://media.example", None),
        ("https://media.example.evil.example/a", "https://media.example", None),
        ("https://media.example@evil.example/a", "https://media.example", None),
        ("https://evil.example;/a", "https://media.example", None),
        ("https://[bad", "https://media.example", None),
        ("https://media.example/a", None, None),
    ],
)
def test_only_a_listed_origin_is_played(media: str, origins: str | None, plays_from: str | None) -> None:
    found = recording(media, Settings(media_origins=origins))
    assert found
    assert (found.address, found.plays_from) == (media, plays_from)


@pytest.mark.parametrize(
    "origins", ["http://a.example", "https://a.example/b", "https://a b", "*", "'self'", "https:;"]
)
def test_a_setting_that_is_no_origin_is_refused(origins: str) -> None:
    with pytest.raises(ValidationError, match="media_origins"):
        Settings(media_origins=origins)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00:00"), (59.99, "0:00:59"), (3600, "1:00:00"), (36061, "10:01:01")]
)
def test_a_time_is_shown_as_on_a_clock(seconds: Any, words: str) -> None:
    assert clock(seconds) == words


def test_an_answer_and_its_place_can_be_copied_as_a_quotation(client: TestClient) -> None:
    words = "Nine night trams run in Lindhaven. The harbour pays for them."
    quoted = rf"“{words}”\n— Bo Strand, own, 0:00:04\n(http://testserver/documents/own\?mark=\d+-\d+#1)</pre>"
    found = re.search(quoted, result_html(client, "own"))
    assert found
    assert "<mark>" in client.get(found[1]).text
    assert "<pre" not in client.get("/documents/own").text
    answer = client.get("/", params={"q": "Who pays for the drivers? A harbour levy covers their wages"}).text
    assert re.search(r"— Bo Strand, Night trams of Lindhaven, page 2\nhttp://testserver/documents/paged\?mark", answer)


def test_a_quotation_names_the_address_that_clients_know(tmp_path: Path) -> None:
    fakes.build_index(tmp_path, [talk("talk", None)])
    settings = Settings(index_dir=tmp_path, public_url="https://qa.example/base/")
    app = create_app(settings, opener=lambda: Eager(fakes.open_retriever(tmp_path), threshold=0))
    with ready_client(app) as client:
        assert "\nhttps://qa.example/base/documents/talk?mark=" in client.get("/", params={"q": QUESTION}).text
