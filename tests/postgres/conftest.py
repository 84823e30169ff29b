"""Databases on a real server, each new; the invented transcripts are in some."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from qa_service import database_library, databases
from qa_service.answering import AnswerService
from qa_service.databases import DatabaseStore, database_of
from qa_service.indexing.generation import open_generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.language.profile import Coverage
from qa_service.postgres.connecting import Database
from qa_service.postgres.loading import load
from qa_service.postgres.schema import migrate
from qa_service.postgres.writing import Writer
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings
from tests import fakes
from tests.postgres.server import Server

_NUMBERS = count()
NewDatabase = Callable[..., str]  # by the name of its template; gives its address


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """For the whole run; whoever stops it starts it again."""
    server = Server()
    yield server
    server.remove()


def new_database(server: Server, template: str = "template0") -> str:
    """The name of a new database."""
    name = f"test_{next(_NUMBERS)}"
    server.run_sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def load_folder(database: Database, root: Path, model: str = fakes.MODEL) -> None:
    """The index published in a folder into a database."""
    with closing(open_generation(current_generation(IndexFolder(root)), model=model)) as generation:
        load(database, generation, lambda _: None)


@pytest.fixture(scope="session")
def loaded(server: Server, index_root: Path) -> str:
    """A database with the invented transcripts, which is a template: nobody connects to it."""
    name = new_database(server)
    database = Database(server.url(name))
    migrate(database)
    load_folder(database, index_root)
    database.close()
    return name


@pytest.fixture(autouse=True)
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index was built by it; what it exports is nothing, so there is nothing to open."""
    monkeypatch.setattr(databases, "OnnxEncoder", lambda *_, **__: fakes.FakeEncoder())
    monkeypatch.setattr(database_library, "OnnxEncoder", lambda *_, **__: fakes.FakeEncoder())


@pytest.fixture
def url(server: Server, loaded: str) -> str:
    """Of a database with the invented transcripts."""
    return server.url(new_database(server, loaded))


def settings_of(url: str, root: Path, **more: Any) -> Settings:
    """Settings of a service on a database; `root` is a folder for what it fetches."""
    return Settings(database_url=url, index_dir=root, model=fakes.MODEL, **more)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return settings_of(url, tmp_path / "fetched")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(database_of(settings)) as database:
        yield database


@pytest.fixture
def store(settings: Settings) -> Iterator[DatabaseStore]:
    with closing(DatabaseStore(settings, Coverage())) as store:
        yield store


@pytest.fixture(scope="session")
def only_read(server: Server, loaded: str) -> str:
    """The address of one that no test changes: to make a database takes longer than most tests."""
    return server.url(new_database(server, loaded))


@pytest.fixture
def retriever(only_read: str, tmp_path: Path) -> Iterator[Retriever]:
    """As everywhere in the tests, but over the database."""
    store = DatabaseStore(settings_of(only_read, tmp_path / "fetched"), Coverage())
    with closing(store), closing(store.open_retriever()) as retriever:
        yield retriever


@pytest.fixture
def service(retriever: Retriever) -> AnswerService:
    """Answers from the database."""
    return AnswerService(retriever)


@pytest.fixture
def writer(database: Database, tmp_path: Path) -> Writer:
    """Changes the documents of the database."""
    return Writer(database, tmp_path / "fetched", lambda _: fakes.FakeEncoder())
