"""The moment in every citation, the reading and the file behind it, captions given back."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.api.app import create_app
from qa_service.api.models.media_fragment import media_at
from qa_service.settings import Settings
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata
from tests import fakes
from tests.api.conftest import Eager, ready_client
from tests.api.test_errors import refused

TALK = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ada Lund>How many night trams
run in Lindhaven?</v>

00:00:04.500 --> 00:00:06.250
<v Bo Strand>Nine night trams run</v>

00:00:06.250 --> 00:00:09.000
<v Bo Strand>in Lindhaven. The harbour pays for them.</v>
"""
METADATA = {"title": "A talk", "media": "https://example.org/talk.mp3"}
ASKED: dict[str, Any] = {"question": "How many night trams run in Lindhaven?", "min_confidence": 0}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root, sources = tmp_path_factory.mktemp("talk"), tmp_path_factory.mktemp("talk-sources")
    (sources / "talk.vtt").write_text(TALK)
    (sources / "trams.txt").write_text(fakes.TRAMS)
    transcripts = [
        parse_transcript("talk", TALK.encode(), Metadata.model_validate(METADATA), "talk.vtt"),
        parse_transcript("trams", fakes.TRAMS.encode(), Metadata()),
    ]
    fakes.build_index(root, transcripts)
    settings = Settings(index_dir=root, source_dir=sources)
    with ready_client(create_app(settings, opener=lambda: Eager(fakes.open_retriever(root)))) as client:
        yield client


def results(client: TestClient) -> dict[str, Any]:
    """By document its first result."""
    asked = [{**ASKED, "filters": {"document": [document]}} for document in ("talk", "trams")]
    found = [client.post("/v1/ask", json=one).json()["results"][0] for one in asked]
    return {result["citation"]["document"]: result for result in found}


def test_a_citation_tells_when_it_was_said_and_opens_the_recording_there(talk: TestClient) -> None:
    result = results(talk)["talk"]
    citation = result["citation"]
    text = talk.get("/v1/documents/talk/text").text
    assert result["text"] == "Nine night trams run in Lindhaven. The harbour pays for them."
    assert text[citation["start"] : citation["end"]] == result["text"]
    assert citation["time"] == {"start": 4.5, "end": 9.0}
    assert citation["media"] == "https://example.org/talk.mp3#t=4.5,9"
    assert citation["quote"] == {
        "exact": result["text"],
        "prefix": text[citation["start"] - 32 : citation["start"]],
        "suffix": "\n",
    }
    assert (citation["page"], citation["locator"]) == (None, None)
    assert citation["sha256"] == hashlib.sha256(TALK.encode()).hexdigest()
    assert citation["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_statement_by_itself_is_cited_as_a_result_is(talk: TestClient) -> None:
    for result in results(talk).values():
        statement = talk.get("/v1/statements/" + result["id"].replace("#", "%23")).json()
        assert statement["citation"] == result["citation"]


def test_the_span_has_its_own_moment(talk: TestClient) -> None:
    span = results(talk)["talk"]["span"]
    assert span["text"] == "Nine night trams run in Lindhaven."
    assert span["time"] == {"start": 4.5, "end": 9.0}
    assert "page" not in span


def test_a_text_files_citation_has_no_moment_and_its_reading_is_the_file(talk: TestClient) -> None:
    citation = results(talk)["trams"]["citation"]
    assert (citation["time"], citation["page"], citation["media"]) == (None, None, None)
    assert citation["text_sha256"] == citation["sha256"]
    assert talk.get("/v1/documents/trams/text").text == fakes.TRAMS


def test_both_ways_of_asking_give_the_same_citation(talk: TestClient) -> None:
    by_url = talk.get("/v1/ask", params=ASKED).json()["results"][0]["citation"]
    assert by_url == talk.post("/v1/ask", json=ASKED).json()["results"][0]["citation"]


def test_the_file_comes_back_as_it_was_and_is_never_shown_as_a_page(talk: TestClient) -> None:
    response = talk.get("/v1/documents/talk/source")
    assert response.content == TALK.encode()
    assert response.headers["content-type"].startswith("text/vtt")
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''talk.vtt"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_captions_come_back_with_voices(talk: TestClient) -> None:
    response = talk.get("/v1/documents/talk/captions.vtt")
    assert response.headers["content-type"] == "text/vtt; charset=utf-8"
    assert response.text == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Ada Lund>How many night trams\n\n"
        "00:00:01.000 --> 00:00:04.000\n<v Ada Lund>run in Lindhaven?\n\n"
        "00:00:04.500 --> 00:00:06.250\n<v Bo Strand>Nine night trams run\n\n"
        "00:00:06.250 --> 00:00:09.000\n<v Bo Strand>in Lindhaven. The harbour pays for them.\n"
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("trams/captions.vtt", "tells no times"),
        ("gone/captions.vtt", "no document 'gone'"),
        ("gone/text", "no document 'gone'"),
        ("gone/source", "no document 'gone'"),
    ],
)
def test_what_is_not_there_is_a_404(talk: TestClient, path: str, message: str) -> None:
    assert message in refused(talk.get(f"/v1/documents/{path}"), 404, "not_found")["message"]


def test_a_document_tells_how_it_was_read(talk: TestClient) -> None:
    talk_, trams = talk.get("/v1/documents").json()["documents"]
    assert talk_["reader"] == {"name": "captions", "version": 1}
    assert talk_["media"] == METADATA["media"]
    assert talk_["text_sha256"] != talk_["sha256"]
    assert trams["reader"] == {"name": "text", "version": 1}


@pytest.mark.parametrize(
    ("media", "opened"),
    [
        ("talk.mp3", "talk.mp3#t=12.3,18.9"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d&t=12.3,18.9"),
        ("https://example.org/a#t=5", "https://example.org/a#t=12.3,18.9"),
        ("https://www.youtube.com/watch?v=x_1", "https://www.youtube.com/watch?v=x_1&t=12s"),
        ("https://m.youtube.com/watch?v=x_1&t=5", "https://m.youtube.com/watch?v=x_1&t=12s"),
        ("https://youtu.be/x_1", "https://youtu.be/x_1?t=12"),
        ("https://youtu.be/x_1?si=y", "https://youtu.be/x_1?si=y&t=12"),
        ("https://www.youtube-nocookie.com/embed/x_1", "https://www.youtube-nocookie.com/embed/x_1?start=12"),
        ("https://notyoutube.com/watch?v=x", "https://notyoutube.com/watch?v=x#t=12.3,18.9"),
        ("https://[bad", "https://[bad"),
    ],
)
def test_an_address_opens_at_the_moment(media: str, opened: str) -> None:
    assert media_at(media, (12.3, 18.9)) == opened
    assert media_at(media, None) == media


@pytest.mark.parametrize("media", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://a b", " "])
def test_what_is_no_address_of_a_recording_is_refused(media: str) -> None:
    with pytest.raises(ValueError, match="media"):
        Metadata.model_validate({"media": media})
