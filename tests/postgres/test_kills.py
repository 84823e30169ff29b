"""Writers and the server killed at random moments: nothing acknowledged is lost, nothing is half there.

`CHAOS_KILLS=100` for more than the few of every run.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qa_service.answering import AnswerService
from qa_service.databases import DatabaseStore
from qa_service.language.profile import Coverage
from qa_service.postgres.connecting import Database
from qa_service.postgres.schema import migrate
from tests.conftest import ROOT
from tests.postgres.conftest import load_folder, new_database, settings_of
from tests.postgres.server import Server
from tests.postgres.test_writes import check_counts
from tests.postgres.writing_program import PER_DOCUMENT

KILLS = int(os.environ.get("CHAOS_KILLS", "3"))


@pytest.fixture
def own(index_root: Path) -> Iterator[tuple[Server, str]]:
    """A server that keeps what it acknowledged, and the address of a database in it."""
    server = Server(durable=True)
    url = server.url(new_database(server))
    with closing(Database(url)) as database:
        migrate(database)
        load_folder(database, index_root)
    yield server, url
    server.remove()


def writing(url: str, folder: Path, name: str) -> "subprocess.Popen[str]":
    """A process that writes."""
    command = [sys.executable, "-m", "tests.postgres.writing_program", url, str(folder), name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check_whole(url: str, folder: Path, name: str, acknowledged: int) -> None:
    """That every document is one that was written, whole, and the last acknowledged one is there or a later one."""
    with closing(DatabaseStore(settings_of(url, folder), Coverage())) as store, closing(store.open()) as service:
        numbers = [number_of(service, d.id, name) for d in service.documents() if d.id.startswith(name)]
        assert max(numbers, default=-1) >= acknowledged
        for document in service.documents():
            statements = [s for _, found in service.document(document.id)[1] for s in found]
            assert len(statements) == document.statements
            assert all(service.source(document.id).text[s.start : s.end] == s.text for s in statements)


def number_of(service: AnswerService, document: str, name: str) -> int:
    """Which of the writer's documents it is; all of its statements say the same."""
    said = [s.text for _, found in service.document(document)[1] for s in found][1:]
    numbers = {int(text.partition(f"{name}x")[2].split()[0]) for text in said}
    assert len(said) == PER_DOCUMENT
    assert len(numbers) == 1
    return numbers.pop()


def test_writers_that_are_killed_leave_nothing_half_there(own: tuple[Server, str], tmp_path: Path) -> None:
    server, url = own
    chance = random.Random(3)
    for kill in range(KILLS):
        name = f"w{kill}"
        process = writing(url, tmp_path, name)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        told = [0, *map(int, process.stdout.read().split())]
        process.wait()
        process.stdout.close()
        check_counts(server, url)
        check_whole(url, tmp_path, name, told[-1])


def test_a_server_that_is_killed_loses_nothing_acknowledged(own: tuple[Server, str], tmp_path: Path) -> None:
    server, url = own
    chance = random.Random(4)
    process = writing(url, tmp_path, "one")
    assert process.stdout
    last = -1
    for _ in range(max(2, KILLS // 5)):
        last = int(process.stdout.readline())
        time.sleep(chance.uniform(0, 0.3))
        server.kill()
        server.start()
        check_counts(server, url)
        check_whole(url, tmp_path, "one", last)
    process.kill()
    process.wait()
    process.stdout.close()
    assert last >= 0
