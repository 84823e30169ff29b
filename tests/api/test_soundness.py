"""An index that is damaged while it is served: found out, served no more, and the one before it comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.serving import soundness
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import eventually, ready_client

pytestmark = pytest.mark.usefixtures("quick_watcher")
ASK = {"question": "harbour levy wages", "min_confidence": 0, "top_k": 1}


class Failing(AnswerService):
    """Fails as a damaged file makes it fail."""

    def ask(self, *_: Any, **__: Any) -> Any:
        """What a question meets."""
        raise IndexError("index 7 is out of bounds")


@contextmanager
def served(root: Path, kind: type[AnswerService] = AnswerService) -> Iterator[TestClient]:
    """A client of what is published in `root`."""
    settings = Settings(index_dir=root, model=fakes.MODEL)
    with ready_client(create_app(settings, opener=lambda: kind(fakes.open_retriever(root)))) as client:
        yield client


def damage(root: Path) -> tuple[Path, bytes]:
    """Flip a bit of a file of the published index; the file and what it held."""
    file = current_generation(IndexFolder(root)).contexts
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    return file, good


def test_after_an_unexpected_error_a_damaged_index_gives_way_to_the_one_before(tmp_path: Path) -> None:
    before = fakes.build_index(tmp_path).manifest.id
    fakes.build_index(tmp_path)
    with served(tmp_path, Failing) as client:
        damage(tmp_path)
        assert client.post("/v1/ask", json=ASK).status_code == 500
        eventually(client, "/version", lambda response: response.json()["index_version"] == before)
    assert current_generation(IndexFolder(tmp_path)).root.name == before


def test_where_there_is_none_before_it_is_served_no_more_until_it_is_mended(tmp_path: Path) -> None:
    fakes.build_index(tmp_path)
    with served(tmp_path, Failing) as client:
        file, good = damage(tmp_path)
        assert client.post("/v1/ask", json=ASK).status_code == 500
        told = eventually(client, "/health/ready", lambda response: response.status_code == 503)
        assert f"{file.name} is damaged" in told.text
        assert "qa-service build" in told.text
        assert client.post("/v1/ask", json=ASK).status_code == 503
        file.write_bytes(good)
        eventually(client, "/health/ready", lambda response: response.status_code == 200)


def test_damage_that_only_ranks_wrongly_is_found_by_the_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.build_index(tmp_path)
    with served(tmp_path) as client:
        damage(tmp_path)
        assert client.post("/v1/ask", json=ASK).status_code == 200
        monkeypatch.setattr(soundness, "EVERY_S", 0.0)
        eventually(client, "/health/ready", lambda response: response.status_code == 503)


def test_errors_that_are_not_the_indexs_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    look = soundness.Upkeep.damage

    def counted(upkeep: soundness.Upkeep, version: str) -> Any:
        looks.append(version)
        return look(upkeep, version)

    monkeypatch.setattr(soundness.Upkeep, "damage", counted)
    version = fakes.build_index(tmp_path).manifest.id
    with served(tmp_path, Failing) as client:
        for _ in range(3):
            assert client.post("/v1/ask", json=ASK).status_code == 500
            eventually(client, "/health/ready", lambda _: bool(looks))
        assert client.get("/health/ready").json()["index_version"] == version
    assert looks == [version]  # the others come within a minute


def test_an_index_published_meanwhile_is_opened_instead(tmp_path: Path) -> None:
    fakes.build_index(tmp_path)
    with served(tmp_path, Failing) as client:
        damage(tmp_path)
        newest = fakes.build_index(tmp_path).manifest.id
        assert client.post("/v1/ask", json=ASK).status_code == 500
        eventually(client, "/version", lambda response: response.json()["index_version"] == newest)
