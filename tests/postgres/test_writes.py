"""Documents put and deleted: each change whole and seen at once, whoever makes it, and nothing else touched."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import psycopg
import pytest

from qa_service.answering import AnswerService, Options, Result
from qa_service.databases import DatabaseStore
from qa_service.errors import DatabaseUnavailableError, LastDocumentError, NotFoundError, SourceError
from qa_service.language.profile import Coverage
from qa_service.postgres import writing
from qa_service.postgres.connecting import Database
from qa_service.postgres.versions import listed, use
from qa_service.postgres.writing import Writer
from qa_service.settings import Settings
from tests import fakes
from tests.postgres.conftest import load_folder
from tests.postgres.documents import BEES, kept
from tests.postgres.server import Server
from tests.postgres.test_load import QUESTIONS

WRITERS, EACH = 4, 12
COUNTS = ("documents", "exchanges", "statements", "vectors", "lexical", "codes")


def best(service: AnswerService, question: str) -> str:
    """The first statement's id."""
    return service.ask(question, Options(min_confidence=0, top_k=1)).results[0].statement.id


def rows_of(server: Server, url: str) -> dict[str, int]:
    """How many rows the first version's tables hold."""
    name = url.rpartition("/")[2]
    return {table: server.run_sql(name, f"SELECT count(*) FROM qa_service.{table}_1")[0][0] for table in COUNTS}


def check_counts(server: Server, url: str) -> None:
    """That what the first version counts is what there is."""
    sql = """SELECT (v.documents, v.statements, v.terms) = ((SELECT count(*) FROM qa_service.documents_1),
      (SELECT count(*) FROM qa_service.statements_1), (SELECT sum(length) FROM qa_service.codes_1)),
      NOT EXISTS (SELECT FROM qa_service.terms_1 WHERE statements < 0) FROM qa_service.versions v WHERE v.number = 1"""
    assert server.run_sql(url.rpartition("/")[2], sql) == [(True, True)]


def test_a_put_document_is_asked_and_a_deleted_one_is_not(writer: Writer, store: DatabaseStore) -> None:
    with closing(store.open()) as before:
        assert writer.put([kept("bees", BEES, title="Bees")]) == [True]
        with closing(store.open()) as after:
            assert best(after, "Where do bees winter: oak hollows?") == "bees#1"
            assert best(after, "Which harbour levy covers wages?") == "trams#5"
            assert after.source("bees").title == "Bees"
            assert after.index_version > before.index_version
            assert after.size == (3, 7)
        assert before.size == (2, 6)
        with pytest.raises(NotFoundError):
            before.source("bees")
    writer.delete("bees")
    with closing(store.open()) as service:
        assert [d.id for d in service.documents()] == ["apples", "trams"]
        assert service.statement("trams#5").document.id == "trams"
        assert all(r.statement.document != "bees" for r in service.ask("bees", Options(min_confidence=0)).results)


def test_a_replaced_document_takes_all_of_the_one_before_along(
    writer: Writer, store: DatabaseStore, server: Server, url: str
) -> None:
    before = rows_of(server, url)
    changed = fakes.TRAMS.replace("harbour levy", "night tax")
    assert writer.put([kept("trams", changed)]) == [False]
    after = rows_of(server, url)
    assert {table: after[table] for table in COUNTS if table != "lexical"} == {
        table: before[table] for table in COUNTS if table != "lexical"
    }
    check_counts(server, url)
    with closing(store.open()) as service:
        assert best(service, "night tax wages") == "trams#5"
        assert "levy" not in service.source("trams").text
        scores = [r.hit.signals["bm25"].value for r in _explained(service, "levy")]
        assert not any(scores)


def _explained(service: AnswerService, question: str) -> list[Result]:
    return service.ask(question, Options(min_confidence=0, explain=True, top_k=6)).results


def test_answers_after_writes_are_those_of_an_index_built_anew(
    writer: Writer, store: DatabaseStore, tmp_path: Path
) -> None:
    """BM25 counts every term anew; only the token codec and the words known stay those of the version."""
    writer.put([kept("bees", BEES), kept("bahnen", fakes.BAHNEN)])
    writer.put([kept("apples", fakes.APPLES.replace("cider", "perry"))])
    writer.delete("bahnen")
    sources = {"bees": BEES, "apples": fakes.APPLES.replace("cider", "perry"), "trams": fakes.TRAMS}
    fakes.build_index(tmp_path / "anew", [fakes.transcript(name, text) for name, text in sorted(sources.items())])
    with closing(store.open()) as service, fakes.opened(tmp_path / "anew") as anew:
        other = AnswerService(anew)
        for question in (*QUESTIONS, "Where do bees winter in oak hollows?", "perry price"):
            for options in (
                Options(min_confidence=0, top_k=20, explain=True),
                Options(min_confidence=0, filters={"speaker": ["lund"]}, explain=True),
            ):
                ours, theirs = (each.ask(question, options).results for each in (service, other))
                assert {r.statement.id for r in ours} == {r.statement.id for r in theirs}
                lexical = [{r.statement.id: r.hit.signals["bm25"].value for r in found} for found in (ours, theirs)]
                assert lexical[0] == pytest.approx(lexical[1], abs=1e-6), question


