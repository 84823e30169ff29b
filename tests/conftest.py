"""Fixtures over the two invented transcripts of `tests.fakes`."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from qa_service.answering import AnswerService
from qa_service.indexing import spelling
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import ENV_PREFIX
from tests import fakes

ROOT = Path(__file__).parent.parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """End-to-end tests need a browser and more packages, chaos needs an hour: neither is imported unless asked for."""
    name = collection_path.name
    return True if name in {"e2e", "chaos"} and name not in config.getoption("markexpr") else None


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the developer's `.env` nor their environment reaches a test."""
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the disk has it matters after a power cut only, and takes most of a small build's time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(autouse=True, scope="session")
def dictionaries_read_once() -> Iterator[None]:
    """Reading one takes longer than the rest of a small build."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spelling, "word_frequencies", cache(spelling.word_frequencies))
        yield


@pytest.fixture(scope="session")
def index_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published index, for tests that only read it."""
    root = tmp_path_factory.mktemp("index")
    fakes.build_index(root)
    return root


@pytest.fixture
def retriever(index_root: Path) -> Iterator[Retriever]:
    """Ranks the statements of that index."""
    with fakes.opened(index_root) as retriever:
        yield retriever


@pytest.fixture
def service(retriever: Retriever) -> AnswerService:
    """Answers from that index."""
    return AnswerService(retriever)
