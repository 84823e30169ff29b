"""Kills at random moments, swaps under load, hostile texts of the largest size, and a long run."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from qa_service.errors import SourceError
from qa_service.indexing.generation import Generation
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.sources.aside import inspect_aside
from qa_service.sources.metadata import Metadata
from qa_service.sources.time_limit import TOO_LONG
from tests import fakes
from tests.api.test_process import ROOT, Program, eventually
from tests.chaos.conftest import SCALE, asking, times
from tests.sources.test_hostile import HEAD, HOSTILE, UNEVEN

pytestmark = pytest.mark.chaos
Say = Callable[[str], None]
KILLS, SWAPS, WORKERS_KILLED, SOAK_S, CLIENTS = 200, 30, 30, 900, 8
STARTS_S = 4
STARTS_READER_S = 0.5  # of processor time, for the process that reads and its libraries
BUILD = """
import sys
from pathlib import Path
from tests import fakes
print("ready", flush=True)
while True:
    fakes.build_index(Path(sys.argv[1]))
"""
TWO, ONE = {"apples", "trams"}, {"trams"}


def test_a_build_killed_at_any_moment_leaves_an_index_that_answers(tmp_path: Path, said: Say) -> None:
    chance = random.Random(0)  # noqa: S311
    fakes.build_index(tmp_path)
    versions = set()
    for _ in range(times(KILLS)):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", BUILD, str(tmp_path)]
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE) as building:
            assert building.stdout
            building.stdout.readline()
            time.sleep(chance.uniform(0, 1.0))
            building.kill()
        with fakes.opened(tmp_path) as retriever:
            assert retriever.rank(["harbour levy wages"], 1, {})[0].hits
            generation = cast(Generation, retriever.generation)
            generation.manifest.verify(generation.folder)
        versions.add(current_generation(IndexFolder(tmp_path)).root.name)
    left = [path.name for path in (tmp_path / "generations").iterdir()]
    fakes.build_index(tmp_path)
    assert not list((tmp_path / "generations").glob(".*"))
    said(f"{times(KILLS)} builds killed: {len(versions)} different indexes, all opened; {len(left)} folders at the end")


def test_no_answer_fails_or_is_mixed_while_indexes_are_swapped(tmp_path: Path, said: Say) -> None:
    documents: dict[str, set[str]] = {}
    index = tmp_path / "index"

    def publish(number: int) -> None:
        wanted = [fakes.transcript("trams", fakes.TRAMS)]
        if number % 2:
            wanted.append(fakes.transcript("apples", fakes.APPLES))
        documents[fakes.build_index(index, wanted).manifest.id] = TWO if number % 2 else ONE

    def check(answer: Any) -> str | None:
        found = {result["citation"]["document"] for result in answer["results"]}
        known = documents.get(answer["index_version"])
        return None if known is None or found <= known else f"{found} from an index of {known}"

    publish(0)
    with running(tmp_path, index, workers=2) as program, asking(program.url, CLIENTS, check) as load:
        for number in range(1, times(SWAPS) + 1):
            publish(number)
            time.sleep(1.2)
    assert load.wrong == []
    assert set(load.statuses) == {"200"}
    said(f"{times(SWAPS)} swaps under {CLIENTS} clients: {load.statuses['200']} answers, none failed, none mixed")


def test_the_service_outlives_its_workers(tmp_path: Path, index_root: Path, said: Say) -> None:
    chance = random.Random(1)  # noqa: S311
    with running(tmp_path, index_root, workers=2) as program, asking(program.url, CLIENTS, lambda _: None) as load:
        for _ in range(times(WORKERS_KILLED)):
            eventually(lambda: len(program.workers()) == 2)
            os.kill(chance.choice(program.workers()), signal.SIGKILL)
            time.sleep(STARTS_S + chance.uniform(0, 2))  # the next one may not be killed before this one serves again
        eventually(lambda: len(program.workers()) == 2 and program.is_live())
    broken = sum(count for status, count in load.statuses.items() if status != "200")
    assert not [status for status in load.statuses if status.startswith("5")]
    assert broken <= times(WORKERS_KILLED) * CLIENTS  # what a killed worker had, and what was sent to its socket
    said(
        f"{times(WORKERS_KILLED)} workers killed: {load.statuses['200']} answers, {broken} connections broke with them"
    )


def test_a_long_run_keeps_its_memory(tmp_path: Path, index_root: Path, said: Say) -> None:
    length = max(20.0, SOAK_S * SCALE)
    with running(tmp_path, index_root, workers=1) as program, asking(program.url, CLIENTS, lambda _: None) as load:
        time.sleep(length / 5)
        early = program.memory()
        time.sleep(length * 4 / 5)
        late = program.memory()
    assert set(load.statuses) == {"200"}
    assert late < 1.1 * early
    said(f"{length:.0f} s of {CLIENTS} clients: {load.statuses['200']} answers, memory {early:.0f} to {late:.0f} MB")


def test_the_longest_text_that_may_be_sent_is_read_or_refused_in_a_time_that_grows_with_it(said: Say) -> None:
    kinds = sorted(HOSTILE)[: times(len(HOSTILE))]
    longest, steepest, refused = 0.0, 0.0, 0
    for kind in kinds:
        (short, _), (long, problem) = (reading(kind, mib) for mib in (1, 16))
        assert problem != TOO_LONG, kind
        longest, steepest = max(longest, long), max(steepest, long / max(short, STARTS_READER_S))
        refused += problem is not None
    assert steepest <= 16 * UNEVEN
    said(
        f"{len(kinds)} hostile texts at 1 and 16 MiB: {refused} refused at 16, the longest took {longest:.0f} s "
        f"of processor time, the steepest {steepest:.1f} times that of a sixteenth"
    )


def reading(kind: str, mib: int) -> tuple[float, str | None]:
    """Processor time to read so much of a hostile text in a process of its own; why it was refused, if it was."""
    text = (HEAD + HOSTILE[kind](mib * 2**20 - len(HEAD))).encode()[: mib * 2**20]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    problem = None
    try:
        inspect_aside("a", text.decode(errors="ignore").encode(), Metadata())
    except SourceError as error:
        problem = error.reason
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, problem


class running:
    """The program for as long as a test lasts."""

    def __init__(self, folder: Path, index: Path, workers: int) -> None:
        self._program = Running(folder, index, workers)

    def __enter__(self) -> "Running":
        return self._program

    def __exit__(self, *_: object) -> None:
        self._program.process.kill()
        self._program.process.wait()


class Running(Program):
    """With its address and its memory."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> float:
        """Megabytes in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