def test_many_writers_at_the_same_time_all_arrive(
    settings: Settings, database: Database, store: DatabaseStore, server: Server, url: str, tmp_path: Path
) -> None:
    """Each through connections of its own, as on hosts of their own; the same document by all of them, too."""

    def write(number: int) -> None:
        with closing(Database(url)) as own:
            writer = Writer(own, tmp_path / f"writer-{number}", lambda _: fakes.FakeEncoder())
            for each in range(EACH):
                text = BEES.replace("oak", f"hive{number}x{each}")
                writer.put([kept(f"bees-{number}-{each}", text), kept("shared", text)])

    with ThreadPoolExecutor(WRITERS) as threads:
        assert list(threads.map(write, range(WRITERS))) == [None] * WRITERS
    check_counts(server, url)
    with closing(store.open()) as service:
        assert service.size[0] == 3 + WRITERS * EACH
        for number in range(WRITERS):
            assert best(service, f"hive{number}x{EACH - 1}").startswith(f"bees-{number}-{EACH - 1}#") or best(
                service, f"hive{number}x{EACH - 1}"
            ).startswith("shared#")


def test_no_answer_mixes_two_changes(writer: Writer, settings: Settings, url: str) -> None:
    """A document is replaced again and again, all statements by others; an answer has those of one time only."""
    ended = Event()

    def text(number: int) -> str:
        said = "\n\n".join(
            f"Ida Moss: Swarm {word} of year{number} is in the orchard." for word in ("one", "two", "six")
        )
        return f"Reporter: Where are the swarms?\n\n{said}\n"

    writer.put([kept("swarms", text(0))])

    def ask() -> int:
        asked = 0
        with closing(DatabaseStore(settings, Coverage())) as store:
            while not ended.is_set() or asked < 3:
                with closing(store.open()) as service:
                    for _ in range(3):
                        found = service.ask(
                            "Swarm year orchard", Options(min_confidence=0, top_k=9, filters={"document": ["swarms"]})
                        )
                        years = {r.statement.text.partition("of ")[2].split()[0] for r in found.results}
                        assert len(found.results) == 3
                        assert len(years) == 1, years
                        asked += 1
        return asked

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        for number in range(1, 15):
            writer.put([kept("swarms", text(number))])
        ended.set()
        assert sum(each.result() for each in asking) >= 6


@pytest.mark.parametrize("step", ["_hold", "_remove", "write_documents", "write_words", "_finish"])
def test_a_write_that_breaks_off_leaves_everything_as_it_was(
    writer: Writer, store: DatabaseStore, server: Server, url: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(server, url)
    real = getattr(writing, step)

    def breaks_off(connection: psycopg.Connection[object], *arguments: object) -> object:
        real(connection, *arguments)
        server.run_sql("postgres", f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        return real(connection, *arguments)

    with monkeypatch.context() as patch, pytest.raises(DatabaseUnavailableError):
        patch.setattr(writing, step, breaks_off)
        writer.put([kept("trams", BEES)])
    assert rows_of(server, url) == before
    check_counts(server, url)
    with closing(store.open()) as service:
        assert service.source("trams").text == fakes.TRAMS
    assert writer.put([kept("bees", BEES)]) == [True]


def test_the_last_document_stays(writer: Writer, server: Server, url: str) -> None:
    writer.delete("apples")
    with pytest.raises(LastDocumentError):
        writer.delete("trams")
    with pytest.raises(NotFoundError):
        writer.delete("apples")
    check_counts(server, url)


def test_a_version_published_while_a_document_is_encoded_gets_it(
    writer: Writer, database: Database, store: DatabaseStore, index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = listed(database)[0][0].name
    real: Callable[..., object] = writing._finish
    once: list[None] = []

    def finish(*arguments: object) -> object:
        if not once:
            once.append(None)
            load_folder(database, index_root)
        return real(*arguments)

    monkeypatch.setattr(writing, "_finish", finish)
    assert writer.put([kept("bees", BEES)]) == [True]
    with closing(store.open()) as service:
        assert "bees" in {d.id for d in service.documents()}
    use(database, first)
    with closing(store.open()) as service:
        assert "bees" not in {d.id for d in service.documents()}


def test_what_no_database_can_hold_is_refused(writer: Writer) -> None:
    one = kept("bees", BEES)
    document = replace(one.transcript.document, title="zero\0")
    with pytest.raises(SourceError, match="zero characters"):
        writer.put([replace(one, transcript=replace(one.transcript, document=document))])


def test_words_of_a_document_that_was_put_are_not_mended_away(writer: Writer, store: DatabaseStore) -> None:
    with closing(store.open()) as service:
        assert service.ask("harbor leavy", Options(min_confidence=0)).question
        word = "wintered trambs"
        mended = service.ask(word, Options(min_confidence=0)).corrected_question
        assert mended == "wintered trams"
    writer.put([kept("bees", BEES.replace("bees", "trambs"))])
    with closing(store.open()) as service:
        assert service.ask(word, Options(min_confidence=0)).corrected_question is None


def test_random_changes_leave_what_a_dictionary_would_hold(
    writer: Writer, store: DatabaseStore, server: Server, url: str
) -> None:
    chance, held = random.Random(7), {"apples": fakes.APPLES, "trams": fakes.TRAMS}
    for step in range(15):
        name = chance.choice(["apples", "trams", "bees", "bahnen"])
        if name in held and len(held) > 1 and chance.random() < 0.4:
            writer.delete(name)
            del held[name]
        else:
            text = chance.choice([BEES, fakes.APPLES, fakes.TRAMS]).replace("oak", f"oak{step}")
            assert writer.put([kept(name, text)]) == [name not in held]
            held[name] = text
        with closing(store.open()) as service:
            assert {d.id: service.source(d.id).text for d in service.documents()} == held
    check_counts(server, url)
