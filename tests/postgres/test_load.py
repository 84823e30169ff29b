"""A folder's index into a database and back; versions beside each other."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from qa_service.answering import Answer, AnswerService, Options
from qa_service.databases import DatabaseStore
from qa_service.errors import BuildRunningError, IndexDamagedError, IndexMismatchError, NotFoundError
from qa_service.indexing.layout import IndexFolder
from qa_service.language.profile import Coverage
from qa_service.postgres import loading
from qa_service.postgres.connecting import Database
from qa_service.postgres.dumping import dump
from qa_service.postgres.versions import drop_others, listed, use
from qa_service.settings import Settings
from tests import fakes
from tests.postgres.conftest import load_folder, settings_of
from tests.postgres.server import Server

QUESTIONS = (
    "How many night trams run between midnight and dawn?",
    "Which harbour levy covers wages?",
    "Who said anything about cellars?",
    "According to Bo Strand, who pays?",
    "What did Ada Lund say about Saturdays?",
    "quantum chromodynamics",
    "Wil cider become deerer?",
)


def told(answer: Answer) -> tuple[object, ...]:
    """All of an answer but when it was given and by which version."""
    results = [
        (r.statement, r.hit.span, round(r.hit.score, 5), round(r.hit.confidence, 3), r.document, r.before, r.also)
        for r in answer.results
    ]
    return answer.question, answer.corrected_question, answer.answered, answer.reason, answer.known, results


def same_answers(services: Sequence[AnswerService], **options: object) -> None:
    """That services answer alike."""
    for question in QUESTIONS:
        chosen = Options(min_confidence=0, top_k=6, context=1, **options)  # type: ignore[arg-type]
        first, *others = (service.ask(question, chosen) for service in services)
        for other in others:
            assert told(other) == told(first), question
            assert other.confidence == pytest.approx(first.confidence, abs=1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"explain": True},
        {"group_by": "document"},
        {"filters": {"speaker": ["lund"]}},
        {"filters": {"asker": ["Host"]}},
        {"filters": {"document": ["trams"], "speaker": ["Strand"]}},
        {"filters": {"tags": ["nothing"]}},
    ],
    ids=str,
)
def test_a_database_answers_as_the_folder_it_was_loaded_from(
    service: AnswerService, index_root: Path, options: dict[str, object]
) -> None:
    with fakes.opened(index_root) as folder:
        same_answers([AnswerService(folder), service], **options)


def test_documents_are_read_as_from_the_folder(service: AnswerService, index_root: Path) -> None:
    with fakes.opened(index_root) as folder:
        other = AnswerService(folder)
        assert service.documents() == other.documents()
        assert service.speakers() == other.speakers()
        assert service.size == other.size
        for document in service.documents():
            assert service.document(document.id) == other.document(document.id)
            assert service.source(document.id) == other.source(document.id)
        for id_ in ("trams#2", "trams#6", "apples#4"):
            assert service.statement(id_, 2) == other.statement(id_, 2)
    for unknown in ("trams#99", "no", "zero\0"):
        with pytest.raises(NotFoundError):
            service.statement(unknown)


def test_what_was_dumped_answers_as_what_was_loaded(store: DatabaseStore, index_root: Path, tmp_path: Path) -> None:
    with closing(store.open_index()) as index:
        manifest = dump(index, IndexFolder(tmp_path / "dumped"))
    with fakes.opened(tmp_path / "dumped") as dumped, fakes.opened(index_root) as folder:
        assert dumped.generation.manifest.id == manifest.id
        same_answers([AnswerService(folder), AnswerService(dumped)])
    with closing(store.open()) as service, fakes.opened(tmp_path / "dumped") as dumped:
        same_answers([service, AnswerService(dumped)])


def test_a_version_is_loaded_beside_the_one_before_and_both_ways_are_one_step(
    database: Database, store: DatabaseStore, tmp_path: Path
) -> None:
    before = listed(database)[0][0]
    with closing(store.open()) as service:
        fakes.build_index(tmp_path / "other", [fakes.transcript("bahnen", fakes.BAHNEN)])
        load_folder(database, tmp_path / "other")
        assert [d.id for d in service.documents()] == ["apples", "trams"]
        assert service.ask("harbour levy wages", Options(min_confidence=0)).index_version == before.id
        with closing(store.open()) as after:
            assert [d.id for d in after.documents()] == ["bahnen"]
            assert after.index_version > before.id
        assert use(database) == before.name
        with closing(store.open()) as back:
            assert back.index_version == before.id
    (first, is_first), (second, is_second) = listed(database)
    assert (first.name, is_first, is_second) == (before.name, True, False)
    assert use(database, second.name) == second.name
    with pytest.raises(NotFoundError, match="no such version"):
        use(database, "nothing")


def test_older_versions_are_dropped_once_no_service_answers_from_them(
    database: Database, store: DatabaseStore, index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_service.postgres.connecting.LOCK_WAIT", "50ms")
    with closing(store.open()) as service:
        service.ask("harbour levy wages", Options(min_confidence=0))
        for _ in range(2):
            load_folder(database, index_root)
        with pytest.raises(BuildRunningError):
            drop_others(database)
        assert len(listed(database)) == 3
    drop_others(database)
    assert [is_published for _, is_published in listed(database)] == [False, True]
    with closing(store.open()) as service:
        assert service.ask("harbour levy wages", Options(min_confidence=0)).results


def test_a_load_that_fails_leaves_nothing(
    database: Database, server: Server, url: str, index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_index", lambda *_: 1 / 0)
    tables = "SELECT count(*) FROM pg_class"
    before = server.run_sql(url.rpartition("/")[2], tables), listed(database)
    with pytest.raises(ZeroDivisionError):
        load_folder(database, index_root)
    assert (server.run_sql(url.rpartition("/")[2], tables), listed(database)) == before


def test_an_index_of_another_model_is_refused(url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=url, index_dir=tmp_path, model="another")
    with (
        closing(DatabaseStore(settings, Coverage())) as store,
        pytest.raises(IndexMismatchError, match=r"fake-bag-of-words.*another"),
    ):
        store.open()


def test_files_are_fetched_once_and_again_when_they_are_damaged(
    url: str, settings: Settings, store: DatabaseStore
) -> None:
    store.open().close()
    files = [path for path in settings.index_dir.rglob("*") if path.is_file()]
    assert {"weights.json", "basis.npy", "words.npy"} <= {path.name for path in files}
    times = [path.stat().st_mtime_ns for path in files]
    weights = next(path for path in files if path.name == "weights.json")
    sound = weights.read_bytes()
    for damage in (b"{}", None):
        weights.unlink() if damage is None else weights.write_bytes(damage)
        with closing(DatabaseStore(settings_of(url, settings.index_dir), Coverage())) as another:
            another.open().close()
        assert weights.read_bytes() == sound
    assert [path.stat().st_mtime_ns for path in files if path != weights] == [
        time for path, time in zip(files, times, strict=True) if path != weights
    ]


def test_a_file_damaged_in_the_database_is_told(server: Server, url: str, store: DatabaseStore) -> None:
    server.run_sql(url.rpartition("/")[2], "UPDATE qa_service.blobs SET content = 'x'")
    with pytest.raises(IndexDamagedError, match="differs from its checksum"):
        store.open()
