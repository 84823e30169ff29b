"""Recordings: times in the margin, a player where it may play, files of this server's own folder and no others."""

import wave
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa_service.api.app import create_app
from qa_service.settings import Settings
from qa_service.sources.folder import parse_transcript
from qa_service.sources.metadata import Metadata
from tests import fakes
from tests.api.conftest import Eager, ready_client
from tests.api.test_moments import TALK

ELSEWHERE = "https://media.example/talks/talk.mp3"
Serve = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A folder with a second of silence, and what is no recording of it."""
    folder = tmp_path / "media"
    (folder / "talks").mkdir(parents=True)
    with wave.open(str(folder / "talks" / "talk.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([128]) * 8000)
    (folder / "notes.txt").write_text("secret")
    (folder / ".hidden.wav").write_text("secret")
    (tmp_path / "outside.wav").write_text("secret")
    (folder / "link.wav").symlink_to(tmp_path / "outside.wav")
    (folder / "renamed.wav").symlink_to(folder / "notes.txt")
    return folder


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serves a talk with this recording, under these settings."""

    @contextmanager
    def served(recording: str | None, **settings: Any) -> Iterator[TestClient]:
        metadata = Metadata.model_validate({"title": "A talk", "media": recording})
        fakes.build_index(tmp_path / "index", [parse_transcript("talk", TALK.encode(), metadata, "talk.vtt")])
        chosen = Settings(index_dir=tmp_path / "index", **settings)
        app = create_app(chosen, opener=lambda: Eager(fakes.open_retriever(tmp_path / "index")))
        with ready_client(app) as client:
            yield client

    return served


def policy(response: Any) -> str:
    return str(response.headers["Content-Security-Policy"])


def test_a_recording_of_our_own_is_played_and_opens_at_the_quote(serve: Serve, media: Path) -> None:
    with serve("talks/talk.wav", media_dir=media) as client:
        page = client.get("/documents/talk")
        assert '<audio controls preload="metadata" src="/media/talks/talk.wav">' in page.text
        assert 'href="/media/talks/talk.wav#t=4.5,9"' in page.text
        assert 'data-at="4.5"' in page.text
        assert "0:00:04" in page.text
        assert "media-src 'self'" in policy(page)
        text = client.get("/v1/documents/talk/text").text
        start = text.index("The harbour pays")
        marked = client.get("/documents/talk", params={"mark": f"{start}-{start + 26}"})
        assert 'src="/media/talks/talk.wav#t=6.25"' in marked.text
        found = client.get("/", params={"q": "How many night trams run in Lindhaven?"})
        assert "Listen from 0:00:04" in found.text
        assert "media-src" not in policy(found)


def test_it_is_given_out_in_parts(serve: Serve, media: Path) -> None:
    with serve("talks/talk.wav", media_dir=media) as client:
        whole = client.get("/media/talks/talk.wav")
        assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
        part = client.get("/media/talks/talk.wav", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert client.head("/media/talks/talk.wav").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt", ".hidden.wav", "link.wav", "renamed.wav", "talks", "talks/", "talks//talk.wav", "../outside.wav",
        "talks/../../outside.wav", "%2e%2e/outside.wav", "..%2foutside.wav", "talks%5ctalk.wav", "/etc/passwd",
        "talk.wav%00", "a" * 5000 + ".wav",
    ],
)  # fmt: skip
def test_nothing_else_is(serve: Serve, media: Path, name: str) -> None:
    with serve("talks/talk.wav", media_dir=media) as client:
        response = client.get(f"/media/{name}")
        assert response.status_code == 404
        assert "secret" not in response.text


def test_without_a_folder_there_are_no_files(serve: Serve, media: Path) -> None:
    with serve("talks/talk.wav") as client:
        assert client.get("/media/talks/talk.wav").status_code == 404
        page = client.get("/documents/talk")
        assert "is not on this server" in page.text
        assert "<audio" not in page.text
        assert "0:00:04" in page.text


def test_another_origin_plays_where_it_is_allowed_and_is_a_link_elsewhere(serve: Serve) -> None:
    with serve(ELSEWHERE, media_origins="https://other.example, https://media.example") as client:
        page = client.get("/documents/talk")
        assert f'<audio controls preload="metadata" src="{ELSEWHERE}">' in page.text
        assert "media-src https://media.example 'self'" in policy(page)
    with serve(ELSEWHERE) as client:
        page = client.get("/documents/talk")
        assert "<audio" not in page.text
        assert "media-src" not in policy(page)
        assert f'href="{ELSEWHERE}#t=4.5,9"' in page.text


def test_youtube_is_a_link_at_the_second(serve: Serve) -> None:
    with serve("https://www.youtube.com/watch?v=abc", media_origins="https://www.youtube.com") as client:
        page = client.get("/documents/talk")
        assert "https://www.youtube.com/watch?v=abc&amp;t=4s" in page.text
        assert "<audio" not in page.text
        assert "<video" not in page.text


@pytest.mark.parametrize("name", ['"><script>', "https://[::1", "../outside.wav"])
def test_what_can_not_be_a_recording_is_neither_played_nor_linked(serve: Serve, media: Path, name: str) -> None:
    with serve(name, media_dir=media) as client:
        page = client.get("/documents/talk").text
        assert "<audio" not in page
        assert 'href="javascript:' not in page
        assert "<script>" not in page


@pytest.mark.parametrize("origins", ["http://media.example", "media.example", "https://media.example/path", "*"])
def test_only_origins_are_taken(origins: str) -> None:
    with pytest.raises(ValidationError, match="media_origins"):
        Settings(media_origins=origins)
